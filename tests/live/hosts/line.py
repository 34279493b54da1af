#!/usr/bin/env python3
"""A line with a delay: frames that come in at one interface leave the other a set time later, both ways.

    line.py HERE:THERE:ONE_WAY_MS ...

Runs inside a network namespace that does nothing else, as root. Each frame is due by the time at which the kernel
received it, so that reading it late does not add up. Prints `ready` when frames pass."""

import ctypes
import heapq
import os
import select
import socket
import struct
import sys
import time

ETH_P_ALL = 3
SOL_PACKET, PACKET_IGNORE_OUTGOING = 263, 23
SO_TIMESTAMPNS = 35
FRAME_BYTES_MAX = 65_536
SOCKET_BYTES = 8 << 20
# Timers may fire this many nanoseconds late; the kernel's own choice is 50 microseconds.
TIMER_SLACK_NS = 1
PR_SET_TIMERSLACK = 29


def interface(name):
    """A socket that takes all frames of an interface, each with the time at which it came."""
    taken = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    taken.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
    taken.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SOCKET_BYTES)
    taken.bind((name, 0))
    taken.setblocking(False)
    return taken


def arrivals(here):
    """The frames that wait at a socket, with their times in nanoseconds."""
    while True:
        try:
            frame, notes, _, _ = here.recvmsg(FRAME_BYTES_MAX, 64)
        except OSError:
            return  # nothing waits, or the interface went down for a moment
        came = next((data for level, kind, data in notes if kind == SO_TIMESTAMPNS), None)
        seconds, nanoseconds = struct.unpack("=qq", came[:16]) if came else (0, time.time_ns())
        yield seconds * 1_000_000_000 + nanoseconds, frame


def carry(lines):
    """Passes frames on for ever. `lines` tells for each socket where its frames go and how long that takes."""
    waiting, number = [], 0
    while True:
        pause = (waiting[0][0] - time.time_ns()) / 1e9 if waiting else None
        ready, _, _ = select.select(lines, [], [], None if pause is None else max(pause, 0))
        for here in ready:
            there, delay_ns = lines[here]
            for came, frame in arrivals(here):
                number += 1
                heapq.heappush(waiting, (came + delay_ns, number, there, frame))
        now = time.time_ns()
        while waiting and waiting[0][0] <= now:
            _, _, there, frame = heapq.heappop(waiting)
            try:
                there.send(frame)
            except OSError as error:
                print(f"line: {len(frame)} bytes: {error}", file=sys.stderr)


def main():
    ctypes.CDLL(None).prctl(PR_SET_TIMERSLACK, TIMER_SLACK_NS)
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(10))
    except OSError as error:
        print(f"line: not in real time: {error}", file=sys.stderr)
    lines = {}
    for line in sys.argv[1:]:
        here, there, milliseconds = line.split(":")
        here, there, delay_ns = interface(here), interface(there), int(float(milliseconds) * 1e6)
        lines[here], lines[there] = (there, delay_ns), (here, delay_ns)
    print("ready", flush=True)
    carry(lines)


main()
