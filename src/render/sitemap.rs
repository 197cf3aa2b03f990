//! Sitemaps (sitemaps.org 0.9), with the languages of each page, and their index.

use super::xml::Xml;
use crate::domain::language::LanguageTag;
use crate::domain::site::{Page, Site};
use crate::domain::time::Timestamp;

/// The media type.
pub const MEDIA_TYPE: &str = "text/xml; charset=utf-8";

/// Pages in one sitemap: far from the 50,000 that are allowed, so that one is rendered in a moment.
pub const PAGES: u32 = 1_000;

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
    /// Time of the last change of a page in it, where that is known.
    pub updated_at: Option<Timestamp>,
}

/// The index of all sitemaps.
#[must_use]
pub fn render_index(site: &Site, files: &[File]) -> Vec<u8> {
    let mut xml = Xml::new("sitemapindex", &[("xmlns", NAMESPACE)]);
    for file in files {
        let path = format!("/sitemaps/{}-{}.xml", file.lang, file.number);
        xml.open("sitemap", &[]);
        xml.text("loc", &[], &site.own(&path));
        let changed = file.updated_at.map(|at| at.to_string());
        xml.optional("lastmod", &[], changed.as_deref());
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::edition::{Edition, EditionContent};
    use crate::domain::id::Id;
    use crate::domain::page_url::Place;
    use crate::domain::url_template::{PageKind, UrlTemplate};

    fn site(langs: &[&str]) -> Site {
        let editions = langs.iter().map(|tag| {
            let mut content = EditionContent::of_language(LanguageTag::parse(tag).unwrap());
            let template = "https://example.org/{lang}/{slug}";
            content.url_templates.set(
                PageKind::Article,
                UrlTemplate::parse(PageKind::Article, template).unwrap(),
            );
            Edition {
                former: crate::domain::former_addresses::FormerAddresses::default(),
                content,
                version: 1,
                created_at: Timestamp::from_millis(0),
                updated_at: Timestamp::from_millis(0),
            }
        });
        Site::new("http://localhost".to_owned(), editions.collect())
    }

    fn page(langs: &[&str], slug: &str) -> Page {
        let place = |tag: &&str| Place {
            id: Id::parse("018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a7b").unwrap(),
            lang: LanguageTag::parse(tag).unwrap(),
            slug: slug.to_owned(),
            section_path: None,
            published_at: None,
        };
        Page {
            place: place(&langs[0]),
            updated_at: Timestamp::from_millis(0),
            languages: langs.iter().map(place).collect(),
        }
    }

    #[test]
    fn a_full_file_of_the_longest_addresses_in_many_languages_fits() {
        let langs = ["ar", "de", "en", "fr", "ja", "ko", "ru", "zh"];
        let one = page(&langs, &"中".repeat(200));
        let pages = vec![one; PAGES as usize];
        let file = render(&site(&langs), &pages);
        assert!(file.len() < 50 * 1024 * 1024, "{}", file.len());
        let text = String::from_utf8(file).unwrap();
        assert_eq!(text.matches("<loc>").count(), PAGES as usize);
        assert!(text.contains("<xhtml:link"));
    }

    #[test]
    fn an_address_that_is_too_long_for_a_sitemap_is_left_out() {
        let pages = [page(&["en"], &"𠀀".repeat(200)), page(&["en"], "short")];
        let text = String::from_utf8(render(&site(&["en"]), &pages)).unwrap();
        assert_eq!(text.matches("<loc>").count(), 1);
    }
}
