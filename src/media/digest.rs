//! The digest of bytes, by which pictures that were uploaded twice are one.

use std::fmt::Write;

use sha2::{Digest, Sha256};

/// SHA-256 of bytes, in lower-case hexadecimal.
#[must_use]
pub fn of(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Bytes in lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
