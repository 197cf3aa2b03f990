//! Inline text as Markdown, in which no letter of the text is taken for a sign.

use std::fmt::Write;

use super::blocks::{Inline, Style};
use super::html_write;
use super::nesting::{Element, Step, steps};

/// The place of inline text, which decides the line breaks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Paragraph,
    Heading,
    Cell,
}

/// Writes inline text.
pub(super) fn inline(content: &[Inline], place: Place) -> String {
    let steps = steps(content, true);
    let signs = signs(&steps);
    let mut out = String::new();
    let mut linked = false;
    for (at, step) in steps.iter().enumerate() {
        match (*step, signs[at]) {
            (Step::Open(Element::Link(_)), _) => {
                linked = true;
                out.push('[');
            }
            (Step::Close(Element::Link(link)), _) => {
                linked = false;
                let _ = write!(out, "]({}", link_target(&link.href));
                if let Some(title) = &link.title {
                    let _ = write!(out, " \"{}\"", plain(title));
                }
                out.push(')');
            }
            (Step::Open(_) | Step::Close(_), Some(sign)) => out.push_str(sign),
            (Step::Open(element), None) => html_write::open(&mut out, element),
            (Step::Close(Element::Style(style)), None) => {
                let _ = write!(out, "</{}>", style.element());
            }
            // `[…]:` would begin a link reference definition, even with its bracket in a code span.
            (Step::Text(text, true), _) if linked && text.contains(']') => {
                out.push_str("<code>");
                push_text(&mut out, text, place, false);
                out.push_str("</code>");
            }
            (Step::Text(text, true), _) => code_span(&mut out, text, place),
            (Step::Text(text, false), _) => {
                let before_link = matches!(steps.get(at + 1), Some(Step::Open(Element::Link(_))));
                push_text(&mut out, text, place, before_link);
            }
        }
    }
    if place == Place::Heading && out.ends_with('#') {
        out.insert(out.len() - 1, '\\');
    }
    out
}

/// Plain text with every sign of Markdown escaped, for one line.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::new();
    push_text(&mut out, text, Place::Cell, true);
    out.replace('"', "\\\"")
}

/// An address as a link's target; in angle brackets where parentheses would end it.
pub(super) fn link_target(address: &str) -> String {
    let mut out = String::new();
    for (at, c) in address.char_indices() {
        if matches!(c, '*' | '_' | '~') || (c == '&' && begins_reference(&address[at..])) {
            out.push('\\');
        }
        out.push(c);
    }
    if out.contains(['(', ')']) {
        format!("<{out}>")
    } else {
        out
    }
}

/// The signs of each opening and closing step, `None` where only HTML would be read back.
fn signs(steps: &[Step<'_>]) -> Vec<Option<&'static str>> {
    let mut signs = vec![None; steps.len()];
    let mut open = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        match step {
            Step::Open(Element::Style(_)) => open.push(at),
            Step::Close(Element::Style(style)) => {
                if let Some(from) = open.pop() {
                    let sign = sign(steps, *style, from, at);
                    (signs[from], signs[at]) = (sign, sign);
                }
            }
            _ => {}
        }
    }
    signs
}

/// The sign for a style from one step to another, if Markdown would see it there (CommonMark 0.31, section 6.2).
fn sign(steps: &[Step<'_>], style: Style, from: usize, to: usize) -> Option<&'static str> {
    let touches_strong = [from.wrapping_sub(1), from + 1, to - 1, to + 1]
        .iter()
        .any(|at| is_style(steps.get(*at), Style::Strong));
    let sign = match style {
        Style::Strong => "**",
        Style::Em if touches_strong => "_",
        Style::Em => "*",
        Style::Del => "~~",
        _ => return None,
    };
    let outer = (
        edge(steps, from.checked_sub(1), true),
        edge(steps, Some(to + 1), false),
    );
    let inner = (
        edge(steps, Some(from + 1), false),
        edge(steps, Some(to - 1), true),
    );
    let flanks = |inner: Edge, outer: Edge| match inner {
        Edge::Space => false,
        Edge::Letter => sign != "_" || outer.is_parted(),
        Edge::Sign | Edge::Doubtful => outer.is_parted(),
    };
    (flanks(inner.0, outer.0) && flanks(inner.1, outer.1)).then_some(sign)
}

fn is_style(step: Option<&Step<'_>>, style: Style) -> bool {
    matches!(step, Some(Step::Open(Element::Style(other)) | Step::Close(Element::Style(other))) if *other == style)
}

/// The neighbour of a delimiter.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Edge {
    Space,
    Letter,
    /// Punctuation, as every sign of Markdown is.
    Sign,
    /// Readers may differ on what it is: a symbol, a combining mark, …
    Doubtful,
}

impl Edge {
    /// True if it surely separates words.
    fn is_parted(self) -> bool {
        matches!(self, Self::Space | Self::Sign)
    }

    fn of(c: char) -> Self {
        match c {
            c if c.is_whitespace() => Self::Space,
            c if c.is_alphanumeric() => Self::Letter,
            '\u{0}'..='\u{7f}' | '«' | '»' | '¿' | '¡' => Self::Sign,
            '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{2043}' => Self::Sign,
            '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}' => Self::Sign,
            '（' | '）' | '，' | '！' | '：' | '；' | '？' => Self::Sign,
            _ => Self::Doubtful,
        }
    }
}

fn edge(steps: &[Step<'_>], at: Option<usize>, last: bool) -> Edge {
    let c = match at.and_then(|at| steps.get(at)) {
        None => return Edge::Space,
        Some(Step::Text(text, false)) if last => text.chars().next_back(),
        Some(Step::Text(text, false)) => text.chars().next(),
        Some(_) => None,
    };
    c.map_or(Edge::Sign, Edge::of)
}

fn code_span(out: &mut String, text: &str, place: Place) {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(if text.contains('`') { longest + 1 } else { 1 });
    // One space at each end is not part of a code span, unless there is nothing else in it.
    let spaced = text.starts_with(' ') && text.ends_with(' ') && !text.trim().is_empty();
    let needs_pad = spaced || text.starts_with('`') || text.ends_with('`');
    let pad = if needs_pad { " " } else { "" };
    let text = if place == Place::Cell {
        text.replace('|', "\\|")
    } else {
        text.to_owned()
    };
    let _ = write!(out, "{fence}{pad}{text}{pad}{fence}");
}

fn push_text(out: &mut String, text: &str, place: Place, before_link: bool) {
    for (at, line) in text.split('\n').enumerate() {
        if at > 0 {
            out.push_str(if place == Place::Paragraph {
                "\\\n"
            } else {
                "<br>"
            });
        }
        if place == Place::Paragraph && (out.is_empty() || out.ends_with('\n')) {
            push_line(out, line);
        } else {
            escape(out, line);
        }
    }
    if before_link && out.ends_with('!') {
        out.insert(out.len() - 1, '\\');
    }
}

/// A line's beginning could be a heading, a list, a quote, a rule or the underline of a heading or table.
fn push_line(out: &mut String, line: &str) {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = line.split_at(digits);
    let is_marker = digits > 0 && rest.starts_with(['.', ')']);
    out.push_str(number);
    if is_marker || (digits == 0 && rest.starts_with(['#', '+', '-', '=', '>', ':'])) {
        out.push('\\');
        out.push_str(&rest[..1]);
        escape(out, &rest[1..]);
    } else {
        escape(out, rest);
    }
}

fn escape(out: &mut String, text: &str) {
    for (at, c) in text.char_indices() {
        let is_sign = matches!(
            c,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '~' | '|' | '{' | '}' | '^'
        ) || (c == '&' && begins_reference(&text[at..]));
        if is_sign {
            out.push('\\');
        }
        out.push(c);
    }
}

/// True if an ampersand begins a possible character reference.
fn begins_reference(text: &str) -> bool {
    text[1..].starts_with(|c: char| c == '#' || c.is_ascii_alphanumeric())
}
