//! The documentation of query and header parameters, and their names. `query` and the operations read them.

use utoipa::IntoParams;

use crate::http::request::article_filter::{BODIES, INCLUDES, SORTS, STATUSES};
use crate::http::request::facets::FACETS;
use crate::http::request::format::FORMATS;
use crate::http::request::param_schemas::{
    Ids, Language, Languages, Moment, Paths, References, enumeration, schemas, word_list,
};

/// Filters and order of a list of articles. In each filter a comma means any of the values, a repeated parameter
/// all of them where an article can have several.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ArticleFilterParams {
    /// Languages, in order of preference. `lang=fr` lists French editions only. `lang=fr,en` lists each work once: in
    /// French where it is published in French, else in English. Without it every edition's articles come. Given once.
    #[param(inline)]
    pub lang: Option<Languages>,
    /// States: `draft`, `scheduled`, `published`, `withdrawn`; `published` by default. The others need a key that may
    /// see drafts. Commas mean any of them; given once, since an article has one state. Example: `status=draft,scheduled`.
    #[param(inline)]
    pub status: Option<Statuses>,
    /// Sections by path or id; each includes the sections below it. Several values, separated by commas, mean any of
    /// them; given once, since an article is in one section. Example: `section=international,research/humanities`.
    /// Without `lang` a path means that path in every edition.
    #[param(inline)]
    pub section: Option<Paths>,
    /// Authors by slug or id. Several values, separated by commas, mean any of them; a repeated parameter means all.
    /// Example: `author=nadia-benkirat,gu-wanqiu`.
    #[param(inline)]
    pub author: Option<References>,
    /// Editors by slug or id. Several values, separated by commas, mean any of them; a repeated parameter means all.
    /// Example: `editor=nadia-benkirat,gu-wanqiu`.
    #[param(inline)]
    pub editor: Option<References>,
    /// Translators by slug or id. Several values, separated by commas, mean any of them; a repeated parameter means
    /// all. Example: `translator=nadia-benkirat,gu-wanqiu`.
    #[param(inline)]
    pub translator: Option<References>,
    /// Sources by slug or id; commas mean any of them. Given once. Example: `source=the-watermark-review`.
    #[param(inline)]
    pub source: Option<References>,
    /// Tags by slug. Several values, separated by commas, mean any of them; a repeated parameter means all.
    /// `tag=archives,libraries` finds articles with any of the two, `tag=archives&tag=libraries` articles with both.
    #[param(inline)]
    pub tag: Option<References>,
    /// Articles by id, at most 100, separated by commas; given once. Unknown ids are left out of the list.
    #[param(inline)]
    pub id: Option<Ids>,
    /// Published at this time or later: a time such as `2022-11-01T06:00:00Z`, a date such as `2022-11-01` or a year such
    /// as `2022`. Dates and years begin at midnight in the edition's time zone (UTC without a single `lang`).
    #[param(inline)]
    pub published_from: Option<Moment>,
    /// Published at this time or earlier. A date such as `2022-11-30` includes the whole day, a year the whole year.
    #[param(inline)]
    pub published_to: Option<Moment>,
    /// Changed at this time or later: a time, a date or a year. Example: `updated_from=2022-11-01`.
    #[param(inline)]
    pub updated_from: Option<Moment>,
    /// Changed at this time or earlier. A date includes the whole day, a year the whole year.
    #[param(inline)]
    pub updated_to: Option<Moment>,
    /// Order of the list: `-published_at` by default, `relevance` in `/api/search`. `-` means descending; equal articles
    /// are ordered by id. `relevance`, the best first, works with `q` only. Example: `sort=title`.
    #[param(inline)]
    pub sort: Option<Sort>,
}

/// The words of a search in a list of articles.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WordsParams {
    /// Words to search for, as in `/api/search`. Every word is required; where fewer articles have all than a page holds,
    /// those that lack one follow. `"phrase"`, `-word`, `OR`, `title:word` and `word*` have a meaning. `sort=relevance`
    /// puts the best first. Example: `q=silence archive`.
    #[param(min_length = 1, pattern = "\\S")]
    pub q: Option<String>,
}

/// The words of a search, and the facts about the hits.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchParams {
    /// Words to search for. Every word is required; where fewer articles have all than a page holds, those that lack one
    /// follow. `"phrase"`, `-word`, `OR`, `title:word` and `word*` have a meaning, everything else is words. Beyond 64 words or 1,024 bytes the query is cut; beyond 12 words (24 ideographs) in quotation marks
    /// they are wanted anywhere. `meta.query_cut` says so.
    #[param(min_length = 1, pattern = "\\S", example = "silence")]
    pub q: String,
    /// Facets to count, each without its own filter; a repeated parameter adds to them. Example: `facets=section,year`.
    #[param(inline)]
    pub facets: Option<Facets>,
    /// `true` adds `highlights`, which show the places of each hit that matched.
    #[param(inline, default = false)]
    pub highlight: Option<bool>,
}

/// The beginning of a word that somebody types.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SuggestParams {
    /// The text typed so far. Example: `q=arch`.
    #[param(min_length = 1, pattern = "\\S", example = "arch")]
    pub q: String,
    /// Editions of the titles and sections, in order of preference; names come in the first of them. Given once. Example:
    /// `lang=en`.
    #[param(inline)]
    pub lang: Option<Languages>,
    /// Number of suggestions, 1 to 50.
    #[param(minimum = 1, maximum = 50, default = 10, example = 10)]
    pub limit: Option<u32>,
}

/// The parts of each article that are sent.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ArticleShapeParams {
    /// Only these fields of the top level, separated by commas; a repeated parameter adds to them. `id` and `lang` always
    /// come. Example: `fields=title,slug,published_on`.
    pub fields: Option<String>,
    /// Parts that are left out by default, separated by commas: `body` on lists, `related` everywhere. `translations`,
    /// `breadcrumbs` and `media` may be named too, but always come, as does the rest. A repeated parameter adds to them.
    /// Example: `include=body,related`.
    #[param(inline)]
    pub include: Option<Includes>,
    /// Form of the body: `html`, `text`, `markdown`, `blocks` or `none`. A single article has `html` by default, a list
    /// has no body; `body=markdown` adds it to a list too.
    #[param(inline)]
    pub body: Option<BodyForm>,
}

/// The format of articles.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FormatParams {
    /// `json`, `jsonld` (schema.org) or `ninjs` (3.1). It wins over `Accept`, which chooses without it. `fields` works
    /// with `json` only.
    #[param(inline)]
    pub format: Option<FormatName>,
}

/// The edition of the work.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EditionParams {
    /// By id: the language in which the work is wanted; `lang=fr,en` answers French where there is French, else
    /// English. By slug: the one edition to look in; without it the default edition's article wins. Given once.
    #[param(inline)]
    pub lang: Option<Languages>,
}

/// The language of names.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct NameParams {
    /// Languages of names, in order of preference. With `lang=fr,en`, `name` is the French name, else the English one,
    /// else the first name that was given. Given once.
    #[param(inline)]
    pub lang: Option<Languages>,
}

/// The languages of related articles.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RelatedParams {
    /// Languages of the related articles, in order of preference. `lang=fr,en` lists each related work once: in French
    /// where it is published in French, else in English. Without it they have the language of this one. Given once.
    #[param(inline)]
    pub lang: Option<Languages>,
}

/// Access to an article that is not public.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PreviewParams {
    /// Token of a preview link. It shows this article without a key, whatever its state.
    #[param(max_length = 200)]
    pub preview: Option<String>,
}

/// Filters of a list of sections.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SectionFilterParams {
    /// Editions, separated by commas; given once. Example: `lang=en,fr`. Without it the sections of every edition come.
    #[param(inline)]
    pub lang: Option<Languages>,
    /// `true` nests `children` in each section. The rows of the list are then the root sections only.
    #[param(inline, default = false)]
    pub tree: Option<bool>,
}

/// The edition of a section's path.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SectionEditionParams {
    /// Edition of the path, one language. Example: `lang=en`. Without it the default edition's section wins.
    #[param(inline)]
    pub lang: Option<Language>,
}

/// The fields of each resource that are sent.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FieldsParams {
    /// Only these fields of the top level, separated by commas; a repeated parameter adds to them. The fields that identify
    /// the resource always come. Example: `fields=name`.
    pub fields: Option<String>,
}

/// Parts that are left out by default.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CountParams {
    /// `article_count` adds the number of published articles. Example: `include=article_count`.
    #[param(inline, example = "article_count")]
    pub include: Option<ArticleCount>,
}

/// The size and the place of a page.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PagingParams {
    /// Number of rows, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: Option<u32>,
    /// `meta.next_cursor` of the page before, with the same sort and filters. It is opaque: do not build or change it.
    /// `links.next` has it too.
    #[param(min_length = 1, max_length = 4096, pattern = "^[A-Za-z0-9_-]+$")]
    pub cursor: Option<String>,
    /// Number of the page, from 1, instead of a cursor; it also counts the list. page × limit is at most 10,000, or
    /// 1,000 with several languages or more than ten values of one filter.
    #[param(minimum = 1, maximum = 10_000)]
    pub page: Option<u32>,
    /// `exact` adds `meta.total`, the number of rows of the whole list; `none` does not. The default is `none`, or
    /// `exact` with `page`.
    #[param(inline)]
    pub count: Option<CountMode>,
}

/// The size and the place of a page of a feed.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FeedParams {
    /// Number of articles, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: Option<u32>,
    /// Cursor from the feed's link to older articles.
    #[param(min_length = 1, max_length = 4096, pattern = "^[A-Za-z0-9_-]+$")]
    pub cursor: Option<String>,
    /// Cursor from the feed's link to newer articles; not together with `cursor`.
    #[param(min_length = 1, max_length = 4096, pattern = "^[A-Za-z0-9_-]+$")]
    pub before: Option<String>,
    /// Feed token of a partner. It opens what the partner's key may see; not together with a key. The links of the feed
    /// keep it.
    #[param(max_length = 128)]
    pub token: Option<String>,
}

/// Filters of a copy. In each filter a comma means any of the values.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SyncFilterParams {
    /// Editions, separated by commas: articles of any of them; given once. Example: `lang=en,fr`.
    #[param(inline)]
    pub lang: Option<Languages>,
    /// Sections by path or id; each includes the sections below it. Several values, separated by commas, mean any of
    /// them; given once, since an article is in one section. An id stays right when the section moves. Example:
    /// `section=international`.
    #[param(inline)]
    pub section: Option<Paths>,
    /// Sources by slug or id; commas mean any of them. Given once. Example: `source=the-watermark-review`.
    #[param(inline)]
    pub source: Option<References>,
    /// Form of the body: `html` (the default), `text`, `markdown`, `blocks` or `none`. A contract for summaries has no
    /// bodies. Example: `body=markdown`.
    #[param(inline)]
    pub body: Option<BodyForm>,
}

/// The place that a copy has reached.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SinceParams {
    /// `meta.next_cursor` of the page before, with the same key. Without it a first copy begins: everything that is
    /// published, then the changes. With other filters than before, the next pages first bring the copy in line with
    /// them.
    #[param(min_length = 1, max_length = 4096, pattern = "^[A-Za-z0-9_-]+$")]
    pub since: Option<String>,
}

/// The size of a page.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LimitParams {
    /// Number of rows, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: Option<u32>,
}

/// The address to resolve.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ResolveParams {
    /// A whole address, or a path with or without its first slash. Example: `/en/international/events`.
    #[param(min_length = 1, example = "/en/international/events")]
    pub url: String,
}

schemas! {
    Statuses: word_list(&STATUSES.map(|(word, _)| word));
    Sort: enumeration(&SORTS.map(|(word, _)| word), None);
    Facets: word_list(&FACETS.map(|(word, _)| word));
    Includes: word_list(&INCLUDES);
    BodyForm: enumeration(&BODIES.map(|(word, _)| word), None);
    FormatName: enumeration(&FORMATS.map(|(word, _)| word), None);
    ArticleCount: enumeration(&["article_count"], None);
    CountMode: enumeration(&["none", "exact"], None);
    ActorKind: enumeration(&AUDIT_ACTORS, None);
}

/// Filters of the audit.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditParams {
    /// Entries of this key, by its id.
    #[param(format = "uuid")]
    pub key: Option<String>,
    /// Entries of this kind of actor: `key`, `operator` (command line), `schedule`, `import` or `demo`.
    #[param(inline)]
    pub actor: Option<ActorKind>,
    /// Entries of this operation, by its id in the OpenAPI document.
    #[param(min_length = 1, max_length = 200, example = "create_key")]
    pub operation: Option<String>,
    /// Entries about this kind of resource, such as `article`; `request` for refused operations.
    #[param(min_length = 1, max_length = 200)]
    pub kind: Option<String>,
    /// Entries about this resource, by its id.
    #[param(min_length = 1, max_length = 200)]
    pub resource: Option<String>,
    /// Entries at this time or later. A time, or a date, which is a whole day in UTC.
    #[param(inline)]
    pub from: Option<Moment>,
    /// Entries at this time or earlier. A date includes the whole day.
    #[param(inline)]
    pub to: Option<Moment>,
}

/// The kinds of actors that the audit tells apart.
pub(crate) const AUDIT_ACTORS: [&str; 5] = ["key", "operator", "schedule", "import", "demo"];

/// The version that a change starts from.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
pub struct IfMatchParams {
    /// ETag of the version that the change starts from, or its number as `"v3"` (in quotes), or `*` for any version.
    /// Missing it is a 428, another version is a 412.
    #[param(rename = "If-Match", example = "*")]
    pub if_match: String,
}

/// The version that a step starts from, where the caller wants to make sure.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
pub struct OptionalIfMatchParams {
    /// ETag of the version that the step starts from, or its number as `"v3"` (in quotes). Another version is a 412.
    #[param(rename = "If-Match")]
    pub if_match: Option<String>,
}

/// The version that must exist, or that none exists.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
pub struct PresenceParams {
    /// Required where the resource exists: its ETag, or its version as `"v3"` (in quotes), or `*` for any version.
    #[param(rename = "If-Match", example = "*")]
    pub if_match: Option<String>,
    /// `*`: only where the resource does not exist yet.
    #[param(rename = "If-None-Match")]
    pub if_none_match: Option<String>,
}

/// A key that makes a request safe to send again.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
pub struct IdempotencyParams {
    /// A name that you choose for this request. The same request with the same name within 24 hours gets the first
    /// answer again, and is not done twice.
    #[param(
        rename = "Idempotency-Key",
        min_length = 1,
        max_length = 255,
        pattern = "^[!-~]([ -~]*[!-~])?$"
    )]
    pub idempotency_key: Option<String>,
}
