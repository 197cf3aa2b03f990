//! Plain text of HTML: tags off, entities decoded, white space folded.

use std::convert::Infallible;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};
use url::Url;

use crate::domain::body::Body;

/// Elements whose text is not shown.
const UNSHOWN: [&[u8]; 3] = [b"script", b"style", b"template"];

/// Elements that are part of a word or a line.
const INLINE: [&[u8]; 26] = [
    b"a", b"abbr", b"acronym", b"b", b"bdi", b"bdo", b"big", b"cite", b"code", b"del", b"em",
    b"font", b"i", b"ins", b"kbd", b"mark", b"q", b"s", b"samp", b"small", b"span", b"strike",
    b"strong", b"sub", b"sup", b"u",
];

/// The words of a piece of HTML on one line.
pub(super) fn line(html: &str) -> String {
    if !html.contains(['<', '&']) {
        return folded(html);
    }
    let mut text = String::with_capacity(html.len());
    let mut unshown: Option<Vec<u8>> = None;
    let emitter = CallbackEmitter::new(|event: CallbackEvent<'_>, _: Span<()>| {
        match event {
            CallbackEvent::OpenStartTag { name } if unshown.is_none() => {
                if UNSHOWN.contains(&name) {
                    unshown = Some(name.to_vec());
                } else if !INLINE.contains(&name) {
                    text.push(' ');
                }
            }
            CallbackEvent::EndTag { name } => {
                if unshown.as_deref() == Some(name) {
                    unshown = None;
                } else if !INLINE.contains(&name) {
                    text.push(' ');
                }
            }
            CallbackEvent::String { value } if unshown.is_none() => {
                text.push_str(&String::from_utf8_lossy(value));
            }
            _ => {}
        }
        None::<Infallible>
    });
    let Ok(()) = Tokenizer::new_with_emitter(html, emitter).finish();
    folded(&text)
}

/// A name in a feed or an export, in which entities may be written twice over.
pub(super) fn name(html: &str) -> String {
    let once = line(html);
    match once.contains('&') && once.contains(';') {
        true => line(&once),
        false => once,
    }
}

/// The words of a piece of HTML, its paragraphs parted by blank lines.
pub(super) fn paragraphs(html: &str) -> String {
    Body::from_html(html).map_or_else(|_| line(html), |body| body.text())
}

/// The HTML of a body, with the address that its relative ones are relative to.
pub(super) fn based(html: &str, base: &Url) -> String {
    let base = base.as_str().replace('&', "&amp;");
    format!("<base href=\"{base}\">{html}")
}

fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text
        .split([' ', '\t', '\n', '\r', '\u{c}'])
        .filter(|word| !word.is_empty())
    {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_go_and_entities_are_letters() {
        for (html, text) in [
            ("A &amp; B &#8211; <em>C</em>", "A & B – C"),
            ("1 < 2 && 3 > 2", "1 < 2 && 3 > 2"),
            (
                "one<br>two<script>x</script><p>three</p>four",
                "one two three four",
            ),
            ("  a\n b ", "a b"),
            ("&lt;SRD&gt; stays", "<SRD> stays"),
        ] {
            assert_eq!(line(html), text, "{html}");
        }
        assert_eq!(name("R&amp;amp;D"), "R&D");
        assert_eq!(paragraphs("<p>a</p><p>b <i>c</i></p>"), "a\n\nb c");
    }
}
