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

/// The keys of both directions.
pub(super) struct Keys {
    /// For packets that the client sent.
    pub(super) client: SideKeys,
    /// For packets that the server sent.
    pub(super) server: SideKeys,
}

/// The keys of one direction.
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

    /// The frames of a packet; `None` when these are not its keys. Packet numbers of Initial packets are small, so
    /// the truncated number is the number (RFC 9000 appendix A.3).
    pub(super) fn open(&self, packet: &LongPacket<'_>) -> Option<Vec<u8>> {
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
        let payload = Payload { msg: packet.bytes.get(body_at..)?, aad: &header };
        self.key.decrypt(&nonce.into(), payload).ok()
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
