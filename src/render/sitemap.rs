//! Sitemaps (sitemaps.org 0.9), with the languages of each page, and their index.

use super::xml::Xml;
use crate::domain::language::LanguageTag;
use crate::domain::site::{Page, Site};
use crate::domain::time::Timestamp;

/// The media type.
pub const MEDIA_TYPE: &str = "text/xml; charset=utf-8";

/// How many pages one sitemap lists: far from the 50,000 that are allowed, so that 50 MB hold them whatever their addresses.
pub const PAGES: u32 = 10_000;

/// Addresses are shorter than 2,048 characters in sitemaps; longer ones must be left out.
const LONGEST_URL: usize = 2_047;
/// From here on only the pages themselves are listed, without their languages: so many bytes hold what is left of 50 MB.
const ROOM_FOR_LANGUAGES: usize = 25 * 1024 * 1024;

pub(super) const NAMESPACE: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";

/// A sitemap of an edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// The edition.
    pub lang: LanguageTag,
    /// Counted from 1.
    pub number: i64,
    /// When a page in it last changed.
    pub updated_at: Timestamp,
}

/// The index of all sitemaps.
#[must_use]
pub fn render_index(site: &Site, files: &[File]) -> Vec<u8> {
    let mut xml = Xml::new("sitemapindex", &[("xmlns", NAMESPACE)]);
    for file in files {
        let path = format!("/sitemaps/{}-{}.xml", file.lang, file.number);
        xml.open("sitemap", &[]);
        xml.text("loc", &[], &site.own(&path));
        xml.text("lastmod", &[], &file.updated_at.to_string());
        xml.close();
    }
    xml.finish()
}

/// One sitemap.
#[must_use]
pub fn render(site: &Site, pages: &[Page]) -> Vec<u8> {
    let namespaces = [
        ("xmlns", NAMESPACE),
        ("xmlns:xhtml", "http://www.w3.org/1999/xhtml"),
    ];
    let mut xml = Xml::new("urlset", &namespaces);
    for page in pages {
        let url = site.article_url(&page.place);
        if url.len() <= LONGEST_URL {
            add_page(&mut xml, site, page, &url);
        }
    }
    xml.finish()
}

fn add_page(xml: &mut Xml, site: &Site, page: &Page, url: &str) {
    xml.open("url", &[]);
    xml.text("loc", &[], url);
    xml.text("lastmod", &[], &page.updated_at.to_string());
    if page.languages.len() > 1 && xml.len() < ROOM_FOR_LANGUAGES {
        for place in &page.languages {
            let attributes = [
                ("rel", "alternate"),
                ("hreflang", place.lang.as_str()),
                ("href", &*site.article_url(place)),
            ];
            xml.empty("xhtml:link", &attributes);
        }
    }
    xml.close();
}
