//! Questions about sections, authors, sources and tags: what follows from their names and places.

use crate::store::check::{self as stored, Chunk};
use crate::store::{Conn, StoreError, sections};

use super::answers::{Answers, Computed};
use crate::service::derived::right_trails;

const TRAIL: &str = "section-trail";
const AUTHOR_KEY: &str = "author-key";
const SOURCE_KEY: &str = "source-key";
const TAG_KEY: &str = "tag-key";

pub(super) static SECTIONS: Computed = Computed {
    table: &stored::SECTIONS,
    questions: &[(
        TRAIL,
        "a section's trail is not that of its parent with itself, or it lies below itself",
    )],
    ask: ask_sections,
};

pub(super) static AUTHORS: Computed = Computed {
    table: &stored::AUTHORS,
    questions: &[(
        AUTHOR_KEY,
        "the key that an author is found by is not that of the name",
    )],
    ask: |conn, chunk, answers| {
        answers.note(AUTHOR_KEY, stored::misnamed_authors(conn, chunk)?);
        Ok(())
    },
};

pub(super) static SOURCES: Computed = Computed {
    table: &stored::SOURCES,
    questions: &[(
        SOURCE_KEY,
        "the key that a source is found by is not that of the name",
    )],
    ask: |conn, chunk, answers| {
        answers.note(SOURCE_KEY, stored::misnamed_sources(conn, chunk)?);
        Ok(())
    },
};

pub(super) static TAGS: Computed = Computed {
    table: &stored::TAGS,
    questions: &[(
        TAG_KEY,
        "the key that a tag is found by is not that of the name",
    )],
    ask: |conn, chunk, answers| {
        answers.note(TAG_KEY, stored::misnamed_tags(conn, chunk)?);
        Ok(())
    },
};

fn ask_sections(conn: &mut Conn, chunk: &Chunk, answers: &mut Answers) -> Result<(), StoreError> {
    let ids = stored::SECTIONS.keys(conn, chunk)?;
    let all = sections::every_section(conn)?;
    let right = right_trails(&all);
    let wrong = all
        .iter()
        .filter(|section| right.get(&section.id) != Some(&section.trail));
    let wrong = wrong.map(|section| section.id.to_string());
    answers.note(TRAIL, wrong.filter(|id| ids.contains(id)));
    Ok(())
}
