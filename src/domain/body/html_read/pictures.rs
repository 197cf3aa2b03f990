//! The real address of a picture: pages load pictures late, and put a placeholder where it belongs.

use super::super::address::image_address;
use super::attributes::Attributes;

/// Attributes in which a picture that is loaded late has its address.
const LATE: [&str; 4] = ["data-src", "data-lazy-src", "data-original", "data-lazy"];

/// Attributes with several addresses of one picture.
const SETS: [&str; 3] = ["srcset", "data-srcset", "data-lazy-srcset"];

/// The address of the picture that a reader sees, and whether it is another than `src`.
pub(super) fn address(attributes: &Attributes, of_sources: Option<&str>) -> Option<(String, bool)> {
    let usable = |raw: &&str| image_address(raw).is_some();
    let late = LATE
        .iter()
        .filter_map(|name| attributes.filled(name))
        .find(usable)
        .or_else(|| lazy(attributes));
    let src = attributes.filled("src").filter(usable);
    let real = src.filter(|src| !is_placeholder(src));
    let set = || widest_of(attributes).map(|(address, _)| address);
    let unnamed = || {
        attributes.other_addresses().find_map(|(name, value)| {
            if name.ends_with("srcset") {
                return widest(value).map(|(address, _)| address);
            }
            let is_real = usable(&value) && !is_placeholder(value);
            is_real.then(|| value.to_owned())
        })
    };
    let other = late.map(str::to_owned);
    match (other, real) {
        (Some(late), _) => Some((late, true)),
        (None, Some(src)) => Some((src.to_owned(), false)),
        (None, None) => set()
            .or_else(unnamed)
            .or_else(|| of_sources.map(str::to_owned))
            .map(|address| (address, true))
            .or_else(|| src.map(|src| (src.to_owned(), false))),
    }
}

/// The address in an attribute whose name says that it is loaded late.
fn lazy(attributes: &Attributes) -> Option<&str> {
    let mut others = attributes.other_addresses();
    let is_late = |name: &str| name.contains("lazy") && !name.ends_with("srcset");
    let found = others.find(|(name, value)| is_late(name) && image_address(value).is_some());
    found.map(|(_, value)| value)
}

/// The widest picture of the sets, and its width.
pub(super) fn widest_of(attributes: &Attributes) -> Option<(String, f64)> {
    let sets = SETS.iter().filter_map(|name| attributes.filled(name));
    sets.filter_map(widest)
        .reduce(|best, other| if other.1 > best.1 { other } else { best })
}

/// The widest candidate of a set (HTML, section 4.8.4.2.1).
fn widest(set: &str) -> Option<(String, f64)> {
    let mut best: Option<(String, f64)> = None;
    let mut rest = set;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
        if rest.is_empty() {
            return best;
        }
        let end = rest
            .find(|c: char| c.is_ascii_whitespace())
            .unwrap_or(rest.len());
        let (token, behind) = rest.split_at(end);
        let address = token.trim_end_matches(',');
        let (descriptor, behind) = if address.len() < token.len() {
            ("", behind)
        } else {
            behind.split_once(',').unwrap_or((behind, ""))
        };
        rest = behind;
        let width = width(descriptor);
        let is_wider = best.as_ref().is_none_or(|(_, widest)| width > *widest);
        if is_wider && image_address(address).is_some() && !is_placeholder(address) {
            best = Some((address.to_owned(), width));
        }
    }
}

/// The width that a descriptor says: `640w`, or a density such as `2x`.
fn width(descriptor: &str) -> f64 {
    let number = |unit: char| {
        descriptor
            .split_ascii_whitespace()
            .find_map(|part| part.strip_suffix(unit)?.parse().ok())
    };
    number('w').or_else(|| number('x')).unwrap_or(1.0)
}

/// The picture behind an element: its address in CSS, or in an attribute until a script shows it.
pub(super) fn background(attributes: &Attributes) -> Option<String> {
    let named = ["data-bg", "data-background-image"];
    let named = named.iter().find_map(|name| attributes.filled(name));
    let of_css = || {
        let css = attributes.get("style")?;
        let of_background = css.split(';').find_map(|part| {
            let (name, value) = part.split_once(':')?;
            let name = name.trim().to_ascii_lowercase();
            matches!(name.as_str(), "background" | "background-image").then_some(value)
        });
        of_background.filter(|value| value.contains("url("))
    };
    let raw = named.or_else(of_css)?;
    let inner = raw.split_once("url(").map_or(raw, |(_, inner)| inner);
    let address = inner.split(')').next()?.trim().trim_matches(['"', '\'']);
    let is_real = image_address(address).is_some() && !is_placeholder(address);
    is_real.then(|| address.to_owned())
}

/// True if an address is of a placeholder that shows until the picture is loaded.
fn is_placeholder(address: &str) -> bool {
    const NAMES: [&str; 14] = [
        "blank.gif",
        "blank.png",
        "spacer.gif",
        "pixel.gif",
        "1x1.gif",
        "1x1.png",
        "transparent.gif",
        "transparent.png",
        "placeholder.gif",
        "placeholder.png",
        "placeholder.svg",
        "loading.gif",
        "lazy.png",
        "grey.gif",
    ];
    let path = address.split(['?', '#']).next().unwrap_or("");
    let name = path.rsplit('/').next().unwrap_or("").to_ascii_lowercase();
    address.starts_with("data:") || NAMES.contains(&name.as_str())
}

#[cfg(test)]
mod tests {
    use super::widest;

    #[test]
    fn the_widest_candidate_of_a_set_is_taken() {
        for (set, address) in [
            ("/a.jpg 320w, /b.jpg 1024w, /c.jpg 640w", Some("/b.jpg")),
            ("/a.jpg, /b.jpg 2x", Some("/b.jpg")),
            ("/a,b.jpg 1x,/c.jpg 1.5x", Some("/c.jpg")),
            (
                "data:image/gif;base64,R0lG 2000w, /a.jpg 1w",
                Some("/a.jpg"),
            ),
            ("/only.jpg", Some("/only.jpg")),
            (" , ", None),
            ("javascript:x 1w", None),
        ] {
            assert_eq!(
                widest(set).map(|(address, _)| address).as_deref(),
                address,
                "{set}"
            );
        }
    }
}
