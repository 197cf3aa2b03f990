//! Shortcodes of WordPress: the known ones become HTML, unknown ones go and their words stay.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::domain::text::escape_html;
use crate::import::markup;
use crate::import::unkept::Unkept;

use super::players::{Attributes, caption, embed, player, site_player};
use super::site::{Attachment, Site};

/// The longest shortcode, in bytes, without what it encloses.
const LENGTH_MAX: usize = 4_000;

/// Shortcodes that are named after the site whose player they show.
const PLAYERS: [&str; 22] = [
    "bandcamp",
    "dailymotion",
    "facebook",
    "flickr",
    "gist",
    "googlemaps",
    "instagram",
    "pinterest",
    "reddit",
    "scribd",
    "slideshare",
    "soundcloud",
    "spotify",
    "ted",
    "tiktok",
    "tweet",
    "twitch",
    "twitter",
    "vimeo",
    "wpvideo",
    "youtube",
    "youtube_sc",
];

static END: LazyLock<Regex> = LazyLock::new(|| {
    #[expect(clippy::unwrap_used, reason = "the pattern is a constant, and tested")]
    Regex::new(r"\[/([A-Za-z][\w-]*)\]").unwrap()
});

static QUOTED: LazyLock<Regex> = LazyLock::new(|| {
    #[expect(clippy::unwrap_used, reason = "the pattern is a constant, and tested")]
    Regex::new(r#"[\w-]\s*=\s*(?:"|'|&quot;|[“”″])"#).unwrap()
});

/// The HTML of a post's content, its shortcodes replaced. `post` is the post's number, by which galleries find their pictures.
pub(super) fn expand(content: &str, site: &Site, post: &str, unkept: &mut Unkept) -> String {
    let mut expansion = Expansion {
        site,
        post,
        unkept,
        out: String::with_capacity(content.len()),
        opened: HashSet::new(),
        ends: END
            .captures_iter(content)
            .map(|found| found[1].to_owned())
            .collect(),
        verbatim: 0,
    };
    expansion.run(content);
    expansion.out
}

struct Expansion<'s> {
    site: &'s Site,
    post: &'s str,
    unkept: &'s mut Unkept,
    out: String,
    /// Names of unknown shortcodes whose end tags go too.
    opened: HashSet<String>,
    /// Names of all end tags of the content.
    ends: HashSet<String>,
    /// Elements of code that are open.
    verbatim: usize,
}

/// A shortcode's tag.
struct Tag<'t> {
    name: &'t str,
    attributes: &'t str,
    /// Its length, brackets included.
    length: usize,
    is_closed: bool,
}

impl<'s> Expansion<'s> {
    fn run(&mut self, content: &str) {
        let mut rest = content;
        while let Some(at) = rest.find(['[', '<']) {
            self.out.push_str(&rest[..at]);
            rest = &rest[at..];
            let taken = match rest.starts_with('<') {
                true => self.markup(rest),
                false => self.bracket(rest),
            };
            rest = &rest[taken..];
        }
        self.out.push_str(rest);
    }

    /// Copies an HTML tag or comment; brackets in it are no shortcodes.
    fn markup(&mut self, rest: &str) -> usize {
        let end = match rest.starts_with("<!--") {
            true => rest.find("-->").map(|end| end + 3),
            false => rest.find('>').map(|end| end + 1),
        };
        let length = end.unwrap_or(1);
        let tag = rest[..length].to_ascii_lowercase();
        if ["<pre", "<code"].iter().any(|start| tag.starts_with(start)) {
            self.verbatim += 1;
        } else if ["</pre", "</code"]
            .iter()
            .any(|start| tag.starts_with(start))
        {
            self.verbatim = self.verbatim.saturating_sub(1);
        }
        self.out.push_str(&rest[..length]);
        length
    }

    /// Takes what a bracket begins, and gives its length.
    fn bracket(&mut self, rest: &str) -> usize {
        if let Some(length) = escaped(rest) {
            self.out.push_str(&rest[1..length - 1]);
            return length;
        }
        if self.verbatim > 0 {
            return self.keep();
        }
        if let Some(name) = end_tag(rest) {
            let is_known = self.opened.contains(name) || is_known(name);
            return if is_known {
                name.len() + 3
            } else {
                self.keep()
            };
        }
        match tag(rest) {
            Some(tag) if is_known(tag.name) => self.known(&tag, rest),
            Some(tag) if self.is_unknown(&tag) => self.unknown(&tag, rest),
            _ => self.keep(),
        }
    }

    /// True if a bracket that no known name follows is a shortcode and not an editor's remark: by an attribute in quotation
    /// marks, an end tag, a slash, or a name with an underscore.
    fn is_unknown(&self, tag: &Tag<'_>) -> bool {
        let is_bare = tag.attributes.trim().is_empty();
        let starts_attributes = tag.attributes.starts_with(char::is_whitespace);
        starts_attributes && QUOTED.is_match(tag.attributes)
            || (is_bare || starts_attributes) && (tag.is_closed || self.ends.contains(tag.name))
            || is_bare && tag.name.contains('_')
    }

    fn keep(&mut self) -> usize {
        self.out.push('[');
        1
    }

    /// Takes the tag away. Nothing is lost of one that has no attributes and encloses words.
    fn unknown(&mut self, tag: &Tag<'_>, rest: &str) -> usize {
        let after = &rest[tag.length..];
        let has_words = match self.enclosed(tag, after) {
            Some(end) => !after[..end].trim().is_empty(),
            None => !tag.is_closed && self.ends.contains(tag.name),
        };
        if !has_words || !tag.attributes.trim().is_empty() {
            self.lose(tag, rest);
        }
        self.opened.insert(tag.name.to_owned());
        tag.length
    }

    fn lose(&mut self, tag: &Tag<'_>, rest: &str) {
        self.unkept.add(
            "shortcodes of which no more than the words within them are kept",
            &markup::line(&rest[..tag.length]),
        );
    }

    fn known(&mut self, tag: &Tag<'_>, rest: &str) -> usize {
        let attributes = Attributes::read(tag.attributes);
        let after = &rest[tag.length..];
        let end = format!("[/{}]", tag.name);
        let enclosed = self.enclosed(tag, after);
        let content = enclosed.map_or("", |at| &after[..at]);
        let html = match tag.name {
            "caption" | "wp_caption" => caption(&attributes, content),
            "gallery" => self.gallery(&attributes),
            "playlist" => self.playlist(&attributes),
            "audio" | "video" => player(tag.name, &attributes, content),
            "embed" => embed(content.trim()),
            name => site_player(name, &attributes, content),
        };
        if html.trim().is_empty() {
            self.lose(tag, rest);
        }
        self.out.push_str(&html);
        tag.length + enclosed.map_or(0, |at| at + end.len())
    }

    /// The length of what a shortcode encloses: up to its end tag, unless another of the name begins before that.
    fn enclosed(&self, tag: &Tag<'_>, after: &str) -> Option<usize> {
        if tag.is_closed || !self.ends.contains(tag.name) {
            return None;
        }
        let is_one = |at: &usize| {
            let inner = after[at + 1..]
                .strip_prefix('/')
                .unwrap_or(&after[at + 1..]);
            &inner[..name_length(inner)] == tag.name
        };
        let next = after.match_indices('[').map(|(at, _)| at).find(is_one)?;
        end_tag(&after[next..]).map(|_| next)
    }

    fn gallery(&mut self, attributes: &Attributes) -> String {
        let pictures = self.attachments(attributes, Attachment::is_picture);
        if pictures.is_empty() {
            return String::new();
        }
        let mut html = "\n\n<figure class=\"gallery\">".to_owned();
        for picture in pictures {
            let (url, alt) = (escape_html(&picture.url), escape_html(&picture.alt));
            html.push_str(&format!("<img src=\"{url}\" alt=\"{alt}\">"));
        }
        html + "</figure>\n\n"
    }

    fn playlist(&mut self, attributes: &Attributes) -> String {
        let is_sound = |one: &Attachment| !one.is_picture();
        let sounds = self.attachments(attributes, is_sound);
        sounds.iter().map(|sound| embed(&sound.url)).collect()
    }

    /// The attachments of the `ids`, else those of the post.
    fn attachments(
        &mut self,
        attributes: &Attributes,
        is_one: impl Fn(&Attachment) -> bool,
    ) -> Vec<&'s Attachment> {
        let site = self.site;
        let listed = |name| attributes.get(name).unwrap_or("").split(',').map(str::trim);
        let ids = ["ids", "include"]
            .into_iter()
            .find(|name| attributes.get(name).is_some());
        let Some(ids) = ids else {
            let post = attributes.get("id").unwrap_or(self.post);
            let excluded: Vec<_> = listed("exclude").collect();
            let of_post = site.attachments_of(post);
            return of_post
                .filter(|(id, one)| is_one(one) && !excluded.contains(id))
                .map(|(_, one)| one)
                .collect();
        };
        let mut found = Vec::new();
        for id in listed(ids).filter(|id| !id.is_empty()) {
            match site.attachment(id) {
                Some(one) => found.push(one),
                None => self.unkept.add(
                    "attachments of galleries and playlists that are not in the export",
                    id,
                ),
            }
        }
        found
    }
}

/// `[[name …]]`, which stands for the shortcode as text.
fn escaped(rest: &str) -> Option<usize> {
    let tag = tag(rest.strip_prefix('[')?)?;
    rest[1 + tag.length..]
        .starts_with(']')
        .then_some(tag.length + 2)
}

fn tag(rest: &str) -> Option<Tag<'_>> {
    let inner = rest.strip_prefix('[')?;
    let length = name_length(inner);
    let name = &inner[..length];
    let after = &inner[length..];
    if length == 0 || !after.starts_with([' ', '\t', '\n', '\r', '\u{a0}', ']', '/', '=']) {
        return None;
    }
    let end = end_of_tag(after)?;
    let attributes = &after[..end];
    let is_closed = attributes.ends_with('/');
    Some(Tag {
        name,
        attributes: attributes.strip_suffix('/').unwrap_or(attributes),
        length: 1 + length + end + 1,
        is_closed,
    })
}

fn end_tag(rest: &str) -> Option<&str> {
    let inner = rest.strip_prefix("[/")?;
    let length = name_length(inner);
    (length > 0 && inner[length..].starts_with(']')).then_some(&inner[..length])
}

fn name_length(text: &str) -> usize {
    let is_start = text.starts_with(|c: char| c.is_ascii_alphabetic());
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-');
    if is_start {
        end.unwrap_or(text.len())
    } else {
        0
    }
}

/// The place of the bracket that ends a tag, outside of quotation marks.
fn end_of_tag(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate().take(LENGTH_MAX) {
        match (quote, byte) {
            (Some(open), byte) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b']') => return Some(at),
            (None, b'[') => return None,
            _ => {}
        }
    }
    // An apostrophe is no quotation mark.
    text.find(']')
        .filter(|end| *end < LENGTH_MAX && !text[..*end].contains('['))
}

fn is_known(name: &str) -> bool {
    matches!(
        name,
        "caption" | "wp_caption" | "gallery" | "playlist" | "audio" | "video" | "embed"
    ) || PLAYERS.contains(&name)
}

#[cfg(test)]
mod tests;
