//! Inline elements that become signs: quotations, readings over a text, boxes of a form.

use super::super::typography::is_wide;
use super::super::warnings::Change;
use super::HtmlReader;
use super::attributes::Attributes;
use super::open::Ruby;

impl HtmlReader {
    /// Starts an inline element that is none in a body; `false` for any other.
    pub(super) fn start_sign(&mut self, tag: &[u8], attributes: &Attributes) -> bool {
        match tag {
            b"q" => {
                let [opening, _] = self.builder.typography.marks(self.quotations);
                self.quotations += 1;
                self.builder.text(opening);
                self.converted("<q>", "quotation marks");
            }
            b"ruby" => {
                self.end_reading();
                self.ruby = Some(Ruby::default());
                self.converted("<ruby>", "its text with the reading in brackets");
            }
            b"rp" | b"rb" | b"rt" | b"rtc" if self.ruby.is_some() => self.start_ruby_part(tag),
            b"input" => self.input(attributes),
            _ => return false,
        }
        true
    }

    /// Ends an inline element that is none in a body; `false` for any other.
    pub(super) fn end_sign(&mut self, tag: &[u8]) -> bool {
        match tag {
            b"q" => self.end_quotation(),
            b"rt" | b"rtc" => self.end_reading(),
            b"ruby" => {
                self.end_reading();
                self.ruby = None;
            }
            _ => return false,
        }
        true
    }

    /// Ends quotations and readings where a block begins or ends.
    pub(super) fn end_signs(&mut self) {
        self.end_gauge();
        while self.quotations > 0 {
            self.end_quotation();
        }
        if self.ruby.is_some() {
            self.end_reading();
            self.ruby = None;
        }
    }

    fn end_quotation(&mut self) {
        if self.quotations > 0 {
            self.quotations -= 1;
            let [_, closing] = self.builder.typography.marks(self.quotations);
            self.builder.close_up();
            self.builder.text(closing);
        }
    }

    fn start_ruby_part(&mut self, tag: &[u8]) {
        self.end_reading();
        let is_wide = self.builder.last_char().is_some_and(is_wide);
        let Some(ruby) = &mut self.ruby else { return };
        match tag {
            b"rp" => ruby.has_bracket = true,
            b"rt" | b"rtc" => {
                let brackets = if is_wide { ["（", "）"] } else { [" (", ")"] };
                ruby.waiting = (!ruby.has_bracket).then_some(brackets);
                ruby.has_bracket = false;
            }
            _ => {}
        }
    }

    /// Text of a reading begins: its bracket goes before it.
    pub(super) fn begin_reading(&mut self) {
        let waiting = self.ruby.as_mut().and_then(|ruby| ruby.waiting.take());
        if let (Some([opening, closing]), Some(ruby)) = (waiting, &mut self.ruby) {
            ruby.closing = Some(closing);
            self.builder.close_up();
            self.builder.text(opening);
        }
    }

    fn end_reading(&mut self) {
        let Some(ruby) = &mut self.ruby else { return };
        ruby.waiting = None;
        if let Some(closing) = ruby.closing.take() {
            self.builder.close_up();
            self.builder.text(closing);
        }
    }

    /// A field of a form: a box shows whether it is ticked; a value that a reader sees is told.
    fn input(&mut self, attributes: &Attributes) {
        let kind = attributes
            .filled("type")
            .unwrap_or("text")
            .to_ascii_lowercase();
        let is_checked = attributes.get("checked").is_some();
        let sign = match (kind.as_str(), is_checked) {
            ("hidden", _) => return,
            ("image", _) => return self.picture(attributes),
            ("checkbox", true) => "☑ ",
            ("checkbox", false) => "☐ ",
            ("radio", true) => "◉ ",
            ("radio", false) => "○ ",
            _ => {
                let value = attributes.get("value").unwrap_or("");
                let warnings = &mut self.builder.warnings;
                return warnings.add_sampled(Change::ElementRemoved, "<input>", "", value);
            }
        };
        self.builder.text(sign);
        self.converted("<input> of a box", "☑ or ☐");
    }

    pub(super) fn converted(&mut self, what: &'static str, into: &'static str) {
        let warnings = &mut self.builder.warnings;
        warnings.add(Change::ElementConverted, what, into);
    }
}
