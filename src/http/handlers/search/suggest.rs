//! Suggestions while somebody types: titles, and names of authors, tags and sections.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use actix_web::get;

use crate::domain::access::Scope;
use crate::domain::author::Author;
use crate::domain::edition::Edition;
use crate::domain::error::Invalid;
use crate::domain::language::LanguageTag;
use crate::domain::page_url::PageUrl;
use crate::domain::query::ArticleQuery;
use crate::domain::search_view::{Suggestion, SuggestionKind};
use crate::domain::section::Section;
use crate::domain::shown::Shown;
use crate::domain::slug::Slug;
use crate::domain::tag::Tag;
use crate::http::call::extract::{Access, Answer, Call};
use crate::http::call::search::{failed, reading};
use crate::http::error::Problem;
use crate::http::handlers::search::facets::names_by_id;
use crate::http::request::paging::Single;
use crate::http::request::params::SuggestParams;
use crate::http::request::query::names_of;
use crate::http::response::reply::{Policy, Reply};
use crate::http::response::surrogate_keys::Keys;
use crate::http::schemas::SuggestionList;
use crate::search::index::Reading;
use crate::search::names::{NameKind, Named, Names};
use crate::store::articles::{Parts, articles_by_ids};
use crate::store::authors::page_of;
use crate::store::editions::editions_by_preference;
use crate::store::facets::FacetKind;
use crate::store::listing::{search_filter, search_sight};
use crate::store::search::{name_counts, seen};
use crate::store::sections::sections_by_ids;
use crate::store::shared_rows::SharedRows;
use crate::store::{Conn, StoreError, changes, stored_ids};

/// Names of each kind that are counted for one answer.
const MOST_COUNTED: usize = 200;
/// The longest text that is looked at, in characters.
const LONGEST: usize = 200;

static NAMES: LazyLock<Vec<String>> = LazyLock::new(names_of::<SuggestParams>);

/// Suggest while somebody types
///
/// Titles, authors, tags and sections in which words begin as those that were typed: names that are used most, then titles that
/// begin so, then the newest.
#[utoipa::path(tag = "search", params(SuggestParams),
    responses((status = 200, description = "The suggestions.", body = SuggestionList)))]
#[get("/api/search/suggest")]
pub(crate) async fn suggest(mut call: Call, access: Access) -> Answer {
    let mut query = call.query(&NAMES);
    let typed = query.parsed("q", |text| match text.trim().is_empty() {
        true => Err(Invalid::new("empty", "q takes what was typed so far")),
        false => Ok(text.chars().take(LONGEST).collect::<String>()),
    });
    if !query.has("q") {
        query.refuse(
            "q",
            Invalid::new("required", "q is required: what was typed so far"),
        );
    }
    let asked = Asked {
        typed: typed.unwrap_or_default(),
        langs: query.languages(),
        default_lang: call.app.config.default_lang.clone(),
        limit: query.number("limit", 1_usize, 50).unwrap_or(10),
    };
    query.finish()?;
    let (reading, names) = (reading(&call).await?, call.app.search.names());
    let target = call.target();
    call.read_primary();
    let load = move |c: &mut Conn, scope: &Scope| load(c, scope, &asked, &reading, &names);
    call.answer(
        access,
        load,
        move |(mut data, current): (Vec<Suggestion>, bool)| {
            for one in &mut data {
                one.url.complete(&target.bases.own);
            }
            let body = serde_json::to_vec(&Single { data }).map_err(Problem::internal)?;
            let mut reply = Reply::new("application/json", body, Policy::List);
            reply.keys = Keys::of_list("articles");
            Ok(if current { reply } else { reply.passing() })
        },
    )
    .await
}

struct Asked {
    typed: String,
    langs: Vec<LanguageTag>,
    default_lang: LanguageTag,
    limit: usize,
}

/// Edition whose pages show authors, tags and sections: the one that names come in first.
struct Pages {
    editions: Vec<Edition>,
}

impl Pages {
    /// The addresses of these authors, tags or sections, by their ids.
    fn urls(
        &self,
        c: &mut Conn,
        kind: SuggestionKind,
        ids: &[String],
    ) -> Result<HashMap<String, PageUrl>, StoreError> {
        Ok(match kind {
            SuggestionKind::Article => HashMap::new(),
            SuggestionKind::Author => {
                let found = Author::with_ids(c, &stored_ids(ids)?)?.into_iter();
                let url =
                    |author: Author| (author.id.to_string(), page_of(&author, &self.editions));
                found.map(url).collect()
            }
            SuggestionKind::Tag => {
                let found = Tag::with_ids(c, &stored_ids(ids)?)?.into_iter();
                let page = |slug: &Slug| PageUrl::of_tag(&self.editions, slug.as_str());
                found
                    .map(|tag| (tag.id.to_string(), page(&tag.content.slug)))
                    .collect()
            }
            SuggestionKind::Section => {
                let found = sections_by_ids(c, &stored_ids(ids)?)?.into_iter();
                found.map(|section| self.of_section(&section)).collect()
            }
        })
    }

    fn of_section(&self, section: &Section) -> (String, PageUrl) {
        let lang = &section.content.lang;
        let mut editions = self.editions.iter();
        let edition = editions.find(|edition| edition.content.lang == *lang);
        let url = PageUrl::of_section(edition, section.id, &section.path);
        (section.id.to_string(), url)
    }
}

fn load(
    c: &mut Conn,
    scope: &Scope,
    asked: &Asked,
    reading: &Arc<Reading>,
    names: &Names,
) -> Result<(Vec<Suggestion>, bool), StoreError> {
    let seq = reading.stamp().seq;
    let end = changes::latest_seq(c)?;
    let current = seq == end;
    let sight = search_sight(c, scope, seq, end)?;
    let query = ArticleQuery {
        langs: asked.langs.clone(),
        ..ArticleQuery::default()
    };
    let filter = search_filter(c, &sight, &query)?;
    let ids = reading
        .asked(|| reading.titles(&asked.typed, &filter, asked.limit))
        .map_err(|error| failed(reading, &error))?;
    let ids = seen(c, scope, &ids)?;
    let articles = articles_by_ids(c, scope, &ids, Parts::default())?;
    let preferred = asked.langs.first().unwrap_or(&asked.default_lang);
    let pages = Pages {
        editions: editions_by_preference(c, preferred)?,
    };
    let mut found = suggested_names(c, scope, asked, names, &pages)?;
    // Names leave room for titles, and titles for names.
    let room = asked
        .limit
        .saturating_sub(articles.len())
        .max(asked.limit / 5);
    found.truncate(room);
    let articles = articles.into_iter().map(of_article);
    found.extend(articles);
    found.truncate(asked.limit);
    Ok((found, current))
}

fn of_article(article: Shown) -> Suggestion {
    let article = article.into_article();
    Suggestion {
        kind: SuggestionKind::Article,
        value: article.id.to_string(),
        label: article.title,
        lang: Some(article.lang),
        url: article.url,
    }
}

/// Names that the caller sees articles of, those of most articles first.
fn suggested_names(
    c: &mut Conn,
    scope: &Scope,
    asked: &Asked,
    names: &Names,
    pages: &Pages,
) -> Result<Vec<Suggestion>, StoreError> {
    let matching = names.matching(&asked.typed);
    let mut found: Vec<(i64, Suggestion)> = Vec::new();
    for (own, kind, facet) in [
        (NameKind::Author, SuggestionKind::Author, FacetKind::Author),
        (NameKind::Tag, SuggestionKind::Tag, FacetKind::Tag),
        (
            NameKind::Section,
            SuggestionKind::Section,
            FacetKind::Section,
        ),
    ] {
        let in_langs = |named: &&&Named| {
            let lang = named.lang.as_ref();
            asked.langs.is_empty() || lang.is_none_or(|lang| asked.langs.contains(lang))
        };
        let own = matching
            .iter()
            .filter(|named| named.kind == own)
            .filter(in_langs);
        let ids: Vec<String> = own
            .take(MOST_COUNTED)
            .map(|named| named.id.clone())
            .collect();
        let counts = name_counts(c, scope, facet, &ids)?;
        let named = names_by_id(c, facet, &ids, &asked.langs)?;
        let mut urls = pages.urls(c, kind, &ids)?;
        let rows = ids.iter().filter_map(|id| {
            let count = counts.get(id).copied().unwrap_or(0);
            let (value, label) = named.get(id)?.clone();
            let lang = matching.iter().find(|one| one.id == *id)?.lang.clone();
            let suggestion = Suggestion {
                kind,
                value,
                label,
                lang,
                url: urls.remove(id)?,
            };
            (count > 0).then_some((count, suggestion))
        });
        found.extend(rows);
    }
    found.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    Ok(found
        .into_iter()
        .map(|(_, suggestion)| suggestion)
        .collect())
}
