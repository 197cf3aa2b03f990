//! The Google News sitemap: what was published within two days.

use super::sitemap::NAMESPACE;
use super::url_of;
use super::xml::Xml;
use crate::domain::language::LanguageTag;
use crate::domain::site::Site;
use crate::domain::view::Article;

/// Most articles in it.
pub const MOST: u32 = 1_000;
/// For how long an article is news, in milliseconds.
pub const MILLIS: i64 = 2 * 24 * 60 * 60 * 1_000;

/// The news sitemap.
#[must_use]
pub fn render(site: &Site, articles: &[Article]) -> Vec<u8> {
    let namespaces = [
        ("xmlns", NAMESPACE),
        (
            "xmlns:news",
            "http://www.google.com/schemas/sitemap-news/0.9",
        ),
    ];
    let mut xml = Xml::new("urlset", &namespaces);
    for article in articles {
        add_article(&mut xml, site, article);
    }
    xml.finish()
}

fn add_article(xml: &mut Xml, site: &Site, article: &Article) {
    let Some(published_at) = article.published_at else {
        return;
    };
    let edition = site.edition(&article.lang);
    let name = edition.map_or("", |edition| edition.content.site_name.as_str());
    xml.open("url", &[]);
    xml.text("loc", &[], &url_of(site, article));
    xml.text("lastmod", &[], &article.updated_at.to_string());
    xml.open("news:news", &[]);
    xml.open("news:publication", &[]);
    xml.text("news:name", &[], name);
    xml.text("news:language", &[], language(&article.lang));
    xml.close();
    xml.text("news:publication_date", &[], &published_at.to_string());
    xml.text("news:title", &[], &article.title);
    xml.close();
    xml.close();
}

/// The language as this format has it: two or three letters, but Chinese by its script.
fn language(lang: &LanguageTag) -> &str {
    let has = |part| lang.as_str().split('-').any(|own| own == part);
    match lang.primary() {
        "zh" if has("Hans") => "zh-cn",
        "zh" if ["Hant", "TW", "HK", "MO"].into_iter().any(has) => "zh-tw",
        "zh" => "zh-cn",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_is_told_by_its_script_and_all_else_by_its_language() {
        let of = |tag| language(&LanguageTag::parse(tag).unwrap()).to_owned();
        assert_eq!(of("zh"), "zh-cn");
        assert_eq!(of("zh-Hans-HK"), "zh-cn");
        assert_eq!(of("zh-HK"), "zh-tw");
        assert_eq!(of("fr-CA"), "fr");
    }
}
