//! The change log, its histories, and what is still to be told in it.

use super::super::table::{Table, numbered, question, shown, text};

pub(super) static CHANGES: Table = numbered(
    "changes",
    "seq",
    &[
        question(
            "log-history",
            "an entry of the change log belongs to no history",
            "NOT EXISTS (SELECT 1 FROM histories h WHERE h.after_seq < t.seq)",
        ),
        question(
            "log-order",
            "an entry of the change log is earlier than the one before it",
            "t.at < (SELECT p.at FROM changes p WHERE p.seq < t.seq ORDER BY p.seq DESC LIMIT 1)",
        ),
        shown(
            "log-article",
            "an entry of the change log is of an article that does not exist, or of a version that is still to come",
            "CAST(t.seq AS TEXT) || ': ' || t.id",
            "t.kind = 'article' AND NOT EXISTS (SELECT 1 FROM articles a WHERE a.id = t.id AND a.version >= t.version)",
        ),
        shown(
            "log-words",
            "an entry of the change log is of an unknown kind, or says what no reader knows",
            "CAST(t.seq AS TEXT) || ': ' || t.kind || ' ' || t.op",
            "t.op NOT IN ('upsert', 'delete') OR t.seq < 1 OR t.kind NOT IN \
             ('edition', 'section', 'author', 'source', 'tag', 'article', 'redirect', 'medium', 'rights')",
        ),
    ],
    &[],
);

pub(super) static HISTORIES: Table = numbered(
    "histories",
    "after_seq",
    &[
        question(
            "history-end",
            "a history begins behind the change log's end",
            "t.after_seq > (SELECT COALESCE(max(seq), 0) FROM changes)",
        ),
        question(
            "history-mark",
            "two histories have one mark",
            "EXISTS (SELECT 1 FROM histories h WHERE h.mark = t.mark AND h.after_seq <> t.after_seq)",
        ),
    ],
    &[],
);

pub(super) static FANOUTS: Table = text(
    "fanouts",
    "of_value",
    &[shown(
        "fan-out",
        "a fan-out is of a thing that does not exist, or begins behind the change log's end",
        "t.of_kind || ' ' || t.of_value",
        "t.after_seq > (SELECT COALESCE(max(seq), 0) FROM changes) OR NOT CASE t.of_kind \
         WHEN 'facet' THEN EXISTS (SELECT 1 FROM facets f WHERE CAST(f.id AS TEXT) = t.of_value) \
         WHEN 'medium' THEN TRUE ELSE FALSE END",
    )],
    &[],
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::changes::ChangeKind;

    #[test]
    fn the_check_knows_every_kind_of_change() {
        let questions = CHANGES.questions.iter();
        let words = questions.filter(|one| one.name == "log-words");
        let wrong: String = words.map(|one| one.wrong).collect();
        for kind in ChangeKind::ALL {
            let word = format!("'{}'", kind.as_str());
            assert!(wrong.contains(&word), "{word} is missing in log-words");
        }
    }
}
