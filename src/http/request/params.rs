//! What query strings take: the documentation of every parameter, and the names that are known. Reading them is the
//! business of `query` and of each operation.

use utoipa::IntoParams;
use utoipa::openapi::Object;
use utoipa::openapi::schema::Array;

use crate::http::request::article_filter::{BODIES, INCLUDES, SORTS, STATUSES};
use crate::http::request::facets::FACETS;
use crate::http::request::format::FORMATS;
use crate::http::request::param_schemas::{
    enumeration, ids, language, languages, moment, references, word_list,
};

/// Which articles, and in which order. In each filter a comma means any of; where it may be repeated, a repetition means all of.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ArticleFilterParams {
    /// Editions. One is strict; several are an ordered fallback: each work comes once, in the first of them that it is published in.
    #[param(schema_with = languages, example = "en")]
    pub lang: Option<String>,
    /// States. Anything but `published` needs a key that may see it.
    #[param(schema_with = status_schema)]
    pub status: Option<String>,
    /// Sections by path or id, each with those below it.
    #[param(schema_with = references)]
    pub section: Option<Vec<String>>,
    /// Authors by slug or id.
    #[param(schema_with = references)]
    pub author: Option<Vec<String>>,
    /// Editors by slug or id.
    #[param(schema_with = references)]
    pub editor: Option<Vec<String>>,
    /// Translators by slug or id.
    #[param(schema_with = references)]
    pub translator: Option<Vec<String>>,
    /// Sources by slug or id.
    #[param(schema_with = references)]
    pub source: Option<Vec<String>>,
    /// Tags by slug.
    #[param(schema_with = references)]
    pub tag: Option<Vec<String>>,
    /// Articles by id.
    #[param(schema_with = ids)]
    pub id: Option<Vec<String>>,
    /// Published at this time or later; a bare date means the whole day in the edition's time zone (UTC without one `lang`).
    #[param(schema_with = moment, example = "2022-11-01")]
    pub published_from: Option<String>,
    /// Published at this time or earlier; a bare date includes the whole day.
    #[param(schema_with = moment)]
    pub published_to: Option<String>,
    /// Changed at this time or later.
    #[param(schema_with = moment)]
    pub updated_from: Option<String>,
    /// Changed at this time or earlier.
    #[param(schema_with = moment)]
    pub updated_to: Option<String>,
    /// The order, `-published_at` by default; `-` is descending. The id breaks ties. `relevance` is for `q` only.
    #[param(schema_with = sort_schema, example = "-published_at")]
    pub sort: Option<String>,
}

/// What articles are searched for.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WordsParams {
    /// Words to search for, as in `/api/search`: all of them are wanted. `"phrase"`, `-word`, `OR`, `title:word` and `word*` are understood. With `sort=relevance` the best come first.
    #[param(min_length = 1, pattern = "\\S")]
    pub q: Option<String>,
}

/// What is searched for, and what is told beside the hits.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchParams {
    /// Words to search for: all of them are wanted. `"phrase"`, `-word`, `OR`, `title:word` and `word*` are understood; everything else is words. Beyond 64 words or 1,024 bytes it is cut, which `meta.query_cut` tells.
    #[param(min_length = 1, pattern = "\\S", example = "silence")]
    pub q: String,
    /// Counts by these, each without its own filter.
    #[param(schema_with = facets_schema)]
    pub facets: Option<String>,
    /// `true` shows where each hit matched.
    #[param(schema_with = flag_schema)]
    pub highlight: Option<String>,
}

/// What somebody is typing.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SuggestParams {
    /// What was typed so far.
    #[param(min_length = 1, pattern = "\\S", example = "arch")]
    pub q: String,
    /// Titles and sections of these editions; names in the first of them.
    #[param(schema_with = languages, example = "en")]
    pub lang: Option<String>,
    /// How many suggestions.
    #[param(minimum = 1, maximum = 50, default = 10, example = 10)]
    pub limit: Option<u32>,
}

/// How much of each article is sent.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ArticleShapeParams {
    /// Only these top-level fields, with commas between; `id` and `lang` always come.
    pub fields: Option<String>,
    /// What the representation leaves out by itself, with commas between.
    #[param(schema_with = include_schema)]
    pub include: Option<String>,
    /// The form of the body. Lists have none by default, one article has `html`.
    #[param(schema_with = body_schema)]
    pub body: Option<String>,
}

/// What an article is written as.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FormatParams {
    /// `json`, `jsonld` (schema.org) or `ninjs` (3.1), whatever Accept says; without it Accept chooses. `fields` is for `json` only.
    #[param(schema_with = format_schema)]
    pub format: Option<String>,
}

/// Which edition of the work.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EditionParams {
    /// By id: the work's edition in this language; several are an ordered fallback. By slug: the one edition to look in;
    /// without it the default edition's article wins.
    #[param(schema_with = languages)]
    pub lang: Option<String>,
}

/// The language of names.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct NameParams {
    /// Languages, in order of preference: `name` is the first of `names` in one of them, else the name as it was first given.
    #[param(schema_with = languages, example = "fr,en")]
    pub lang: Option<String>,
}

/// The languages of related articles.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RelatedParams {
    /// Editions. Several are an ordered fallback: each related work comes once, in the first of them that it is published in.
    /// Without it the articles are of the same edition.
    #[param(schema_with = languages, example = "en")]
    pub lang: Option<String>,
}

/// What opens an article that is not public.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PreviewParams {
    /// The token of a preview link, which shows this article without a key, whatever its state.
    #[param(max_length = 200)]
    pub preview: Option<String>,
}

/// Which sections.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SectionFilterParams {
    /// Editions, with commas between; without it the sections of every edition come.
    #[param(schema_with = languages, example = "en")]
    pub lang: Option<String>,
    /// `true` nests `children` in each section instead of listing them flat; only roots count as rows then.
    #[param(schema_with = flag_schema)]
    pub tree: Option<String>,
}

/// Which edition a path is looked up in.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SectionEditionParams {
    /// The edition that the path is of; without it the default edition's section wins.
    #[param(schema_with = language, example = "en")]
    pub lang: Option<String>,
}

/// How much of each resource is sent.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FieldsParams {
    /// Only these top-level fields, with commas between; what identifies the resource always comes.
    pub fields: Option<String>,
}

/// What is sent beyond the usual.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CountParams {
    /// `article_count`: how many published articles it has.
    #[param(schema_with = article_count_schema, example = "article_count")]
    pub include: Option<String>,
}

/// How much of a list the client wants, and from where.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PagingParams {
    /// How many rows.
    #[param(minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before, with the same sort and filters.
    #[param(min_length = 1, max_length = 4096, pattern = "^[A-Za-z0-9_-]+$")]
    pub cursor: Option<String>,
    /// The page's number instead of a cursor, counted from 1, as long as page × limit is at most 10,000; 1,000 with several languages, or more than ten values of one filter. It brings the count.
    #[param(minimum = 1, maximum = 10_000)]
    pub page: Option<u32>,
    /// `exact` counts all rows of the list, `none` does not: the default, but with `page`.
    #[param(schema_with = count_schema)]
    pub count: Option<String>,
}

/// How much of a feed the client wants, and from where.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FeedParams {
    /// How many articles.
    #[param(minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: Option<u32>,
    /// Taken from the feed's link to older articles.
    #[param(min_length = 1, max_length = 4096, pattern = "^[A-Za-z0-9_-]+$")]
    pub cursor: Option<String>,
    /// Taken from the feed's link to newer articles; not together with `cursor`.
    #[param(min_length = 1, max_length = 4096, pattern = "^[A-Za-z0-9_-]+$")]
    pub before: Option<String>,
    /// A partner's feed token, which shows what its key may see; not together with a key. The feed's links keep it.
    #[param(max_length = 128)]
    pub token: Option<String>,
}

/// Which articles a copy is kept of. In each filter a comma means any of; where it may be repeated, a repetition means all of.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SyncFilterParams {
    /// Editions: articles of any of them.
    #[param(schema_with = languages, example = "en")]
    pub lang: Option<String>,
    /// Sections by path or id, each with those below it. An id stays right when a section is moved.
    #[param(schema_with = references)]
    pub section: Option<Vec<String>>,
    /// Sources by slug or id.
    #[param(schema_with = references)]
    pub source: Option<Vec<String>>,
    /// The form of the body; `html` by default. A contract for summaries has none.
    #[param(schema_with = body_schema)]
    pub body: Option<String>,
}

/// Where a copy has come to.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SinceParams {
    /// `next_cursor` of the part before, with the same key. With other filters than before, what only the old ones held goes and what only the new ones hold comes, then what changes. Without it a first copy begins: everything that is published, then what changes.
    #[param(min_length = 1, max_length = 4096, pattern = "^[A-Za-z0-9_-]+$")]
    pub since: Option<String>,
}

/// How many rows.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LimitParams {
    /// How many rows.
    #[param(minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: Option<u32>,
}

/// The address to resolve.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ResolveParams {
    /// A whole address, or a path with or without its first slash.
    #[param(
        min_length = 1,
        max_length = 2000,
        example = "/en/international/events"
    )]
    pub url: String,
}

fn status_schema() -> Array {
    word_list(&STATUSES.map(|(word, _)| word))
}

fn facets_schema() -> Array {
    word_list(&FACETS.map(|(word, _)| word))
}

fn sort_schema() -> Object {
    enumeration(&SORTS.map(|(word, _)| word), None)
}

fn include_schema() -> Array {
    word_list(&INCLUDES)
}

fn body_schema() -> Object {
    enumeration(&BODIES.map(|(word, _)| word), None)
}

fn format_schema() -> Object {
    enumeration(&FORMATS.map(|(word, _)| word), None)
}

fn flag_schema() -> Object {
    enumeration(&["true", "false"], Some("false"))
}

fn article_count_schema() -> Object {
    enumeration(&["article_count"], None)
}

fn count_schema() -> Object {
    enumeration(&["none", "exact"], None)
}

/// Which entries of the audit.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditParams {
    /// Of this key, by its id.
    #[param(format = "uuid")]
    pub key: Option<String>,
    /// Of this kind of actor.
    #[param(schema_with = actor_schema)]
    pub actor: Option<String>,
    /// This operation, by its id.
    #[param(min_length = 1, max_length = 200, example = "create_key")]
    pub operation: Option<String>,
    /// Done to this kind of thing; `request` for what was refused.
    #[param(min_length = 1, max_length = 200)]
    pub kind: Option<String>,
    /// Done to this thing, by its id.
    #[param(min_length = 1, max_length = 200)]
    pub resource: Option<String>,
    /// At this time or later; a bare date is a whole day in UTC.
    #[param(schema_with = moment)]
    pub from: Option<String>,
    /// At this time or earlier; a bare date includes the whole day.
    #[param(schema_with = moment)]
    pub to: Option<String>,
}

/// The kinds of actors that the audit tells apart.
pub(crate) const AUDIT_ACTORS: [&str; 5] = ["key", "operator", "schedule", "import", "demo"];

fn actor_schema() -> Object {
    enumeration(&AUDIT_ACTORS, None)
}

/// The version that a change starts from.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
pub struct IfMatchParams {
    /// The ETag of the version that the change starts from, or `"v"` with its number, or `*` for whatever is there.
    #[param(rename = "If-Match", example = "*")]
    pub if_match: String,
}

/// The version that a step starts from, where the caller minds.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
pub struct OptionalIfMatchParams {
    /// The ETag of the version that the step starts from, or `"v"` with its number.
    #[param(rename = "If-Match")]
    pub if_match: Option<String>,
}

/// Whether something is there already, and which version of it.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
pub struct PresenceParams {
    /// Required where there is one already: its ETag, or `"v"` with its number, or `*` for whatever is there.
    #[param(rename = "If-Match", example = "*")]
    pub if_match: Option<String>,
    /// `*`: only where there is none yet.
    #[param(rename = "If-None-Match")]
    pub if_none_match: Option<String>,
}

/// What makes a request safe to send again.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
pub struct IdempotencyParams {
    /// A name of the client's for this request: sent again under it within 24 hours, it is answered as the first time.
    #[param(
        rename = "Idempotency-Key",
        min_length = 1,
        max_length = 255,
        pattern = "^[!-~]+$"
    )]
    pub idempotency_key: Option<String>,
}
