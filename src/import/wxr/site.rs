//! Facts of an export about its site: authors, categories, pictures. Posts name these by number or slug.

use std::collections::{BTreeSet, HashMap};

use crate::domain::text::words_decoded;
use crate::import::markup;
use crate::import::xml::{Element, Names};

/// The most bytes that are remembered of the items of an export; those beyond are not found again.
const REMEMBERED: usize = 96 * 1024 * 1024;
/// Categories above one another.
const DEPTH_MAX: usize = 16;

/// A picture, sound or other file of the library.
#[derive(Debug, Clone, Default)]
pub(super) struct Attachment {
    /// The address of the file.
    pub(super) url: String,
    /// The alternative text.
    pub(super) alt: String,
    /// The caption, as text.
    pub(super) caption: String,
}

impl Attachment {
    /// True if the file is a picture, by its name.
    pub(super) fn is_picture(&self) -> bool {
        self.kind() == "image"
    }

    /// The kind of the file, by its name.
    pub(super) fn kind(&self) -> &'static str {
        let path = self.url.split(['?', '#']).next().unwrap_or_default();
        let ending = path
            .rsplit('.')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        match ending.as_str() {
            "jpg" | "jpeg" | "png" | "gif" | "webp" | "avif" | "svg" | "bmp" | "tif" | "tiff"
            | "heic" => "image",
            "mp4" | "m4v" | "mov" | "wmv" | "avi" | "mpg" | "ogv" | "3gp" | "webm" => "video",
            "mp3" | "m4a" | "ogg" | "wav" | "wma" | "flac" | "aac" => "audio",
            _ => "document",
        }
    }
}

#[derive(Debug, Clone, Default)]
struct Category {
    slug: String,
    name: String,
    parent: String,
}

/// All that posts may name.
#[derive(Debug, Default)]
pub(super) struct Site {
    /// The prefixes of the document.
    pub(super) names: Names,
    /// Its address, without a slash at the end.
    pub(super) url: String,
    /// Its language, as a tag.
    pub(super) lang: Option<String>,
    /// Names of authors by login.
    authors: HashMap<String, String>,
    /// Names of guest authors by slug and login.
    guests: HashMap<String, String>,
    categories: HashMap<String, Category>,
    /// Slugs of categories by number.
    numbers: HashMap<String, String>,
    attachments: HashMap<String, Attachment>,
    /// Numbers of attachments by post, in the order of the export.
    children: HashMap<String, Vec<String>>,
    /// Contents of reusable blocks by number.
    blocks: HashMap<String, String>,
    /// The languages that posts are in.
    pub(super) langs: BTreeSet<String>,
    remembered: usize,
}

impl Site {
    /// Reads what stands around the items.
    pub(super) fn read_around(&mut self, around: &str) {
        let Some(root) = Element::parse(around, &self.names) else {
            return;
        };
        let Some(channel) = root
            .all()
            .find(|element| element.name == "channel")
            .or(Some(&root))
        else {
            return;
        };
        let url = ["wp:base_blog_url", "wp:base_site_url", "link"];
        let url = url
            .iter()
            .find_map(|name| channel.text_of(name))
            .unwrap_or_default();
        self.url = url.trim_end_matches('/').to_owned();
        self.lang = channel
            .text_of("language")
            .map(|lang| lang.replace('_', "-"));
        for element in root.all() {
            match element.name.as_str() {
                "wp:author" => self.add_author(element),
                "wp:category" => self.add_category(
                    element,
                    ["wp:category_nicename", "wp:cat_name", "wp:category_parent"],
                ),
                "wp:term" if element.text_of("wp:term_taxonomy").as_deref() == Some("category") => {
                    self.add_category(element, ["wp:term_slug", "wp:term_name", "wp:term_parent"]);
                }
                _ => {}
            }
        }
    }

    fn add_author(&mut self, element: &Element) {
        let Some(login) = element.text_of("wp:author_login") else {
            return;
        };
        let own = |name| element.text_of(name).map(|name| markup::name(&name));
        let full = [own("wp:author_first_name"), own("wp:author_last_name")];
        let full = full.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let name = own("wp:author_display_name")
            .or(Some(full))
            .filter(|name| !name.is_empty());
        self.authors.insert(login.clone(), name.unwrap_or(login));
    }

    fn add_category(&mut self, element: &Element, [slug, name, parent]: [&str; 3]) {
        let Some(slug) = element.text_of(slug) else {
            return;
        };
        let name = element.text_of(name).map(|name| markup::name(&name));
        if let Some(number) = element.text_of("wp:term_id") {
            self.numbers.insert(number, slug.clone());
        }
        let category = Category {
            name: name.unwrap_or_else(|| words_decoded(&slug).unwrap_or_else(|| slug.clone())),
            parent: element.text_of(parent).unwrap_or_default(),
            slug: slug.clone(),
        };
        self.categories.insert(slug, category);
    }

    /// Reads an item of which others may speak.
    pub(super) fn read_item(&mut self, item: &Element) {
        let kind = item.text_of("wp:post_type").unwrap_or_default();
        let id = item.text_of("wp:post_id").unwrap_or_default();
        self.langs.extend(language(item));
        match kind.as_str() {
            "attachment" => self.read_attachment(&id, item),
            "guest-author" => self.read_guest(item),
            "wp_block" => {
                let content = item.text_of("content:encoded").unwrap_or_default();
                if self.remember(content.len()) {
                    self.blocks.insert(id, content);
                }
            }
            _ => {}
        }
    }

    fn read_attachment(&mut self, id: &str, item: &Element) {
        let address = ["wp:attachment_url", "guid"]
            .iter()
            .find_map(|name| item.text_of(name));
        let Some(url) = address else {
            return;
        };
        let alt = meta(item, "_wp_attachment_image_alt").unwrap_or_default();
        let attachment = Attachment {
            url,
            alt: markup::line(&alt),
            caption: markup::line(&item.text_of("excerpt:encoded").unwrap_or_default()),
        };
        let parent = item
            .text_of("wp:post_parent")
            .filter(|parent| parent != "0");
        self.add_attachment(id, &parent.unwrap_or_default(), attachment);
    }

    /// Remembers an attachment of a post.
    pub(super) fn add_attachment(&mut self, id: &str, parent: &str, attachment: Attachment) {
        let weight = attachment.url.len() + attachment.alt.len() + attachment.caption.len() + 200;
        if !self.remember(weight) {
            return;
        }
        if !parent.is_empty() {
            self.children
                .entry(parent.to_owned())
                .or_default()
                .push(id.to_owned());
        }
        self.attachments.insert(id.to_owned(), attachment);
    }

    fn read_guest(&mut self, item: &Element) {
        let name = meta(item, "cap-display_name").or_else(|| item.text_of("title"));
        let Some(name) = name.map(|name| markup::name(&name)) else {
            return;
        };
        let slugs = [item.text_of("wp:post_name"), meta(item, "cap-user_login")];
        for slug in slugs.into_iter().flatten() {
            if self.remember(slug.len() + name.len()) {
                self.guests.insert(slug, name.clone());
            }
        }
    }

    fn remember(&mut self, bytes: usize) -> bool {
        self.remembered += bytes;
        self.remembered <= REMEMBERED
    }

    /// An attachment by its number.
    pub(super) fn attachment(&self, id: &str) -> Option<&Attachment> {
        self.attachments.get(id)
    }

    /// The attachments of a post with their numbers.
    pub(super) fn attachments_of<'s>(
        &'s self,
        post: &str,
    ) -> impl Iterator<Item = (&'s str, &'s Attachment)> {
        let ids = self
            .children
            .get(post)
            .map(Vec::as_slice)
            .unwrap_or_default();
        ids.iter()
            .filter_map(|id| Some((id.as_str(), self.attachments.get(id)?)))
    }

    /// The content of a reusable block.
    pub(super) fn block(&self, id: &str) -> Option<&str> {
        self.blocks.get(id).map(String::as_str)
    }

    /// The name of a writer by login, or the login itself.
    pub(super) fn author(&self, login: &str) -> String {
        let known = self.authors.get(login).or_else(|| self.guests.get(login));
        known.cloned().unwrap_or_else(|| markup::name(login))
    }

    /// The name of a byline's writer, by slug and by the name that the export gives.
    pub(super) fn byline(&self, slug: &str, name: &str) -> String {
        let login = slug.strip_prefix("cap-").unwrap_or(slug);
        let known = self.guests.get(slug).or_else(|| self.guests.get(name));
        let known = known
            .or_else(|| self.authors.get(name))
            .or_else(|| self.authors.get(login));
        known.cloned().unwrap_or_else(|| markup::name(name))
    }

    /// The slug of the category of a number.
    pub(super) fn category_of(&self, number: &str) -> Option<&str> {
        self.numbers.get(number.trim()).map(String::as_str)
    }

    /// The names from the root category down to the one of a slug. Parents that lead back to it are left out.
    pub(super) fn path(&self, slug: &str, name: &str) -> Vec<String> {
        let Some(category) = self.categories.get(slug) else {
            return Vec::from_iter(Some(markup::name(name)).filter(|name| !name.is_empty()));
        };
        let mut path = vec![category];
        while let Some(parent) = self.categories.get(&path[path.len() - 1].parent) {
            if path.len() >= DEPTH_MAX || path.iter().any(|above| above.slug == parent.slug) {
                path.truncate(1);
                break;
            }
            path.push(parent);
        }
        path.iter()
            .rev()
            .map(|category| category.name.clone())
            .collect()
    }
}

/// The language of a post by Polylang's term, or by the meta that WPML and others keep.
pub(super) fn language(item: &Element) -> Option<String> {
    let term = item
        .named("category")
        .find(|category| category.attribute("domain") == Some("language"));
    let term = term
        .and_then(|term| term.attribute("nicename"))
        .map(str::to_owned);
    let of_meta = || {
        let names = [
            "_wpml_import_language_code",
            "_wpml_language",
            "wpml_language",
            "_icl_lang",
            "_locale",
        ];
        names.iter().find_map(|name| meta(item, name))
    };
    term.or_else(of_meta)
        .map(|lang| lang.trim().replace('_', "-"))
        .filter(|lang| !lang.is_empty())
}

/// The value of a post's meta.
pub(super) fn meta(item: &Element, key: &str) -> Option<String> {
    metas(item, key).next()
}

/// The values of a post's meta of one key.
pub(super) fn metas<'i>(item: &'i Element, key: &'i str) -> impl Iterator<Item = String> + 'i {
    let of_key = move |meta: &&Element| meta.text_of("wp:meta_key").as_deref() == Some(key);
    item.named("wp:postmeta")
        .filter(of_key)
        .filter_map(|meta| meta.text_of("wp:meta_value"))
}
