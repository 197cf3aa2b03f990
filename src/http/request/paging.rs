//! Lists: which part is asked for, and the envelope that every list comes in.

use std::sync::Arc;

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::bases::Bases;
use crate::domain::cursor::Cursor;
use crate::domain::error::Invalid;
use crate::domain::query::{PageRequest, Slice, Start};
use crate::domain::warning::Warning;
use crate::http::request::query::Query;

/// The rows that `page` reaches: of any list, and of one whose rows are costly to pass over.
const DEEPEST: u32 = 10_000;
const DEEPEST_OF_COSTLY: u32 = 1_000;

/// The place of a client in a list.
#[derive(Debug, Clone)]
pub(crate) struct Paging {
    pub(crate) request: PageRequest,
    /// The sort and filters that cursors of this list are bound to.
    pub(crate) binding: String,
    page: Option<u32>,
    deepest: u32,
}

impl Paging {
    /// Reads `limit`, `cursor`, `page` and `count`.
    pub(crate) fn read(query: &mut Query, binding: String) -> Self {
        Self::read_within(query, binding, DEEPEST)
    }

    /// The same of a list whose rows are costly to pass over: numbered pages do not go as deep.
    pub(crate) fn read_costly(query: &mut Query, binding: String) -> Self {
        Self::read_within(query, binding, DEEPEST_OF_COSTLY)
    }

    fn read_within(query: &mut Query, binding: String, deepest: u32) -> Self {
        let limit = query.number("limit", 1, 100).unwrap_or(20);
        let page = query.number("page", 1, DEEPEST);
        let count = query.word("count", &[("none", false), ("exact", true)]);
        if page.is_some_and(|page| page.saturating_mul(limit) > deepest) {
            let detail =
                format!("page × limit is at most {deepest} here; follow next_cursor to go further");
            query.refuse("page", Invalid::new("out_of_range", detail));
        }
        let start = match (page, Self::cursor(query, &binding)) {
            (_, Some(cursor)) => Start::After(cursor),
            (Some(page), None) => Start::Offset((page - 1).saturating_mul(limit)),
            (None, None) => Start::Head,
        };
        Self {
            request: PageRequest {
                limit,
                start,
                count: count.unwrap_or(page.is_some()),
            },
            binding,
            page,
            deepest,
        }
    }

    /// True if the rows before the page are skipped one by one, or all are counted.
    pub(crate) fn is_costly(&self) -> bool {
        let skipped = match self.request.start {
            Start::Offset(rows) => rows,
            Start::Head | Start::After(_) => 0,
        };
        self.request.count || skipped > DEEPEST_OF_COSTLY
    }

    fn cursor(query: &mut Query, binding: &str) -> Option<Cursor> {
        if query.has("cursor") && query.has("page") {
            let detail = "cursor and page exclude each other";
            query.one("cursor");
            query.refuse("cursor", Invalid::new("conflict", detail));
            return None;
        }
        query.parsed("cursor", |text| Cursor::decode(text, binding))
    }

    /// The address of the rows that follow a part of the list, where more follow.
    pub(crate) fn next<T>(&self, slice: &Slice<T>, target: &Target) -> Option<String> {
        let cursor = slice.next.as_ref()?.encode(&self.binding);
        // A page that ends early is followed by the rest of its rows, which no number names.
        let is_whole = slice.rows.len() >= self.request.limit as usize;
        let next_page = self.page.filter(|_| is_whole).map(|page| page + 1);
        let next_page =
            next_page.filter(|page| page.saturating_mul(self.request.limit) <= self.deepest);
        Some(match next_page {
            Some(page) => target.with("page", &page.to_string()),
            None => target.with("cursor", &cursor),
        })
    }

    /// The envelope of a part of the list. `target` is the address that was asked for, with the path prefix before it.
    pub(crate) fn envelope<T>(&self, slice: Slice<T>, target: &Target) -> Envelope<T> {
        let next = self.next(&slice, target);
        let next_cursor = slice.next.map(|cursor| cursor.encode(&self.binding));
        Envelope {
            data: slice.rows,
            meta: Meta {
                limit: self.request.limit,
                has_more: next_cursor.is_some(),
                next_cursor,
                total: slice.total,
                total_kind: slice.total.map(|_| TotalKind::Exact),
            },
            links: PageLinks {
                own: target.own(),
                next,
            },
        }
    }
}

/// The address of a request as the client knows it.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// Path under which a proxy serves this service.
    pub(crate) prefix: String,
    /// The beginning of this service's absolute addresses.
    pub(crate) bases: Arc<Bases>,
    /// The path below the prefix, encoded as it came.
    pub(crate) path: String,
    /// The query string as it came.
    pub(crate) query: String,
}

impl Target {
    /// The address itself.
    pub(crate) fn own(&self) -> String {
        self.at(&self.path, &self.query)
    }

    /// The address itself, as this service knows it.
    pub(crate) fn below_prefix(&self) -> String {
        let mark = if self.query.is_empty() { "" } else { "?" };
        format!("{}{mark}{}", self.path, self.query)
    }

    /// An address of this service: a path, and a query string where it is not empty.
    pub(crate) fn at(&self, path: &str, query: &str) -> String {
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}{path}{mark}{query}", self.prefix)
    }

    /// The address with the caller's own parameters in their order, but another place in the list.
    pub(crate) fn with(&self, name: &str, value: &str) -> String {
        let place =
            |piece: &&str| !matches!(piece.split('=').next(), Some("cursor" | "page" | "since"));
        let kept = self.query.split('&').filter(|piece| !piece.is_empty());
        let mut pieces: Vec<&str> = kept.filter(place).collect();
        let own = format!("{name}={value}");
        pieces.push(&own);
        self.at(&self.path, &pieces.join("&"))
    }
}

/// The way in which the total was found.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum TotalKind {
    /// Every row was counted.
    Exact,
}

/// Facts about a list besides its rows.
#[derive(Debug, Serialize, ToSchema)]
pub struct Meta {
    /// Number of rows that were asked for.
    #[schema(example = 20)]
    pub limit: u32,
    /// True if more rows follow.
    pub has_more: bool,
    /// Leads to the rows that follow; null at the end.
    pub next_cursor: Option<String>,
    /// Number of rows of the whole list; only with `count=exact` or `page`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = u64, example = 132)]
    pub total: Option<u64>,
    /// The way in which the total was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = TotalKind)]
    pub total_kind: Option<TotalKind>,
}

/// Addresses of this part of the list and of the next one, relative to the service's host.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PageLinks {
    /// The address that was asked for.
    #[serde(rename = "self")]
    #[schema(example = "/api/articles?limit=20")]
    pub own: String,
    /// The rows that follow; null at the end.
    pub next: Option<String>,
}

/// A part of a list.
#[derive(Debug, Serialize)]
pub(crate) struct Envelope<T, M = Meta> {
    pub(crate) data: Vec<T>,
    pub(crate) meta: M,
    pub(crate) links: PageLinks,
}

/// One resource.
#[derive(Debug, Serialize)]
pub(crate) struct Single<T> {
    pub(crate) data: T,
}

/// One resource that was written.
#[derive(Debug, Serialize)]
pub(crate) struct Written<T> {
    pub(crate) data: T,
    pub(crate) meta: WriteMeta,
}

/// Facts about a write besides the resource.
#[derive(Debug, Serialize, ToSchema)]
pub struct WriteMeta {
    /// Parts of what was sent that were taken in another form, or left out.
    pub warnings: Vec<Warning>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::request::params::PagingParams;
    use crate::http::request::query::names_of;

    fn read(raw: &str) -> (Paging, Query) {
        let mut query = Query::parse(raw, &names_of::<PagingParams>());
        let paging = Paging::read(&mut query, "binding".to_owned());
        (paging, query)
    }

    #[test]
    fn the_caller_s_parameters_stay_in_their_order_and_only_the_place_changes() {
        let target = Target {
            prefix: "/p".to_owned(),
            bases: Arc::default(),
            path: "/api/articles".to_owned(),
            query: "tag=b&cursor=old&lang=fr&tag=a".to_owned(),
        };
        assert_eq!(
            target.with("cursor", "new"),
            "/p/api/articles?tag=b&lang=fr&tag=a&cursor=new"
        );
        assert_eq!(
            target.own(),
            "/p/api/articles?tag=b&cursor=old&lang=fr&tag=a"
        );
    }

    #[test]
    fn a_page_is_an_offset_with_a_count_down_to_ten_thousand_rows() {
        let (paging, query) = read("page=3&limit=50");
        assert_eq!(paging.request.start, Start::Offset(100));
        assert!(paging.request.count && query.finish().is_ok());
        let (paging, query) = read("page=3&count=none");
        assert!(!paging.request.count && query.finish().is_ok());
        assert!(read("page=100&limit=100").1.finish().is_ok());
        assert!(read("page=101&limit=100").1.finish().is_err());
    }

    #[test]
    fn a_cursor_of_another_list_or_beside_a_page_is_refused() {
        let cursor = Cursor {
            value: crate::domain::cursor::SortValue::Number(1),
            id: "x".to_owned(),
        };
        let own = cursor.encode("binding");
        let (paging, query) = read(&format!("cursor={own}"));
        assert_eq!(paging.request.start, Start::After(cursor.clone()));
        assert!(query.finish().is_ok());
        assert!(
            read(&format!("cursor={}", cursor.encode("other")))
                .1
                .finish()
                .is_err()
        );
        assert!(read(&format!("cursor={own}&page=1")).1.finish().is_err());
        assert!(read("cursor=é").1.finish().is_err());
    }
}
