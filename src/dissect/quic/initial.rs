//! Taking the protection off Initial packets (RFC 9001 section 5). Their keys come from a connection identifier in
//! clear: they keep out accidents, not observers.

use super::packet::LongPacket;
use super::version::Scheme;
use aes::cipher::{BlockCipherEncrypt, KeyInit};
use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes128Gcm, aes::Aes128};
use hkdf::Hkdf;
use sha2::Sha256;

/// Bytes of the sample by which the header is protected (RFC 9001 section 5.4.2).
const SAMPLE_BYTES: usize = 16;
/// Where the sample begins behind the start of the packet number.
const SAMPLE_OFFSET_BYTES: usize = 4;
/// Bytes of the authentication tag at the end of a packet.
const TAG_BYTES: usize = 16;

/// The keys of both directions.
#[derive(Clone)]
pub(super) struct Keys {
    /// For packets that the client sent.
    pub(super) client: SideKeys,
    /// For packets that the server sent.
    pub(super) server: SideKeys,
}

/// The keys of one direction.
#[derive(Clone)]
pub(super) struct SideKeys {
    key: Aes128Gcm,
    iv: [u8; 12],
    header: Aes128,
}

impl Keys {
    /// Keys from the destination connection identifier of the client's first Initial packet.
    pub(super) fn new(scheme: &Scheme, destination: &[u8]) -> Option<Keys> {
        let (_, secret) = Hkdf::<Sha256>::extract(Some(&scheme.salt), destination);
        Some(Keys {
            client: SideKeys::new(scheme, &expand::<32>(&secret, "client in")?)?,
            server: SideKeys::new(scheme, &expand::<32>(&secret, "server in")?)?,
        })
    }
}

impl SideKeys {
    fn new(scheme: &Scheme, secret: &[u8]) -> Option<SideKeys> {
        let secret = Hkdf::<Sha256>::from_prk(secret).ok()?;
        Some(SideKeys {
            key: Aes128Gcm::new(&expand::<16>(&secret, scheme.key)?.into()),
            iv: expand(&secret, scheme.iv)?,
            header: Aes128::new(&expand::<16>(&secret, scheme.header)?.into()),
        })
    }

    /// The frames of a packet; `None` when these are not its keys.
    pub(super) fn open(&self, packet: &LongPacket<'_>) -> Option<Vec<u8>> {
        let (header, nonce, sealed) = self.unmask(packet)?;
        self.key.decrypt(&nonce.into(), Payload { msg: sealed, aad: &header }).ok()
    }

    /// The frames of a packet whose end the capture cut off, and with it the proof that these are its keys: the
    /// caller has to judge by the content. The cipher is a stream of key bytes, so sealing once more unseals.
    pub(super) fn open_cut(&self, packet: &LongPacket<'_>) -> Option<Vec<u8>> {
        let (header, nonce, sealed) = self.unmask(packet)?;
        let there = sealed.len().min(sealed.len().saturating_add(packet.missing).saturating_sub(TAG_BYTES));
        let mut frames = self.key.encrypt(&nonce.into(), Payload { msg: sealed, aad: &header }).ok()?;
        frames.truncate(there);
        Some(frames)
    }

    /// Takes off header protection: the header in clear, the nonce, and what the packet protects. Packet numbers of
    /// Initial packets are small, so the truncated number is the number (RFC 9000 appendix A.3).
    fn unmask<'a>(&self, packet: &LongPacket<'a>) -> Option<(Vec<u8>, [u8; 12], &'a [u8])> {
        let mask = self.mask(packet)?;
        let first = packet.bytes.first()? ^ mask.first()? & 0x0f;
        let number_bytes = usize::from(first & 3) + 1;
        let body_at = packet.number_at.checked_add(number_bytes)?;
        let mut header = packet.bytes.get(..body_at)?.to_vec();
        *header.first_mut()? = first;
        for (byte, mask) in header.iter_mut().skip(packet.number_at).zip(mask.iter().skip(1)) {
            *byte ^= mask;
        }
        let nonce = self.nonce(header.get(packet.number_at..)?);
        Some((header, nonce, packet.bytes.get(body_at..)?))
    }

    fn mask(&self, packet: &LongPacket<'_>) -> Option<[u8; SAMPLE_BYTES]> {
        let sample_at = packet.number_at.checked_add(SAMPLE_OFFSET_BYTES)?;
        let sample: [u8; SAMPLE_BYTES] = packet.bytes.get(sample_at..)?.first_chunk().copied()?;
        let mut block = sample.into();
        self.header.encrypt_block(&mut block);
        Some(block.into())
    }

    fn nonce(&self, number: &[u8]) -> [u8; 12] {
        let mut nonce = self.iv;
        for (byte, number) in nonce.iter_mut().rev().zip(number.iter().rev()) {
            *byte ^= number;
        }
        nonce
    }
}

/// HKDF-Expand-Label of TLS 1.3 with an empty context (RFC 8446 section 7.1).
fn expand<const N: usize>(secret: &Hkdf<Sha256>, label: &str) -> Option<[u8; N]> {
    let mut info = u16::try_from(N).ok()?.to_be_bytes().to_vec();
    info.push(u8::try_from(label.len()).ok()?.checked_add(6)?);
    info.extend_from_slice(b"tls13 ");
    info.extend_from_slice(label.as_bytes());
    info.push(0);
    let mut output = [0; N];
    secret.expand(&info, &mut output).ok()?;
    Some(output)
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::packet::long_packet;
    use super::super::version::{V1, V2, schemes};
    use super::*;
    use crate::dissect::tls::samples::hex_bytes;

    /// An Initial packet of `version` that carries `frames`, protected as RFC 9001 section 5 says.
    pub(in super::super) fn seal(keys: &SideKeys, version: u32, ids: [&[u8]; 2], number: u8, frames: &[u8]) -> Vec<u8> {
        let first = if version == V2 { 0xd0 } else { 0xc0 };
        let mut packet = vec![first];
        packet.extend_from_slice(&version.to_be_bytes());
        for id in ids {
            packet.push(id.len() as u8);
            packet.extend_from_slice(id);
        }
        packet.push(0);
        let length = frames.len().max(4) + 1 + 16;
        packet.extend_from_slice(&(0x4000 | length as u16).to_be_bytes());
        let number_at = packet.len();
        packet.push(number);
        let mut frames = frames.to_vec();
        frames.resize(length - 17, 0);
        let payload = Payload { msg: &frames, aad: &packet };
        let sealed = keys.key.encrypt(&keys.nonce(&[number]).into(), payload).unwrap();
        packet.extend_from_slice(&sealed);
        let whole = packet.clone();
        let mask = keys.mask(&long_packet(&whole).unwrap()).unwrap();
        packet[0] ^= mask[0] & 0x0f;
        packet[number_at] ^= mask[1];
        packet
    }

    #[test]
    fn keys_of_rfc_9001_appendix_a_1() {
        let keys = Keys::new(schemes(V1)[0], &hex_bytes("8394c8f03e515708")).unwrap();
        assert_eq!(keys.client.iv.to_vec(), hex_bytes("fa044b2f42a3fd3b46fb255c"));
        assert_eq!(keys.server.iv.to_vec(), hex_bytes("0ac1493ca1905853b0bba03e"));
    }

    #[test]
    fn the_servers_packet_of_rfc_9001_appendix_a_3() {
        let packet = hex_bytes(concat!(
            "cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b0aac406a5816b6394100f37a1c69797554780bb3",
            "8cc5a99f5ede4cf73c3ec2493a1839b3dbcba3f6ea46c5b7684df3548e7ddeb9c3bf9c73cc3f3bded74b562bfb19fb84",
            "022f8ef4cdd93795d77d06edbb7aaf2f58891850abbdca3d20398c276456cbc42158407dd074ee"
        ));
        let keys = Keys::new(schemes(V1)[0], &hex_bytes("8394c8f03e515708")).unwrap();
        let packet = long_packet(&packet).unwrap();
        let payload = keys.server.open(&packet).unwrap();
        assert!(payload.starts_with(&hex_bytes("02000000000600405a020000560303eefce7f7b37ba1d163")));
        assert!(keys.client.open(&packet).is_none());
    }

    #[test]
    fn what_was_sealed_can_be_opened() {
        for version in [V1, V2, 0xff00_001d, 0xff00_0017, 0x5430_3531] {
            let keys = Keys::new(schemes(version)[0], b"12345678").unwrap();
            let packet = seal(&keys.client, version, [b"12345678", b"me"], 7, b"\x01\x01\x01\x01\x01");
            let packet = long_packet(&packet).unwrap();
            assert_eq!(keys.client.open(&packet).unwrap(), b"\x01\x01\x01\x01\x01");
        }
    }
}
