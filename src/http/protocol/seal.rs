//! Answers that show a secret once must be kept for repetitions of their request, and must not lie readable in the
//! database. They are sealed with the caller's own token, which the database does not have.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use chacha20poly1305::aead::Aead;
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};

/// Sets these keys apart from the digests that tokens are stored as.
const PURPOSE: &[u8] = b"masthead sealed answer\0";
/// Bytes of a nonce.
const NONCE: usize = 24;

/// Seals answers for one token, and opens them again.
#[derive(Clone)]
pub(crate) struct Seal([u8; 32]);

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal(…)")
    }
}

impl Seal {
    /// The seal of a token. The token is 256 random bits, so that one round of a hash is enough.
    pub(crate) fn of(token: &str) -> Self {
        let digest = Sha256::new().chain_update(PURPOSE).chain_update(token);
        Self(digest.finalize().into())
    }

    /// Seals a text; `None` where there are no random numbers.
    pub(crate) fn close(&self, text: &str) -> Option<String> {
        let mut nonce = [0_u8; NONCE];
        getrandom::fill(&mut nonce).ok()?;
        let sealed = self
            .cipher()
            .encrypt(XNonce::from_slice(&nonce), text.as_bytes());
        let bytes = [nonce.to_vec(), sealed.ok()?].concat();
        Some(STANDARD_NO_PAD.encode(bytes))
    }

    /// Opens what this seal has closed; `None` for anything else.
    pub(crate) fn open(&self, sealed: &str) -> Option<String> {
        let bytes = STANDARD_NO_PAD.decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE)?;
        let text = self.cipher().decrypt(XNonce::from_slice(nonce), sealed);
        String::from_utf8(text.ok()?).ok()
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&self.0).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_token_seals_no_other_opens() {
        let seal = Seal::of("mh_one");
        let sealed = seal.close("the secret").unwrap();
        assert!(!sealed.contains("secret") && format!("{seal:?}") == "Seal(…)");
        assert_eq!(seal.open(&sealed).as_deref(), Some("the secret"));
        assert_eq!(Seal::of("mh_two").open(&sealed), None);
        assert_eq!(seal.open("AAAA"), None);
        assert_ne!(seal.close("the secret").unwrap(), sealed);
    }
}
