//! The content of a post as HTML: blocks, or the classic form without paragraphs.

use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde_json::Value;

use crate::import::record::Finding;
use crate::import::unkept::Unkept;
use crate::import::xml::Element;

use super::footnotes::Footnotes;
use super::site::Site;
use super::{classic, players, shortcodes};

/// Reusable blocks within one another.
const DEPTH_MAX: usize = 5;
/// The most bytes of reusable blocks that are read for a post: one may hold others many times over.
const LENGTH_MAX: usize = 4 * 1024 * 1024;

/// The comment that begins a block, or that is one: a block without content of its own ends with a slash.
static BLOCK: LazyLock<Regex> = LazyLock::new(|| {
    #[expect(clippy::unwrap_used, reason = "the pattern is a constant, and tested")]
    Regex::new(r"(?s)<!--\s+(wp:([a-z][a-z0-9/_-]*)(?:\s+(\{.*?\}))?)\s*(/?)-->").unwrap()
});

/// The HTML of a post's content. What of it cannot be kept is noted.
pub(super) fn html(content: &str, item: &Element, site: &Site, notes: &mut Vec<Finding>) -> String {
    let has_blocks = content.contains("<!-- wp:");
    let post = item.text_of("wp:post_id").unwrap_or_default();
    let mut filling = Filling {
        site,
        footnotes: Footnotes::of(item, content),
        unkept: Unkept::default(),
        left: LENGTH_MAX,
    };
    let mut filled = match has_blocks {
        true => filling.filled(content, 0),
        false => content.to_owned(),
    };
    let Filling {
        mut footnotes,
        mut unkept,
        ..
    } = filling;
    filled.extend(footnotes.rest(&mut unkept));
    let expanded = shortcodes::expand(&filled, site, &post, &mut unkept);
    notes.extend(unkept.findings());
    classic::paragraphs(&expanded, !has_blocks)
}

/// Fills blocks that have no content of their own.
struct Filling<'s> {
    site: &'s Site,
    footnotes: Footnotes<'s>,
    unkept: Unkept,
    /// Bytes of reusable blocks that may still be read.
    left: usize,
}

impl Filling<'_> {
    /// The content with reusable blocks and footnotes in their place, and with embeds whose only content is an address.
    fn filled(&mut self, content: &str, depth: usize) -> String {
        let filled = BLOCK.replace_all(content, |found: &Captures<'_>| {
            if found[4].is_empty() {
                return found[0].to_owned();
            }
            self.block(found, depth).unwrap_or_else(|lost| {
                self.unkept.add(lost, &found[1]);
                String::new()
            })
        });
        filled.into_owned()
    }

    /// The content of a block that has none of its own, or the reason for which there is none.
    fn block(&mut self, found: &Captures<'_>, depth: usize) -> Result<String, &'static str> {
        let attributes = found.get(3).map_or("", |attributes| attributes.as_str());
        let attributes: Value = serde_json::from_str(attributes).unwrap_or_default();
        let text = match found[2].rsplit('/').next().unwrap_or_default() {
            "block" => match self.site.block(&attributes["ref"].to_string()) {
                Some(content) => return self.reusable(content, depth),
                None => None,
            },
            "footnotes" => self.footnotes.take(),
            _ => ["url", "src"]
                .iter()
                .find_map(|name| attributes[*name].as_str())
                .filter(|_| is_embed(&found[2]))
                .map(players::embed),
        };
        text.ok_or("blocks for which the export has no content")
    }

    fn reusable(&mut self, content: &str, depth: usize) -> Result<String, &'static str> {
        let left = self.left.checked_sub(content.len());
        let Some(left) = left.filter(|_| depth < DEPTH_MAX) else {
            return Err("reusable blocks that are too many or too deep within one another");
        };
        self.left = left;
        Ok(self.filled(content, depth + 1))
    }
}

fn is_embed(block: &str) -> bool {
    ["embed", "video", "audio", "file", "image"]
        .iter()
        .any(|word| block.contains(word))
}

#[cfg(test)]
mod tests {
    use crate::domain::body::Body;
    use crate::import::xml::Names;

    use super::*;

    fn item(metas: &str) -> Element {
        let item = format!("<item><wp:post_id>1</wp:post_id>{metas}</item>");
        Element::parse(&item, &Names::default()).unwrap()
    }

    /// The body of a content, and what is told of it.
    fn read(content: &str, metas: &str) -> (String, Vec<String>) {
        let mut notes = Vec::new();
        let html = html(content, &item(metas), &Site::default(), &mut notes);
        let html = Body::from_html(&html).unwrap().into_html();
        (html, notes.into_iter().map(|note| note.detail).collect())
    }

    fn footnotes(value: &str) -> String {
        format!(
            "<wp:postmeta><wp:meta_key>footnotes</wp:meta_key><wp:meta_value><![CDATA[{value}]]></wp:meta_value></wp:postmeta>"
        )
    }

    #[test]
    fn blocks_are_as_their_markup_says_and_reusable_ones_in_place() {
        let html = |content: &str| read(content, "").0;
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

    #[test]
    fn blocks_that_nothing_replaces_are_told_as_they_are_written() {
        let content = "<p>a</p><!-- wp:latest-posts {\"n\":{\"a\":1}} /--><!-- wp:calendar /-->\
            <!-- wp:acf/hero {\"data\":{\"title\":\"Hi\"}} /--><!-- wp:block {\"ref\":9} /--><!-- wp:calendar /-->\
            <!-- wp:embed {\"url\":\"https://e.org/1\"} /--><!-- wp:separator --><hr><!-- /wp:separator --><!-- wp:footnotes /-->";
        assert_eq!(
            read(content, "").1,
            [
                "blocks for which the export has no content: wp:latest-posts {\"n\":{\"a\":1}}, wp:calendar, \
                 wp:acf/hero {\"data\":{\"title\":\"Hi\"}}, wp:block {\"ref\":9}, wp:footnotes"
            ]
        );
    }

    #[test]
    fn blocks_that_hold_themselves_many_times_have_an_end() {
        let own = "<!-- wp:block {\"ref\":5} /-->";
        let content = own.repeat(1_000);
        let block = format!(
            "<item><wp:post_type>wp_block</wp:post_type><wp:post_id>5</wp:post_id><content:encoded><![CDATA[<p>In</p>{content}]]></content:encoded></item>"
        );
        let mut site = Site::default();
        site.read_item(&Element::parse(&block, &Names::default()).unwrap());
        let mut notes = Vec::new();
        let html = html(
            &format!("<p>a</p>{own}<p>z</p>"),
            &item(""),
            &site,
            &mut notes,
        );
        assert!(html.starts_with("<p>a</p><p>In</p>") && html.ends_with("<p>z</p>"));
        assert!(html.len() < LENGTH_MAX, "{}", html.len());
        let told = &notes[0].detail;
        assert!(
            told.starts_with("reusable blocks that are too many"),
            "{told}"
        );
    }

    #[test]
    fn footnotes_stand_at_the_place_of_their_block() {
        let content = "<!-- wp:paragraph --><p>a<sup data-fn=\"n-1\" class=\"fn\"><a href=\"#n-1\" id=\"n-1-link\">1</a></sup></p>\
            <!-- /wp:paragraph --><!-- wp:footnotes /--><p>z</p>";
        let notes = footnotes("[{\"content\":\"See <em>there</em>.\",\"id\":\"n-1\"}]");
        let (html, told) = read(content, &notes);
        assert_eq!(
            html,
            "<p id=\"n-1-link\">a<a href=\"#n-1\"><sup>1</sup></a></p>\
             <ol><li id=\"n-1\">See <em>there</em>. <a href=\"#n-1-link\">↩</a></li></ol><p>z</p>"
        );
        assert_eq!(told, Vec::<String>::new());
    }

    #[test]
    fn footnotes_without_a_block_stand_at_the_end_if_the_text_leads_to_them() {
        let notes = footnotes(
            "[{\"id\":\"n1\",\"content\":\"One\"},{\"id\":\"n2\",\"content\":\"Two <b>words</b>\"}]",
        );
        let (html, told) = read("a<a href=\"#n1\">1</a>\n\nb", &notes);
        assert_eq!(
            html,
            "<p>a<a href=\"#n1\">1</a></p><p>b</p><ol><li id=\"n1\">One</li></ol>"
        );
        assert_eq!(
            told,
            ["footnotes that the post neither shows nor leads to: Two words"]
        );
        assert_eq!(read("a", &footnotes("no list")).1, Vec::<String>::new());
    }
}
