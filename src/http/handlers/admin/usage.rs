//! Usage: what each key asked for, by day.

use std::sync::LazyLock;
use std::time::Duration;

use actix_web::get;
use chrono::{Datelike, NaiveDate};
use utoipa::IntoParams;

use crate::domain::access::Role;
use crate::domain::error::Invalid;
use crate::domain::id::Id;
use crate::domain::permission::Operation;
use crate::domain::usage::{DayOfKey, Usage, UsageQuery};
use crate::http::call::authorized::Writer;
use crate::http::call::extract::{Access, Answer, Call};
use crate::http::codes::Code;
use crate::http::error::Problem;
use crate::http::request::field_selection::{Names, Shape};
use crate::http::request::paging::Paging;
use crate::http::request::params::PagingParams;
use crate::http::request::query::{Query, names_of};
use crate::http::response::reply::Policy;
use crate::http::response::represent::View;
use crate::http::response::surrogate_keys::Keys;
use crate::http::schemas::UsagePage;

/// Time that an answer waits until what was counted is written down.
const PATIENCE: Duration = Duration::from_millis(300);

static SHAPE: LazyLock<Names> = LazyLock::new(|| Names::of::<Usage>(&[], &[]));
static LIST: LazyLock<Vec<String>> =
    LazyLock::new(|| [names_of::<UsageParams>(), names_of::<PagingParams>()].concat());

/// Days that are shown without `from`.
const USUAL_DAYS: i64 = 30;

/// The part of the usage.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UsageParams {
    /// First day, in UTC; thirty days ago by default. Example: `2022-11-01`.
    #[param(format = Date, example = "2022-11-01")]
    pub from: Option<String>,
    /// Last day, in UTC; today by default.
    #[param(format = Date)]
    pub to: Option<String>,
    /// Id of one key. Only an admin's key may name others.
    #[param(format = "uuid")]
    pub key: Option<String>,
}

/// List usage
///
/// Requests, articles and bytes of each key and day (UTC), latest day first. An admin's key without limits sees every
/// key; other keys see themselves. Requests without a key are not counted. Counts of other nodes show within a few
/// seconds.
#[utoipa::path(tag = "usage", params(UsageParams, PagingParams),
    responses((status = 200, description = "A page of the usage.", body = UsagePage)))]
#[get("/api/usage")]
pub(crate) async fn list_usage(call: Call, access: Access) -> Answer {
    let writer = access.may(Operation::ListUsage)?;
    let mut query = call.query(&LIST);
    let asked = read(&mut query, &call, &writer);
    let binding = format!("usage {asked:?}");
    let paging = Paging::read(&mut query, binding);
    query.finish()?;
    let asked = asked?;
    let page = paging.request.clone();
    let view = View {
        shape: Shape::read(&mut call.query(&[]), &SHAPE),
        ..View::whole(&call, Policy::Private)
    };
    let app = std::sync::Arc::clone(&call.app);
    let flush = move || app.usage.flush(&app.store, PATIENCE);
    let flushed = actix_web::web::block(flush).await;
    if let Err(error) = flushed.map_err(Problem::internal)? {
        log::warn!("the usage that is answered lacks what cannot be written down now: {error}");
    }
    call.answer(
        Access {
            scope: writer.scope(),
        },
        move |c, _| crate::store::usage::list_usage(c, &asked, &page),
        move |slice| view.list(slice, &paging, Keys::default()),
    )
    .await
}

fn read(query: &mut Query, call: &Call, writer: &Writer) -> Result<UsageQuery, Problem> {
    let today = DayOfKey::at(call.app.clock.now(), writer.grant.key).day;
    let to = query.parsed("to", parse_day).unwrap_or(today);
    let from = query.parsed("from", parse_day);
    let key = query.parsed("key", Id::parse_any);
    let own = Some(writer.grant.key);
    let sees_all = writer.grant.role == Role::Admin && writer.grant.limits.are_none();
    if !sees_all && key.is_some() && key != own {
        let detail = "only an administrator's key without limits sees what other keys asked for";
        return Err(Problem::new(Code::Forbidden, detail));
    }
    Ok(UsageQuery {
        from: from.unwrap_or(to - USUAL_DAYS),
        to,
        key: if sees_all { key } else { own },
    })
}

fn parse_day(text: &str) -> Result<i64, Invalid> {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    let day = day.filter(|day| text.len() == 10 && (1..=9999).contains(&day.year()));
    day.map(|day| i64::from(day.to_epoch_days()))
        .ok_or_else(|| Invalid::new("invalid_day", "a day is YYYY-MM-DD, such as 2022-11-24"))
}
