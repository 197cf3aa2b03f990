//! The text of a page as lines, as a browser without style would print it, for the rules that read saved text.

use std::convert::Infallible;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};

/// Elements whose text is not shown.
const UNSHOWN: [&[u8]; 9] = [
    b"script",
    b"style",
    b"template",
    b"noscript",
    b"title",
    b"svg",
    b"select",
    b"textarea",
    b"iframe",
];
/// Elements that stand within a line.
const INLINE: [&[u8]; 32] = [
    b"a", b"abbr", b"b", b"bdi", b"bdo", b"big", b"cite", b"code", b"data", b"del", b"em", b"font",
    b"i", b"img", b"ins", b"kbd", b"label", b"mark", b"q", b"s", b"samp", b"small", b"span",
    b"strong", b"sub", b"sup", b"time", b"tt", b"u", b"var", b"wbr", b"address",
];

/// The lines of a page.
pub(super) fn text(html: &str) -> String {
    let mut out = String::with_capacity(html.len() / 4);
    let mut unshown: Option<Vec<u8>> = None;
    let emitter = CallbackEmitter::new(|event: CallbackEvent<'_>, _: Span<()>| {
        match event {
            CallbackEvent::OpenStartTag { name } if unshown.is_none() => {
                if UNSHOWN.contains(&name) {
                    unshown = Some(name.to_vec());
                } else if !INLINE.contains(&name) {
                    end_line(&mut out, name);
                }
            }
            CallbackEvent::EndTag { name } => {
                if unshown.as_deref() == Some(name) {
                    unshown = None;
                } else if unshown.is_none() && !INLINE.contains(&name) {
                    end_line(&mut out, name);
                }
            }
            CallbackEvent::String { value } if unshown.is_none() => {
                for part in String::from_utf8_lossy(value).split_inclusive(char::is_whitespace) {
                    let word = part.trim();
                    out.push_str(word);
                    let is_spaced = part.len() > word.len() && !out.ends_with([' ', '\n']);
                    out.push_str(if is_spaced { " " } else { "" });
                }
            }
            _ => {}
        }
        None::<Infallible>
    });
    let mut emitter = emitter;
    emitter.naively_switch_states(true);
    let Ok(()) = Tokenizer::new_with_emitter(html, emitter).finish();
    out
}

/// Paragraphs stand apart; other blocks are lines.
fn end_line(out: &mut String, name: &[u8]) {
    while out.ends_with(' ') {
        out.pop();
    }
    let is_apart = matches!(
        name,
        b"p" | b"h1"
            | b"h2"
            | b"h3"
            | b"h4"
            | b"article"
            | b"section"
            | b"header"
            | b"footer"
            | b"nav"
            | b"ul"
            | b"ol"
            | b"blockquote"
    );
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
    if is_apart && !out.ends_with("\n\n") && !out.is_empty() {
        out.push('\n');
    }
}
