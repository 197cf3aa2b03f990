//! Inline elements that become signs: quotations and boxes of a form.

use super::super::warnings::Change;
use super::HtmlReader;
use super::attributes::Attributes;

/// Classes of items and boxes that are ticked, and of boxes that are not.
const CHECKED: [&str; 2] = ["tox-checklist--checked", "checkbox-on"];
const UNCHECKED: [&str; 1] = ["checkbox-off"];

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
            b"ruby" => self.start_ruby(),
            b"rp" | b"rb" | b"rt" | b"rtc" if !self.rubies.is_empty() => {
                self.start_ruby_part(tag);
            }
            b"input" => self.input(attributes),
            _ => return false,
        }
        true
    }

    /// Ends an inline element that is none in a body; `false` for any other.
    pub(super) fn end_sign(&mut self, tag: &[u8]) -> bool {
        match tag {
            b"q" => self.end_quotation(),
            b"rp" => self.end_bracket(),
            b"rb" | b"rt" | b"rtc" => self.end_ruby_part(tag),
            b"ruby" => self.end_ruby(),
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
        while !self.rubies.is_empty() {
            self.end_ruby();
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
        // A box that an item announces stands in it as well.
        if !self.is_box_of_item {
            self.show_box();
        }
        self.is_box_of_item = false;
        self.waiting_box = Some(sign);
        self.converted("<input> of a box", "☑ or ☐");
    }

    /// Takes the box of an item of Markdown.
    pub(in super::super) fn task(&mut self, is_done: bool) {
        self.waiting_box = Some(if is_done { "☑ " } else { "☐ " });
    }

    /// Takes the state of an item of a list that some editors write as an attribute of it.
    pub(super) fn box_of_item(&mut self, attributes: &Attributes) {
        self.show_box();
        let state = ["data-checked", "data-list", "aria-checked"];
        let state = state.iter().find_map(|name| attributes.filled(name));
        let sign = match state {
            Some("true" | "checked") => "☑ ",
            Some("false" | "unchecked") => "☐ ",
            _ if attributes.has_class(&CHECKED) => "☑ ",
            _ if attributes.has_class(&UNCHECKED) => "☐ ",
            _ => return,
        };
        self.is_box_of_item = true;
        self.waiting_box = Some(sign);
        self.converted("the state of an item", "☑ or ☐");
    }

    /// Puts a box before the text that it belongs to: of one in a paragraph of its own, that is the next paragraph.
    pub(super) fn show_box(&mut self) {
        self.is_box_of_item = false;
        if let Some(sign) = self.waiting_box.take() {
            self.builder.unmarked_text(sign);
        }
    }

    pub(super) fn converted(&mut self, what: &'static str, into: &'static str) {
        let warnings = &mut self.builder.warnings;
        warnings.add(Change::ElementConverted, what, into);
    }
}
