//! Reads one printed line: its bullet, whether it is prose or a sentence, its dates, and what it is on its page.

use unicode_normalization::UnicodeNormalization;

use super::byline;
use super::date;
use super::furniture;
use super::language;
use super::lines::Line;
use super::text::{fold, is_chinese, key, width};

/// From this width on a line can be a paragraph.
const PROSE: usize = 60;

/// The sign that starts a list item on this page: a bullet, or, where many lines start so, an asterisk or a hyphen.
pub(super) fn bullet_marker(text: &str) -> Option<&'static str> {
    let opens = |sign: &str| {
        text.lines()
            .filter(|line| line.trim_start().starts_with(sign))
            .take(8)
            .count()
    };
    ["* ", "- "]
        .into_iter()
        .find(|sign| opens("•") == 0 && opens(sign) == 8)
}

/// Reads one line of a page; none when it is blank.
pub(super) fn read_line(printed: &str, number: usize, marker: Option<&str>) -> Option<Line> {
    let clean: String = printed.nfc().filter(|c| !is_dropped(*c)).collect();
    let indented = clean.starts_with("\u{3000}\u{3000}");
    let (bullet, raw) = strip_bullet(clean.trim(), marker);
    if raw.is_empty() {
        return None;
    }
    let text = fold(raw);
    let mut line = Line {
        number,
        key: key(&text),
        width: width(&text),
        raw: raw.to_owned(),
        text,
        bullet,
        indented,
        ..Line::default()
    };
    line.sentence = is_sentence(&line.text, line.width);
    line.prose = line.width >= PROSE
        && (line.sentence || is_long(&line))
        && language::is_running_text(&line.text);
    if line.short() {
        line.stamps = date::find(&line.text);
    }
    line.furniture = furniture::classify(&line);
    line.label = byline::is_label_line(&line);
    Some(line)
}

fn is_dropped(c: char) -> bool {
    matches!(
        c,
        '\u{feff}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{fffd}'
    ) || (c.is_control() && c != '\t')
}

/// The text of a line without its bullet, and whether it has one.
pub(super) fn strip_bullet<'t>(line: &'t str, marker: Option<&str>) -> (bool, &'t str) {
    let signs = ['•', '▪', '●', '◦', '‣', '■', '\u{f0b7}'];
    let bare = line.trim_start_matches(|c: char| signs.contains(&c) || c.is_whitespace());
    if bare.len() < line.len() {
        return (true, bare);
    }
    match marker.and_then(|sign| line.strip_prefix(sign)) {
        Some(item) => (true, item.trim_start()),
        None => (false, line),
    }
}

/// `（张三）` or `(AFP)` behind the last full stop is not part of the sentence.
fn without_signature(text: &str) -> &str {
    let text = text.strip_suffix("Enditem").map_or(text, str::trim_end);
    let open = text
        .rfind(['（', '('])
        .filter(|open| text.ends_with(['）', ')']) && text.len() - open <= 60 && *open > 0);
    open.map_or(text, |open| text[..open].trim_end())
}

fn is_sentence(text: &str, width: usize) -> bool {
    let text = without_signature(text);
    let ended = text.trim_end_matches([
        '"', '”', '’', '»', '」', '』', '）', ')', ']', '】', '*', ' ', '\u{a0}',
    ]);
    let closes = ended.ends_with(['.', '!', '?', '…', '。', '！', '？', '；', ';'])
        || (ended.len() < text.len() && text.ends_with(['»', '”', '"']));
    if is_chinese(text) {
        return closes && width >= 8;
    }
    closes
        && !ended.ends_with("...")
        && text.split_whitespace().nth(3).is_some()
        && language::has_function_word(text)
}

/// A line this long is running text even when it ends without a full stop.
fn is_long(line: &Line) -> bool {
    match is_chinese(&line.text) {
        true => line.width >= 120 && line.text.contains(['，', '。']),
        false => line.width >= 200,
    }
}
