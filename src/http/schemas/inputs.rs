//! Schemas of what clients send. They describe the content for readers of the document and for generated clients; the
//! reading itself is in the `input` of each folder of handlers, which tell every mistake by its place.

use serde_json::Value;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, OneOfBuilder, Type};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::domain::access::Role;
use crate::domain::article::{Credit, NoticeKind, Original, Status, WithdrawalReason};
use crate::domain::medium::{FocalPoint, Texts};
use crate::domain::partner::Contract;
use crate::domain::source::Rights;
use crate::http::request::param_schemas::{enumeration, language};
use crate::http::schemas::bulk_operations::{KINDS, OPS};

/// A body as it is written.
#[derive(Debug, ToSchema)]
pub struct BodyWrite {
    /// Format of the content.
    #[schema(schema_with = body_format)]
    pub format: String,
    /// The text; an array of blocks where the format is `blocks`.
    #[schema(schema_with = body_content)]
    pub content: Value,
}

fn body_content() -> Schema {
    let text = ObjectBuilder::new().schema_type(Type::String);
    let blocks = ArrayBuilder::new().items(Ref::from_schema_name("Block"));
    let either = OneOfBuilder::new().item(text).item(blocks);
    Schema::OneOf(either.build())
}

fn body_format() -> utoipa::openapi::Object {
    enumeration(&["html", "markdown", "text", "blocks"], None)
}

/// A notice of an article as it is written: a new one, or one that the article has.
#[derive(Debug, ToSchema)]
pub struct NoticeWrite {
    /// A notice that the article has; a new one is written without.
    #[schema(format = "uuid")]
    pub id: Option<String>,
    /// Kind of the notice.
    pub kind: NoticeKind,
    /// Text of the notice.
    #[schema(min_length = 1, max_length = 5000)]
    pub text: String,
    /// Time of the notice; now by default for a new one.
    #[schema(format = DateTime, nullable)]
    pub at: Option<String>,
}

/// A new notice.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"kind": "correction", "text": "An earlier version misstated the number of archives."}))]
pub struct NewNotice {
    /// Kind of the notice.
    pub kind: NoticeKind,
    /// Text of the notice.
    #[schema(min_length = 1, max_length = 5000)]
    pub text: String,
    /// Time of the notice; now by default.
    #[schema(format = DateTime, nullable)]
    pub at: Option<String>,
}

/// A picture of an article as it is written: an uploaded medium by `id`, or any picture by `url`.
#[derive(Debug, ToSchema)]
pub struct MediumWrite {
    /// The uploaded medium.
    #[schema(format = "uuid", nullable)]
    pub id: Option<String>,
    /// The address of a picture that was not uploaded here.
    #[schema(nullable)]
    pub url: Option<String>,
    /// Kind of the medium: `image`.
    #[schema(example = "image", nullable)]
    pub kind: Option<String>,
    /// Text for people who do not see the picture; without it, the medium's own in the article's language.
    #[schema(max_length = 5000, nullable)]
    pub alt: Option<String>,
    /// The words below it; likewise.
    #[schema(max_length = 5000, nullable)]
    pub caption: Option<String>,
    /// Name of the maker; without it, the one of the uploaded medium is used.
    #[schema(max_length = 5000, nullable)]
    pub credit: Option<String>,
}

/// An article as it is written.
#[derive(Debug, ToSchema)]
#[schema(example = json!({
    "lang": "en", "title": "A reading room that opens at night",
    "summary": "The harbour library lends its lamps.",
    "body": {"format": "markdown", "content": "The doors open at **nine**.\n\nBring a coat."},
    "section": "society", "tags": ["Libraries"]
}))]
pub struct ArticleWrite {
    /// The edition.
    #[schema(schema_with = language)]
    pub lang: String,
    /// Its title.
    #[schema(min_length = 1, max_length = 500)]
    pub title: String,
    /// Its slug; made of the title where it is not given. A taken one gets a number.
    #[schema(max_length = 200)]
    pub slug: Option<String>,
    /// Its subtitle.
    #[schema(max_length = 1000)]
    pub subtitle: Option<String>,
    /// Its summary.
    #[schema(max_length = 5000)]
    pub summary: Option<String>,
    /// Its text.
    pub body: Option<BodyWrite>,
    /// Path or id of its section.
    pub section: Option<String>,
    /// Ids or slugs of who wrote it.
    #[schema(max_items = 100)]
    pub authors: Option<Vec<String>>,
    /// Ids or slugs of who edited it.
    #[schema(max_items = 100)]
    pub editors: Option<Vec<String>>,
    /// Ids or slugs of who translated it.
    #[schema(max_items = 100)]
    pub translators: Option<Vec<String>>,
    /// Contributors in other roles.
    #[schema(max_items = 100)]
    pub credits: Option<Vec<Credit>>,
    /// Id or slug of who published it first.
    pub source: Option<String>,
    /// Slugs or names; made when they are new.
    #[schema(max_items = 100)]
    pub tags: Option<Vec<String>>,
    /// Any article of the same work.
    #[schema(format = "uuid")]
    pub translation_of: Option<String>,
    /// Its own rights, before the source's fill the gaps.
    pub rights: Option<Rights>,
    /// Corrections, clarifications, retractions, expressions of concern.
    #[schema(max_items = 100)]
    pub notices: Option<Vec<NoticeWrite>>,
    /// Its pictures, in order; where not given, the present ones.
    #[schema(max_items = 100)]
    pub media: Option<Vec<MediumWrite>>,
    /// Address that search engines should index instead.
    pub canonical_url: Option<String>,
    /// The state that it is to be in; `draft` for a new one, or `scheduled` with a `published_at` that is still to come.
    pub status: Option<Status>,
    /// Time at which it will be published; with the status `scheduled`, `published` or none.
    #[schema(format = DateTime)]
    pub publish_at: Option<String>,
    /// Time of publication: an instant, or a day of the edition. One in the future schedules the article, unless `status`
    /// is `draft` or `withdrawn`.
    pub published_at: Option<String>,
    /// Until when the public does not see it.
    #[schema(format = DateTime)]
    pub embargo_until: Option<String>,
    /// Place and date that open the text.
    #[schema(max_length = 5000)]
    pub dateline: Option<String>,
    /// The byline as it was printed.
    #[schema(max_length = 5000)]
    pub byline_raw: Option<String>,
    /// The text that it was translated from, where that is published elsewhere.
    pub original: Option<Original>,
}

/// A merge patch (RFC 7396) of an article: any of its fields.
#[derive(Debug)]
pub struct ArticlePatch(pub Value);

impl PartialSchema for ArticlePatch {
    fn schema() -> RefOr<Schema> {
        let words = "A merge patch (RFC 7396) of an article: any of its fields.";
        let object = ObjectBuilder::new().description(Some(words));
        let example = serde_json::json!({"subtitle": "Lamps on loan"});
        object.examples([example]).build().into()
    }
}

impl ToSchema for ArticlePatch {}

/// The time of a publication.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"publish_at": "2027-01-01T06:00:00Z"}))]
pub struct PublishRequest {
    /// Time of publication; now by default, or if it has passed.
    #[schema(format = DateTime)]
    pub publish_at: Option<String>,
}

/// The version that a preview link opens, and its duration.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"version": 1, "expires_in": 3600}))]
pub struct PreviewRequest {
    /// The version; the latest, where it is not given.
    #[schema(minimum = 1)]
    pub version: Option<i64>,
    /// For how many seconds; an hour, where it is not given, and at most 30 days.
    #[schema(minimum = 1, maximum = 2_592_000)]
    pub expires_in: Option<i64>,
}

/// The reason of a withdrawal.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"reason": "rights", "note": "The photographer asked us to."}))]
pub struct WithdrawRequest {
    /// Reason, which is public.
    pub reason: WithdrawalReason,
    /// For the desk only.
    #[schema(max_length = 5000)]
    pub note: Option<String>,
}

/// An operation of a bulk.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"op": "create", "data": {"lang": "en", "title": "A line of many"}}))]
pub struct BulkLine {
    /// The operation. Every type has `replace`, `update` and `delete`; every type but editions has `create` (an edition is
    /// made by `replace`). Articles also have `publish`, `unpublish`, `withdraw`, `add_notice` and `delete_notice` (`data`
    /// has the notice's `id`), and authors have `merge`.
    #[schema(schema_with = bulk_op)]
    pub op: String,
    /// Type of the resource; `article` by default.
    #[serde(rename = "type")]
    #[schema(schema_with = bulk_type)]
    pub kind: Option<String>,
    /// The resource, for every operation but `create`: the id or slug of an article, an author or a source, the slug of a
    /// tag, the id or path of a section, the language of an edition.
    #[schema(example = "silence-is-also-a-record")]
    pub id: Option<String>,
    /// The edition that a section's path is of; without it, a path of the default edition comes before one of another.
    #[schema(example = "fr")]
    pub lang: Option<String>,
    /// The version that the change starts from, like `If-Match`: required for `replace`, `update` and `delete`, but not
    /// where an edition is made.
    #[schema(example = "v1")]
    pub if_match: Option<String>,
    /// The client's name for this line, like `Idempotency-Key`; without it the request's own, with the line's number.
    #[schema(min_length = 1, max_length = 255)]
    pub idempotency_key: Option<String>,
    /// The content that a request of the operation has. Mistakes in it are reported at `/data/…`.
    #[schema(value_type = Option<Object>)]
    pub data: Option<Value>,
}

/// Operations in one object.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"operations": [{"op": "create", "data": {"lang": "en", "title": "One of many"}}]}))]
pub struct BulkRequest {
    /// The operations, which are done in order.
    #[schema(max_items = 10_000)]
    pub operations: Vec<BulkLine>,
}

fn bulk_op() -> utoipa::openapi::Object {
    enumeration(&OPS.map(|(word, _)| word), None)
}

fn bulk_type() -> utoipa::openapi::Object {
    enumeration(&KINDS.map(|(word, _)| word), None)
}

/// A key as it is written.
#[derive(Debug, ToSchema)]
#[schema(example = json!({
    "name": "Weather desk", "role": "editor", "langs": ["en"], "sections": ["society"], "expires_at": "2036-01-01T00:00:00Z"
}))]
pub struct KeyWrite {
    /// Purpose, for people.
    #[schema(min_length = 1, max_length = 300)]
    pub name: String,
    /// The role.
    pub role: Role,
    /// Editions that it is limited to; none where it is empty or not given.
    #[schema(max_items = 100)]
    pub langs: Option<Vec<String>>,
    /// Paths or ids of sections that it is limited to, with those below them. A path means that path in the editions that
    /// the key is limited to, else in any.
    #[schema(max_items = 100)]
    pub sections: Option<Vec<String>>,
    /// Slugs or ids of sources that it is limited to.
    #[schema(max_items = 100)]
    pub sources: Option<Vec<String>>,
    /// Contract of a partner beyond the limits; for no other role.
    pub contract: Option<Contract>,
    /// End of the key; none by default.
    #[schema(format = DateTime)]
    pub expires_at: Option<String>,
}

/// A merge patch (RFC 7396) of a key.
#[derive(Debug, ToSchema)]
#[schema(as = KeyPatch, example = json!({"name": "Weather and sea desk", "sections": null}))]
pub struct KeyPatchRequest {
    /// Purpose, for people.
    #[schema(min_length = 1, max_length = 300)]
    pub name: Option<String>,
    /// Editions that it is limited to; `null` takes the limit away.
    #[schema(max_items = 100)]
    pub langs: Option<Vec<String>>,
    /// Paths or ids of sections that it is limited to; `null` takes the limit away.
    #[schema(max_items = 100)]
    pub sections: Option<Vec<String>>,
    /// Slugs or ids of sources that it is limited to; `null` takes the limit away.
    #[schema(max_items = 100)]
    pub sources: Option<Vec<String>>,
    /// A partner's contract: the fields that it names change.
    pub contract: Option<Contract>,
    /// End of the key; `null` for none.
    #[schema(format = DateTime)]
    pub expires_at: Option<String>,
}

/// A feed token as it is written.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"name": "The Daily's reader"}))]
pub struct FeedTokenWrite {
    /// Purpose, for people.
    #[schema(max_length = 300)]
    pub name: Option<String>,
}

/// The options of a rotation.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"overlap_seconds": 3600}))]
pub struct RotateRequest {
    /// For how long the old secret works on.
    #[schema(minimum = 0, maximum = 2_592_000, default = 86_400)]
    pub overlap_seconds: Option<i64>,
}

/// A picture as it is uploaded. Each text is a JSON object by language, or a plain text in the default language.
#[derive(Debug, ToSchema)]
pub struct MediumUpload {
    /// A JPEG, PNG, GIF or WebP.
    #[schema(value_type = String, format = Binary)]
    pub file: Vec<u8>,
    /// Text for people who do not see the picture.
    pub alt: Option<Texts>,
    /// The words below it.
    pub caption: Option<Texts>,
    /// Name of the maker.
    pub credit: Option<Texts>,
    /// The point that every crop must keep.
    pub focal_point: Option<FocalPoint>,
}

/// The changes of a medium; fields that are not named stay as they are.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"alt": {"en": "A boat in the fog"}, "focal_point": {"x": 0.4, "y": 0.6}}))]
pub struct MediumPatch {
    /// Text for people who do not see the picture.
    #[schema(nullable)]
    pub alt: Option<Texts>,
    /// The words below it.
    #[schema(nullable)]
    pub caption: Option<Texts>,
    /// Name of the maker.
    #[schema(nullable)]
    pub credit: Option<Texts>,
    /// The point that every crop must keep.
    #[schema(nullable)]
    pub focal_point: Option<FocalPoint>,
}

/// The cursor that a partner acknowledges.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"cursor": "5Qm1xJYv1ZN7InAiOnsicyI6MTJ9LCJiIjo0Mn0"}))]
pub struct AcknowledgeRequest {
    /// The `next_cursor`, or the `id` of the stream's event, up to which everything is done.
    #[schema(min_length = 1, max_length = 4096)]
    pub cursor: String,
}
