#!/usr/bin/env python3
"""Sound for a microphone: bursts like speech, of syllables over a voice's overtones, with pauses between.

    speech.py FILE.wav SEED SECONDS NOISE_DBFS

The same seed gives the same sound. Below the bursts lies noise of NOISE_DBFS, or nothing when that is `none`."""

import math
import random
import struct
import sys
import wave

RATE_HZ = 48_000
# Lengths of a burst and of the pause after it, in seconds.
BURST_S, PAUSE_S = (1.6, 3.2), (1.4, 2.6)
SYLLABLES_PER_S = 4
PEAK = 0.25


def bursts(chance, seconds):
    """Whether somebody speaks, as pairs of begin and end."""
    at = 1.0
    while at < seconds:
        end = at + chance.uniform(*BURST_S)
        yield at, min(end, seconds)
        at = end + chance.uniform(*PAUSE_S)


def voice(at, since, pitch):
    """One sample of a voice: overtones that fade, in syllables that never quite fall silent."""
    syllable = 0.55 + 0.45 * math.sin(2 * math.pi * SYLLABLES_PER_S * since)
    tones = sum(math.sin(2 * math.pi * pitch * tone * at) / tone for tone in (1, 2, 3, 5, 8))
    return PEAK * syllable * tones / 2


def main():
    path, seed, seconds, noise = sys.argv[1], sys.argv[2], float(sys.argv[3]), sys.argv[4]
    chance = random.Random(seed)
    pitch = chance.uniform(110, 190)
    hiss = 0 if noise == "none" else 10 ** (float(noise) / 20)
    samples = [chance.gauss(0, hiss) if hiss else 0.0 for _ in range(int(seconds * RATE_HZ))]
    for begin, end in bursts(chance, seconds):
        for index in range(int(begin * RATE_HZ), int(end * RATE_HZ)):
            samples[index] += voice(index / RATE_HZ, index / RATE_HZ - begin, pitch)
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        whole = [max(-32768, min(32767, round(sample * 32767))) for sample in samples]
        file.writeframes(struct.pack(f"<{len(whole)}h", *whole))


main()
