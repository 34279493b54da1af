//! Loudness of unencrypted G.711 sound. Encrypted payload is equally loud all the time, so that no speech is found in it.

use super::super::series::NO_LOUDNESS;

/// Payload types of mu-law and A-law sound (RFC 3551 section 6).
const PCMU: u8 = 0;
const PCMA: u8 = 8;
/// Greatest sample of both laws as 16-bit sound.
const FULL_SCALE: f64 = 32_768.0;
const MU_LAW: [i32; 256] = table(true);
const A_LAW: [i32; 256] = table(false);

/// Loudness of a payload in -dBov, 0 loudest to 127 silence, as RFC 6464 counts it; `None` for other payload types.
pub(in super::super) fn loudness(payload_type: u8, payload: &[u8]) -> Option<u8> {
    let law = match payload_type {
        PCMU => &MU_LAW,
        PCMA => &A_LAW,
        _ => return None,
    };
    if payload.is_empty() {
        return None;
    }
    let sample = |byte: &u8| f64::from(law.get(usize::from(*byte)).copied().unwrap_or_default());
    let power = payload.iter().map(sample).map(|sample| sample * sample).sum::<f64>() / payload.len() as f64;
    let level = -10.0 * (power.max(1e-9) / (FULL_SCALE * FULL_SCALE)).log10();
    Some(level.round().clamp(0.0, f64::from(NO_LOUDNESS / 2)) as u8)
}

/// Magnitudes of all bytes (ITU-T G.711).
const fn table(mu_law: bool) -> [i32; 256] {
    let mut values = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        values[byte] = if mu_law { mu_law_magnitude(byte as i32) } else { a_law_magnitude(byte as i32) };
        byte += 1;
    }
    values
}

const fn mu_law_magnitude(byte: i32) -> i32 {
    let inverted = !byte & 0x7f;
    let (segment, step) = (inverted >> 4, inverted & 0x0f);
    (((step << 3) + 0x84) << segment) - 0x84
}

const fn a_law_magnitude(byte: i32) -> i32 {
    let toggled = (byte ^ 0x55) & 0x7f;
    let (segment, step) = (toggled >> 4, toggled & 0x0f);
    if segment == 0 { (step << 4) + 8 } else { ((step << 4) + 0x108) << (segment - 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_and_full_scale_of_both_laws() {
        assert_eq!((mu_law_magnitude(0xff), mu_law_magnitude(0x80), mu_law_magnitude(0x00)), (0, 32_124, 32_124));
        assert_eq!((a_law_magnitude(0xd5), a_law_magnitude(0xaa)), (8, 32_256));
        assert_eq!(loudness(PCMU, &[0xff; 160]), Some(127));
        assert_eq!(loudness(PCMU, &[0x80; 160]), Some(0));
        assert_eq!(loudness(PCMA, &[0xd5; 160]), Some(72));
        assert_eq!(loudness(PCMU, &[]), None);
        assert_eq!(loudness(111, &[1; 160]), None);
    }

    #[test]
    fn every_byte_alone_is_equally_loud_as_in_a_row() {
        for byte in 0..=255u8 {
            assert_eq!(loudness(PCMU, &[byte]), loudness(PCMU, &[byte; 80]));
        }
    }
}
