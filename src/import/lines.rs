//! The lines of an input, plain or gzip, one held at a time.

use std::io::{self, BufRead, BufReader, Cursor, ErrorKind, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::MultiGzDecoder;

use super::page;
use super::record::Finding;
use crate::domain::json::marks::STRAY;

/// The longest line taken, in bytes: 16 MB.
pub(super) const LIMIT: usize = 16 * 1024 * 1024;

/// The first bytes of gzip (RFC 1952, section 2.3.1).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The byte order mark of UTF-8 (RFC 3629, section 6).
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Small, because what precedes an error inside one buffer of a damaged gzip stream is lost with it.
const BUFFER: usize = 16 * 1024;

/// Bytes that any compressed input may expand to.
const EXPANDED: u64 = 1024 * 1024 * if cfg!(test) { 4 } else { 512 };
/// The most times its own size that it may expand to beyond that. Text that somebody wrote shrinks to a fiftieth at the most.
const RATIO: u64 = 200;

/// The text of an input, decompressed where its first bytes say gzip, of one member or several, whatever its name.
pub(super) fn open(mut input: impl Read + Send + 'static) -> io::Result<Box<dyn BufRead + Send>> {
    let mut head = Vec::with_capacity(GZIP.len());
    (&mut input)
        .take(GZIP.len() as u64)
        .read_to_end(&mut head)?;
    let gzip = head == GZIP;
    let read = Arc::new(AtomicU64::new(0));
    let input = Metered {
        inner: Cursor::new(head).chain(input),
        read: Arc::clone(&read),
    };
    let whole = BufReader::new(input);
    Ok(if gzip {
        let expanded = Expanded {
            inner: MultiGzDecoder::new(whole),
            compressed: read,
            given: 0,
        };
        Box::new(BufReader::with_capacity(BUFFER, expanded))
    } else {
        Box::new(whole)
    })
}

/// Counts what is read.
struct Metered<R> {
    inner: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Decompressed bytes, up to what their compressed size allows.
struct Expanded<R> {
    inner: R,
    compressed: Arc<AtomicU64>,
    given: u64,
}

impl<R: Read> Read for Expanded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let allowed = self.compressed.load(Ordering::Relaxed) * RATIO;
        if self.given > allowed.max(EXPANDED) {
            return Err(ErrorKind::FileTooLarge.into());
        }
        let read = self.inner.read(buffer)?;
        self.given += read as u64;
        Ok(read)
    }
}

/// Cuts text into lines at newlines.
pub(super) struct Lines<R> {
    reader: R,
    buffer: Vec<u8>,
    number: u64,
    limit: usize,
    ended: bool,
    mended: String,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(reader: R) -> Self {
        Self::with_limit(reader, LIMIT)
    }

    fn with_limit(reader: R, limit: usize) -> Self {
        Self {
            reader,
            buffer: Vec::new(),
            number: 0,
            limit,
            ended: false,
            mended: String::new(),
        }
    }

    /// The next line that is not blank, with its number from 1, or what is wrong with it. Bytes that are not UTF-8 are marked.
    ///
    /// An input that breaks off is an error at the line where it does, and has no lines after it: the part of the line
    /// that was read cannot be told from a whole one, so it is not taken.
    pub(super) fn next(&mut self) -> Option<(u64, Result<&str, Finding>)> {
        loop {
            if self.ended {
                return None;
            }
            self.number += 1;
            if let Err(finding) = self.fill() {
                return Some((self.number, Err(finding)));
            }
            if self.ended && self.buffer.is_empty() {
                return None;
            }
            if !self.text().trim_ascii().is_empty() {
                break;
            }
        }
        if let Err(problem) = str::from_utf8(self.text()) {
            // UTF-8 in which hardly a byte is right is something else.
            self.mended = marked(self.text());
            let strays = self.mended.matches(STRAY).count();
            if strays * 4 > self.mended.chars().count() {
                return Some((self.number, Err(not_utf8(problem.valid_up_to()))));
            }
            return Some((self.number, Ok(&self.mended)));
        }
        let text = str::from_utf8(self.text()).map_err(|problem| not_utf8(problem.valid_up_to()));
        Some((self.number, text))
    }

    /// Reads one line into the buffer; of one over the limit no more than that is ever held.
    fn fill(&mut self) -> Result<(), Finding> {
        self.buffer.clear();
        let most = self.limit as u64 + 1;
        let read = (&mut self.reader)
            .take(most)
            .read_until(b'\n', &mut self.buffer);
        let result = match read {
            Ok(_) if self.buffer.ends_with(b"\n") => return Ok(()),
            Ok(_) if self.buffer.len() > self.limit => self.skip_rest(),
            Ok(_) => {
                self.ended = true;
                return Ok(());
            }
            Err(problem) => Err(problem),
        };
        self.buffer = Vec::new();
        result.map_or_else(
            |problem| {
                self.ended = true;
                Err(broken_off(&problem))
            },
            |()| Err(too_long(self.limit)),
        )
    }

    fn skip_rest(&mut self) -> io::Result<()> {
        self.reader.skip_until(b'\n').map(|_| ())
    }

    fn text(&self) -> &[u8] {
        let line = self.buffer.strip_suffix(b"\n").unwrap_or(&self.buffer);
        if self.number == 1 {
            line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line)
        } else {
            line
        }
    }
}

/// Text with a mark for each run of bytes that is not UTF-8.
fn marked(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            text.push(STRAY);
        }
    }
    text
}

/// A whole page as one text; see `page::decode`.
pub(super) fn whole(reader: impl BufRead) -> Result<String, Finding> {
    let mut bytes = Vec::new();
    reader
        .take(LIMIT as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|problem| broken_off(&problem))?;
    if bytes.len() > LIMIT {
        return Err(too_long(LIMIT));
    }
    let text = page::decode(bytes).map_err(not_utf8)?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

fn too_long(limit: usize) -> Finding {
    Finding::new("line_too_long", format!("more than {limit} bytes"))
}

fn not_utf8(valid: usize) -> Finding {
    let detail = format!("not UTF-8 at byte {}", valid + 1);
    Finding::new("invalid_utf8", detail)
}

/// The words of an error of reading about an input.
pub(super) fn broken_off(problem: &io::Error) -> Finding {
    match problem.kind() {
        ErrorKind::UnexpectedEof => Finding::new(
            "truncated",
            "the compressed input ends too early; what comes before this line was read",
        ),
        ErrorKind::InvalidInput | ErrorKind::InvalidData => Finding::new(
            "corrupt",
            "the compressed input is damaged; what comes before this line was read",
        ),
        ErrorKind::Unsupported => Finding::new(
            "unknown_format",
            "the content is of no format that is read; --format names one",
        ),
        ErrorKind::FileTooLarge => Finding::new(
            "expands_too_much",
            format!(
                "the compressed input expands to more than {RATIO} times its size; what comes before this line was read"
            ),
        ),
        _ => Finding::new("unreadable", format!("reading failed: {problem}")),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    type Read = (u64, Result<String, &'static str>);

    fn lines(bytes: &[u8], limit: usize) -> Vec<Read> {
        let reader = open(Cursor::new(bytes.to_vec())).unwrap();
        let mut lines = Lines::with_limit(reader, limit);
        let mut all = Vec::new();
        while let Some((number, line)) = lines.next() {
            all.push((
                number,
                line.map(str::to_owned).map_err(|finding| finding.code),
            ));
        }
        all
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn ok(number: u64, text: &str) -> Read {
        (number, Ok(text.to_owned()))
    }

    #[test]
    fn blank_lines_and_a_byte_order_mark_are_passed_over_and_lines_keep_their_numbers() {
        let text = "\u{feff}one\r\n\n  \ntwo\n\u{feff}three";
        assert_eq!(
            lines(text.as_bytes(), 99),
            [ok(1, "one\r"), ok(4, "two"), ok(5, "\u{feff}three")]
        );
        assert_eq!(lines(b"", 99), []);
        assert_eq!(lines(b"\n", 99), []);
        assert_eq!(lines(b"x", 99), [ok(1, "x")]);
    }

    #[test]
    fn a_line_over_the_limit_is_passed_over_and_the_next_is_read() {
        let text = format!("{}\n{}\nc", "a".repeat(10), "b".repeat(1_000_000));
        assert_eq!(
            lines(text.as_bytes(), 10),
            [ok(1, "aaaaaaaaaa"), (2, Err("line_too_long")), ok(3, "c")]
        );
        assert_eq!(lines(b"aaaa", 3), [(1, Err("line_too_long"))]);
    }

    #[test]
    fn broken_utf8_costs_its_own_line_only() {
        assert_eq!(
            lines(b"a\n\xff\xfe\nb\xe9\nc", 99),
            [
                ok(1, "a"),
                (2, Err("invalid_utf8")),
                (3, Err("invalid_utf8")),
                ok(4, "c")
            ]
        );
    }

    #[test]
    fn gzip_is_known_by_its_first_bytes_and_may_have_several_members() {
        let both = [gzip(b"one\ntw"), gzip(b"o\nthree\n")].concat();
        assert_eq!(
            lines(&both, 99),
            [ok(1, "one"), ok(2, "two"), ok(3, "three")]
        );
    }

    #[test]
    fn of_a_truncated_gzip_the_whole_lines_are_read_and_the_end_is_told_once() {
        let text: String = (0..20_000)
            .map(|n| format!("line {n} {}\n", n * 7_919))
            .collect();
        let whole = gzip(text.as_bytes());
        for cut in [whole.len() / 2, whole.len() - 4, 12] {
            let read = lines(&whole[..cut], 99);
            let (last, before) = read.split_last().unwrap();
            assert_eq!(last.1, Err("truncated"), "cut at {cut}");
            assert!(before.iter().all(|(_, line)| line.is_ok()));
            let expected = text.lines().take(before.len());
            assert!(expected.eq(before.iter().map(|(_, line)| line.as_deref().unwrap())));
        }
        let half = lines(&whole[..whole.len() / 2], 99);
        assert!(half.len() > 5_000, "only {} lines", half.len());
        assert_eq!(lines(&whole[..whole.len() - 4], 99).len(), 20_001);
    }

    #[test]
    fn what_follows_a_gzip_without_being_one_is_told() {
        let mut bytes = gzip(b"one\n");
        bytes.extend_from_slice(b"garbage");
        let read = lines(&bytes, 99);
        assert_eq!(read[0], ok(1, "one"));
        assert_eq!(read.len(), 2);
        assert!(read[1].1.is_err());
    }

    #[test]
    fn a_whole_text_is_read_without_its_byte_order_mark() {
        assert_eq!(whole(Cursor::new("\u{feff}a\nb")), Ok("a\nb".to_owned()));
        assert_eq!(
            whole(Cursor::new(b"a\xff")).unwrap_err().code,
            "invalid_utf8"
        );
    }
}
