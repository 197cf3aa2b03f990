//! Lists of word processors: paragraphs that their style makes items, each with its marker as text.

use super::HtmlReader;
use super::attributes::Attributes;
use super::elements::is_block;

/// The deepest level of a list in a word processor.
const MAX_LEVEL: usize = 9;

/// The longest marker, in bytes.
const MAX_MARKER: usize = 40;

impl HtmlReader {
    /// Reads what the start of an element says about lists of paragraphs.
    pub(super) fn start_outline(&mut self, tag: &[u8], attributes: &Attributes) {
        let list = mso_list(attributes);
        let level = list.as_deref().filter(|_| tag == b"p").and_then(level);
        if level.is_some() {
            self.outline.waiting = level;
            self.outline.marker.clear();
            self.outline.spans = 0;
        } else if is_block(tag) {
            self.end_outline();
        } else if tag == b"span" {
            let is_marker = self.outline.waiting.is_some() && list.as_deref() == Some("ignore");
            let is_open = self.outline.spans > 0 || is_marker;
            self.outline.spans += usize::from(is_open);
        }
    }

    /// Ends a part of a marker.
    pub(super) fn end_of_marker(&mut self, tag: &[u8]) {
        let spans = &mut self.outline.spans;
        *spans = if tag == b"span" {
            spans.saturating_sub(1)
        } else {
            *spans
        };
    }

    /// Takes the text of a marker; `false` for any other. Other text begins the item.
    pub(super) fn outline_text(&mut self, text: &str) -> bool {
        if self.outline.spans > 0 {
            if self.outline.marker.len() < MAX_MARKER {
                self.outline.marker.push_str(text);
            }
            return true;
        }
        if !text.trim().is_empty()
            && let Some(level) = self.outline.waiting.take()
        {
            self.start_item_at(level);
        }
        false
    }

    fn start_item_at(&mut self, level: usize) {
        let marker = std::mem::take(&mut self.outline.marker);
        let marker = marker.trim_matches(|c: char| c.is_whitespace() || c == '\u{a0}');
        if !self.builder.may_hold_lists() {
            self.builder.text(marker);
            return self.builder.text(" ");
        }
        let is_ordered =
            marker.ends_with(['.', ')', '、', '）']) && marker.chars().any(char::is_alphanumeric);
        let number = marker.trim_end_matches(['.', ')']).parse::<i64>().ok();
        let number = number.filter(|_| is_ordered);
        while self.outline.levels.len() > level {
            self.outline.levels.pop();
            self.builder.close_list();
        }
        if let Some(last) = self.outline.levels.get_mut(level - 1) {
            *last = is_ordered;
            self.builder.turn_list(is_ordered);
        }
        while self.outline.levels.len() < level {
            self.outline.levels.push(is_ordered);
            self.builder.open_list(is_ordered, number, false);
        }
        self.builder.open_item(number);
    }

    /// Ends the lists that are open.
    pub(super) fn end_outline(&mut self) {
        self.outline.waiting = None;
        self.outline.spans = 0;
        self.outline.marker.clear();
        for _ in std::mem::take(&mut self.outline.levels) {
            self.builder.close_list();
        }
    }
}

/// The value of `mso-list` in a `style` attribute.
fn mso_list(attributes: &Attributes) -> Option<String> {
    let style = attributes.get("style")?.to_ascii_lowercase();
    let declarations = style.split(';').filter_map(|part| part.split_once(':'));
    let mut values = declarations.filter(|(name, _)| name.trim() == "mso-list");
    values.next().map(|(_, value)| value.trim().to_owned())
}

/// The level in `l0 level1 lfo1`.
fn level(list: &str) -> Option<usize> {
    let word = list
        .split_ascii_whitespace()
        .find_map(|word| word.strip_prefix("level"));
    let level = word?.parse().ok()?;
    (1..=MAX_LEVEL).contains(&level).then_some(level)
}
