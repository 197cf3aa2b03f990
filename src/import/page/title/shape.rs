//! The form of a line as that of a title, and its words.

use std::collections::HashSet;

use super::super::lines::Line;
use super::super::names;
use super::super::text::{is_chinese, is_han};

/// True if the line is the alternative text of a picture or a field of a form, which programs print between brackets.
fn is_picture(text: &str) -> bool {
    let inner = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    inner.is_some_and(|inner| !inner.contains(['[', ']']))
}

/// Score of a line's form: titles are neither very short nor sentences with a full stop.
pub(super) fn shape_points(line: &Line) -> f64 {
    let text = line.text.as_str();
    let mut points = match line.width {
        0..14 => -2.0,
        14..24 => 0.0,
        24..150 => 1.5,
        _ => 0.0,
    };
    if text.ends_with(['.', '。', ':', '：', ',', '，', '；']) {
        points -= 2.5;
    }
    if text.ends_with(['>', '›', '|']) || text.ends_with("...") {
        points -= 1.5;
    }
    if !is_chinese(text) && text.split_whitespace().count() < 3 {
        points -= 1.5;
    }
    if text
        .split_whitespace()
        .all(|word| !word.starts_with(char::is_lowercase) || word.len() < 4)
        && text.split_whitespace().count() <= 6
        && names::is_office(text)
    {
        points -= 5.0;
    }
    if is_picture(text) {
        points -= 4.0;
    }
    if text.starts_with(char::is_lowercase) {
        points -= 1.0;
    }
    points
}

/// Words of four letters and more, and pairs of ideographs.
pub(super) fn terms(text: &str) -> HashSet<String> {
    let chars: Vec<char> = text
        .chars()
        .filter(|c| *c != '\u{ad}')
        .flat_map(char::to_lowercase)
        .collect();
    let pairs = chars
        .windows(2)
        .filter(|pair| pair.iter().all(|c| is_han(*c)))
        .map(|pair| pair.iter().collect());
    let words = chars
        .split(|c| !c.is_alphanumeric() || is_han(*c))
        .filter(|word| word.len() >= 4)
        .map(|word| word.iter().take(12).collect());
    pairs.chain(words).collect()
}
