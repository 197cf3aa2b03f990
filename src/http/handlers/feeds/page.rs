//! The page of a feed: its head, or the articles just older or just newer than one.

use crate::domain::cursor::{Cursor, SortValue};
use crate::domain::error::Invalid;
use crate::domain::key::Token;
use crate::domain::query::{PageRequest, Slice, Sort, SortKey, Start};
use crate::domain::time::Timestamp;
use crate::domain::view::Article;
use crate::http::request::query::Query;

const USUAL: u32 = 20;

/// The place of a reader in a feed.
#[derive(Debug, Clone)]
pub(crate) struct FeedPaging {
    pub(crate) request: PageRequest,
    binding: String,
    /// True if the rows are those before the cursor, which are read backwards.
    backwards: bool,
    /// `cursor` or `before` as it came.
    place: Option<(&'static str, String)>,
    /// The feed token that the caller came with; whoever follows a link goes on with it.
    token: Option<Token>,
}

impl FeedPaging {
    /// Reads `limit`, `cursor`, `before` and `token`. `binding` names the feed that cursors belong to.
    pub(crate) fn read(query: &mut Query, binding: String) -> Self {
        let limit = query.number("limit", 1, 100).unwrap_or(USUAL);
        if query.has("cursor") && query.has("before") {
            let detail = "cursor and before exclude each other";
            query.refuse("before", Invalid::new("conflict", detail));
        }
        let mut place = None;
        let mut start = Start::Head;
        for name in ["cursor", "before"] {
            let found = query.parsed(name, |text| {
                Ok((Cursor::decode(text, &binding)?, text.to_owned()))
            });
            if let Some((cursor, text)) = found {
                (start, place) = (Start::After(cursor), Some((name, text)));
            }
        }
        Self {
            request: PageRequest {
                limit,
                start,
                count: false,
            },
            binding,
            token: query.one("token").map(Token::new),
            backwards: place.as_ref().is_some_and(|(name, _)| *name == "before"),
            place,
        }
    }

    /// The order that the rows are read in.
    pub(crate) fn sort(&self) -> Sort {
        Sort {
            key: SortKey::PublishedAt,
            descending: !self.backwards,
        }
    }

    /// The rows, newest first, however they were read.
    pub(crate) fn in_order(&self, mut slice: Slice<Article>) -> Slice<Article> {
        if self.backwards {
            slice.rows.reverse();
        }
        slice
    }

    /// True if it is the feed's first page.
    pub(crate) fn is_first(&self) -> bool {
        self.place.is_none()
    }

    /// The query string of this page, with its mark.
    pub(crate) fn own(&self) -> String {
        match &self.place {
            Some((name, text)) => self.query(Some((name, text))),
            None => self.first(),
        }
    }

    /// The query string of the feed's first page.
    pub(crate) fn first(&self) -> String {
        self.query(None)
    }

    /// The query string of the page of older articles, where there are any.
    pub(crate) fn older(&self, slice: &Slice<Article>) -> Option<String> {
        let last = slice.rows.last()?;
        // Whoever came from an older page has seen that there is one.
        let more = slice.next.is_some() || self.backwards;
        more.then(|| self.query(Some(("cursor", &self.place_of(last)))))
    }

    /// The query string of the page of newer articles, where there are any.
    pub(crate) fn newer(&self, slice: &Slice<Article>) -> Option<String> {
        let first = slice.rows.first()?;
        let more = match (self.is_first(), self.backwards) {
            (true, _) => false,
            (false, true) => slice.next.is_some(),
            (false, false) => true,
        };
        more.then(|| self.query(Some(("before", &self.place_of(first)))))
    }

    fn place_of(&self, article: &Article) -> String {
        let at = article.published_at.unwrap_or(Timestamp::NEVER);
        let cursor = Cursor {
            value: SortValue::Number(at.millis()),
            id: article.id.to_string(),
        };
        cursor.encode(&self.binding)
    }

    fn query(&self, place: Option<(&str, &str)>) -> String {
        let limit = self.request.limit;
        let limit = (limit != USUAL).then(|| format!("limit={limit}"));
        let place = place.map(|(name, text)| format!("{name}={text}"));
        written(limit.into_iter().chain(place).chain(self.token()))
    }

    /// The query string of the first page of another feed.
    pub(crate) fn elsewhere(&self) -> String {
        written(self.token())
    }

    /// True if a feed token opened the feed.
    pub(crate) fn is_by_token(&self) -> bool {
        self.token.is_some()
    }

    fn token(&self) -> Option<String> {
        let token = self.token.as_ref()?;
        Some(format!("token={}", token.expose()))
    }
}

fn written(pieces: impl IntoIterator<Item = String>) -> String {
    let pieces: Vec<String> = pieces.into_iter().collect();
    if pieces.is_empty() {
        return String::new();
    }
    format!("?{}", pieces.join("&"))
}
