//! What a line of a bulk does, within a transaction: by the same functions as a request of its own.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::article_input::{Reading, read};
use super::article_operations::{
    self as articles, Change, Meant, publication, read_step, withdrawal_of,
};
use super::article_patch::Patch;
use super::bulk_operations::{Kind, Op};
use super::edit::Edit;
use super::error::Problem;
use super::fields::Fields;
use super::section_operations::MeantSection;
use super::shared_operations as shared;
use super::shared_writes::Written;
use super::write::{StartsFrom, Writer};
use super::{edition_operations as editions, section_operations as sections};
use crate::domain::author::Author;
use crate::domain::edition::Edition;
use crate::domain::error::Invalid;
use crate::domain::language::LanguageTag;
use crate::domain::lifecycle::Step;
use crate::domain::query::Reference;
use crate::domain::section::Section;
use crate::domain::source::Source;
use crate::domain::tag::Tag;
use crate::service::Commit;

/// What a line has to do, its content read as far as it may be large.
#[derive(Debug)]
pub(crate) enum Work {
    CreateArticle(Reading),
    ChangeArticle(Box<Result<Change, Problem>>),
    Author(Act),
    MergeAuthor(Map<String, Value>),
    Source(Act),
    Tag(Act),
    Section(Act),
    Edition(LanguageTag, Act),
}

/// What is to become of a thing of the taxonomy.
#[derive(Debug)]
pub(crate) enum Act {
    Create(Map<String, Value>),
    Edit(Edit),
    Delete,
}

impl Act {
    fn of(op: Op, data: Map<String, Value>) -> Self {
        match op {
            Op::Replace => Self::Edit(Edit::Replace(data)),
            Op::Update => Self::Edit(Edit::Update(data)),
            Op::Delete => Self::Delete,
            _ => Self::Create(data),
        }
    }
}

impl Work {
    /// What an operation that its kind has comes to. An edition's id is its language.
    pub(crate) fn of(
        kind: Kind,
        op: Op,
        id: &str,
        data: Map<String, Value>,
    ) -> Result<Self, Invalid> {
        Ok(match (kind, op) {
            (Kind::Article, Op::Create) => Self::CreateArticle(read(data)),
            (Kind::Article, _) => Self::ChangeArticle(Box::new(change_of(op, data))),
            (Kind::Author, Op::Merge) => Self::MergeAuthor(data),
            (Kind::Author, _) => Self::Author(Act::of(op, data)),
            (Kind::Source, _) => Self::Source(Act::of(op, data)),
            (Kind::Tag, _) => Self::Tag(Act::of(op, data)),
            (Kind::Section, _) => Self::Section(Act::of(op, data)),
            (Kind::Edition, _) => Self::Edition(LanguageTag::parse(id)?, Act::of(op, data)),
        })
    }
}

fn change_of(op: Op, data: Map<String, Value>) -> Result<Change, Problem> {
    let step = |data, step: fn(&mut Fields) -> Option<Step>| {
        let step = read_step(data, step);
        step.map(Change::Advance)
    };
    match op {
        Op::Replace => Ok(Change::Replace(read(data))),
        Op::Update => Ok(Change::Update(Patch::read(data))),
        Op::Publish => step(data, publication),
        Op::Withdraw => step(data, withdrawal_of),
        Op::Unpublish => step(data, |_| Some(Step::Draft)),
        Op::Delete | Op::Create | Op::Merge => Ok(Change::Delete),
    }
}

/// What became of a line that was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Outcome {
    pub(crate) status: u16,
    /// What the resource is addressed by.
    pub(crate) id: String,
    /// The version that it is at now; `None` where it is gone.
    pub(crate) version: Option<i64>,
}

impl Outcome {
    fn of(status: u16, id: impl ToString, version: i64) -> Self {
        Self {
            status,
            id: id.to_string(),
            version: (status != GONE).then_some(version),
        }
    }

    fn of_shared<T: Written>(status: u16, thing: &T) -> Self {
        Self::of(status, shared::name_of(thing), thing.version())
    }

    fn of_section(status: u16, section: &Section) -> Self {
        Self::of(status, section.id, section.version)
    }

    fn of_edition(status: u16, edition: &Edition) -> Self {
        Self::of(status, &edition.content.lang, edition.version)
    }
}

const MADE: u16 = 201;
const CHANGED: u16 = 200;
const GONE: u16 = 204;

/// What a line is about, and for whom and where it works.
pub(crate) struct Place<'a> {
    pub(crate) writer: &'a Writer,
    pub(crate) id: &'a str,
    pub(crate) starts: &'a StartsFrom,
    pub(crate) lang: Option<&'a LanguageTag>,
    pub(crate) default_lang: &'a LanguageTag,
}

impl Place<'_> {
    fn reference(&self) -> Reference {
        Reference::parse(self.id)
    }

    /// Does the work of a line.
    pub(crate) fn run(&self, tx: &mut Commit<'_>, work: Work) -> Result<Outcome, Problem> {
        match work {
            Work::CreateArticle(input) => {
                let done = articles::create(tx, self.writer, input)?;
                Ok(Outcome::of(MADE, done.id, done.version))
            }
            Work::ChangeArticle(change) => self.change_article(tx, (*change)?),
            Work::Author(act) => self.run_shared::<Author>(tx, act),
            Work::MergeAuthor(data) => {
                let into = shared::read_merge(data)?;
                let left = shared::merge(tx, self.writer, &self.reference(), self.starts, &into)?;
                Ok(Outcome::of_shared(CHANGED, &left))
            }
            Work::Source(act) => self.run_shared::<Source>(tx, act),
            Work::Tag(act) => self.run_shared::<Tag>(tx, act),
            Work::Section(act) => self.run_section(tx, act),
            Work::Edition(lang, act) => self.run_edition(tx, &lang, act),
        }
    }

    fn change_article(&self, tx: &mut Commit<'_>, change: Change) -> Result<Outcome, Problem> {
        let meant = Meant {
            reference: self.reference(),
            default_lang: self.default_lang.clone(),
        };
        let is_deletion = matches!(change, Change::Delete);
        let done = articles::change(tx, self.writer, &meant, self.starts, change)?;
        // An article that is withdrawn is still there, in a version that says so.
        Ok(Outcome {
            status: if is_deletion { GONE } else { CHANGED },
            ..Outcome::of(CHANGED, done.id, done.version)
        })
    }

    fn run_shared<T: Written>(&self, tx: &mut Commit<'_>, act: Act) -> Result<Outcome, Problem> {
        let (writer, starts, meant) = (self.writer, self.starts, self.reference());
        let (status, thing) = match act {
            Act::Create(data) => (MADE, shared::create::<T>(tx, writer, data)?),
            Act::Edit(edit) => (CHANGED, shared::rewrite(tx, writer, &meant, starts, edit)?),
            Act::Delete => (GONE, shared::delete(tx, writer, &meant, starts)?),
        };
        Ok(Outcome::of_shared(status, &thing))
    }

    fn run_section(&self, tx: &mut Commit<'_>, act: Act) -> Result<Outcome, Problem> {
        let (writer, starts) = (self.writer, self.starts);
        let meant = MeantSection {
            reference: self.reference(),
            lang: self.lang.cloned(),
            default_lang: self.default_lang.clone(),
        };
        let (status, section) = match act {
            Act::Create(data) => (MADE, sections::create(tx, writer, data)?),
            Act::Edit(edit) => (
                CHANGED,
                sections::rewrite(tx, writer, &meant, starts, edit)?,
            ),
            Act::Delete => (GONE, sections::delete(tx, writer, &meant, starts)?),
        };
        Ok(Outcome::of_section(status, &section))
    }

    fn run_edition(
        &self,
        tx: &mut Commit<'_>,
        lang: &LanguageTag,
        act: Act,
    ) -> Result<Outcome, Problem> {
        let (writer, starts) = (self.writer, self.starts);
        let (status, edition) = match act {
            Act::Create(data) | Act::Edit(Edit::Replace(data)) => {
                let (edition, is_new) = editions::replace(tx, writer, lang, starts, false, data)?;
                (if is_new { MADE } else { CHANGED }, edition)
            }
            Act::Edit(Edit::Update(patch)) => {
                let edition = editions::update(tx, writer, lang, starts, patch)?;
                (CHANGED, edition)
            }
            Act::Delete => (GONE, editions::delete(tx, writer, lang, starts)?),
        };
        Ok(Outcome::of_edition(status, &edition))
    }
}
