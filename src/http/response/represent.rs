//! From what was loaded to a reply: the envelope, the picked fields, links below the prefix, the keys of what is shown.

use actix_web::http::header::LINK;
use serde::Serialize;

use crate::domain::author::NameLanguages;
use crate::domain::key::KeyView;
use crate::domain::language::LanguageTag;
use crate::domain::query::Slice;
use crate::domain::time::Timestamp;
use crate::domain::view::MediumView;
use crate::domain::view::{AuthorView, EditionView, SectionView, SourceView, TagView};
use crate::domain::warning::Warning;
use crate::http::error::Problem;
use crate::http::protocol::conditional::VersionTag;
use crate::http::request::field_selection::Shape;
use crate::http::request::paging::{Envelope, Paging, Single, Target, WriteMeta, Written};
use crate::http::response::links::Linked;
use crate::http::response::reply::{Policy, Reply, digest_of};
use crate::http::response::surrogate_keys::Keys;

const JSON: &str = "application/json";

/// The representation that a client wants.
#[derive(Debug, Clone)]
pub(crate) struct View {
    pub(crate) shape: Shape,
    pub(crate) target: Target,
    pub(crate) policy: Policy,
    /// The warnings of a write; `None` for a request that cannot change what was sent.
    pub(crate) warnings: Option<Vec<Warning>>,
    /// The edition whose templates place what belongs to no edition.
    pub(crate) default_lang: LanguageTag,
}

impl View {
    /// A part of a list.
    pub(crate) fn list<T: Serialize + Linked>(
        &self,
        slice: Slice<T>,
        paging: &Paging,
        keys: Keys,
    ) -> Result<Reply, Problem> {
        self.page(&self.envelope(slice, paging), keys)
    }

    /// The envelope of a part of a list, its rows with their links.
    pub(crate) fn envelope<T: Linked>(&self, mut slice: Slice<T>, paging: &Paging) -> Envelope<T> {
        slice
            .rows
            .iter_mut()
            .for_each(|row| row.complete(&self.target));
        paging.envelope(slice, &self.target)
    }

    /// A part of a list in its envelope.
    pub(crate) fn page<T: Serialize, M: Serialize>(
        &self,
        envelope: &Envelope<T, M>,
        keys: Keys,
    ) -> Result<Reply, Problem> {
        let rows = envelope.data.iter().map(|row| self.shape.row(row));
        let shown = Envelope {
            data: rows.collect::<Result<_, _>>()?,
            meta: &envelope.meta,
            links: envelope.links.clone(),
        };
        let mut reply = Reply::new(JSON, written(&shown)?, self.policy);
        reply.keys = keys;
        Ok(match &envelope.links.next {
            Some(next) => reply.with_header(LINK, &format!("<{next}>; rel=\"next\"")),
            None => reply,
        })
    }

    /// One resource.
    pub(crate) fn single<T: Serialize + Linked>(
        &self,
        mut data: T,
        keys: Keys,
    ) -> Result<Reply, Problem> {
        data.complete(&self.target);
        let data = self.shape.row(&data)?;
        let mut reply = Reply::new(JSON, written(&Single { data: &data })?, self.policy);
        reply.keys = keys;
        let Some(warnings) = self.warnings.clone() else {
            return Ok(reply);
        };
        let meta = WriteMeta { warnings };
        reply.digest = Some(digest_of(&reply.body));
        reply.body = written(&Written { data, meta })?;
        Ok(reply)
    }
}

fn written(answer: &impl Serialize) -> Result<Vec<u8>, Problem> {
    serde_json::to_vec(answer).map_err(Problem::internal)
}

/// The languages of names, and the edition whose templates place what belongs to no edition: the first that was asked for.
pub(crate) fn name_languages(view: &View, langs: Vec<LanguageTag>) -> (NameLanguages, LanguageTag) {
    let first = langs.first().unwrap_or(&view.default_lang).clone();
    let names = NameLanguages {
        langs,
        default: view.default_lang.clone(),
    };
    (names, first)
}

/// The surrogate keys of a resource of the taxonomy, its language and its time.
pub(crate) trait Named {
    /// Its identity.
    fn name(&self) -> String;
    /// Its edition, where it has one.
    fn lang(&self) -> Option<&LanguageTag>;
    /// Time of its own last change.
    fn updated_at(&self) -> Timestamp;
    /// The version that it is at.
    fn version(&self) -> i64;
}

macro_rules! named {
    ($view:ty, $name:ident, $lang:expr) => {
        impl Named for $view {
            fn name(&self) -> String {
                self.$name.to_string()
            }

            fn lang(&self) -> Option<&LanguageTag> {
                let lang: fn(&Self) -> Option<&LanguageTag> = $lang;
                lang(self)
            }

            fn updated_at(&self) -> Timestamp {
                self.updated_at
            }

            fn version(&self) -> i64 {
                self.version
            }
        }
    };
}

named!(EditionView, lang, |edition| Some(&edition.lang));
named!(KeyView, id, |_| None);
named!(SectionView, id, |section| Some(&section.lang));
named!(AuthorView, id, |_| None);
named!(SourceView, id, |_| None);
named!(TagView, slug, |_| None);
named!(MediumView, id, |_| None);

/// A part of a list of the taxonomy; `plural` names the list.
pub(crate) fn represent_page<T: Serialize + Linked + Named>(
    view: &View,
    paging: &Paging,
    plural: &str,
    (slice, modified): (Slice<T>, Option<Timestamp>),
) -> Result<Reply, Problem> {
    let mut keys = Keys::of_list(plural);
    let kind = plural.trim_end_matches('s');
    let mut langs: Vec<LanguageTag> = Vec::new();
    for row in &slice.rows {
        keys.add(kind, &row.name());
        langs.extend(row.lang().filter(|lang| !langs.contains(lang)).cloned());
    }
    let mut reply = view.list(slice, paging, keys)?;
    reply.langs = langs;
    reply.modified = modified;
    Ok(reply)
}

/// One resource of the taxonomy; `kind` names it, also where there is none.
pub(crate) fn represent_one<T: Serialize + Linked + Named>(
    view: &View,
    kind: &str,
    (found, modified): (Option<T>, Option<Timestamp>),
) -> Result<Reply, Problem> {
    let found = found.ok_or_else(|| Problem::not_found(kind))?;
    let keys = Keys::of_one(kind, &found.name());
    let langs = found.lang().cloned().into_iter().collect();
    let (updated_at, version) = (found.updated_at(), found.version());
    let mut reply = view.single(found, keys)?;
    reply.langs = langs;
    reply.modified = modified.max(Some(updated_at));
    reply.version = Some(VersionTag {
        number: version,
        at: updated_at,
    });
    Ok(reply)
}
