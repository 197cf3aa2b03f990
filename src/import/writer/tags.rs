//! Writing tags: their own lines, and those that articles name.

use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::query::Reference;
use crate::domain::slug::Slug;
use crate::domain::tag::{Tag, TagContent};
use crate::service::{ServiceError, shared, tags};
use crate::store::shared_rows::{SharedKind, SharedRows};

use super::super::record::{ArticleRecord, Named, TagRecord};
use super::super::report::Taken;
use super::named::made_of;
use super::publication::stamps;
use super::{Writer, taken};

impl Writer<'_, '_> {
    pub(super) fn write_tag(&mut self, record: &TagRecord) -> Result<Taken, ServiceError> {
        let named = match &record.slug {
            Some(slug) => Tag::with_slug(self.tx.conn(), slug.as_str())?,
            None => tags::find_tag(self.tx.conn(), &record.name)?,
        };
        let mut before = self.known(named, record.id)?;
        if before.is_none() {
            let named = Tag::of_name(self.tx.conn(), &record.name)?;
            before = named.into_iter().next();
        }
        let own = before.as_ref().map(|tag| tag.id);
        let old = before.as_ref().map(|tag| tag.content.clone());
        let slug = match (&record.slug, &old) {
            (None, Some(old)) => old.slug.clone(),
            (Some(slug), Some(old)) if *slug == old.slug => slug.clone(),
            (wanted, _) => {
                let made = || Slug::from_text(&record.name);
                let wanted = wanted.clone().unwrap_or_else(made);
                shared::free_slug_of::<Tag>(self.tx, &wanted, own)?
            }
        };
        self.note_slug(record.slug.as_ref(), &slug);
        let content = TagContent {
            slug,
            name: record.name.clone(),
            names: if record.names.is_empty() {
                old.map(|o| o.names).unwrap_or_default()
            } else {
                record.names.clone()
            },
        };
        self.tags.clear();
        let id = record.id.unwrap_or_else(|| Id::new(self.tx.now()));
        if let (None, Some((version, created_at, updated_at))) = (&before, stamps(&record.history))
        {
            let tag = Tag {
                id,
                content,
                version,
                created_at,
                updated_at,
            };
            shared::write(self.tx, &tag)?;
            return Ok(Taken::Created);
        }
        let is_new = before.is_none();
        Ok(taken(is_new, shared::save(self.tx, before, id, content)?))
    }

    pub(super) fn tags(&mut self, record: &ArticleRecord) -> Result<Vec<Id>, ServiceError> {
        self.all("tags", &record.tags, |writer, tag| {
            if let Some(id) = writer.tags.get(tag) {
                return Ok(Some(*id));
            }
            let by_slug = match &tag.slug {
                Some(slug) => {
                    let reference = Reference::slug(slug);
                    let found = shared::find::<Tag>(writer.tx.conn(), &reference)?;
                    if let Some(found) = found.as_ref().filter(|_| names_by_language(record, tag)) {
                        writer.learn_name("tags", &record.lang, found, &tag.name)?;
                    }
                    found.map(|tag| tag.id)
                }
                None => None,
            };
            let (id, is_clear) = match (by_slug, made_of(tag)) {
                (None, Some(name)) => {
                    let (id, is_clear) = writer.tag(name, tag.slug.as_deref(), &record.lang)?;
                    (Some(id), is_clear)
                }
                (id, _) => (id, true),
            };
            let known = id.filter(|_| is_clear);
            writer.tags.extend(known.map(|id| (tag.clone(), id)));
            Ok(id)
        })
    }

    /// The tag of a name that an article in `lang` has, and whether no other may be meant by it. Otherwise it is noted, for each
    /// record that names it.
    fn tag(
        &mut self,
        name: &str,
        slug: Option<&str>,
        lang: &LanguageTag,
    ) -> Result<(Id, bool), ServiceError> {
        let slug = slug.map(Slug::from_text);
        let found = tags::ensure_tag_named(self.tx, name, slug.as_ref(), lang)?;
        if let Some((code, detail)) = found.told(name) {
            self.note("/tags", code, detail);
        }
        let is_clear = found.other_name.is_none() && !found.by_language;
        Ok((found.id, is_clear))
    }
}

/// True if a tag of an answer has a name beside its slug: the one in the language of the article.
fn names_by_language(record: &ArticleRecord, tag: &Named) -> bool {
    record.is_answer && tag.slug.as_ref() != Some(&tag.name)
}
