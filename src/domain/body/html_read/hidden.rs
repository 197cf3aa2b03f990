//! Elements that a page does not show, and where they end: HTML leaves out many end tags (HTML, section 13.1.2.4).

use super::attributes::Attributes;
use super::elements::is_block;

/// The deepest nesting that is followed within a hidden element.
const MAX_DEPTH: usize = 1_000;

/// True if an element is hidden by its attributes. Sites hide the frame of a post by its visibility until a script has run.
pub(super) fn is_hidden(tag: &[u8], attributes: &Attributes) -> bool {
    let by_attribute = attributes
        .get("hidden")
        .is_some_and(|value| !value.eq_ignore_ascii_case("until-found"));
    let style = attributes.get("style").unwrap_or("").to_ascii_lowercase();
    let has = |name: &str, value: &str| {
        style
            .split(';')
            .filter_map(|part| part.split_once(':'))
            .any(|(property, given)| {
                property.trim() == name && given.trim().split([' ', '!']).next() == Some(value)
            })
    };
    let invisible = tag != b"iframe" && has("visibility", "hidden");
    by_attribute || has("display", "none") || has("mso-hide", "all") || invisible
}

/// True if an element holds the numbers of lines that a page shows beside its code: as a cell, or within preformatted text.
pub(super) fn is_gutter(tag: &[u8], attributes: &Attributes, is_preformatted: bool) -> bool {
    const CLASSES: [&str; 9] = [
        "gutter",
        "rouge-gutter",
        "linenos",
        "lineno",
        "linenumber",
        "line-number",
        "line-numbers-rows",
        "hljs-ln-numbers",
        "blob-num",
    ];
    let is_place = matches!(tag, b"td" | b"th") || is_preformatted && !is_void(tag);
    is_place && attributes.has_class(&CLASSES)
}

/// Elements without content or end tag (HTML, section 13.1.2).
pub(super) fn is_void(tag: &[u8]) -> bool {
    const NAMES: [&str; 16] = [
        "area", "base", "br", "col", "embed", "frame", "hr", "image", "img", "input", "link",
        "meta", "param", "source", "track", "wbr",
    ];
    NAMES.iter().any(|name| name.as_bytes() == tag)
}

/// A hidden element: the names of what is open in it, itself first.
pub(super) struct Hidden {
    open: Vec<Vec<u8>>,
}

/// The end of a hidden element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Not yet.
    Later,
    /// With the tag that was met.
    Here,
    /// Before the tag that was met.
    Before,
}

impl Hidden {
    pub(super) fn new(tag: &[u8]) -> Self {
        Self {
            open: vec![tag.to_vec()],
        }
    }

    /// A start tag; whether the element ends before it.
    pub(super) fn start(&mut self, tag: &[u8]) -> bool {
        if self.ends_before(tag) {
            return true;
        }
        if !is_void(tag) && self.open.len() < MAX_DEPTH {
            self.open.push(tag.to_vec());
        }
        false
    }

    fn ends_before(&self, tag: &[u8]) -> bool {
        let holds = |names: &[&str]| {
            let mut inner = self.open.iter().skip(1);
            inner.any(|open| names.iter().any(|name| name.as_bytes() == open))
        };
        match (self.open[0].as_slice(), tag) {
            (b"p", tag) => is_block(tag),
            (b"li", b"li") => !holds(&["ul", "ol", "menu"]),
            (b"dt" | b"dd", b"dt" | b"dd") => !holds(&["dl"]),
            (b"td" | b"th", b"td" | b"th") => !holds(&["table"]),
            (b"td" | b"th" | b"tr", b"tr" | b"tbody" | b"tfoot" | b"thead") => !holds(&["table"]),
            _ => false,
        }
    }

    pub(super) fn end(&mut self, tag: &[u8]) -> End {
        match self.open.iter().rposition(|open| open == tag) {
            Some(0) => End::Here,
            Some(at) => {
                self.open.truncate(at);
                End::Later
            }
            // The end of an element around it.
            None if is_block(tag) && (tag != b"p" || !is_block(&self.open[0])) => End::Before,
            None => End::Later,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::Body;

    #[test]
    fn a_hidden_element_ends_where_a_browser_ends_it() {
        for (given, kept) in [
            ("<p>a<span hidden>b<i>c</i></span>d</p>", "<p>ad</p>"),
            ("<p hidden>a<p>b", "<p>b</p>"),
            ("<p hidden>a<b>b<h2>c</h2>", "<h2>c</h2>"),
            (
                "<ul><li hidden>a<ul><li>b</ul><li>c</ul>",
                "<ul><li>c</li></ul>",
            ),
            ("<p>a<span hidden>b</p><p>c</p>", "<p>a</p><p>c</p>"),
            ("<div hidden><p>a</p><div>b</div>c</div>d", "<p>d</p>"),
            ("<div hidden>a</p>b</div>c", "<p>c</p>"),
            (
                "<table><tr><td>a<td hidden>b<td>c<tr hidden><td>d<tr><td>e</table>f",
                "<table><tbody><tr><td>a</td><td>c</td></tr><tr><td>e</td><td></td></tr></tbody></table><p>f</p>",
            ),
            ("<p>a<img hidden src=/a.png>b<br hidden>c</p>", "<p>abc</p>"),
            ("<p hidden=until-found>a</p>", "<p>a</p>"),
            ("<p style='DISPLAY: none !important'>a</p>b", "<p>b</p>"),
            ("<p style='display:inline'>a</p>", "<p>a</p>"),
        ] {
            let body = Body::from_html(given).expect("a body");
            assert_eq!(body.html(), kept, "{given}");
        }
    }
}
