//! Readings over a text, which a body has in brackets behind what they are of.

use super::super::typography::is_wide;
use super::HtmlReader;
use super::ruby::{NO_BASE, Ruby};

/// Brackets around a reading.
const BRACKETS: [[&str; 2]; 8] = [
    ["(", ")"],
    ["（", "）"],
    ["[", "]"],
    ["［", "］"],
    ["【", "】"],
    ["〔", "〕"],
    ["《", "》"],
    ["〈", "〉"],
];

/// Texts with readings that are open at once.
const MAX_RUBIES: usize = 16;

/// The longest text of an `rp` that is looked at, in bytes.
const MAX_BRACKET: usize = 40;

impl HtmlReader {
    pub(super) fn start_ruby(&mut self) {
        if self.rubies.len() < MAX_RUBIES {
            let mut ruby = Ruby::default();
            ruby.segment.base(self.builder.position());
            self.rubies.push(ruby);
        }
        self.converted("<ruby>", "its text with the reading in brackets");
    }

    pub(super) fn end_ruby(&mut self) {
        self.end_bracket();
        self.end_reading();
        self.end_segment();
        self.rubies.pop();
    }

    pub(super) fn start_ruby_part(&mut self, tag: &[u8]) {
        self.end_bracket();
        self.end_reading();
        let place = self.builder.position();
        let end = self.rubies.last().and_then(|ruby| ruby.segment.end);
        // Text behind a reading is a base, as is an element that begins there.
        if let Some(end) = end.filter(|end| *end < place || tag == b"rb") {
            self.end_segment();
            self.begin_base(end);
        }
        match tag {
            b"rb" => self.begin_base(place),
            b"rp" => {
                if let Some(ruby) = self.rubies.last_mut() {
                    ruby.bracket = Some(String::new());
                }
            }
            b"rt" | b"rtc" => self.await_reading(tag == b"rtc", place),
            _ => {}
        }
    }

    /// Ends an `rb`, an `rt` or an `rtc`.
    pub(super) fn end_ruby_part(&mut self, tag: &[u8]) {
        self.end_reading();
        let place = self.builder.position();
        match (tag, self.rubies.last_mut()) {
            (b"rb", Some(_)) => self.begin_base(place),
            (b"rtc", Some(ruby)) => ruby.segment.readings = 0,
            _ => {}
        }
    }

    fn begin_base(&mut self, place: usize) {
        if let Some(ruby) = self.rubies.last_mut() {
            ruby.segment.base(place);
        }
    }

    /// A reading begins, or with `is_row` a row of them. It has the brackets of the reading before it in its segment, unless it
    /// has its own.
    fn await_reading(&mut self, is_row: bool, place: usize) {
        let is_wide = self.builder.last_char().is_some_and(is_wide);
        let Some(ruby) = self.rubies.last_mut() else {
            return;
        };
        let own = ruby.opening.take();
        let own = own.map(|own| match own {
            own if is_wide || own != BRACKETS[0] => own,
            _ => [" (", ")"],
        });
        let default = if is_wide { ["（", "）"] } else { [" (", ")"] };
        let brackets = own.or(ruby.segment.brackets).unwrap_or(default);
        ruby.segment.brackets = Some(brackets);
        ruby.waiting = Some(brackets);
        match is_row {
            true => ruby.segment.row(place),
            false => ruby.segment.reading(place),
        }
    }

    /// Takes the text of an open `rp`; `false` where none is open. Text beside it ends what the bracket was for.
    pub(super) fn bracket_text(&mut self, text: &str) -> bool {
        let Some(ruby) = self.rubies.last_mut() else {
            return false;
        };
        match &mut ruby.bracket {
            Some(bracket) if bracket.len() < MAX_BRACKET => bracket.push_str(text),
            Some(_) => {}
            None => {
                if !text.trim_ascii().is_empty() {
                    ruby.opening = None;
                }
                return false;
            }
        }
        true
    }

    /// Ends an `rp`: the bracket that it opens goes with the next reading, which also closes it.
    pub(super) fn end_bracket(&mut self) {
        let Some(ruby) = self.rubies.last_mut() else {
            return;
        };
        if let Some(text) = ruby.bracket.take() {
            let own = BRACKETS.iter().find(|[open, _]| *open == text.trim());
            ruby.opening = own.copied();
        }
    }

    /// Text of a reading begins: its bracket goes before it, behind those of the readings that it stands in.
    pub(super) fn begin_reading(&mut self) {
        for ruby in &mut self.rubies {
            if let Some([opening, closing]) = ruby.waiting.take() {
                ruby.closing = Some(closing);
                self.builder.close_up();
                self.builder.text(opening);
            }
        }
    }

    fn end_reading(&mut self) {
        let Some(ruby) = self.rubies.last_mut() else {
            return;
        };
        ruby.waiting = None;
        if let Some(closing) = ruby.closing.take() {
            self.builder.close_up();
            self.builder.text(closing);
            ruby.segment.end = Some(self.builder.position());
        }
    }

    /// Puts each reading behind its base.
    fn end_segment(&mut self) {
        let Some(ruby) = self.rubies.last_mut() else {
            return;
        };
        let mut segment = std::mem::take(&mut ruby.segment);
        if let Some(end) = segment.end.filter(|_| segment.bases > 1) {
            // Text behind the last reading stays behind all bases.
            segment.pieces.push((NO_BASE, end));
            self.builder.arrange(&segment.pieces);
        }
    }
}
