//! Random tokens: a mark that says what it opens, a readable prefix that it is found by, and a secret that is stored as a
//! digest.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::error::StoreError;

/// The beginning of a kind of token, so that scanners for leaked secrets know it, and no kind is taken for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark(&'static str);

/// API keys.
pub(super) const KEY: Mark = Mark("mh_");
/// Feed tokens.
pub(super) const FEED: Mark = Mark("mhf_");

/// Characters of the readable prefix.
const PREFIX: usize = 8;
/// The longest token looked at.
const TOKEN_MAX: usize = 128;

impl Mark {
    /// A new random token, 256 bits behind its readable prefix.
    pub(super) fn new_token(self) -> Result<String, StoreError> {
        let mut bytes = [0_u8; 38];
        getrandom::fill(&mut bytes)
            .map_err(|e| StoreError::Other(format!("no random numbers: {e}")))?;
        let (prefix, secret) = bytes.split_at(6);
        Ok(format!(
            "{}{}_{}",
            self.0,
            URL_SAFE_NO_PAD.encode(prefix),
            URL_SAFE_NO_PAD.encode(secret)
        ))
    }

    /// The readable prefix of a token of the right shape.
    pub(super) fn prefix_of(self, token: &str) -> Option<&str> {
        let rest = token
            .strip_prefix(self.0)
            .filter(|_| token.len() <= TOKEN_MAX)?;
        let prefix = rest.get(..PREFIX)?;
        (rest.as_bytes().get(PREFIX) == Some(&b'_')).then_some(prefix)
    }

    /// A stored prefix as logs and lists show it.
    pub(super) fn shown(self, prefix: &str) -> String {
        format!("{}{prefix}", self.0)
    }
}

/// The stored digest of a token.
pub(super) fn digest(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token.as_bytes()))
}

/// True if a token is the one of a stored digest, in constant time.
pub(super) fn is_of(token: &str, stored: &str) -> bool {
    digest(token).as_bytes().ct_eq(stored.as_bytes()).into()
}
