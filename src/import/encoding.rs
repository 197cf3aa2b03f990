//! Text in whatever encoding as UTF-8: by byte order mark, declaration, or else by detection.
//!
//! Characters that no text holds are marked, as the repair of NDJSON lines marks it, so that each place is told with its field.

use std::io::{self, BufRead, Cursor, Read};
use std::sync::LazyLock;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use regex::bytes::Regex;

use crate::domain::json::marks::{CONTROL, STRAY};

/// The bytes by which the encoding is found.
const HEAD: u64 = 256 * 1024;
/// The bytes in which a declaration is looked for.
const DECLARED_WITHIN: usize = 8 * 1024;
/// The bytes decoded at once.
const CHUNK: usize = 16 * 1024;

/// Characters that are right in UTF-8 from which they do not come by chance, in text of whatever encoding.
const MANY: usize = 40;

static DECLARED: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r#"(?i-u)(?:<\?xml[^>]{0,200}?encoding\s*=\s*["']?|<meta[^>]{0,300}?charset\s*=\s*["']?)([A-Za-z0-9_:.\-]{2,40})"#;
    #[expect(clippy::unwrap_used, reason = "the pattern is a constant, and tested")]
    Regex::new(pattern).unwrap()
});

/// The text of `input` as UTF-8.
pub(super) fn utf8<R: BufRead>(mut input: R) -> io::Result<Utf8<io::Chain<Cursor<Vec<u8>>, R>>> {
    let mut head = Vec::new();
    // What was read before a damaged place is text all the same; the error comes again when it is reached.
    let is_broken = (&mut input).take(HEAD).read_to_end(&mut head).is_err();
    let encoding = found(&head);
    Ok(Utf8 {
        decoder: encoding.new_decoder_with_bom_removal(),
        input: Cursor::new(head).chain(input),
        out: String::new(),
        taken: 0,
        is_over: false,
        is_broken,
    })
}

/// The encoding of text that begins with `head`.
pub(super) fn found(head: &[u8]) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(head) {
        return encoding;
    }
    match head {
        [b'<' | b'{' | b'[', 0, ..] => return UTF_16LE,
        [0, b'<' | b'{' | b'[', ..] => return UTF_16BE,
        _ => {}
    }
    let declared = DECLARED.captures(&head[..head.len().min(DECLARED_WITHIN)]);
    let declared = declared.and_then(|found| Encoding::for_label(&found[1]));
    // Text whose declaration could be read as ASCII is in no encoding of two bytes a character.
    let declared = declared.filter(|encoding| encoding.is_ascii_compatible());
    let utf8 = Utf8Signs::of(head);
    match declared {
        // In text of one byte a character, sequences that are right in UTF-8 do not come by chance.
        Some(encoding) if encoding == WINDOWS_1252 && utf8.is_certain() => UTF_8,
        // Of many characters of another encoding some are wrong in UTF-8: a page that was saved anew kept its declaration.
        Some(encoding) if encoding != UTF_8 && utf8.is_certain() && utf8.right >= MANY => UTF_8,
        Some(encoding) if encoding != UTF_8 => encoding,
        // In text of two bytes a character, a tenth of the sequences are right by chance.
        _ if utf8.right * 3 >= utf8.wrong => UTF_8,
        _ => detected(head),
    }
}

fn detected(head: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(head, true);
    detector.guess(None, Utf8Detection::Deny)
}

/// Sequences of bytes beyond ASCII that are right and wrong in UTF-8.
struct Utf8Signs {
    right: usize,
    wrong: usize,
}

impl Utf8Signs {
    fn of(head: &[u8]) -> Self {
        let mut signs = Self { right: 0, wrong: 0 };
        for chunk in head.utf8_chunks() {
            signs.right += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
            signs.wrong += usize::from(!chunk.invalid().is_empty());
        }
        // The last sequence may only be cut off.
        let is_cut = head.len() as u64 == HEAD && signs.wrong == 1;
        signs.wrong -= usize::from(is_cut && signs.right > 0);
        signs
    }

    const fn is_certain(&self) -> bool {
        self.wrong == 0 && self.right > 0
    }
}

/// A reader of UTF-8, without a byte order mark, in which stray bytes and control characters are marked.
pub(super) struct Utf8<R> {
    decoder: Decoder,
    input: R,
    out: String,
    taken: usize,
    is_over: bool,
    is_broken: bool,
}

impl<R: BufRead> Utf8<R> {
    fn fill(&mut self) -> io::Result<()> {
        self.out.clear();
        self.taken = 0;
        while self.out.is_empty() && !self.is_over {
            let chunk = self.input.fill_buf()?;
            let chunk = &chunk[..chunk.len().min(CHUNK)];
            let (length, last) = (chunk.len(), chunk.is_empty());
            if last && self.is_broken {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            decode(&mut self.decoder, chunk, last, &mut self.out);
            self.input.consume(length);
            self.is_over = last;
        }
        mark_controls(&mut self.out);
        Ok(())
    }
}

fn decode(decoder: &mut Decoder, mut bytes: &[u8], last: bool, out: &mut String) {
    loop {
        let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len());
        out.reserve(room.unwrap_or(bytes.len() * 4) + 4);
        let (result, read) = decoder.decode_to_string_without_replacement(bytes, out, last);
        bytes = &bytes[read..];
        match result {
            DecoderResult::InputEmpty => return,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) if out.ends_with(STRAY) => {}
            DecoderResult::Malformed(..) => out.push(STRAY),
        }
    }
}

/// Marks the characters that XML and JSON do not allow (XML 1.0, section 2.2).
fn mark_controls(text: &mut String) {
    let is_none = |c: char| {
        c < ' ' && !matches!(c, '\t' | '\n' | '\r')
            || matches!(c, '\u{7f}' | '\u{fffe}' | '\u{ffff}')
    };
    if text.contains(is_none) {
        *text = text.replace(is_none, CONTROL);
    }
}

impl<R: BufRead> Read for Utf8<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let ready = self.fill_buf()?;
        let length = ready.len().min(buffer.len());
        buffer[..length].copy_from_slice(&ready[..length]);
        self.consume(length);
        Ok(length)
    }
}

impl<R: BufRead> BufRead for Utf8<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.taken == self.out.len() {
            self.fill()?;
        }
        Ok(&self.out.as_bytes()[self.taken..])
    }

    fn consume(&mut self, amount: usize) {
        self.taken += amount;
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::{GB18030, GBK};

    use super::*;

    fn read(bytes: &[u8]) -> String {
        let mut text = String::new();
        utf8(bytes).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn a_mark_a_declaration_or_the_text_itself_says_the_encoding() {
        let utf16: Vec<u8> = "\u{feff}<a>é 中</a>"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(read(&utf16), "<a>é 中</a>");
        assert_eq!(read(&utf16[2..]), "<a>é 中</a>");
        assert_eq!(read("\u{feff}<a/>".as_bytes()), "<a/>");
        let declared = |name: &str, rest: &[u8]| {
            [
                format!("<?xml version='1.0' encoding='{name}'?>").as_bytes(),
                rest,
            ]
            .concat()
        };
        assert!(read(&declared("windows-1252", b"\x93caf\xe9\x94")).ends_with("“café”"));
        assert!(read(&declared("iso-8859-1", "café".as_bytes())).ends_with("café"));
        assert!(read(&declared("utf-16", "café".as_bytes())).ends_with("café"));
        let (chinese, ..) = GB18030.encode("中文新闻");
        assert!(read(&declared("GB18030", &chinese)).ends_with("中文新闻"));
        let page = [
            b"<html><meta charset=gb2312>".as_slice(),
            &GBK.encode("新闻").0,
        ]
        .concat();
        assert!(read(&page).ends_with("新闻"));
        let saved_anew = format!("<html><meta charset=gbk>{}", "新闻".repeat(30));
        assert_eq!(read(saved_anew.as_bytes()), saved_anew);
        assert_eq!(
            read(b"<a>d\xe9j\xe0 vu, \xe9t\xe9</a>"),
            "<a>déjà vu, été</a>"
        );
    }

    #[test]
    fn stray_bytes_and_control_characters_are_marked() {
        let text = read(b"<a>\xc3\xa9\xc3\xa0 caf\xe9\xff!\0</a>");
        assert_eq!(text, format!("<a>éà caf{STRAY}!{CONTROL}</a>"));
    }

    #[test]
    fn characters_that_lie_across_chunks_are_whole() {
        let text = format!("<a>{}", "中é".repeat(200_000));
        assert_eq!(read(text.as_bytes()), text);
    }
}
