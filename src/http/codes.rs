//! The one table of error codes: the word, status, title and page of each.

use actix_web::http::StatusCode;

/// A stable name for what went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// A parameter is wrong or unknown.
    InvalidParameter,
    /// The address itself is malformed.
    MalformedUrl,
    /// The request is not one of HTTP's.
    MalformedRequest,
    /// The operation needs a key and none came.
    KeyRequired,
    /// The key is malformed, unknown, expired or revoked.
    InvalidKey,
    /// The key lacks the right.
    Forbidden,
    /// Nothing is there that the caller may know of.
    NotFound,
    /// The method is not one of this path.
    MethodNotAllowed,
    /// The client takes nothing that can be sent.
    NotAcceptable,
    /// The article was taken down.
    Withdrawn,
    /// The present state does not allow the request.
    Conflict,
    /// The first request with this Idempotency-Key is still running.
    StillRunning,
    /// The condition of the request does not hold.
    PreconditionFailed,
    /// The request's content is too long.
    ContentTooLarge,
    /// The address is too long.
    UriTooLong,
    /// The request's head is too long.
    HeadTooLarge,
    /// The request did not come in time.
    RequestTimeout,
    /// The content is of a type, or coded in a way, that the operation does not take.
    UnsupportedMediaType,
    /// The file has none of the parts that Range asks for.
    RangeNotSatisfiable,
    /// The content is well-formed, but says something that cannot be.
    InvalidContent,
    /// The Idempotency-Key was used for another request.
    IdempotencyKeyReused,
    /// The operation needs If-Match and none came.
    PreconditionRequired,
    /// The key's contract allows no more requests now, or the caller has its share of what all share.
    TooManyRequests,
    /// A fault of the service.
    InternalError,
    /// There is no room to write.
    StorageFull,
    /// The database cannot be reached.
    Unavailable,
    /// The request took too long.
    TimedOut,
}

/// An entry of the table of codes.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The code itself.
    pub code: Code,
    /// The word that clients compare.
    pub word: &'static str,
    /// The status that it comes with.
    pub status: StatusCode,
    /// A few words that are the same whenever it comes.
    pub title: &'static str,
    /// Meaning of the code and the way out, for the page that `type` names.
    pub page: &'static str,
}

const fn entry(
    code: Code,
    word: &'static str,
    status: StatusCode,
    title: &'static str,
    page: &'static str,
) -> Entry {
    Entry {
        code,
        word,
        status,
        title,
        page,
    }
}

impl Code {
    /// Every code, in the order of the table.
    pub const ALL: [Self; TABLE.len()] = {
        let mut all = [Self::InvalidParameter; TABLE.len()];
        let mut at = 0;
        while at < all.len() {
            all[at] = TABLE[at].code;
            at += 1;
        }
        all
    };

    /// The code that a client wrote.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.entry().word == word)
    }

    /// The code's line of the table.
    #[must_use]
    pub const fn entry(self) -> Entry {
        TABLE[self as usize]
    }
}

/// The table of errors, in the order of the codes.
const TABLE: [Entry; 27] = [
    entry(
        Code::InvalidParameter,
        "invalid_parameter",
        StatusCode::BAD_REQUEST,
        "A parameter is not valid",
        "The query string holds a parameter that this operation does not have, one that is written wrongly, \
                 or two that exclude each other. The list \"errors\" names each of them and says what would be right.",
    ),
    entry(
        Code::MalformedUrl,
        "malformed_url",
        StatusCode::BAD_REQUEST,
        "The address is malformed",
        "The address is not well-formed: its percent-encoding is broken, what it encodes is not UTF-8, \
                 or it holds a null character.",
    ),
    entry(
        Code::MalformedRequest,
        "malformed_request",
        StatusCode::BAD_REQUEST,
        "The request is malformed",
        "The request could not be read as HTTP: a header or the content is not what it claims to be.",
    ),
    entry(
        Code::KeyRequired,
        "key_required",
        StatusCode::UNAUTHORIZED,
        "A key is required",
        "This is not public. Send a key: \"Authorization: Bearer mh_…\". \"masthead key create\" makes one.",
    ),
    entry(
        Code::InvalidKey,
        "invalid_key",
        StatusCode::UNAUTHORIZED,
        "The key is not valid",
        "The Authorization header has no valid key: it is written wrongly, unknown, expired or revoked. \
                 Without the header you can read everything public.",
    ),
    entry(
        Code::Forbidden,
        "forbidden",
        StatusCode::FORBIDDEN,
        "The key lacks the right",
        "The key is valid, but its role or its limits do not allow this.",
    ),
    entry(
        Code::NotFound,
        "not_found",
        StatusCode::NOT_FOUND,
        "Nothing is here",
        "There is nothing at this address, or nothing that the caller may know of: drafts, scheduled and \
                 embargoed articles do not exist for the public.",
    ),
    entry(
        Code::MethodNotAllowed,
        "method_not_allowed",
        StatusCode::METHOD_NOT_ALLOWED,
        "The method is not allowed here",
        "The address exists, but not for this method. The Allow header has the methods that it takes.",
    ),
    entry(
        Code::NotAcceptable,
        "not_acceptable",
        StatusCode::NOT_ACCEPTABLE,
        "No acceptable form",
        "The Accept or the Accept-Encoding header excludes every form that this address can be sent in. \
                 Most addresses answer application/json.",
    ),
    entry(
        Code::Withdrawn,
        "withdrawn",
        StatusCode::GONE,
        "The article was withdrawn",
        "The article was public once and was withdrawn. The answer has the article's id and language, the time and \
                 the reason (legal, error, privacy, rights or other). Remove copies of it.",
    ),
    entry(
        Code::Conflict,
        "conflict",
        StatusCode::CONFLICT,
        "The present state does not allow this",
        "The present state does not allow this: the article cannot go from its state to the new one, its work has an \
                 article in this language already, or the resource is still used. The detail names the obstacle.",
    ),
    entry(
        Code::StillRunning,
        "still_running",
        StatusCode::CONFLICT,
        "The first request is still running",
        "A request with the same Idempotency-Key is still running. Send it again after the seconds in Retry-After: \
                 you then get the first answer.",
    ),
    entry(
        Code::PreconditionFailed,
        "precondition_failed",
        StatusCode::PRECONDITION_FAILED,
        "The condition does not hold",
        "If-Match or If-Unmodified-Since asked for another version than the present one. Read it again.",
    ),
    entry(
        Code::ContentTooLarge,
        "content_too_large",
        StatusCode::PAYLOAD_TOO_LARGE,
        "The request is too large",
        "A request's content may have 10 MB, or the limit of the settings for uploads of pictures.",
    ),
    entry(
        Code::UriTooLong,
        "uri_too_long",
        StatusCode::URI_TOO_LONG,
        "The address is too long",
        "An address has at most 32,768 bytes. Filters by many values fit into several requests.",
    ),
    entry(
        Code::HeadTooLarge,
        "head_too_large",
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
        "The request's head is too large",
        "The address and the header fields of a request may have 128 kB and 96 fields.",
    ),
    entry(
        Code::RequestTimeout,
        "request_timeout",
        StatusCode::REQUEST_TIMEOUT,
        "The request did not come in time",
        "The head of the request did not come within the time limit of the settings. Send it again on a new connection.",
    ),
    entry(
        Code::UnsupportedMediaType,
        "unsupported_media_type",
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "The content's type is not taken here",
        "This operation does not take the Content-Type, or the content is coded (Content-Encoding). Most operations take \
                 application/json without a coding; an uploaded picture must be a JPEG, PNG, GIF or WebP.",
    ),
    entry(
        Code::RangeNotSatisfiable,
        "range_not_satisfiable",
        StatusCode::RANGE_NOT_SATISFIABLE,
        "The file has no such part",
        "The Range header asks for bytes behind the file's end. Content-Range has the length of the file.",
    ),
    entry(
        Code::InvalidContent,
        "invalid_content",
        StatusCode::UNPROCESSABLE_ENTITY,
        "The content is not valid",
        "The content is well-formed, but a field is missing, unknown, of the wrong type, too long, or names something that does \
                 not exist. The list \"errors\" names each of them by its JSON pointer and says what would be right.",
    ),
    entry(
        Code::IdempotencyKeyReused,
        "idempotency_key_reused",
        StatusCode::UNPROCESSABLE_ENTITY,
        "The Idempotency-Key was used for another request",
        "The same Idempotency-Key came with another request within 24 hours. A key stands for one request: send the same \
                 request again, or use a new key.",
    ),
    entry(
        Code::PreconditionRequired,
        "precondition_required",
        StatusCode::PRECONDITION_REQUIRED,
        "If-Match is required",
        "A change must name the version that it starts from, so that nobody's work is lost: read the resource, and send its \
                 ETag, or \"v\" and the version in quotes, in If-Match.",
    ),
    entry(
        Code::TooManyRequests,
        "too_many_requests",
        StatusCode::TOO_MANY_REQUESTS,
        "Too many requests",
        "The requests of the key's contract for this second or day are used up (RateLimit shows the rest on every answer), or \
                 the caller has too many costly requests at once: bulks, streams, costly lists, long answers. Try again after \
                 the seconds in Retry-After.",
    ),
    entry(
        Code::InternalError,
        "internal_error",
        StatusCode::INTERNAL_SERVER_ERROR,
        "A fault of the service",
        "Something went wrong that is not the request's fault. The request_id finds it in the log of the service.",
    ),
    entry(
        Code::StorageFull,
        "storage_full",
        StatusCode::INSUFFICIENT_STORAGE,
        "There is no room to write",
        "The disk of the database is full. Nothing of the request was kept; reads still work. Make room and send it again.",
    ),
    entry(
        Code::Unavailable,
        "unavailable",
        StatusCode::SERVICE_UNAVAILABLE,
        "The service is not available now",
        "The database cannot be reached or takes no writes, or too many requests wait for it. Try again after the \
                 seconds in Retry-After.",
    ),
    entry(
        Code::TimedOut,
        "timed_out",
        StatusCode::SERVICE_UNAVAILABLE,
        "The request took too long",
        "The request was given up, since it took longer than the service allows. Try again after the seconds \
                 that Retry-After names, or ask for less at once.",
    ),
];
