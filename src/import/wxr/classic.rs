//! Paragraphs of classic posts, which have none: blank lines part them, and a line's end is a break.
//!
//! Two breaks in a row part paragraphs in a body, so a line's end becomes a break wherever text flows. Beside tags that begin or
//! end a block it is mere white space, and in code it stays.

use super::players::embed;

/// Elements beside which a line's end is white space.
const BLOCKS: [&str; 46] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "caption",
    "center",
    "col",
    "colgroup",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "hr",
    "legend",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
    "video",
];
/// Elements whose text is kept with its line ends.
const VERBATIM: [&str; 6] = ["pre", "script", "style", "svg", "textarea", "math"];
/// Blocks that may begin or end with an address that stands alone.
const FLOW: [&str; 8] = [
    "article",
    "blockquote",
    "body",
    "div",
    "main",
    "p",
    "section",
    "center",
];

/// The longest tag, in bytes.
const TAG_MAX: usize = 20_000;

/// A piece of markup.
enum Token<'t> {
    Text(&'t str),
    Tag {
        text: &'t str,
        name: String,
        is_end: bool,
    },
    Comment,
}

/// The HTML of a post's content with its paragraphs and embeds. `breaks` is false for content that has paragraphs of its own.
pub(super) fn paragraphs(content: &str, breaks: bool) -> String {
    let content = content.replace("\r\n", "\n").replace('\r', "\n");
    let tokens: Vec<Token<'_>> = Tokens(&content)
        .filter(|token| !matches!(token, Token::Comment))
        .collect();
    let mut out = String::with_capacity(content.len() + content.len() / 8);
    let (mut verbatim, mut closed) = (None::<String>, 0_usize);
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Tag { text, name, is_end } => {
                out.push_str(text);
                match &verbatim {
                    None if !is_end && VERBATIM.contains(&name.as_str()) => {
                        verbatim = Some(name.clone())
                    }
                    Some(open) if *is_end && open == name => verbatim = None,
                    _ => {}
                }
                if matches!(name.as_str(), "figure" | "a") {
                    closed = if *is_end {
                        closed.saturating_sub(1)
                    } else {
                        closed + 1
                    };
                }
            }
            Token::Text(text) if verbatim.is_some() => out.push_str(text),
            Token::Text(text) => {
                let sides = Sides {
                    before: at.checked_sub(1).and_then(|at| tokens.get(at)),
                    after: tokens.get(at + 1),
                    breaks,
                    is_closed: closed > 0,
                };
                sides.write(text, &mut out);
            }
            Token::Comment => {}
        }
    }
    out
}

/// The tags on both sides of a text.
struct Sides<'t> {
    before: Option<&'t Token<'t>>,
    after: Option<&'t Token<'t>>,
    breaks: bool,
    /// True if the text stands in a figure or a link, in which nothing is embedded.
    is_closed: bool,
}

impl Sides<'_> {
    fn write(&self, text: &str, out: &mut String) {
        let mut text = text;
        if self.before.is_none_or(is_block) {
            text = text.trim_start_matches(['\n', ' ', '\t']);
        } else if self.before.is_some_and(|token| is_named(token, "br")) {
            let rest = text.trim_start_matches([' ', '\t']);
            text = rest.strip_prefix('\n').unwrap_or(text);
        }
        if self.after.is_none_or(is_block) {
            text = text.trim_end_matches(['\n', ' ', '\t']);
        }
        let last = text.split('\n').count() - 1;
        for (number, line) in text.split('\n').enumerate() {
            if number > 0 {
                out.push_str(if self.breaks { "<br>\n" } else { "\n" });
            }
            let stands_alone = (number > 0 || begins_flow(self.before))
                && (number < last || ends_flow(self.after));
            match line.trim() {
                address if stands_alone && !self.is_closed && is_address(address) => {
                    out.push_str(embed(address).trim())
                }
                _ => out.push_str(line),
            }
        }
    }
}

fn is_address(line: &str) -> bool {
    let rest = line
        .strip_prefix("https://")
        .or_else(|| line.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        rest.len() > 3 && rest.contains('.') && !line.contains(char::is_whitespace)
    })
}

fn is_block(token: &Token<'_>) -> bool {
    matches!(token, Token::Tag { name, .. } if BLOCKS.contains(&name.as_str()))
}

fn is_named(token: &Token<'_>, wanted: &str) -> bool {
    matches!(token, Token::Tag { name, .. } if name == wanted)
}

/// True if a line may begin behind the token.
fn begins_flow(token: Option<&Token<'_>>) -> bool {
    match token {
        Some(Token::Tag { name, is_end, .. }) => {
            name == "br"
                || if *is_end {
                    BLOCKS.contains(&name.as_str())
                } else {
                    FLOW.contains(&name.as_str()) || name == "hr"
                }
        }
        _ => true,
    }
}

/// True if a line may end before the token.
fn ends_flow(token: Option<&Token<'_>>) -> bool {
    match token {
        Some(Token::Tag { name, is_end, .. }) => {
            name == "br"
                || if *is_end {
                    FLOW.contains(&name.as_str())
                } else {
                    BLOCKS.contains(&name.as_str())
                }
        }
        _ => true,
    }
}

/// Cuts HTML into tokens.
struct Tokens<'t>(&'t str);

impl<'t> Iterator for Tokens<'t> {
    type Item = Token<'t>;

    fn next(&mut self) -> Option<Token<'t>> {
        let text = self.0;
        if text.is_empty() {
            return None;
        }
        if text.starts_with("<!--") {
            let end = text.find("-->").map_or(text.len(), |end| end + 3);
            self.0 = &text[end..];
            return Some(Token::Comment);
        }
        if let Some((length, name, is_end)) = tag(text) {
            self.0 = &text[length..];
            return Some(Token::Tag {
                text: &text[..length],
                name,
                is_end,
            });
        }
        let begins = |at: &usize| text[*at..].starts_with("<!--") || tag(&text[*at..]).is_some();
        let end = text
            .match_indices('<')
            .map(|(at, _)| at)
            .filter(|at| *at > 0)
            .find(begins);
        let end = end.unwrap_or(text.len());
        self.0 = &text[end..];
        Some(Token::Text(&text[..end]))
    }
}

/// The tag that a text begins with: its length, its name, and whether it is an end tag.
fn tag(text: &str) -> Option<(usize, String, bool)> {
    let inner = text.strip_prefix('<')?;
    let is_end = inner.starts_with('/');
    let name = inner.strip_prefix('/').unwrap_or(inner);
    let length = name
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != ':')
        .unwrap_or(name.len());
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate().take(TAG_MAX) {
        match (quote, byte) {
            (Some(open), byte) if byte == open => quote = None,
            (None, b'"' | b'\'') if at > length => quote = Some(byte),
            (None, b'>') => return Some((at + 1, name[..length].to_ascii_lowercase(), is_end)),
            _ => {}
        }
    }
    // A quotation mark that is left open ends with the tag.
    let end = text.bytes().take(TAG_MAX).position(|byte| byte == b'>')?;
    Some((end + 1, name[..length].to_ascii_lowercase(), is_end))
}

#[cfg(test)]
mod tests {
    use crate::domain::body::Body;

    use super::*;

    fn html(content: &str) -> String {
        Body::from_html(&paragraphs(content, true))
            .unwrap()
            .into_html()
    }

    #[test]
    fn blank_lines_part_paragraphs_and_single_ones_break() {
        for (content, expected) in [
            ("a\nb\n\nc", "<p>a<br>b</p><p>c</p>"),
            ("a\r\nb\r\n\r\n \r\nc", "<p>a<br>b</p><p>c</p>"),
            (
                "<strong>a</strong>\n\n<em>b</em> c",
                "<p><strong>a</strong></p><p><em>b</em> c</p>",
            ),
            (
                "<strong>a\n\nb</strong>",
                "<p><strong>a</strong></p><p><strong>b</strong></p>",
            ),
            ("a<br />\nb", "<p>a<br>b</p>"),
            ("a<!--more-->\n\nb", "<p>a</p><p>b</p>"),
            ("<p>a</p>\n\nb\n\n<p>c</p>", "<p>a</p><p>b</p><p>c</p>"),
        ] {
            assert_eq!(html(content), expected, "{content:?}");
        }
    }

    #[test]
    fn blocks_keep_their_shape_and_code_its_lines() {
        for (content, expected) in [
            (
                "<h3>a</h3>\nb\n<ul>\n <li>c</li>\n\n <li>d</li>\n</ul>\ne",
                "<h3>a</h3><p>b</p><ul><li>c</li><li>d</li></ul><p>e</p>",
            ),
            (
                "<pre>a\n\n  b</pre>\nc",
                "<pre><code>a\n\n  b</code></pre><p>c</p>",
            ),
            (
                "<blockquote>a\n\nb</blockquote>",
                "<blockquote><p>a</p><p>b</p></blockquote>",
            ),
            ("<div class='x'>a\n\nb</div>\nc", "<p>a</p><p>b</p><p>c</p>"),
            (
                "<table>\n<tr>\n<td>a</td>\n<td>b</td>\n</tr>\n</table>",
                "<table><tbody><tr><td>a</td><td>b</td></tr></tbody></table>",
            ),
            ("1 < 2\nand 3 > 2", "<p>1 &lt; 2<br>and 3 &gt; 2</p>"),
        ] {
            assert_eq!(html(content), expected, "{content:?}");
        }
    }

    #[test]
    fn an_address_alone_on_a_line_is_an_embed() {
        let embed =
            |url: &str| format!("<figure class=\"embed\"><a href=\"{url}\">{url}</a></figure>");
        let watch = embed("https://example.org/watch/1");
        for (content, expected) in [
            (
                "a\n\nhttps://example.org/watch/1\n\nb",
                format!("<p>a</p>{watch}<p>b</p>"),
            ),
            (
                "a\nhttps://example.org/watch/1\nb",
                format!("<p>a</p>{watch}<p>b</p>"),
            ),
            ("<p>https://example.org/watch/1</p>", watch.clone()),
            ("<div>\nhttps://example.org/watch/1\n</div>", watch.clone()),
        ] {
            assert_eq!(html(content), expected, "{content:?}");
        }
        for content in [
            "see https://example.org/watch/1",
            "<a href=\"/x\">\nhttps://example.org/watch/1\n</a>",
            "<ul><li>https://example.org/watch/1</li></ul>",
        ] {
            assert!(!html(content).contains("embed"), "{content:?}");
        }
    }
}
