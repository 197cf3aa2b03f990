//! Old addresses and where they lead.

use super::super::table::{Table, shown, text, to};

pub(super) static REDIRECTS: Table = text(
    "redirects",
    "slug",
    &[shown(
        "redirect-circle",
        "a redirect leads to an article that has its slug",
        "t.lang || ' ' || t.slug",
        "EXISTS (SELECT 1 FROM articles a WHERE a.id = t.article_id AND a.slug = t.slug AND a.lang = t.lang)",
    )],
    &[to("article_id", "articles", "id")],
);

pub(super) static MOVED: Table = text(
    "moved",
    "slug",
    &[
        shown(
            "moved-target",
            "an old address of a section, author, source or tag leads to none",
            "t.kind || ' ' || t.lang || ' ' || t.slug",
            "NOT CASE t.kind WHEN 'section' THEN EXISTS (SELECT 1 FROM sections x WHERE x.id = t.target_id) \
             WHEN 'author' THEN EXISTS (SELECT 1 FROM authors x WHERE x.id = t.target_id) \
             WHEN 'author_name' THEN EXISTS (SELECT 1 FROM authors x WHERE x.id = t.target_id) \
             WHEN 'source' THEN EXISTS (SELECT 1 FROM sources x WHERE x.id = t.target_id) \
             WHEN 'tag' THEN EXISTS (SELECT 1 FROM tags x WHERE x.id = t.target_id) ELSE FALSE END",
        ),
        shown(
            "moved-circle",
            "an old address of a section, author, source or tag is a present one too",
            "t.kind || ' ' || t.lang || ' ' || t.slug",
            "CASE t.kind WHEN 'section' THEN EXISTS (SELECT 1 FROM sections x WHERE x.path = t.slug AND x.lang = t.lang) \
             WHEN 'author' THEN EXISTS (SELECT 1 FROM authors x WHERE x.slug = t.slug) \
             WHEN 'source' THEN EXISTS (SELECT 1 FROM sources x WHERE x.slug = t.slug) \
             WHEN 'tag' THEN EXISTS (SELECT 1 FROM tags x WHERE x.slug = t.slug) ELSE FALSE END",
        ),
    ],
    &[],
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::moved::MovedKind;

    #[test]
    fn the_check_knows_every_kind_of_what_moves() {
        for question in MOVED.questions {
            // An author's name is no address, so that none is a present one.
            let is_asked = |kind: &MovedKind| {
                question.name == "moved-target" || *kind != MovedKind::AuthorName
            };
            for kind in MovedKind::ALL.iter().filter(|kind| is_asked(kind)) {
                let word = format!("WHEN '{}' ", kind.as_str());
                assert!(
                    question.wrong.contains(&word),
                    "{word} is missing in {}",
                    question.name
                );
            }
        }
    }
}
