//! `check`: asks the database the questions of consistency. Those that SQL answers are in
//! [`store::check`](crate::store::check), those that need the rules of the domain are here. The tests that kill the service
//! ask the same ones.

mod answers;
mod articles;
mod taxonomy;

use crate::store::check::{Chunk, TABLES, Table};
use crate::store::{Store, StoreError};

pub use answers::{Answer, Answers, NAMED};
use answers::{Computed, READS};

/// Rows that one read looks at.
const AT_ONCE: i64 = 250;
static COMPUTED: [&Computed; 5] = [
    &articles::COMPUTED,
    &taxonomy::SECTIONS,
    &taxonomy::AUTHORS,
    &taxonomy::SOURCES,
    &taxonomy::TAGS,
];

fn computed_of(table: &Table) -> impl Iterator<Item = &'static Computed> {
    let name = table.name;
    COMPUTED
        .into_iter()
        .filter(move |computed| computed.table.name == name)
}

/// Progress of a check.
pub trait Progress {
    /// There are so many rows to look at.
    fn begin(&mut self, rows: u64);
    /// So many more rows of a table were looked at.
    fn advance(&mut self, table: &str, rows: u64);
}

/// Asks all questions of the database, a few rows at a time.
pub fn run(store: &Store, progress: &mut dyn Progress) -> Result<Answers, StoreError> {
    let rows = TABLES.iter().try_fold(0, |sum, table| {
        Ok::<_, StoreError>(sum + store.read(|conn| table.count(conn))?)
    })?;
    progress.begin(u64::try_from(rows).unwrap_or(0));
    let mut answers = questions();
    for table in TABLES {
        let mut behind = None;
        while let Some(chunk) = ask_next(store, table, behind.as_ref(), &mut answers)? {
            progress.advance(table.name, u64::try_from(chunk.rows).unwrap_or(0));
            behind = Some(chunk);
        }
    }
    Ok(answers)
}

/// All questions, unanswered.
fn questions() -> Answers {
    let mut answers = Answers::default();
    answers.put(READS, "a stored row does not read");
    for table in TABLES {
        for question in table.questions {
            answers.put(question.name, question.fault);
        }
        for computed in computed_of(table) {
            for (name, fault) in computed.questions {
                answers.put(*name, *fault);
            }
        }
        for reference in table.references {
            answers.put(reference.name(table), reference.fault(table));
        }
    }
    answers
}

/// Asks the questions of a table about the rows behind a chunk, in one snapshot, and answers those rows.
fn ask_next(
    store: &Store,
    table: &Table,
    behind: Option<&Chunk>,
    answers: &mut Answers,
) -> Result<Option<Chunk>, StoreError> {
    store.read(|conn| {
        let Some(chunk) = table.next_chunk(conn, behind, AT_ONCE)? else {
            return Ok(None);
        };
        for question in table.questions {
            answers.note(question.name, table.ask(conn, question, &chunk)?);
        }
        for reference in table.references {
            answers.note(
                &reference.name(table),
                table.follow(conn, reference, &chunk)?,
            );
        }
        for computed in computed_of(table) {
            match (computed.ask)(conn, &chunk, answers) {
                Err(StoreError::Other(why)) => {
                    answers.note(READS, [format!("{}: {why}", table.name)]);
                }
                asked => asked?,
            }
        }
        Ok(Some(chunk))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_question_has_a_name_of_its_own_and_is_asked() {
        let questions = questions();
        let mut names: Vec<&str> = questions.all().iter().map(|one| &*one.name).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
        let asked: usize = COMPUTED
            .iter()
            .filter(|computed| TABLES.iter().any(|table| table.name == computed.table.name))
            .count();
        assert_eq!(asked, COMPUTED.len());
    }

    #[test]
    fn every_key_of_a_name_is_asked_about_and_made_anew() {
        let schema = include_str!("../../store/schema/content.rs");
        let reindex = include_str!("../reindex.rs");
        let tables = schema.split("table! {");
        for table in tables.filter(|table| table.contains("name_key ->")) {
            let name = table.split_whitespace().next().unwrap();
            let own = COMPUTED.iter().filter(|one| one.table.name == name);
            let mut questions = own.flat_map(|one| one.questions);
            let is_asked = questions.any(|(question, _)| question.ends_with("-key"));
            assert!(is_asked, "nothing asks about the keys of {name}");
            let mended = format!("stored::{},", name.to_ascii_uppercase());
            assert!(reindex.contains(&mended), "{mended} is missing in reindex");
        }
    }
}
