//! The audit over HTTP, for admins: who did what, when, with which key.

use std::sync::LazyLock;

use actix_web::get;

use crate::domain::audit::{AuditFilter, AuditView};
use crate::domain::error::Invalid;
use crate::domain::id::Id;
use crate::domain::permission::Operation;
use crate::domain::query::LONGEST_VALUE;
use crate::http::call::extract::{Access, Answer, Call};
use crate::http::request::field_selection::{Names, Shape};
use crate::http::request::paging::Paging;
use crate::http::request::params::{AUDIT_ACTORS, AuditParams, FieldsParams, PagingParams};
use crate::http::request::query::{Query, names_of};
use crate::http::request::time_filter::Period;
use crate::http::response::represent::View;
use crate::http::response::surrogate_keys::Keys;
use crate::http::schemas::AuditPage;
use crate::store::audit;

static SHAPE: LazyLock<Names> = LazyLock::new(|| Names::of::<AuditView>(&["id"], &[]));
static LIST: LazyLock<Vec<String>> = LazyLock::new(|| {
    [
        names_of::<AuditParams>(),
        names_of::<FieldsParams>(),
        names_of::<PagingParams>(),
    ]
    .concat()
});

/// List the audit
///
/// Newest first: each write with its actor, and the operations that valid keys were refused (at most once a minute for
/// each key and operation). Entries have no secrets.
#[utoipa::path(tag = "audit", params(AuditParams, FieldsParams, PagingParams),
    responses((status = 200, description = "A page of the list.", body = AuditPage)))]
#[get("/api/audit")]
pub(crate) async fn list_audit(call: Call, access: Access) -> Answer {
    let admin = access.may(Operation::ListAudit)?;
    let mut query = call.query(&LIST);
    let shape = Shape::read(&mut query, &SHAPE);
    let filter = read(&mut query);
    let paging = Paging::read(&mut query, format!("audit {filter:?}"));
    query.finish()?;
    let page = paging.request.clone();
    let view = View::of_taxonomy(&call, shape);
    call.answer(
        admin.into_access(),
        move |c, _| Ok((audit::list_deeds(c, &filter, &page)?, audit::last_deed(c)?)),
        move |(slice, last)| {
            let mut reply = view.list(slice, &paging, Keys::default())?;
            reply.modified = last;
            Ok(reply)
        },
    )
    .await
}

fn read(query: &mut Query) -> AuditFilter {
    let actors = AUDIT_ACTORS.map(|word| (word, word));
    AuditFilter {
        key: query.parsed("key", Id::parse_any),
        actor: query.word("actor", &actors).map(str::to_owned),
        operation: query.parsed("operation", word),
        kind: query.parsed("kind", word),
        resource: query.parsed("resource", word),
        at: Period::between(query, "from", "to").in_zone(chrono_tz::UTC),
    }
}

fn word(text: &str) -> Result<String, Invalid> {
    if (1..=LONGEST_VALUE).contains(&text.chars().count()) {
        return Ok(text.to_owned());
    }
    let detail = format!("a value has 1 to {LONGEST_VALUE} characters");
    Err(Invalid::new("out_of_range", detail))
}
