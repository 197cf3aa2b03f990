//! Counts beside hits: how many are of each section, author, source, tag, edition and year.

use std::collections::HashMap;

use chrono::Datelike;

use crate::domain::author::{Author, localised};
use crate::domain::language::LanguageTag;
use crate::domain::query::{ArticleQuery, Range};
use crate::domain::search::Filter;
use crate::domain::search_view::{FacetCount, FacetCounts};
use crate::domain::source::Source;
use crate::domain::tag::Tag;
use crate::domain::time::Timestamp;
use crate::http::call::search::{Question, failed};
use crate::http::request::facets::{FACETS, Facet};
use crate::search::facets::{Counts, Hits};
use crate::search::index::Reading;
use crate::store::facets::FacetKind;
use crate::store::listing::search_filter;
use crate::store::search::facet_values;
use crate::store::shared_rows::SharedRows;
use crate::store::{Conn, StoreError, editions, sections, stored_ids};

/// Maximum number of values of a facet.
const MOST_VALUES: usize = 50;

/// A search whose hits are counted.
pub(crate) struct Counted<'a> {
    pub(crate) reading: &'a Reading,
    pub(crate) question: &'a Question,
}

impl Counted<'_> {
    /// The counts of some facets, each without its own filter.
    pub(crate) fn facets(&self, c: &mut Conn, facets: &[Facet]) -> Result<FacetCounts, StoreError> {
        let hits = self.reading.hits(&self.question.read);
        let query = &self.question.query;
        let shared: Vec<Facet> = facets
            .iter()
            .copied()
            .filter(|facet| without(query, *facet).is_none())
            .collect();
        let shared = match shared.as_slice() {
            [] => None,
            shared => Some(self.count(&hits, &self.question.filter, shared)?),
        };
        let mut found = FacetCounts::new();
        for (name, facet) in FACETS.iter().filter(|(_, facet)| facets.contains(facet)) {
            let own = match without(&self.question.query, *facet) {
                None => None,
                Some(query) => {
                    let filter = search_filter(c, &self.question.filter.sight, &query)?;
                    Some(self.count(&hits, &filter, &[*facet])?)
                }
            };
            let Some(counts) = own.as_ref().or(shared.as_ref()) else {
                continue;
            };
            let rows = match facet {
                Facet::Year => years(counts),
                Facet::Of(kind) => self.values(c, *kind, counts)?,
            };
            found.insert(name, rows);
        }
        Ok(found)
    }

    fn count(&self, hits: &Hits, filter: &Filter, facets: &[Facet]) -> Result<Counts, StoreError> {
        let counts_years = facets.contains(&Facet::Year);
        let year = |at: i64| {
            let is_wanted = counts_years && at > Timestamp::NEVER.millis();
            is_wanted.then(|| {
                Timestamp::from_millis(at)
                    .date_in(self.question.zone)
                    .year()
            })
        };
        let is_wanted = |code| {
            let kind = FacetKind::of_code(code).map(|(kind, _)| kind);
            kind.is_some_and(|kind| facets.contains(&Facet::Of(kind)))
        };
        self.reading
            .asked(|| self.reading.count(hits, filter, is_wanted, year))
            .map_err(|error| failed(self.reading, &error))
    }

    fn values(
        &self,
        c: &mut Conn,
        kind: FacetKind,
        counts: &Counts,
    ) -> Result<Vec<FacetCount>, StoreError> {
        let own = counts.facets.iter().filter_map(|(code, count)| {
            let (own, number) = FacetKind::of_code(*code)?;
            (own == kind).then_some((number, *count))
        });
        let mut own: Vec<(i64, u64)> = own.collect();
        own.sort_unstable_by_key(|(number, count)| (std::cmp::Reverse(*count), *number));
        own.truncate(MOST_VALUES);
        let numbers: Vec<i64> = own.iter().map(|(number, _)| *number).collect();
        let values = facet_values(c, &numbers)?;
        let ids: Vec<String> = values.values().cloned().collect();
        let named = names_by_id(c, kind, &ids, &self.question.query.langs)?;
        let rows = own.into_iter().filter_map(|(number, count)| {
            let (value, label) = named.get(values.get(&number)?)?.clone();
            Some(FacetCount {
                value,
                label,
                count,
            })
        });
        Ok(rows.collect())
    }
}

/// A query without its filter by this facet; `None` where it has none.
fn without(query: &ArticleQuery, facet: Facet) -> Option<ArticleQuery> {
    let mut other = query.clone();
    match facet {
        Facet::Year => other.published = Range::default(),
        Facet::Of(FacetKind::Section) => other.sections.clear(),
        Facet::Of(FacetKind::Author) => other.authors.clear(),
        Facet::Of(FacetKind::Source) => other.sources.clear(),
        Facet::Of(FacetKind::Tag) => other.tags.clear(),
        Facet::Of(_) => other.langs.clear(),
    }
    (other != *query).then_some(other)
}

fn years(counts: &Counts) -> Vec<FacetCount> {
    let mut years: Vec<(i32, u64)> = counts.years.iter().map(|(year, n)| (*year, *n)).collect();
    years.sort_unstable_by_key(|(year, count)| {
        (std::cmp::Reverse(*count), std::cmp::Reverse(*year))
    });
    years.truncate(MOST_VALUES);
    let row = |(year, count): (i32, u64)| FacetCount {
        value: format!("{year:04}"),
        label: format!("{year:04}"),
        count,
    };
    years.into_iter().map(row).collect()
}

/// The names that filters and readers use, by identity: a section by its path where one edition is asked for, else by its
/// id, since a path may be that of another edition too.
pub(crate) fn names_by_id(
    c: &mut Conn,
    kind: FacetKind,
    ids: &[String],
    langs: &[LanguageTag],
) -> Result<HashMap<String, (String, String)>, StoreError> {
    let lang = langs.first().map_or("", LanguageTag::as_str);
    macro_rules! localised {
        ($found:expr) => {
            $found
                .into_iter()
                .map(|one| {
                    let label = localised(&one.content.name, &one.content.names, lang).to_owned();
                    (one.id.to_string(), (one.content.slug.to_string(), label))
                })
                .collect()
        };
    }
    Ok(match kind {
        FacetKind::Author => localised!(Author::with_ids(c, &stored_ids(ids)?)?),
        FacetKind::Source => localised!(Source::with_ids(c, &stored_ids(ids)?)?),
        FacetKind::Tag => localised!(Tag::with_ids(c, &stored_ids(ids)?)?),
        FacetKind::Section => {
            let found = sections::sections_by_ids(c, &stored_ids(ids)?)?.into_iter();
            let row = |section: crate::domain::section::Section| {
                let id = section.id.to_string();
                let value = if langs.len() == 1 {
                    section.path
                } else {
                    id.clone()
                };
                (id, (value, section.content.name))
            };
            found.map(row).collect()
        }
        _ => {
            let all = editions::all_editions(c)?.into_iter().map(|edition| {
                let lang = edition.content.lang.to_string();
                (lang.clone(), (lang, edition.content.name))
            });
            all.filter(|(lang, _)| ids.contains(lang)).collect()
        }
    })
}
