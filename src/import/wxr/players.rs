//! Figures that shortcodes stand for, as HTML.

use std::sync::LazyLock;

use regex::{Captures, Regex};

static ATTRIBUTE: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r#"(?s)([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|&quot;(.*?)&quot;|[“”″]([^“”″]*)[“”″]|([^\s"'\]]+))|"([^"]*)"|'([^']*)'|(\S+)"#;
    #[expect(clippy::unwrap_used, reason = "the pattern is a constant, and tested")]
    Regex::new(pattern).unwrap()
});

/// The attributes of a shortcode.
pub(super) struct Attributes {
    named: Vec<(String, String)>,
    /// Values without a name.
    bare: Vec<String>,
}

impl Attributes {
    pub(super) fn read(text: &str) -> Self {
        let mut attributes = Self {
            named: Vec::new(),
            bare: Vec::new(),
        };
        // `[youtube=address]`.
        let text = text.strip_prefix('=').unwrap_or(text);
        for found in ATTRIBUTE.captures_iter(text) {
            let value = value(&found, 2..=6);
            match found.get(1) {
                Some(name) => attributes
                    .named
                    .push((name.as_str().to_ascii_lowercase(), value)),
                None => attributes.bare.push(self::value(&found, 7..=9)),
            }
        }
        attributes
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self
            .named
            .iter()
            .find(|(own, value)| own == name && !value.is_empty());
        found.map(|(_, value)| value.as_str())
    }
}

fn value(found: &Captures<'_>, groups: std::ops::RangeInclusive<usize>) -> String {
    let value = groups.into_iter().find_map(|group| found.get(group));
    let value = value.map_or("", |value| value.as_str());
    value.replace("&amp;", "&").replace("&#038;", "&")
}

/// The pictures of a `[caption]`, and the words after them, or those of its old attribute.
pub(super) fn caption(attributes: &Attributes, content: &str) -> String {
    let content = content.trim();
    let picture = content
        .rfind("<img")
        .and_then(|at| content[at..].find('>').map(|end| at + end + 1));
    let end = picture.map_or(0, |end| {
        let after = content[end..].trim_start();
        let skipped = content.len() - after.len();
        if after.starts_with("</a>") {
            skipped + 4
        } else {
            end
        }
    });
    let (picture, words) = content.split_at(end);
    let words = attributes
        .get("caption")
        .filter(|_| words.trim().is_empty())
        .unwrap_or(words);
    format!(
        "\n\n<figure>{picture}<figcaption>{}</figcaption></figure>\n\n",
        words.trim()
    )
}

/// The addresses that `[audio]` and `[video]` name, the first that there is.
pub(super) fn player(name: &str, attributes: &Attributes, content: &str) -> String {
    const FORMATS: [&str; 14] = [
        "src", "mp4", "m4v", "webm", "ogv", "flv", "wmv", "mp3", "m4a", "ogg", "wav", "wma",
        "flac", "url",
    ];
    let address = FORMATS.iter().find_map(|format| attributes.get(format));
    let address = address.or_else(|| attributes.bare.first().map(String::as_str));
    match address {
        Some(address) => format!("\n\n<{name} src=\"{}\"></{name}>\n\n", escape(address)),
        None => content.to_owned(),
    }
}

/// The player of a site: by an address, or by the number that it has there.
pub(super) fn site_player(name: &str, attributes: &Attributes, content: &str) -> String {
    let named = ["url", "src", "href", "link", "v", "id"]
        .iter()
        .find_map(|name| attributes.get(name));
    let given = named
        .or_else(|| Some(content.trim()).filter(|content| !content.is_empty()))
        .or_else(|| attributes.bare.first().map(String::as_str))
        .unwrap_or_default();
    if given.starts_with("http") || given.starts_with("//") {
        return embed(given);
    }
    let is_id = !given.is_empty()
        && given
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    let address = match name {
        "youtube" | "youtube_sc" => format!("https://www.youtube.com/watch?v={given}"),
        "vimeo" => format!("https://vimeo.com/{given}"),
        "dailymotion" => format!("https://www.dailymotion.com/video/{given}"),
        "instagram" => format!("https://www.instagram.com/p/{given}/"),
        "tweet" | "twitter" => format!("https://twitter.com/i/status/{given}"),
        "ted" => format!("https://www.ted.com/talks/{given}"),
        "wpvideo" => format!("https://videopress.com/v/{given}"),
        "gist" => format!("https://gist.github.com/{given}"),
        _ => return content.to_owned(),
    };
    if is_id {
        embed(&address)
    } else {
        content.to_owned()
    }
}

/// An embed of an address, which may be written as HTML; anything else stays.
pub(super) fn embed(address: &str) -> String {
    let plain = address.replace("&amp;", "&").replace("&#038;", "&");
    let is_address = plain.starts_with("http") && !plain.contains(['<', ' ', '"', '\n']);
    match is_address {
        true => {
            let address = escape(&plain);
            format!("\n\n<figure class=\"embed\"><a href=\"{address}\">{address}</a></figure>\n\n")
        }
        false => address.to_owned(),
    }
}

/// Text as the value of an attribute.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
}
