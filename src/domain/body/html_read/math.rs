//! MathML as one line: its TeX where it has any, else its signs, with fractions, roots, scripts and the cells of tables told
//! apart.

use super::attributes::Attributes;

/// The deepest nesting that is followed.
const MAX_DEPTH: usize = 200;

/// The most elements of a formula that are told apart.
const MAX_PARTS: usize = 20_000;

/// Signs after which a table needs no brackets of its own.
const FENCES: [&str; 8] = ["(", "[", "{", "|", "‖", "⟨", "⌈", "⌊"];

/// Signs over a letter, and the marks that they are.
const ACCENTS: [(&str, char); 11] = [
    ("¯", '\u{304}'),
    ("‾", '\u{304}'),
    ("^", '\u{302}'),
    ("ˆ", '\u{302}'),
    ("~", '\u{303}'),
    ("˜", '\u{303}'),
    ("→", '\u{20d7}'),
    ("⃗", '\u{20d7}'),
    ("˙", '\u{307}'),
    (".", '\u{307}'),
    ("¨", '\u{308}'),
];

/// A formula while it is read.
pub(super) struct Math {
    alttext: String,
    tex: String,
    /// The elements that are open, the outermost first.
    open: Vec<Part>,
    /// Number of elements so far.
    parts: usize,
}

/// An element of a formula.
#[derive(Default)]
struct Part {
    name: Vec<u8>,
    text: String,
    parts: Vec<Self>,
    /// The signs around and between the parts of `mfenced`.
    fences: Option<[String; 3]>,
    /// True for a fraction without a line: a choice.
    is_choice: bool,
}

impl Math {
    pub(super) fn new(alttext: Option<&str>) -> Self {
        Self {
            alttext: alttext.unwrap_or("").to_owned(),
            tex: String::new(),
            open: vec![Part::default()],
            parts: 0,
        }
    }

    /// An element begins; one that is `empty` has no end.
    pub(super) fn start(&mut self, tag: &[u8], attributes: &Attributes, empty: bool) {
        if self.open.len() > MAX_DEPTH || self.parts >= MAX_PARTS {
            return;
        }
        self.parts += 1;
        let fence = |name, by_default: &str| attributes.get(name).unwrap_or(by_default).to_owned();
        let thickness = attributes.get("linethickness").unwrap_or("").trim();
        self.open.push(Part {
            name: tag.to_vec(),
            fences: (tag == b"mfenced").then(|| {
                [
                    fence("open", "("),
                    fence("close", ")"),
                    fence("separators", ","),
                ]
            }),
            is_choice: tag == b"mfrac" && thickness.starts_with('0'),
            ..Part::default()
        });
        if empty || matches!(tag, b"mprescripts" | b"none" | b"mspace") {
            self.close();
        }
    }

    pub(super) fn end(&mut self, tag: &[u8]) {
        if let Some(at) = self.open.iter().rposition(|part| part.name == tag) {
            while self.open.len() > at {
                self.close();
            }
        }
    }

    fn close(&mut self) {
        if let Some(part) = self.open.pop_if(|part| !part.name.is_empty())
            && let Some(parent) = self.open.last_mut()
        {
            parent.parts.push(part);
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        let notes = |part: &&Part| part.name.starts_with(b"annotation");
        match self.open.iter().find(notes) {
            Some(note) if note.name == b"annotation" => self.tex.push_str(text),
            Some(_) => {}
            None => {
                let Some(last) = self.open.last_mut() else {
                    return;
                };
                if last.is_token() {
                    last.text.push_str(text);
                } else if !text.trim().is_empty() {
                    last.parts.push(Part {
                        name: b"mi".to_vec(),
                        text: text.to_owned(),
                        ..Part::default()
                    });
                }
            }
        }
    }

    /// The formula, and whether it is TeX.
    pub(super) fn finish(mut self) -> (String, bool) {
        while self.open.len() > 1 {
            self.close();
        }
        let tex = [self.alttext, self.tex];
        let tex = tex.iter().map(|tex| plain(tex)).find(|tex| !tex.is_empty());
        if let Some(tex) = tex {
            return (tex.to_owned(), true);
        }
        let mut signs = String::new();
        self.open.iter().for_each(|part| part.write(&mut signs));
        (signs.trim().to_owned(), false)
    }
}

fn plain(tex: &str) -> &str {
    let tex = tex.trim();
    let inner = tex
        .strip_prefix("{\\displaystyle")
        .and_then(|tex| tex.strip_suffix('}'));
    inner.unwrap_or(tex).trim()
}

impl Part {
    fn write(&self, out: &mut String) {
        match self.name.as_slice() {
            b"mphantom" | b"none" | b"mprescripts" | b"annotation" | b"annotation-xml" => {}
            b"mspace" => blank(out),
            b"mfrac" if self.is_choice => self.write_call("binom", out),
            b"mfrac" => {
                self.write_operand(0, out);
                out.push('/');
                self.write_operand(1, out);
            }
            b"msqrt" => {
                out.push('√');
                write_all(&self.parts, is_compound_row(&self.parts), out);
            }
            b"mroot" => self.write_root(out),
            b"mover" if self.accent().is_some() => {
                self.parts.iter().take(1).for_each(|base| base.write(out));
                out.extend(self.accent());
            }
            b"msub" | b"munder" => self.write_scripts(&['_'], out),
            b"msup" | b"mover" => self.write_scripts(&['^'], out),
            b"msubsup" | b"munderover" => self.write_scripts(&['_', '^'], out),
            b"mmultiscripts" => self.write_multiscripts(out),
            b"mtable" => self.write_table(out),
            b"mfenced" => self.write_fenced(out),
            b"mtext" => self.write_words(out),
            b"semantics" | b"maction" => {
                self.parts.iter().take(1).for_each(|first| first.write(out));
            }
            _ => {
                out.push_str(self.text.trim());
                write_row(&self.parts, out);
            }
        }
    }

    /// The text of words, with a blank where it has one at its edge.
    fn write_words(&self, out: &mut String) {
        let words = self.text.trim();
        if self.text.starts_with(char::is_whitespace) {
            blank(out);
        }
        out.push_str(words);
        if !words.is_empty() && self.text.ends_with(char::is_whitespace) {
            blank(out);
        }
    }

    /// A part, in brackets where it would run into what stands beside it.
    fn write_operand(&self, at: usize, out: &mut String) {
        if let Some(part) = self.parts.get(at) {
            write_all(std::slice::from_ref(part), part.is_compound(), out);
        }
    }

    fn write_root(&self, out: &mut String) {
        let mut index = String::new();
        self.parts
            .iter()
            .skip(1)
            .for_each(|part| part.write(&mut index));
        let sign = match index.as_str() {
            "2" | "" => '√',
            "3" => '∛',
            "4" => '∜',
            _ => return self.write_call("root", out),
        };
        out.push(sign);
        self.write_operand(0, out);
    }

    fn write_call(&self, name: &str, out: &mut String) {
        out.push_str(name);
        out.push('(');
        for (at, part) in self.parts.iter().enumerate() {
            out.push_str(if at > 0 { ", " } else { "" });
            part.write(out);
        }
        out.push(')');
    }

    fn write_scripts(&self, signs: &[char], out: &mut String) {
        self.write_operand(0, out);
        for (at, sign) in signs.iter().enumerate() {
            if self.parts.get(at + 1).is_some_and(|part| !part.is_empty()) {
                out.push(*sign);
                self.write_operand(at + 1, out);
            }
        }
    }

    /// The scripts before the base, the base, and those behind it.
    fn write_multiscripts(&self, out: &mut String) {
        let before = |part: &Self| part.name == b"mprescripts";
        let at = self
            .parts
            .iter()
            .position(before)
            .unwrap_or(self.parts.len());
        let (behind, before) = self.parts.split_at(at);
        let scripts = |parts: &[Self], out: &mut String| {
            for (at, part) in parts
                .iter()
                .enumerate()
                .filter(|(_, part)| !part.is_empty())
            {
                out.push(if at % 2 == 0 { '_' } else { '^' });
                write_all(std::slice::from_ref(part), part.is_compound(), out);
            }
        };
        if before.len() > 1 {
            blank(out);
            scripts(&before[1..], out);
            blank(out);
        }
        self.write_operand(0, out);
        scripts(behind.get(1..).unwrap_or_default(), out);
    }

    /// Rows with semicolons between, and cells with blanks.
    fn write_table(&self, out: &mut String) {
        for (at, row) in self.parts.iter().enumerate() {
            out.push_str(if at > 0 { "; " } else { "" });
            let is_labeled = row.name == b"mlabeledtr";
            for (at, cell) in row.parts.iter().skip(usize::from(is_labeled)).enumerate() {
                if at > 0 {
                    blank(out);
                }
                cell.write(out);
            }
        }
    }

    fn write_fenced(&self, out: &mut String) {
        let [open, close, separators] = self.fences.as_ref().map_or(["(", ")", ","], |fences| {
            [&*fences[0], &*fences[1], &*fences[2]]
        });
        let signs: Vec<char> = separators.chars().filter(|c| !c.is_whitespace()).collect();
        out.push_str(open.trim());
        for (at, part) in self.parts.iter().enumerate() {
            if at > 0 {
                out.extend(signs.get(at - 1).or(signs.last()));
                blank(out);
            }
            part.write(out);
        }
        out.push_str(close.trim());
    }

    /// The mark that the sign over a single letter is.
    fn accent(&self) -> Option<char> {
        let [base, over] = self.parts.as_slice() else {
            return None;
        };
        let is_letter = base.parts.is_empty() && base.text.trim().chars().count() == 1;
        let sign = over.text.trim();
        let found = ACCENTS.iter().find(|(known, _)| *known == sign);
        found
            .filter(|_| is_letter && over.parts.is_empty())
            .map(|(_, mark)| *mark)
    }

    /// True if the element has text and no parts (MathML Core, section 3.2).
    fn is_token(&self) -> bool {
        matches!(
            self.name.as_slice(),
            b"mi" | b"mn" | b"mo" | b"ms" | b"mtext"
        )
    }

    fn is_empty(&self) -> bool {
        self.text.trim().is_empty() && self.parts.iter().all(Self::is_empty)
    }

    /// True if the part needs brackets beside a sign of another.
    fn is_compound(&self) -> bool {
        match self.name.as_slice() {
            _ if self.is_token() => false,
            b"msqrt" | b"mfenced" => false,
            b"mfrac" => !self.is_choice,
            b"mover" if self.accent().is_some() => false,
            b"mroot" => false,
            b"msub" | b"msup" | b"msubsup" | b"munder" | b"mover" | b"munderover"
            | b"mmultiscripts" | b"mtable" => true,
            _ => is_compound_row(&self.parts),
        }
    }

    fn is_fence(&self) -> bool {
        match self.parts.as_slice() {
            [] => FENCES.contains(&self.text.trim()),
            _ => false,
        }
    }
}

fn is_compound_row(parts: &[Part]) -> bool {
    match parts {
        [] => false,
        [one] => one.is_compound(),
        // A row that has brackets of its own.
        [first, .., last] if first.text.trim() == "(" && last.text.trim() == ")" => parts
            [1..parts.len() - 1]
            .iter()
            .any(|part| part.text.trim() == ")"),
        _ => true,
    }
}

fn write_all(parts: &[Part], in_brackets: bool, out: &mut String) {
    out.push_str(if in_brackets { "(" } else { "" });
    write_row(parts, out);
    out.push_str(if in_brackets { ")" } else { "" });
}

/// Parts side by side. A table among others is in brackets.
fn write_row(parts: &[Part], out: &mut String) {
    let mut before: Option<&Part> = None;
    for part in parts {
        let is_table = part.name == b"mtable" && parts.len() > 1;
        match is_table && !before.is_some_and(Part::is_fence) {
            true => {
                out.push('[');
                part.write(out);
                out.push(']');
            }
            false => part.write(out),
        }
        before = Some(part);
    }
}

/// A blank, unless one stands there.
fn blank(out: &mut String) {
    if !out.is_empty() && !out.ends_with(' ') {
        out.push(' ');
    }
}

#[cfg(test)]
mod tests;
