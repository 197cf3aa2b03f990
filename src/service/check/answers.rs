//! The answers to questions, and questions that the rules of the domain answer.

use serde::Serialize;

use crate::store::check::{Chunk, Table};
use crate::store::{Conn, StoreError};

/// The question whether each row can be read at all.
pub(super) const READS: &str = "rows-read";

/// Maximum number of wrong rows that an answer names.
pub const NAMED: usize = 10;

/// The answer to one question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The question's name.
    pub name: String,
    /// The fault of a row that is wrong.
    pub fault: String,
    /// Number of wrong rows.
    pub wrong: u64,
    /// The first of them.
    pub rows: Vec<String>,
}

/// The answers to some questions, in the order in which they are asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Answers(Vec<Answer>);

impl Answers {
    /// Puts a question, which no row has answered yet.
    pub fn put(&mut self, name: impl Into<String>, fault: impl Into<String>) {
        self.0.push(Answer {
            name: name.into(),
            fault: fault.into(),
            wrong: 0,
            rows: Vec::new(),
        });
    }

    /// Notes rows that are wrong by a question that was put.
    pub fn note(&mut self, name: &str, rows: impl IntoIterator<Item = String>) {
        let Some(answer) = self.0.iter_mut().find(|answer| answer.name == name) else {
            log::error!("nobody asks {name}");
            return;
        };
        for row in rows {
            answer.wrong += 1;
            if answer.rows.len() < NAMED {
                answer.rows.push(row);
            }
        }
    }

    /// All answers.
    #[must_use]
    pub fn all(&self) -> &[Answer] {
        &self.0
    }

    /// The answers that name a fault.
    pub fn faults(&self) -> impl Iterator<Item = &Answer> {
        self.0.iter().filter(|answer| answer.wrong > 0)
    }
}

/// Questions about the rows of a table that the rules of the domain answer.
pub(super) struct Computed {
    pub(super) table: &'static Table,
    /// Each with its name and the fault of a row that is wrong.
    pub(super) questions: &'static [(&'static str, &'static str)],
    pub(super) ask: fn(&mut Conn, &Chunk, &mut Answers) -> Result<(), StoreError>,
}
