//! Content codings: which one a client gets (RFC 9110, section 12.5.3), and the bytes of each.

use std::io::Write;

/// The coding of a body on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    /// As it is.
    Identity,
    /// Brotli (RFC 7932).
    Brotli,
    /// Zstandard (RFC 8878).
    Zstd,
    /// gzip (RFC 1952).
    Gzip,
}

impl Coding {
    /// The codings that compress, the best first: what wins where a client likes several alike.
    pub(crate) const COMPRESSED: [Self; 3] = [Self::Brotli, Self::Zstd, Self::Gzip];

    /// The coding's name in Content-Encoding.
    pub(crate) const fn token(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
            Self::Gzip => "gzip",
        }
    }

    /// The mark of this coding in entity tags.
    pub(crate) const fn tag_suffix(self) -> &'static str {
        match self {
            Self::Identity => "",
            Self::Brotli => "-br",
            Self::Zstd => "-zstd",
            Self::Gzip => "-gzip",
        }
    }

    /// The level at which a body of so many bytes is coded: a long one at a cheap level, since the time of coding grows with
    /// the length, and the gain of a dear level hardly does.
    const fn level(self, length: usize) -> u32 {
        let is_long = length > LONG;
        match self {
            Self::Identity => 0,
            Self::Brotli => {
                if is_long {
                    1
                } else {
                    5
                }
            }
            Self::Zstd => {
                if is_long {
                    1
                } else {
                    3
                }
            }
            Self::Gzip => {
                if is_long {
                    1
                } else {
                    6
                }
            }
        }
    }

    /// The body in this coding; `None` where the coder fails, which a writer to memory does not.
    pub(crate) fn encode(self, body: &[u8]) -> Option<Vec<u8>> {
        let level = self.level(body.len());
        match self {
            Self::Identity => Some(body.to_vec()),
            Self::Brotli => {
                let mut out = Vec::with_capacity(body.len() / 3);
                let mut writer = brotli::CompressorWriter::new(&mut out, 4096, level, 20);
                writer.write_all(body).ok()?;
                drop(writer);
                Some(out)
            }
            Self::Zstd => zstd::bulk::compress(body, level.cast_signed()).ok(),
            Self::Gzip => {
                let mut writer =
                    flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(level));
                writer.write_all(body).ok()?;
                writer.finish().ok()
            }
        }
    }
}

/// Bodies longer than this are coded at a cheap level.
const LONG: usize = 512 * 1024;

/// Bodies shorter than this are not compressed: the header field would eat the gain.
const TOO_SMALL: usize = 256;

/// The coding for a body of `length` bytes, `None` where the header excludes all of them. Without the header nothing is coded.
pub(crate) fn negotiate(accept_encoding: Option<&str>, length: usize) -> Option<Coding> {
    let Some(header) = accept_encoding else {
        return Some(Coding::Identity);
    };
    let wishes = parse(header);
    let weight = |token: &str| {
        wishes
            .iter()
            .find(|(name, _)| name == token)
            .map(|(_, q)| *q)
    };
    let any = weight("*");
    let identity = weight("identity").or(any.filter(|q| *q == 0));
    let mut best: Option<(Coding, u16)> = None;
    for coding in Coding::COMPRESSED {
        let q = weight(coding.token()).or(any).unwrap_or(0);
        if q > 0 && best.is_none_or(|(_, most)| q > most) {
            best = Some((coding, q));
        }
    }
    match (best, identity) {
        (None, Some(0)) => None,
        (None, _) => Some(Coding::Identity),
        (Some((coding, _)), Some(0)) => Some(coding),
        (Some((_, q)), Some(plain)) if plain > q => Some(Coding::Identity),
        (Some(_), _) if length < TOO_SMALL => Some(Coding::Identity),
        (Some((coding, _)), _) => Some(coding),
    }
}

/// Names in lower case with their weights in thousandths.
fn parse(header: &str) -> Vec<(String, u16)> {
    let entries = header.split(',').filter_map(|item| {
        let mut parts = item.split(';').map(str::trim);
        let name = parts.next()?.to_ascii_lowercase();
        let q = parts.find_map(|p| p.strip_prefix("q=").or_else(|| p.strip_prefix("Q=")));
        let name = if name == "x-gzip" {
            "gzip".to_owned()
        } else {
            name
        };
        (!name.is_empty()).then(|| (name, q.map_or(1000, quality)))
    });
    entries.collect()
}

/// A weight (RFC 9110, section 12.4.2) in thousandths; one that cannot be read counts as 1.
pub(crate) fn quality(text: &str) -> u16 {
    match text.trim().parse::<f32>() {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to 0..=1000 just before"
        )]
        Ok(q) if q.is_finite() => (q.clamp(0.0, 1.0) * 1000.0) as u16,
        _ => 1000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_s_weights_decide_and_our_order_breaks_ties() {
        for (header, coding) in [
            ("gzip, br, zstd", Some(Coding::Brotli)),
            ("gzip;q=1, br;q=0.5", Some(Coding::Gzip)),
            ("*", Some(Coding::Brotli)),
            ("br;q=0, *", Some(Coding::Zstd)),
            ("gzip;q=0", Some(Coding::Identity)),
            ("gzip;q=0.5, identity", Some(Coding::Identity)),
            ("identity;q=0", None),
            ("*;q=0", None),
            ("*;q=0, identity", Some(Coding::Identity)),
            ("identity;q=0, gzip;q=0.1", Some(Coding::Gzip)),
            ("deflate", Some(Coding::Identity)),
            ("", Some(Coding::Identity)),
            ("X-GZIP ; Q=0.3", Some(Coding::Gzip)),
            (",;q=,gzip;q=nan", Some(Coding::Gzip)),
        ] {
            assert_eq!(negotiate(Some(header), 10_000), coding, "{header}");
        }
        assert_eq!(negotiate(None, 10_000), Some(Coding::Identity));
    }

    #[test]
    fn a_tiny_body_is_coded_only_where_it_must_be() {
        assert_eq!(negotiate(Some("br"), 100), Some(Coding::Identity));
        assert_eq!(
            negotiate(Some("br, identity;q=0"), 100),
            Some(Coding::Brotli)
        );
    }

    #[test]
    fn a_long_body_is_coded_at_a_cheaper_level_than_a_short_one() {
        for coding in Coding::COMPRESSED {
            assert!(coding.level(LONG + 1) < coding.level(LONG), "{coding:?}");
        }
    }

    #[test]
    fn each_coding_reads_back() {
        let body = "été 中国 ".repeat(500).into_bytes();
        let gzip = Coding::Gzip.encode(&body).unwrap();
        let mut read = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&gzip[..]), &mut read)
            .unwrap();
        assert_eq!(read, body);
        let zstd = Coding::Zstd.encode(&body).unwrap();
        assert_eq!(zstd::bulk::decompress(&zstd, body.len()).unwrap(), body);
        let mut read = Vec::new();
        let br = Coding::Brotli.encode(&body).unwrap();
        brotli::BrotliDecompress(&mut &br[..], &mut read).unwrap();
        assert_eq!(read, body);
    }
}
