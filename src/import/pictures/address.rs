//! The addresses that a picture has in an archive: as written, and without what only makes it smaller.

use std::sync::LazyLock;

use regex::Regex;
use url::Url;

/// A host that stands for the site of an archive which does not tell it.
const NOWHERE: &str = "https://site.invalid";

/// Names of parameters that only make a picture smaller.
const RESIZING: [&str; 16] = [
    "w", "h", "width", "height", "resize", "fit", "crop", "quality", "q", "ssl", "strip", "zoom",
    "dpr", "size", "scale", "lossy",
];

/// Endings of the names of pictures.
const ENDINGS: [&str; 5] = ["jpg", "jpeg", "png", "gif", "webp"];

/// The addresses of one picture. Each is absolute, or a path where the archive does not tell its site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::import) struct Source {
    /// The address of the original.
    pub(super) original: String,
    /// The address that the article has, which may be of a smaller copy.
    pub(super) written: String,
}

impl Source {
    /// The source of a picture that an article at `page` refers to; `None` for what no picture is fetched from.
    pub(super) fn of(address: &str, page: Option<&Url>) -> Option<Self> {
        let url = absolute(address, page)?;
        let original = original_of(&url);
        Some(Self {
            written: told(&url),
            original: told(&original.unwrap_or(url)),
        })
    }

    /// The addresses to look at, the best one first.
    pub(super) fn candidates(&self) -> impl DoubleEndedIterator<Item = &String> + Clone {
        let smaller = Some(&self.written).filter(|written| **written != self.original);
        std::iter::once(&self.original).chain(smaller)
    }
}

/// The page of an article, where that is an absolute address.
pub(super) fn page_of(url: Option<&str>) -> Option<Url> {
    Url::parse(url?)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))
}

/// The address to ask: `base` is the site where the archive does not tell it.
pub(super) fn to_ask(source: &str, base: Option<&Url>) -> Option<Url> {
    match Url::parse(source) {
        Ok(url) => Some(url),
        Err(_) => base?.join(source).ok(),
    }
}

/// The path of a source.
pub(super) fn path_of(source: &str) -> &str {
    let behind = source.find("://").map_or(0, |at| at + 3);
    let path = source[behind..]
        .find('/')
        .map_or("", |at| &source[behind + at..]);
    path.split('?').next().unwrap_or_default()
}

/// The host of a source; empty where the archive does not tell it.
pub(super) fn host_of(source: &str) -> String {
    let host = |url: Url| url.host_str().map(str::to_owned);
    Url::parse(source).ok().and_then(host).unwrap_or_default()
}

fn absolute(address: &str, page: Option<&Url>) -> Option<Url> {
    let joined = match page {
        Some(page) => page.join(address),
        None => Url::parse(NOWHERE).and_then(|nowhere| nowhere.join(address)),
    };
    let mut url = joined.ok()?;
    url.set_fragment(None);
    matches!(url.scheme(), "http" | "https").then_some(url)
}

fn told(url: &Url) -> String {
    let text = url.as_str();
    text.strip_prefix(NOWHERE).unwrap_or(text).to_owned()
}

/// The address of the original, where that is another.
fn original_of(url: &Url) -> Option<Url> {
    let mut original = behind_photon(url).unwrap_or_else(|| url.clone());
    if only_resizes(&original) {
        original.set_query(None);
    }
    let path = without_size(original.path());
    if let Some(path) = path {
        original.set_path(&path);
    }
    (original != *url).then_some(original)
}

/// The address behind WordPress' resizing hosts: `https://i0.wp.com/example.org/a.jpg`.
fn behind_photon(url: &Url) -> Option<Url> {
    let host = url.host_str()?;
    if !matches!(host, "i0.wp.com" | "i1.wp.com" | "i2.wp.com" | "i3.wp.com") {
        return None;
    }
    let behind = Url::parse(&format!("https:/{}", url.path())).ok()?;
    behind
        .host_str()
        .is_some_and(|host| host.contains('.'))
        .then_some(behind)
}

fn only_resizes(url: &Url) -> bool {
    let mut names = url.query_pairs().map(|(name, _)| name).peekable();
    names.peek().is_some() && names.all(|name| RESIZING.contains(&name.as_ref()))
}

/// A path without the size in it: `photo-300x200.jpg` of WordPress, `/size/w600/format/webp/` of Ghost.
fn without_size(path: &str) -> Option<String> {
    static SIZES: LazyLock<[Regex; 2]> = LazyLock::new(|| {
        #[expect(clippy::unwrap_used, reason = "the patterns are constants, and tested")]
        [
            Regex::new(r"^(.*[^/])-[0-9]{1,5}x[0-9]{1,5}\.([A-Za-z]{3,4})$").unwrap(),
            Regex::new(
                r"^(.*/content/images)(?:/size/(?:w[0-9]+)?(?:h[0-9]+)?)(?:/format/[a-z]+)?/(.+)$",
            )
            .unwrap(),
        ]
    });
    if let Some(found) = SIZES[0].captures(path)
        && ENDINGS.contains(&found[2].to_ascii_lowercase().as_str())
    {
        return Some(format!("{}.{}", &found[1], &found[2]));
    }
    let found = SIZES[1].captures(path)?;
    Some(format!("{}/{}", &found[1], &found[2]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_smaller_copy_leads_to_its_original() {
        for (written, original) in [
            (
                "https://a.example/wp-content/uploads/2020/01/p-300x200.jpg",
                "https://a.example/wp-content/uploads/2020/01/p.jpg",
            ),
            (
                "https://a.example/p-1024x1024.PNG?x=1",
                "https://a.example/p.PNG?x=1",
            ),
            (
                "https://a.example/p.jpg?w=640&h=480#top",
                "https://a.example/p.jpg",
            ),
            (
                "https://a.example/p.jpg?w=640&id=4",
                "https://a.example/p.jpg?w=640&id=4",
            ),
            (
                "https://i1.wp.com/a.example/p.jpg?resize=300%2C200&ssl=1",
                "https://a.example/p.jpg",
            ),
            (
                "https://a.example/content/images/size/w600/2020/01/p.jpg",
                "https://a.example/content/images/2020/01/p.jpg",
            ),
            (
                "https://a.example/content/images/size/w600h300/format/webp/p.jpg",
                "https://a.example/content/images/p.jpg",
            ),
            ("/content/images/size/w600/p.jpg", "/content/images/p.jpg"),
            (
                "https://a.example/-300x200.jpg",
                "https://a.example/-300x200.jpg",
            ),
            (
                "https://a.example/p-300x200.pdf",
                "https://a.example/p-300x200.pdf",
            ),
            (
                "https://a.example/p-scaled.jpg",
                "https://a.example/p-scaled.jpg",
            ),
        ] {
            let source = Source::of(written, None).unwrap();
            assert_eq!(source.original, original, "{written}");
        }
    }

    #[test]
    fn relative_addresses_are_of_the_page_or_stay_paths() {
        let page = page_of(Some("https://a.example/2020/story/"));
        let of = |text: &str, page: Option<&Url>| Source::of(text, page).unwrap().written;
        assert_eq!(
            of("p.jpg", page.as_ref()),
            "https://a.example/2020/story/p.jpg"
        );
        assert_eq!(of("//cdn.example/p.jpg", None), "https://cdn.example/p.jpg");
        assert_eq!(of("/p.jpg?v=2", None), "/p.jpg?v=2");
        assert_eq!(Source::of("data:image/png;base64,AA", None), None);
        assert_eq!(Source::of("mailto:a@b.example", None), None);
        assert_eq!(path_of("https://a.example/x/p.jpg?v=2"), "/x/p.jpg");
        assert_eq!(path_of("/x/p.jpg"), "/x/p.jpg");
    }
}
