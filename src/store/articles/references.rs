//! The resources that articles refer to: one query for each kind of thing, however many articles.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::Hash;

use diesel::prelude::*;

use crate::domain::access::Scope;
use crate::domain::author::Author;
use crate::domain::edition::Edition;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::medium::{FileName, Medium};
use crate::domain::page_url::PageUrl;
use crate::domain::section::Section;
use crate::domain::source::Source;
use crate::domain::tag::Tag;
use crate::domain::view::TranslationRef;

use super::super::any_of::any_of;
use super::super::batch::IN_LIST;
use super::super::changes::ChangeKind;
use super::super::conn::Conn;
use super::super::error::StoreError;
use super::super::schema::{article_bodies, article_people, article_tags, articles, sections};
use super::super::shared_rows::SharedRows;
use super::super::sight::Sight;
use super::super::slots::Slot;
use super::super::subjects::{Subject, note_slots, slot_of_resource};
use super::super::{editions, media, sections as stored_sections};
use super::places::{PlaceRow, place, place_columns};
use super::rows::{ArticleRow, BodyRow, PersonRow, TagRow};

/// The references of the articles of one page.
pub(super) struct References {
    pub(super) editions: HashMap<LanguageTag, Edition>,
    pub(super) sections: HashMap<Id, Section>,
    pub(super) sources: HashMap<Id, Source>,
    pub(super) authors: HashMap<Id, Author>,
    pub(super) tags: HashMap<Id, Tag>,
    pub(super) people: HashMap<Id, Vec<PersonRow>>,
    pub(super) tagged: HashMap<Id, Vec<Id>>,
    pub(super) translations: HashMap<Id, Vec<TranslationRef>>,
    pub(super) bodies: HashMap<Id, String>,
    pub(super) media: HashMap<Id, Medium>,
    /// A medium of each file, by the public part of the names of its renditions.
    files: HashMap<String, Id>,
    /// The ids of media that any of them names.
    shown_media: Vec<Id>,
}

/// The rows that belong to articles besides their own, by the article.
pub(super) struct Linked {
    pub(super) people: HashMap<Id, Vec<PersonRow>>,
    pub(super) tagged: HashMap<Id, Vec<Id>>,
    pub(super) bodies: HashMap<Id, String>,
    /// The media that any of them shows.
    pub(super) media: Vec<Id>,
}

pub(super) fn load_references(
    conn: &mut Conn,
    scope: &Scope,
    rows: &[ArticleRow],
    with_bodies: bool,
) -> Result<References, StoreError> {
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let linked = Linked {
        people: load_people(conn, &ids)?,
        tagged: load_tagged(conn, &ids)?,
        bodies: if with_bodies {
            load_bodies(conn, &ids)?
        } else {
            HashMap::new()
        },
        media: media::media_shown_in(conn, &ids)?,
    };
    resolve_references(conn, scope, rows, linked)
}

/// Looks up what articles refer to, as it is today.
pub(super) fn resolve_references(
    conn: &mut Conn,
    scope: &Scope,
    rows: &[ArticleRow],
    linked: Linked,
) -> Result<References, StoreError> {
    let Linked {
        people,
        tagged,
        bodies,
        media,
    } = linked;
    let author_ids = distinct(people.values().flatten().map(|person| person.author_id));
    let tag_ids = distinct(tagged.values().flatten().copied());
    let section_ids = distinct(rows.iter().filter_map(|row| row.section_id));
    let source_ids = distinct(rows.iter().filter_map(|row| row.source_id));
    let editions = by_key(editions::all_editions(conn)?, |edition| {
        edition.content.lang.clone()
    });
    let shown: Vec<Medium> = media::media_by_ids(conn, &media)?;
    let file = |medium: &Medium| (medium.file.address.clone(), medium.id);
    let references = References {
        files: shown.iter().map(file).collect(),
        sections: by_key(
            stored_sections::sections_by_ids(conn, &section_ids)?,
            |section| section.id,
        ),
        sources: by_key(Source::with_ids(conn, &source_ids)?, |source| source.id),
        authors: by_key(Author::with_ids(conn, &author_ids)?, |author| author.id),
        tags: by_key(Tag::with_ids(conn, &tag_ids)?, |tag| tag.id),
        people,
        tagged,
        translations: load_translations(conn, scope, rows, &editions)?,
        media: by_key(shown, |medium| medium.id),
        shown_media: media,
        bodies,
        editions,
    };
    rows.iter()
        .for_each(|row| note_slots(&references.slots(row)));
    Ok(references)
}

impl References {
    /// A medium whose file has a rendition at an address.
    pub(super) fn file_at(&self, address: &str) -> Option<Id> {
        self.files.get(&FileName::file_of(address)?).copied()
    }

    /// The slots of what an article's representation depends on. Editions and sections need none: a change of one touches
    /// everything. All media of its page count as shown.
    pub(super) fn slots(&self, row: &ArticleRow) -> Box<[Slot]> {
        let people = self.people.get(&row.id).into_iter().flatten();
        let tagged = self.tagged.get(&row.id).into_iter().flatten();
        let shown = people
            .map(|person| (ChangeKind::Author, person.author_id))
            .chain(tagged.map(|tag| (ChangeKind::Tag, *tag)))
            .chain(row.source_id.map(|id| (ChangeKind::Source, id)))
            .chain([(ChangeKind::Article, row.id)]);
        let media = self.shown_media.iter();
        let media = media.map(|id| (ChangeKind::Medium, *id));
        let resources = shown
            .chain(media)
            .map(|(kind, id)| slot_of_resource(kind.as_str(), id));
        let work = Subject::Work(row.work_id).slot();
        let slots: BTreeSet<Slot> = resources.chain([work]).collect();
        slots.into_iter().collect()
    }
}

fn distinct(ids: impl Iterator<Item = Id>) -> Vec<Id> {
    ids.collect::<HashSet<_>>().into_iter().collect()
}

fn by_key<K: Eq + Hash, T>(values: Vec<T>, key: impl Fn(&T) -> K) -> HashMap<K, T> {
    values
        .into_iter()
        .map(|value| (key(&value), value))
        .collect()
}

pub(super) fn load_people(
    conn: &mut Conn,
    ids: &[Id],
) -> Result<HashMap<Id, Vec<PersonRow>>, StoreError> {
    let mut found: HashMap<Id, Vec<PersonRow>> = HashMap::new();
    for chunk in ids.chunks(IN_LIST) {
        let rows: Vec<PersonRow> = article_people::table
            .filter(any_of(article_people::article_id, chunk))
            .order((
                article_people::article_id,
                article_people::role,
                article_people::position,
            ))
            .select(PersonRow::as_select())
            .load(conn)?;
        for row in rows {
            found.entry(row.article_id).or_default().push(row);
        }
    }
    Ok(found)
}

pub(super) fn load_tagged(conn: &mut Conn, ids: &[Id]) -> Result<HashMap<Id, Vec<Id>>, StoreError> {
    let mut found: HashMap<Id, Vec<Id>> = HashMap::new();
    for chunk in ids.chunks(IN_LIST) {
        let rows: Vec<TagRow> = article_tags::table
            .filter(any_of(article_tags::article_id, chunk))
            .order((article_tags::article_id, article_tags::position))
            .select(TagRow::as_select())
            .load(conn)?;
        for row in rows {
            found.entry(row.article_id).or_default().push(row.tag_id);
        }
    }
    Ok(found)
}

pub(super) fn load_bodies(conn: &mut Conn, ids: &[Id]) -> Result<HashMap<Id, String>, StoreError> {
    let mut found = HashMap::new();
    for chunk in ids.chunks(IN_LIST) {
        let rows: Vec<BodyRow> = article_bodies::table
            .filter(any_of(article_bodies::article_id, chunk))
            .select(BodyRow::as_select())
            .load(conn)?;
        found.extend(rows.into_iter().map(|row| (row.article_id, row.html)));
    }
    Ok(found)
}

type TranslationRow = (Id, PlaceRow, String);

/// The editions of each work that a scope sees published, in the order of their languages.
fn load_translations(
    conn: &mut Conn,
    scope: &Scope,
    rows: &[ArticleRow],
    editions: &HashMap<LanguageTag, Edition>,
) -> Result<HashMap<Id, Vec<TranslationRef>>, StoreError> {
    let works = distinct(rows.iter().map(|row| row.work_id));
    let sight = Sight::of(conn, scope)?;
    let mut found: HashMap<Id, Vec<TranslationRef>> = HashMap::new();
    for chunk in works.chunks(IN_LIST) {
        let mut rows: Vec<TranslationRow> = articles::table
            .left_join(sections::table.on(articles::section_id.eq(sections::id.nullable())))
            .filter(any_of(articles::work_id, chunk))
            .filter(articles::public.eq(true))
            .order((articles::work_id, articles::lang))
            .select((articles::work_id, place_columns(), articles::title))
            .load(conn)?;
        if !sight.is_open() {
            let ids: Vec<Id> = rows.iter().map(|(_, place, _)| place.0).collect();
            let admitted = sight.admitted(conn, &ids)?;
            rows.retain(|(_, place, _)| admitted.contains(&place.0));
        }
        for (work, row, title) in rows {
            let place = place(row);
            found.entry(work).or_default().push(TranslationRef {
                url: PageUrl::of_article(editions.get(&place.lang), &place),
                lang: place.lang,
                id: place.id,
                slug: place.slug,
                title,
            });
        }
    }
    Ok(found)
}
