//! The meaning of each element by its name alone.

use std::borrow::Cow;

use super::super::blocks::Style;
use super::attributes::Attributes;

/// The style that an element gives its text.
pub(super) fn style(tag: &[u8]) -> Option<Style> {
    Some(match tag {
        b"strong" | b"b" => Style::Strong,
        b"em" | b"i" | b"cite" | b"dfn" | b"var" => Style::Em,
        b"del" | b"s" | b"strike" => Style::Del,
        b"sub" => Style::Sub,
        b"sup" => Style::Sup,
        b"code" | b"kbd" | b"samp" | b"tt" => Style::Code,
        _ => return None,
    })
}

/// The sign that stands before text that is raised, or lowered, once more.
pub(super) const fn level_sign(style: Style) -> Option<&'static str> {
    match style {
        Style::Sup => Some("^"),
        Style::Sub => Some("_"),
        _ => None,
    }
}

/// The level of a heading: `aria-level`, else that of its name, else, of one by its role, the second (WAI-ARIA 1.2, section 5.4,
/// heading).
pub(super) fn heading_level(tag: &[u8], attributes: &Attributes) -> Option<u32> {
    let by_name = match tag {
        [b'h', digit @ b'1'..=b'6'] => Some(u32::from(digit - b'0')),
        _ => None,
    };
    let own = by_name.or_else(|| attributes.has_role("heading").then_some(2))?;
    let said = attributes.number("aria-level");
    Some(said.filter(|level| *level > 0).unwrap_or(own))
}

/// True if a picture of AMP stands for the element around it.
pub(super) fn is_fallback(attributes: &Attributes) -> bool {
    let names = ["placeholder", "fallback"];
    names.iter().any(|name| attributes.get(name).is_some())
}

/// Elements whose text stays without what they say about it.
pub(super) fn unwrapped(tag: &[u8]) -> Option<&'static str> {
    Some(match tag {
        b"mark" => "<mark>",
        b"u" => "<u>",
        b"ins" => "<ins>",
        b"bdo" => "<bdo>",
        b"small" => "<small>",
        b"big" => "<big>",
        _ => return None,
    })
}

/// Elements that are unwrapped but part paragraphs, and the ones that have a meaning of their own.
pub(super) fn is_block(tag: &[u8]) -> bool {
    const NAMES: [&str; 57] = [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
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
        "head",
        "header",
        "hgroup",
        "hr",
        "html",
        "legend",
        "li",
        "listing",
        "main",
        "menu",
        "nav",
        "ol",
        "optgroup",
        "p",
        "plaintext",
        "pre",
        "search",
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
        "xmp",
        "frameset",
        "noframes",
        "frame",
        "textarea",
    ];
    std::str::from_utf8(tag).is_ok_and(|tag| NAMES.contains(&tag))
}

/// True if a tag parts a box of a form from the text behind it. Editors put either into a paragraph of its own.
pub(super) fn parts_box(tag: &[u8]) -> bool {
    is_block(tag) && !matches!(tag, b"p" | b"div" | b"section")
}

/// Elements that are dropped with their content, and whether they have any.
pub(super) fn dropped(tag: &[u8]) -> Option<(&'static str, bool)> {
    const WITH_CONTENT: [&str; 17] = [
        "script", "style", "noscript", "applet", "svg", "math", "canvas", "template", "select",
        "datalist", "title", "noembed", "noframes", "frameset", "iframe", "audio", "video",
    ];
    const VOID: [&str; 1] = ["frame"];
    let find = |names: &'static [&str]| names.iter().find(|name| name.as_bytes() == tag).copied();
    find(&WITH_CONTENT)
        .map(|name| (name, false))
        .or_else(|| find(&VOID).map(|name| (name, true)))
}

/// The language of code: by its class (`language-*` in HTML, section 4.5.15, and what highlighters of code have in its place)
/// or by an attribute.
pub(super) fn code_language(attributes: &Attributes) -> Option<String> {
    const PREFIXES: [&str; 5] = ["language-", "lang-", "brush:", "lang:", "highlight-source-"];
    // `brush: php; gutter: false` has its name behind a space.
    let class = attributes.get("class").unwrap_or("").replace(": ", ":");
    let of_class = class
        .split([' ', '\t', '\n', ';'])
        .find_map(|name| PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix)));
    // The language of people, not of machines, is a common value of `lang`.
    let is_of_code =
        |name: &&str| !matches!(*name, "en" | "fr" | "zh" | "de" | "es") && !name.contains('-');
    let lang = attributes.filled("lang").filter(is_of_code);
    let named = ["data-language", "data-lang"];
    let named = named.iter().find_map(|name| attributes.filled(name));
    of_class.or(named).or(lang).and_then(language_name)
}

/// The part of `raw` that can be a language's name, at most 40 characters.
pub(crate) fn language_name(raw: &str) -> Option<String> {
    let is_part = |c: &char| c.is_ascii_alphanumeric() || "+#._-".contains(*c);
    let name: String = raw.trim().chars().take_while(is_part).take(40).collect();
    (!name.is_empty()).then_some(name)
}

/// A length in CSS pixels: `640` or `640px`, but no percentage.
pub(super) fn pixels(raw: &str) -> Option<u32> {
    let digits: Cow<'_, str> = raw.trim().trim_end_matches("px").into();
    digits
        .parse()
        .ok()
        .filter(|pixels| (1..=100_000).contains(pixels))
}

/// The meaning of the CSS in a `style` attribute: editors and word processors write emphasis so.
#[derive(Default)]
pub(super) struct Css {
    pub(super) styles: Vec<Style>,
    /// `Some(false)` takes bold off.
    pub(super) bold: Option<bool>,
    pub(super) is_underlined: bool,
    /// True if line ends in the source are line breaks; `Some(false)` makes them white space again.
    pub(super) keeps_lines: Option<bool>,
    /// True if lines are centred, or end at the side where they would begin.
    pub(super) is_aligned: bool,
}

pub(super) fn css_styles(css: &str) -> Css {
    let mut found = Css::default();
    for declaration in css.split(';') {
        let Some((name, value)) = declaration.split_once(':') else {
            continue;
        };
        let value = value.trim().to_ascii_lowercase();
        match name.trim().to_ascii_lowercase().as_str() {
            "font-weight" => {
                let weight = value
                    .parse::<u32>()
                    .map_or(value.starts_with("bold"), |w| w >= 600);
                found.bold = Some(weight);
            }
            "font-style" if value.starts_with("italic") || value.starts_with("oblique") => {
                found.styles.push(Style::Em);
            }
            "text-decoration" | "text-decoration-line" => {
                found.is_underlined = value.contains("underline");
                let is_struck = value.contains("line-through");
                found.styles.extend(is_struck.then_some(Style::Del));
            }
            "vertical-align" if value == "super" => found.styles.push(Style::Sup),
            "vertical-align" if value == "sub" => found.styles.push(Style::Sub),
            "white-space" | "white-space-collapse" => found.keeps_lines = keeps_lines(&value),
            "text-align" => found.is_aligned = is_aligned(&value),
            _ => {}
        }
    }
    if found.bold == Some(true) {
        found.styles.push(Style::Strong);
    }
    found
}

/// The meaning of line ends by a value of `white-space` or `white-space-collapse` (CSS Text 4, section 3).
fn keeps_lines(value: &str) -> Option<bool> {
    match value.split([' ', '!']).next()? {
        "pre" | "pre-wrap" | "pre-line" | "break-spaces" | "preserve" | "preserve-breaks" => {
            Some(true)
        }
        "inherit" | "unset" | "wrap" => None,
        _ => Some(false),
    }
}

/// True if an alignment is another than that of all text.
pub(super) fn is_aligned(value: &str) -> bool {
    let value = value.trim().to_ascii_lowercase();
    ["center", "right", "end"]
        .iter()
        .any(|other| value.starts_with(other))
}
