//! One item of an export as an article, or the reason why it is none.

use serde_json::{Map, Value, json};

use crate::domain::language::LanguageTag;
use crate::domain::text::{LIST_MAX, words_decoded};
use crate::import::date::WrittenDate;
use crate::import::found::{At, Found, set};
use crate::import::markup;
use crate::import::record::Finding;
use crate::import::stated_language;
use crate::import::xml::Element;

use super::content;
use super::site::{Attachment, Site, language, meta, metas};

/// The date header of mail and feeds.
use crate::import::feed_date;

/// Kinds of items that are part of the system, each with what becomes of it.
fn furniture(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "attachment" => "attachments are the media of their posts",
        "guest-author" => "guest authors are the authors of their posts",
        "nav_menu_item" => "menus stay out",
        "revision" => "revisions stay out",
        "wp_block" => "reusable blocks stand in the posts that use them",
        "wp_template" | "wp_template_part" | "wp_global_styles" | "wp_navigation"
        | "custom_css" | "wp_font_family" | "wp_font_face" => "the site's design stays out",
        "customize_changeset"
        | "oembed_cache"
        | "user_request"
        | "acf-field"
        | "acf-field-group"
        | "wpcf7_contact_form"
        | "wp-types-group" => "settings stay out",
        _ => return None,
    })
}

/// The outcome of an item.
pub(super) fn read(item: &Element, site: &Site, lang: Option<&LanguageTag>, at: At) -> Found {
    let kind = item
        .text_of("wp:post_type")
        .unwrap_or_else(|| "post".to_owned());
    let status = item
        .text_of("wp:status")
        .unwrap_or_else(|| "publish".to_owned());
    let id = name_of(item);
    let left_out = |kind: String, reason, each| Found::LeftOut {
        at,
        id: id.clone(),
        kind,
        reason,
        each,
    };
    if let Some(reason) = furniture(&kind) {
        return left_out(kind, reason, false);
    }
    match (kind.as_str(), status.as_str()) {
        (_, "trash") => left_out("trash".to_owned(), "what is in the trash stays out", true),
        (_, "auto-draft") => left_out(
            "auto-draft".to_owned(),
            "drafts that were never saved stay out",
            false,
        ),
        ("post", _) => {
            let mut post = Post {
                item,
                site,
                fields: Map::new(),
                notes: Vec::new(),
            };
            post.read(&status, lang);
            Found::Article {
                at,
                fields: post.fields,
                notes: post.notes,
            }
        }
        (_, _) => left_out(kind, "only posts become articles", true),
    }
}

/// The words by which a report names an item.
fn name_of(item: &Element) -> Option<String> {
    let title = item.text_of("title").map(|title| markup::line(&title));
    title
        .filter(|title| !title.is_empty())
        .or_else(|| item.text_of("link"))
        .or_else(|| item.text_of("wp:post_id"))
}

struct Post<'i> {
    item: &'i Element,
    site: &'i Site,
    fields: Map<String, Value>,
    notes: Vec<Finding>,
}

impl Post<'_> {
    fn text(&self, name: &str) -> Option<String> {
        self.item.text_of(name)
    }

    fn set(&mut self, name: &str, value: impl Into<Value>) {
        set(&mut self.fields, name, value);
    }

    fn note(&mut self, field: &str, code: &'static str, detail: &str) {
        self.notes.push(Finding::at(field, code, detail));
    }

    fn read(&mut self, status: &str, lang: Option<&LanguageTag>) {
        let lang = self.language(lang);
        self.set("lang", lang);
        self.set(
            "title",
            self.text("title").map(|title| markup::line(&title)),
        );
        self.set(
            "summary",
            self.text("excerpt:encoded")
                .map(|text| markup::paragraphs(&text)),
        );
        self.set(
            "slug",
            self.text("wp:post_name")
                .map(|slug| words_decoded(&slug).unwrap_or(slug)),
        );
        self.read_status(status);
        self.read_identity();
        self.read_people();
        self.read_categories();
        self.read_group();
        self.read_media();
        let html = self
            .text("content:encoded")
            .map(|text| content::html(&text, self.item, self.site, &mut self.notes));
        self.set("body_html", html);
    }

    /// Its own language, else the site's, else that of the import. A site that is `en-US` and has posts in `en` means these.
    fn language(&mut self, lang: Option<&LanguageTag>) -> Option<String> {
        let of_site = self.site.lang.clone().map(|whole| {
            let primary = whole.split('-').next().unwrap_or_default().to_owned();
            let is_used = self.site.langs.contains(&primary) && !self.site.langs.contains(&whole);
            if is_used { primary } else { whole }
        });
        let written = language(self.item).into_iter().chain(of_site);
        stated_language::nearest(written, lang, &mut self.notes)
    }

    /// Only what everybody may read is published. A draft keeps a date that it has had.
    fn read_status(&mut self, status: &str) {
        let date = self.date();
        let modified = self
            .text("wp:post_modified_gmt")
            .filter(|date| !WrittenDate::is_zero(date));
        self.set("updated", modified.map(utc));
        let is_undated = self
            .text("wp:post_date_gmt")
            .is_none_or(|date| WrittenDate::is_zero(&date));
        let mut passwords = self.item.named("wp:post_password");
        let has_password = passwords.any(|password| is_password(&password.text()));
        let (state, dated) = match status {
            _ if has_password => {
                self.note(
                    "/status",
                    "password_protected",
                    "a post with a password goes in as a draft",
                );
                ("draft", true)
            }
            "publish" => ("published", true),
            "future" => ("scheduled", true),
            "private" => {
                self.note("/status", "private", "a private post goes in as a draft");
                ("draft", true)
            }
            "draft" | "pending" | "inherit" => ("draft", !is_undated),
            other => {
                self.note(
                    "/status",
                    "unknown_status",
                    &format!("{other} is no status of WordPress: it goes in as a draft"),
                );
                ("draft", false)
            }
        };
        self.set("status", state);
        if state == "scheduled" {
            self.set("publish_at", date.clone());
        }
        if dated {
            self.set("published_at", date);
        }
    }

    /// The date in UTC, else the feed's date, else the local time.
    fn date(&mut self) -> Option<String> {
        let item = self.item;
        let written = |name| {
            item.text_of(name)
                .filter(|date| !WrittenDate::is_zero(date))
        };
        let of_feed = || {
            let date = item
                .text_of("pubDate")
                .and_then(|date| feed_date::read(&date));
            date.map(|date| date.told("/published_at", &mut self.notes))
        };
        written("wp:post_date_gmt")
            .map(utc)
            .or_else(of_feed)
            .or_else(|| written("wp:post_date"))
    }

    /// Its identity is the site's address with its number, which is an address that leads to it, too.
    fn read_identity(&mut self) {
        let (link, guid) = (self.text("link"), self.text("guid"));
        let number = self.text("wp:post_id");
        let short = number.map(|id| format!("{}/?p={id}", self.site.url));
        self.set(
            "external_id",
            short
                .clone()
                .or_else(|| guid.clone())
                .or_else(|| link.clone()),
        );
        let is_address =
            |text: &String| text.starts_with("http://") || text.starts_with("https://");
        // Where posts have moved from one site to another, the number in a guid may be that of another post today.
        let is_numbered = guid.as_deref().is_some_and(|guid| guid.contains("?p="));
        let short = short.filter(|_| !is_numbered);
        let mut old: Vec<String> = guid.into_iter().chain(short).filter(is_address).collect();
        let slugs: Vec<String> = metas(self.item, "_wp_old_slug").collect();
        for slug in &slugs {
            old.extend(link.as_deref().and_then(|link| with_slug(link, slug)));
        }
        old.retain(|address| Some(address) != link.as_ref());
        old.dedup();
        self.set("url", link.filter(is_address));
        self.set("old_urls", old);
        self.set("old_slugs", slugs);
    }

    /// The writers of Co-Authors Plus in their order, else the one who wrote it.
    fn read_people(&mut self) {
        let named = self
            .item
            .named("category")
            .filter(|term| term.attribute("domain") == Some("author"));
        let mut authors: Vec<String> = named
            .map(|term| {
                self.site.byline(
                    term.attribute("nicename").unwrap_or_default(),
                    term.text().trim(),
                )
            })
            .filter(|name| !name.is_empty())
            .collect();
        if authors.is_empty() {
            authors.extend(
                self.text("dc:creator")
                    .map(|login| self.site.author(&login)),
            );
        }
        self.set("authors", authors);
    }

    /// The primary category of Yoast, else the first, with its parents, is the section; other categories are tags.
    fn read_categories(&mut self) {
        let of = |domains: &'static [&'static str]| {
            let terms = self.item.named("category");
            terms.filter(move |term| {
                term.attribute("domain")
                    .is_some_and(|domain| domains.contains(&domain))
            })
        };
        let slug = |term: &Element| term.attribute("nicename").unwrap_or_default().to_owned();
        let primary = [
            "_yoast_wpseo_primary_category",
            "rank_math_primary_category",
            "_primary_term_category",
        ];
        let primary = primary.iter().find_map(|name| meta(self.item, name));
        let primary = primary.and_then(|number| self.site.category_of(&number).map(str::to_owned));
        let categories: Vec<(String, Vec<String>)> = of(&["category"])
            .map(|term| (slug(term), self.site.path(&slug(term), &term.text())))
            .filter(|(_, path)| !path.is_empty())
            .collect();
        let chosen = categories
            .iter()
            .find(|(slug, _)| Some(slug) == primary.as_ref());
        let is_named = |(slug, _): &&(String, Vec<String>)| slug != "uncategorized";
        let first = categories.iter().find(is_named).or(categories.first());
        let section = chosen
            .or(first)
            .map(|(_, path)| path.clone())
            .unwrap_or_default();
        let mut tags: Vec<(String, String)> = of(&["post_tag", "tag"])
            .map(|term| (markup::name(&term.text()), slug(term)))
            .collect();
        for (_, path) in categories.iter().filter(is_named) {
            let other = path.last().filter(|name| !section.contains(name));
            tags.extend(other.map(|name| (name.clone(), String::new())));
        }
        let mut seen = std::collections::HashSet::new();
        tags.retain(|(name, _)| !name.is_empty() && seen.insert(name.clone()));
        let tags = tags
            .into_iter()
            .map(|(name, slug)| json!({"name": name, "slug": slug}));
        self.set("section_path", section);
        self.set("tags", Value::from_iter(tags));
    }

    /// Translations have a term of Polylang or a group of WPML in common.
    fn read_group(&mut self) {
        let terms = self.item.named("category");
        let term = terms.filter(|term| term.attribute("domain") == Some("post_translations"));
        let group = term
            .filter_map(|term| term.attribute("nicename"))
            .next()
            .map(str::to_owned);
        let names = ["_wpml_import_translation_group", "_wpml_trid", "wpml_trid"];
        let group = group.or_else(|| names.iter().find_map(|name| meta(self.item, name)));
        self.set(
            "translation_key",
            group.map(|group| format!("{}#{group}", self.site.url)),
        );
    }

    /// The featured image, then the other files that were uploaded to the post.
    fn read_media(&mut self) {
        let id = self.text("wp:post_id").unwrap_or_default();
        let featured = meta(self.item, "_thumbnail_id");
        let missing = featured
            .as_deref()
            .filter(|id| self.site.attachment(id).is_none());
        if let Some(missing) = missing {
            let detail = format!("the featured image, attachment {missing}, is not in this export");
            self.note("/image", "missing_image", &detail);
        }
        let first = featured.as_deref().and_then(|id| self.site.attachment(id));
        let others = self
            .site
            .attachments_of(&id)
            .filter(|(id, _)| Some(*id) != featured.as_deref());
        let all = first.into_iter().chain(others.map(|(_, other)| other));
        let media: Vec<Value> = all.take(LIST_MAX).map(medium).collect();
        self.set("media", media);
    }
}

fn medium(one: &Attachment) -> Value {
    let mut fields = Map::new();
    set(&mut fields, "kind", one.kind());
    set(&mut fields, "url", one.url.clone());
    set(&mut fields, "alt", one.alt.clone());
    set(&mut fields, "caption", one.caption.clone());
    json!(fields)
}

/// A time of the database in UTC.
fn utc(written: String) -> String {
    format!("{}Z", written.trim())
}

/// An address with another slug for its last step.
fn with_slug(link: &str, slug: &str) -> Option<String> {
    let (path, end) = match link.strip_suffix('/') {
        Some(path) => (path, "/"),
        None => (link, ""),
    };
    let (parent, last) = path.rsplit_once('/')?;
    let is_path = parent.len() > "https://".len() && !last.is_empty() && !last.contains(['?', '#']);
    is_path.then(|| format!("{parent}/{slug}{end}"))
}

/// True if a text is a password: a blank is one, and the line end of an element that is written on several lines is none.
fn is_password(text: &str) -> bool {
    let is_layout = text.trim().is_empty() && text.contains(['\n', '\r']);
    !text.is_empty() && !is_layout
}
