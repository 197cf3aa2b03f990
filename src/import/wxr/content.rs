//! The content of a post as HTML: blocks, or the classic form without paragraphs.

use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde_json::Value;

use super::site::Site;
use super::{classic, players, shortcodes};

/// Reusable blocks within one another.
const DEPTH_MAX: usize = 5;
/// The most bytes that reusable blocks may make of a post.
const LENGTH_MAX: usize = 4 * 1024 * 1024;

/// The comment with attributes that begins a block, or that is one: a block without content of its own ends with a slash.
static BLOCK: LazyLock<Regex> = LazyLock::new(|| {
    #[expect(clippy::unwrap_used, reason = "the pattern is a constant, and tested")]
    Regex::new(r"(?s)<!--\s+wp:([a-z][a-z0-9/_-]*)\s+(\{.*?\})\s*(/?)-->").unwrap()
});

/// The HTML of a post's content.
pub(super) fn html(content: &str, site: &Site, post: &str) -> String {
    let has_blocks = content.contains("<!-- wp:");
    let content = match has_blocks {
        true => filled(content, site, 0),
        false => content.to_owned(),
    };
    let expanded = shortcodes::expand(&content, site, post);
    classic::paragraphs(&expanded, !has_blocks)
}

/// The content with reusable blocks in their place, and with embeds whose only content is an address.
fn filled(content: &str, site: &Site, depth: usize) -> String {
    let mut length = content.len();
    let filled = BLOCK.replace_all(content, |found: &Captures<'_>| {
        if found[3].is_empty() {
            return found[0].to_owned();
        }
        let attributes: Value = serde_json::from_str(&found[2]).unwrap_or_default();
        let name = found[1].rsplit('/').next().unwrap_or_default();
        let text = match name {
            "block" if depth < DEPTH_MAX => {
                let id = attributes["ref"].to_string();
                site.block(&id)
                    .map(|content| self::filled(content, site, depth + 1))
            }
            _ => ["url", "src"]
                .iter()
                .find_map(|name| attributes[*name].as_str())
                .filter(|_| is_embed(&found[1]))
                .map(players::embed),
        };
        let text = text.unwrap_or_default();
        length += text.len();
        if length > LENGTH_MAX {
            String::new()
        } else {
            text
        }
    });
    filled.into_owned()
}

fn is_embed(block: &str) -> bool {
    ["embed", "video", "audio", "file", "image"]
        .iter()
        .any(|word| block.contains(word))
}

#[cfg(test)]
mod tests {
    use crate::domain::body::Body;

    use super::*;

    #[test]
    fn blocks_are_as_their_markup_says_and_reusable_ones_in_place() {
        let site = Site::default();
        let html = |content: &str| {
            Body::from_html(&html(content, &site, "1"))
                .unwrap()
                .into_html()
        };
        assert_eq!(
            html(
                "<!-- wp:paragraph -->\n<p>a\nb</p>\n<!-- /wp:paragraph -->\n\n<!-- wp:block {\"ref\":3} /-->"
            ),
            "<p>a b</p>"
        );
        assert_eq!(
            html("<!-- wp:core-embed/vimeo {\"url\":\"https://vimeo.com/1\"} /-->"),
            "<figure class=\"embed\"><a href=\"https://vimeo.com/1\">https://vimeo.com/1</a></figure>"
        );
        assert_eq!(
            html(
                "<!-- wp:heading {\"level\":3} -->\n<h3>H</h3>\n<!-- /wp:heading -->\n<p>Text</p>\n\
                 <!-- wp:latest-posts {\"n\":{\"a\":1}} /-->\n<!-- wp:list {\"ordered\":true}-->\n<ol><li>One</li></ol>\n\
                 <!-- /wp:list -->\n<!-- wp:block {\"ref\":9} /-->\n<p>Behind</p>"
            ),
            "<h3>H</h3><p>Text</p><ol><li>One</li></ol><p>Behind</p>"
        );
    }
}
