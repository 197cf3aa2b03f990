//! The addresses that this service is found at, and what is made absolute by them.

use url::{ParseError, Url};

use super::article::MediumEntry;
use super::body::Body;
use super::medium::{FOLDER, FileName};
use super::view::{Article, ArticleMedium, BodyView, MediumView, Srcset};

/// The beginnings of this service's absolute addresses; neither ends with a slash.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bases {
    /// The service.
    pub own: String,
    /// Renditions of uploaded pictures.
    pub media: String,
    /// The token that opens renditions which only a preview shows.
    pub preview: Option<String>,
}

/// The addresses in bodies that are made absolute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Links {
    /// Those of uploaded pictures: where the reader knows the service, and editors write back what they read.
    OwnMedia,
    /// All, by the article's own address: where a copy leaves the service.
    All,
}

impl Bases {
    /// The absolute address of a rendition that is written as a path, or below one of the bases; `None` for everything else.
    #[must_use]
    pub fn own_medium(&self, address: &str) -> Option<String> {
        let name = self.name_of_medium(address)?;
        let preview = self.preview.as_ref();
        let preview = preview.map_or_else(String::new, |token| format!("?preview={token}"));
        Some(format!("{}{FOLDER}{name}{preview}", self.media))
    }

    fn name_of_medium<'a>(&self, address: &'a str) -> Option<&'a str> {
        let bases = ["", &self.own, &self.media, path_of(&self.own)];
        bases.into_iter().find_map(|base| {
            let name = address.strip_prefix(base)?.strip_prefix(FOLDER)?;
            let name = name.split_once("?preview=").map_or(name, |(name, _)| name);
            FileName::parse(name).map(|_| name)
        })
    }

    /// The path of a rendition that is written below one of the bases, which may be others later; `None` where it is a path
    /// already, and for everything else.
    fn path_of_medium(&self, address: &str) -> Option<String> {
        let path = format!("{FOLDER}{}", self.name_of_medium(address)?);
        (path != address).then_some(path)
    }

    /// Names the pictures of this service by their paths, in the body and among the media of an article that is written.
    pub fn relate_pictures<'a>(
        &self,
        body: &mut Body,
        media: impl IntoIterator<Item = &'a mut MediumEntry>,
    ) {
        let mut path = |address: &str| self.path_of_medium(address);
        if let Some(related) = body.with_addresses(&mut path) {
            *body = related;
        }
        for entry in media {
            if let Some(path) = path(&entry.url) {
                entry.url = path;
            }
        }
    }

    /// Completes what a medium is found at.
    pub fn complete_medium(&self, medium: &mut MediumView) {
        for rendition in &mut medium.renditions {
            self.complete_path(&mut rendition.url);
        }
        medium.srcset = Srcset::of(&medium.renditions);
        self.complete_path(&mut medium.url);
    }

    /// Completes what a picture of an article is found at: one of this service by the media's base, others as `links` says.
    fn complete_picture(&self, picture: &mut ArticleMedium, page: &str, links: Links) {
        if let (Some(renditions), Some(srcset)) = (&mut picture.renditions, &mut picture.srcset) {
            for rendition in &mut *renditions {
                self.complete_path(&mut rendition.url);
            }
            *srcset = Srcset::of(renditions);
        }
        if let Some(url) = self.completed(&picture.url, page, links) {
            picture.url = url;
        }
    }

    fn complete_path(&self, address: &mut String) {
        if let Some(absolute) = self.own_medium(address) {
            *address = absolute;
        }
    }

    /// The address as it leaves, where that is another; `page` is the article's own.
    fn completed(&self, address: &str, page: &str, links: Links) -> Option<String> {
        let own = self.own_medium(address);
        if own.is_some() || links == Links::OwnMedia {
            return own.filter(|absolute| absolute != address);
        }
        if Url::parse(address) != Err(ParseError::RelativeUrlWithoutBase) {
            return None;
        }
        Some(Url::parse(page).ok()?.join(address).ok()?.into())
    }

    /// Completes the addresses of an article: its own, those of its translations and of related articles, of its source and
    /// original, of pictures and in the body.
    pub fn complete_article(&self, article: &mut Article, links: Links) {
        article.url.complete(&self.own);
        for translation in &mut article.translations {
            translation.url.complete(&self.own);
        }
        for related in article.related.iter_mut().flatten() {
            self.complete_article(related, links);
        }
        let page = article.url.as_str();
        let sources = article.source.iter_mut().map(|source| &mut source.url);
        let originals = article
            .original
            .iter_mut()
            .map(|original| &mut original.url);
        let others = sources.chain(originals).chain([&mut article.canonical_url]);
        for address in others.flatten() {
            if let Some(absolute) = self.completed(address, page, links) {
                *address = absolute;
            }
        }
        for picture in &mut article.media {
            self.complete_picture(picture, page, links);
        }
        if let Some(body) = &mut article.body {
            self.complete_body(body, page, links);
        }
    }

    fn complete_body(&self, body: &mut BodyView, page: &str, links: Links) {
        let mut change = |address: &str| self.completed(address, page, links);
        match body {
            BodyView::Html(html) => {
                let read = Body::from_stored(std::mem::take(html));
                *html = read.with_addresses(&mut change).unwrap_or(read).into_html();
            }
            BodyView::Markdown(text) => {
                // Most bodies have nothing to complete, and reading them takes time.
                if links == Links::OwnMedia && !text.contains("/media/") {
                    return;
                }
                let read = Body::from_markdown(text).ok();
                if let Some(read) = read.and_then(|read| read.with_addresses(&mut change)) {
                    *text = read.markdown();
                }
            }
            BodyView::Blocks(blocks) => {
                let read = Body::from_blocks(blocks).ok();
                if let Some(read) = read.and_then(|read| read.with_addresses(&mut change)) {
                    *blocks = read.blocks();
                }
            }
            BodyView::Text(_) => {}
        }
    }
}

/// The path of a base, without a slash at its end.
#[must_use]
pub fn path_of(base: &str) -> &str {
    let host = base.find("://").map_or(0, |at| at + "://".len());
    let path = base[host..].find('/').map(|at| &base[host + at..]);
    path.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "0b0c6b1f0d6a4d5e9a3c8f7e6d5c4b3a-w640.webp";

    fn bases() -> Bases {
        Bases {
            own: "https://api.example/content".to_owned(),
            media: "https://cdn.example/p".to_owned(),
            preview: None,
        }
    }

    #[test]
    fn an_own_medium_is_known_by_path_and_below_each_base() {
        let absolute = format!("https://cdn.example/p/media/{NAME}");
        for base in [
            "",
            "https://api.example/content",
            "https://cdn.example/p",
            "/content",
        ] {
            let found = bases().own_medium(&format!("{base}/media/{NAME}"));
            assert_eq!(found.as_deref(), Some(absolute.as_str()));
        }
        for other in [
            "/media/photo.jpg",
            &format!("https://elsewhere.example/media/{NAME}"),
            &format!("media/{NAME}"),
            &format!("/p/media/{NAME}"),
        ] {
            assert_eq!(bases().own_medium(other), None, "{other}");
        }
    }

    #[test]
    fn every_form_of_a_body_is_completed() {
        let page = "https://example.org/en/a/story";
        let html = format!(
            "<figure><img src=\"/media/{NAME}\" alt=\"\"></figure><p><a href=\"../b?x=1&amp;y\">b</a> <a href=\"#n\">n</a></p>"
        );
        let body = Body::from_html(&html).unwrap();
        let medium = format!("https://cdn.example/p/media/{NAME}");
        for (links, link, note) in [
            (Links::OwnMedia, "../b?x=1&y", "#n"),
            (
                Links::All,
                "https://example.org/en/b?x=1&y",
                "https://example.org/en/a/story#n",
            ),
        ] {
            for view in [
                BodyView::Html(body.html().to_owned()),
                BodyView::Markdown(body.markdown()),
                BodyView::Blocks(body.blocks()),
            ] {
                let mut completed = view;
                bases().complete_body(&mut completed, page, links);
                let found = match completed {
                    BodyView::Html(html) => Body::from_html(&html),
                    BodyView::Markdown(text) => Body::from_markdown(&text),
                    BodyView::Blocks(blocks) => Body::from_blocks(&blocks),
                    BodyView::Text(text) => Body::from_text(&text),
                };
                let mut addresses = Vec::new();
                found.unwrap().with_addresses(&mut |address| {
                    addresses.push(address.to_owned());
                    None
                });
                assert_eq!(addresses, [medium.as_str(), link, note]);
            }
        }
    }
}
