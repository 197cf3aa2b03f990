//! The facets by which articles are listed, and the places of articles in them.

use super::super::table::{Question, Table, numbered, question, shown, text, to};

/// A facet's count of articles.
pub const FACET_COUNT: Question = shown(
    "facet-count",
    "a facet counts other than the articles that it holds",
    "t.id",
    "t.articles <> (SELECT count(*) FROM article_facets g WHERE g.facet_id = t.id)",
);

/// Facets, by which articles are listed and counted.
pub static FACETS: Table = numbered(
    "facets",
    "id",
    &[
        FACET_COUNT,
        shown(
            "facet-value",
            "a facet that holds articles is of an unknown kind, or of a thing that does not exist",
            "CAST(t.id AS TEXT) || ': ' || t.kind || ' ' || t.value",
            "t.articles > 0 AND NOT CASE t.kind WHEN 'all' THEN t.value = '' \
             WHEN 'lang' THEN EXISTS (SELECT 1 FROM editions x WHERE x.lang = t.value) \
             WHEN 'section' THEN EXISTS (SELECT 1 FROM sections x WHERE x.id = t.value) \
             WHEN 'author' THEN EXISTS (SELECT 1 FROM authors x WHERE x.id = t.value) \
             WHEN 'editor' THEN EXISTS (SELECT 1 FROM authors x WHERE x.id = t.value) \
             WHEN 'translator' THEN EXISTS (SELECT 1 FROM authors x WHERE x.id = t.value) \
             WHEN 'source' THEN EXISTS (SELECT 1 FROM sources x WHERE x.id = t.value) \
             WHEN 'tag' THEN EXISTS (SELECT 1 FROM tags x WHERE x.id = t.value) ELSE FALSE END",
        ),
    ],
    &[],
);

/// The places of articles in lists.
pub static ARTICLE_PLACES: Table = text(
    "article_facets",
    "article_id",
    &[shown(
        "place-side",
        "an article is in a facet of the other side of publication",
        "t.article_id || ': ' || CAST(t.facet_id AS TEXT)",
        "(SELECT f.public FROM facets f WHERE f.id = t.facet_id) <> (SELECT a.public FROM articles a WHERE a.id = t.article_id)",
    )],
    &[
        to("article_id", "articles", "id"),
        to("facet_id", "facets", "id"),
    ],
);

/// The questions about an article's facet set: its facets, its editions and its dates.
pub const FACET_SET: [Question; 3] = [
    question(
        "facet-set",
        "a facet set lacks a facet of its article, or has one more",
        "length(t.facets) <> (SELECT 1 + COALESCE(sum(1 + length(CAST(g.facet_id AS TEXT))), 0) \
     FROM article_facets g WHERE g.article_id = t.article_id AND t.facets LIKE '% ' || CAST(g.facet_id AS TEXT) || ' %') \
     OR (SELECT count(*) FROM article_facets g WHERE g.article_id = t.article_id) <> length(t.facets) - length(replace(t.facets, ' ', '')) - 1",
    ),
    question(
        "facet-set-editions",
        "a facet set tells wrongly in which editions its work is public",
        "length(t.published) <> (SELECT 1 + COALESCE(sum(1 + length(a.lang)), 0) \
     FROM articles a WHERE a.work_id = t.work_id AND a.public AND t.published LIKE '% ' || a.lang || ' %') \
     OR EXISTS (SELECT 1 FROM articles a WHERE a.work_id = t.work_id AND a.public AND t.published NOT LIKE '% ' || a.lang || ' %')",
    ),
    question(
        "facet-set-dates",
        "a facet set has no dates, or others than a place of its article",
        "t.published_at IS NULL OR t.updated_at IS NULL \
         OR EXISTS (SELECT 1 FROM article_facets g WHERE g.article_id = t.article_id \
         AND (g.published_at <> t.published_at OR g.updated_at <> t.updated_at))",
    ),
];

/// The facets of each article in one row.
pub static FACET_SETS: Table = text(
    "facet_sets",
    "article_id",
    &FACET_SET,
    &[to("article_id", "articles", "id")],
);

pub(super) static PAST_FACETS: Table = text(
    "past_facets",
    "article_id",
    &[],
    &[
        to("article_id", "articles", "id"),
        to("facet_id", "facets", "id"),
    ],
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::facets::FacetKind;

    #[test]
    fn the_check_knows_every_kind_of_facet() {
        let questions = FACETS.questions.iter();
        let value = questions.filter(|one| one.name == "facet-value");
        let wrong: String = value.map(|one| one.wrong).collect();
        for kind in FacetKind::ALL {
            let word = format!(" WHEN '{}' ", kind.as_str());
            assert!(wrong.contains(&word), "{word} is missing in facet-value");
        }
    }
}
