//! The addresses in a body's canonical HTML, exchanged for others.
//!
//! In canonical HTML `<`, `>` and `"` stand for markup only, so that its tags and their attributes are found without a parser.

use std::ops::Range;

use super::html_write::{escape, escape_attribute};

/// The attributes that hold addresses, as they begin in a tag.
const HOLDERS: [&str; 2] = [" href=\"", " src=\""];

/// The HTML with each address exchanged for what `change` makes of it; `None` where nothing changes.
pub(super) fn exchange(
    html: &str,
    change: &mut dyn FnMut(&str) -> Option<String>,
) -> Option<String> {
    let mut out = String::new();
    // What is written of `html`, and what is looked at.
    let (mut written, mut at) = (0, 0);
    while let Some(open) = html[at..].find('<').map(|found| at + found) {
        let close = html[open..]
            .find('>')
            .map_or(html.len(), |found| open + found);
        for holder in HOLDERS {
            let tag = &html[open..close];
            let Some(start) = tag.find(holder).map(|found| open + found + holder.len()) else {
                continue;
            };
            let Some(end) = html[start..close].find('"').map(|found| start + found) else {
                continue;
            };
            if let Some(new) = change(&unescape(&html[start..end])) {
                out.push_str(&html[written..start]);
                escape_attribute(&mut out, &new);
                written = end;
                if let Some(shown) = shown_address(html, open, close, &html[start..end]) {
                    out.push_str(&html[written..shown.start]);
                    escape(&mut out, &new);
                    written = shown.end;
                }
            }
        }
        at = close;
    }
    (written > 0).then(|| out + &html[written..])
}

/// The text of the link of an embed, which is its address; `address` as its attribute writes it.
fn shown_address(html: &str, open: usize, close: usize, address: &str) -> Option<Range<usize>> {
    let before = html[..open].strip_suffix('>')?;
    let tag = &before[before.rfind('<')?..];
    let start = close + 1;
    let end = start + html.get(start..)?.find('<')?;
    let is_shown = tag.starts_with("<figure class=\"embed\"")
        && unescape(&html[start..end]) == unescape(address);
    is_shown.then_some(start..end)
}

/// The pictures of canonical HTML in their order: address and alternative text.
pub(super) fn pictures(html: &str) -> Vec<(String, String)> {
    let tags = html.split("<img ").skip(1);
    tags.filter_map(|rest| {
        let tag = &rest[..rest.find('>')?];
        let value = |name: &str| {
            let start = tag.find(name)? + name.len();
            let end = tag[start..].find('"')? + start;
            Some(unescape(&tag[start..end]))
        };
        Some((value("src=\"")?, value(" alt=\"").unwrap_or_default()))
    })
    .collect()
}

/// The text of an attribute of canonical HTML.
fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::super::Body;

    fn shouted(html: &str) -> String {
        let body = Body::from_html(html).unwrap();
        let changed = body.with_addresses(&mut |address| {
            address
                .starts_with('/')
                .then(|| format!("https://a.example{address}&\"x"))
        });
        changed.map_or_else(|| "unchanged".to_owned(), Body::into_html)
    }

    #[test]
    fn the_pictures_are_found_with_their_texts() {
        let html = "<figure><img src=\"/a.png?x=1&amp;y\" alt=\"src=&quot;b\"></figure><p>&lt;img src=\"c\"&gt; <img src=\"/d.png\" alt=\"\"></p>";
        let body = Body::from_html(html).unwrap();
        let found = body.pictures();
        let found: Vec<_> = found
            .iter()
            .map(|(a, b)| (a.as_str(), b.as_str()))
            .collect();
        assert_eq!(found, [("/a.png?x=1&y", "src=\"b"), ("/d.png", "")]);
    }

    #[test]
    fn links_and_pictures_change_and_text_that_looks_like_them_stays() {
        assert_eq!(
            shouted(
                "<p>Say <code>&lt;a href=\"/x\"&gt;</code> <a href=\"/y?a=1&amp;b=2\" title=\"/t\">z</a></p>"
            ),
            "<p>Say <code>&lt;a href=\"/x\"&gt;</code> \
             <a href=\"https://a.example/y?a=1&amp;b=2&amp;&quot;x\" title=\"/t\">z</a></p>"
        );
        assert_eq!(
            shouted(
                "<figure><img src=\"/a.png\" alt=\"src=&quot;/b\"></figure><p><a href=\"b\">c</a></p>"
            ),
            "<figure><img src=\"https://a.example/a.png&amp;&quot;x\" alt=\"src=&quot;/b\"></figure><p><a href=\"b\">c</a></p>"
        );
        assert_eq!(
            shouted("<p><a href=\"b\">c</a> src=\"/d\"</p>"),
            "unchanged"
        );
    }
}
