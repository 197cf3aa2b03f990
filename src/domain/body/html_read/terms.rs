//! Elements whose parts a body tells apart by strong text only, and gauges, which it has as text.

use super::super::blocks::Style;
use super::super::heading_levels::LOWEST;
use super::super::warnings::Change;
use super::HtmlReader;
use super::attributes::Attributes;
use super::elements::{css_styles, heading_level, is_aligned, is_block};

/// Classes by which editors align a text.
const ALIGNED: [&str; 6] = [
    "has-text-align-center",
    "has-text-align-right",
    "ql-align-center",
    "ql-align-right",
    "text-center",
    "text-right",
];

impl HtmlReader {
    /// Starts a list of terms, a disclosure, a table's caption or a gauge; `false` for any other element.
    pub(super) fn start_term(&mut self, tag: &[u8], attributes: &Attributes) -> bool {
        match tag {
            b"dl" => self.term_list("<dl>", "paragraphs, its terms in bold"),
            b"details" => self.term_list("<details>", "paragraphs, its summary in bold"),
            b"dt" | b"summary" => {
                self.end_term();
                if !self.builder.is_in_gallery() {
                    self.is_in_term = true;
                    self.builder.open_style(Style::Strong);
                }
            }
            b"dd" => self.end_term(),
            b"caption" => {
                self.builder.boundary();
                self.converted("<caption> of a table", "a paragraph before it");
            }
            b"meter" | b"progress" => {
                self.builder.text(" ");
                self.gauge = Some(reading(tag, attributes));
                self.converted("<meter> or <progress>", "its text");
            }
            _ => return false,
        }
        true
    }

    /// Ends what [`start_term`](Self::start_term) starts; `false` for any other element.
    pub(super) fn end_of_term(&mut self, tag: &[u8]) -> bool {
        match tag {
            b"dl" | b"dt" | b"dd" | b"details" | b"summary" => self.end_term(),
            b"caption" => self.builder.boundary(),
            b"meter" | b"progress" => self.end_gauge(),
            _ => return false,
        }
        true
    }

    fn term_list(&mut self, what: &'static str, into: &'static str) {
        self.end_term();
        self.converted(what, into);
    }

    fn end_term(&mut self) {
        self.builder.boundary();
        if std::mem::take(&mut self.is_in_term) {
            self.builder.close_style(Style::Strong);
        }
    }

    /// Ends a gauge: one without text of its own shows its value.
    pub(super) fn end_gauge(&mut self) {
        if let Some(value) = self.gauge.take() {
            self.builder.text(&value);
            self.builder.text(" ");
        }
    }

    /// Opens a heading. One below the lowest level is told.
    pub(super) fn heading(&mut self, tag: &[u8], attributes: &Attributes) {
        let Some(level) = heading_level(tag, attributes) else {
            return;
        };
        let lowest = u32::from(LOWEST);
        if level > lowest {
            self.converted("a heading below the sixth level", "<h6>");
        }
        let level = u8::try_from(level.min(lowest)).unwrap_or(LOWEST);
        self.builder.open_heading(level);
    }

    /// Tells of the words that a reader sees at an element.
    pub(super) fn tell_title(&mut self, what: &'static str, attributes: &Attributes) {
        if let Some(title) = attributes.filled("title") {
            let warnings = &mut self.builder.warnings;
            warnings.add_sampled(Change::AttributeRemoved, what, "", title);
        }
    }

    /// Opens an ordered list. Letters and Roman numbers are told.
    pub(super) fn ordered_list(&mut self, attributes: &Attributes) {
        let is_reversed = attributes.get("reversed").is_some();
        let css = attributes.get("style").unwrap_or("").to_ascii_lowercase();
        let is_lettered = ["alpha", "roman", "latin"]
            .iter()
            .any(|kind| css.contains(kind));
        let start = attributes.number("start");
        self.builder.open_list(true, start, is_reversed);
        if is_lettered || attributes.filled("type").is_some_and(|kind| kind != "1") {
            let warnings = &mut self.builder.warnings;
            warnings.add(Change::ListConverted, "the letters of <ol>", "numbers");
        }
    }

    /// Tells of attributes that mean something and have no place in a body.
    pub(super) fn tell_attributes(&mut self, tag: &[u8], attributes: &Attributes) {
        let warnings = &mut self.builder.warnings;
        let is_quote = matches!(tag, b"q" | b"ins" | b"del")
            || tag == b"blockquote" && super::post(attributes).is_none();
        if let Some(cite) = attributes.filled("cite").filter(|_| is_quote) {
            let what = "the source of a quotation or change";
            warnings.add_sampled(Change::AttributeRemoved, what, "", cite);
        }
        let looks = ["color", "size", "face"];
        if tag == b"font" && looks.iter().any(|name| attributes.filled(name).is_some()) {
            warnings.add(Change::ElementUnwrapped, "<font>", "plain text");
        }
        let roles = [
            ("list", "a list by its role"),
            ("table", "a table by its role"),
            ("grid", "a table by its role"),
        ];
        let role = roles.iter().find(|(role, _)| attributes.has_role(role));
        if let (Some((_, what)), b"div" | b"section" | b"span" | b"p") = (role, tag) {
            warnings.add(Change::ElementUnwrapped, what, "plain text");
        }
        for note in attributes.notes() {
            if !is_key(note) {
                let what = "a note in an attribute";
                warnings.add_sampled(Change::AttributeRemoved, what, "", note);
            }
        }
        let direction = attributes.filled("dir").map(str::to_ascii_lowercase);
        if direction.is_some_and(|direction| self.builder.typography.turns(&direction)) {
            warnings.add(Change::AttributeRemoved, "the direction of a text", "");
        }
        let is_machine = matches!(tag, b"pre" | b"code" | b"samp" | b"kbd" | b"html" | b"body");
        let lang = ["lang", "xml:lang"]
            .iter()
            .find_map(|name| attributes.filled(name));
        if let Some(lang) = lang.filter(|lang| !is_machine && !self.builder.typography.is_of(lang))
        {
            let what = "the language of a text";
            warnings.add_sampled(Change::AttributeRemoved, what, "", lang);
        }
        let css = || {
            attributes
                .get("style")
                .is_some_and(|css| css_styles(css).is_aligned)
        };
        let by_class = || attributes.has_class(&ALIGNED);
        let by_name = attributes.filled("align").is_some_and(is_aligned);
        if is_block(tag) && (tag == b"center" || by_name || by_class() || css()) {
            warnings.add(Change::AttributeRemoved, "the alignment of a text", "");
        }
    }
}

/// True if the value of an attribute is a number or a name, and no words.
fn is_key(value: &str) -> bool {
    let is_sign = |c: char| c.is_ascii_alphanumeric() || "-_#:".contains(c);
    value.chars().all(is_sign)
}

/// The value of a gauge as text: `3/5` of a meter, `60%` of a progress.
fn reading(tag: &[u8], attributes: &Attributes) -> String {
    let value = attributes.filled("value").unwrap_or("");
    let max = attributes.filled("max");
    if tag == b"meter" {
        return max.map_or_else(|| value.to_owned(), |max| format!("{value}/{max}"));
    }
    let max = max.and_then(|max| max.parse::<f64>().ok()).unwrap_or(1.0);
    let share = value.parse::<f64>().map(|value| value / max * 100.0);
    share.map_or_else(|_| String::new(), |share| format!("{share:.0}%"))
}
