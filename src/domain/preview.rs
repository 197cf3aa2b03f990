//! Preview links: a signed pass that opens one article, in one version or the latest, until it ends.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::id::Id;
use super::time::Timestamp;

/// Default time that a link works, in seconds: an hour.
pub const DEFAULT_SECONDS: i64 = 60 * 60;
/// Longest time that a link works, in seconds: 30 days.
pub const MOST_SECONDS: i64 = 30 * 24 * 60 * 60;

/// The secret that signs links. It cannot be printed.
#[derive(Clone)]
pub struct Secret([u8; 32]);

impl Secret {
    /// Of random bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The first bytes keep these signatures apart from any other that the secret may ever make.
    fn signature(&self, payload: &[u8]) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(b"masthead preview 2\0");
        mac.update(payload);
        Some(mac)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

/// The article that a preview link opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pass {
    /// The one article.
    pub article: Id,
    /// The key that made the link: it ends with that key.
    pub key: Id,
    /// The one version; `None` is the latest, whichever that is when the link is opened.
    pub version: Option<i64>,
    /// Time at which it was made: a withdrawal after that ends it for good.
    pub made_at: Timestamp,
    /// End of the key.
    pub expires_at: Timestamp,
}

/// Two identities, a version and two times.
const PAYLOAD: usize = 16 + 16 + 8 + 8 + 8;
/// An HMAC-SHA256.
const SIGNATURE: usize = 32;

impl Pass {
    /// The pass as a token for a URL.
    #[must_use]
    pub fn sign(&self, secret: &Secret) -> String {
        let mut bytes = Vec::with_capacity(PAYLOAD + SIGNATURE);
        bytes.extend_from_slice(&self.article.to_bytes());
        bytes.extend_from_slice(&self.key.to_bytes());
        bytes.extend_from_slice(&self.version.unwrap_or(0).to_be_bytes());
        bytes.extend_from_slice(&self.made_at.millis().to_be_bytes());
        bytes.extend_from_slice(&self.expires_at.millis().to_be_bytes());
        if let Some(mac) = secret.signature(&bytes) {
            bytes.extend_from_slice(&mac.finalize().into_bytes());
        }
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a token that was signed with the secret and has not ended. The signatures are compared in constant time, and
    /// nothing of an unsigned token is looked at.
    #[must_use]
    pub fn open(token: &str, secret: &Secret, now: Timestamp) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (payload, signature) = bytes.split_first_chunk::<PAYLOAD>()?;
        secret.signature(payload)?.verify_slice(signature).ok()?;
        let (article, rest) = payload.split_first_chunk::<16>()?;
        let (key, rest) = rest.split_first_chunk::<16>()?;
        let (version, rest) = rest.split_first_chunk::<8>()?;
        let (made_at, expires_at) = rest.split_first_chunk::<8>()?;
        let version = i64::from_be_bytes(*version);
        let expires_at = i64::from_be_bytes(*expires_at.first_chunk()?);
        let pass = Self {
            article: Id::from_bytes(*article),
            key: Id::from_bytes(*key),
            version: (version > 0).then_some(version),
            made_at: Timestamp::from_millis(i64::from_be_bytes(*made_at)),
            expires_at: Timestamp::from_millis(expires_at),
        };
        (pass.expires_at > now).then_some(pass)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

    fn pass(version: Option<i64>) -> Pass {
        Pass {
            article: Id::new(NOW),
            key: Id::new(NOW),
            version,
            made_at: NOW,
            expires_at: Timestamp::from_millis(NOW.millis() + 1),
        }
    }

    #[test]
    fn a_pass_reads_back_until_it_ends() {
        let secret = Secret::new([7; 32]);
        for pass in [pass(None), pass(Some(3))] {
            let token = pass.sign(&secret);
            assert_eq!(Pass::open(&token, &secret, NOW), Some(pass));
            assert_eq!(Pass::open(&token, &secret, pass.expires_at), None);
            assert_eq!(Pass::open(&token, &Secret::new([8; 32]), NOW), None);
        }
        assert_eq!(format!("{secret:?}"), "Secret");
    }

    #[test]
    fn a_token_with_any_byte_altered_opens_nothing() {
        let secret = Secret::new([7; 32]);
        let token = URL_SAFE_NO_PAD.decode(pass(Some(1)).sign(&secret)).unwrap();
        for at in 0..token.len() {
            let mut altered = token.clone();
            altered[at] ^= 1;
            let altered = URL_SAFE_NO_PAD.encode(altered);
            assert_eq!(Pass::open(&altered, &secret, NOW), None, "byte {at}");
        }
        for cut in [
            &token[..PAYLOAD],
            &token[..token.len() - 1],
            &token[..3],
            &[],
        ] {
            let cut = URL_SAFE_NO_PAD.encode(cut);
            assert_eq!(Pass::open(&cut, &secret, NOW), None);
        }
        assert_eq!(Pass::open("no token at all!", &secret, NOW), None);
    }
}
