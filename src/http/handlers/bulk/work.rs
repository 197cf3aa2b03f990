//! The work of a line of a bulk, within a transaction: by the same functions as a request of its own.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::domain::author::Author;
use crate::domain::bases::Bases;
use crate::domain::edition::Edition;
use crate::domain::error::Invalid;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::lifecycle::Step;
use crate::domain::permission::Operation;
use crate::domain::query::Reference;
use crate::domain::section::Section;
use crate::domain::source::Source;
use crate::domain::tag::Tag;
use crate::domain::warning::Warning;
use crate::http::call::authorized::Writer;
use crate::http::call::write::StartsFrom;
use crate::http::error::Problem;
use crate::http::handlers::articles::input::{Reading, notice, read};
use crate::http::handlers::articles::operations::{
    self as articles, Change, Done, Meant, publication, read_step, withdrawal_of,
};
use crate::http::handlers::articles::patch::Patch;
use crate::http::handlers::taxonomy::edition_operations as editions;
use crate::http::handlers::taxonomy::section_operations as sections;
use crate::http::handlers::taxonomy::section_operations::MeantSection;
use crate::http::handlers::taxonomy::shared_operations as shared;
use crate::http::handlers::taxonomy::written::Written;
use crate::http::request::json_fields::Fields;
use crate::http::request::merge_patch::Edit;
use crate::service::Commit;

/// The work of a line, with its content read where that can be large.
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

/// The change of a resource of the taxonomy.
#[derive(Debug)]
pub(crate) enum Act {
    Create(Map<String, Value>),
    Edit(Edit),
    Delete,
}

impl Work {
    /// The operation that a line may ask for; `None` for any other. An edition's id is its language.
    pub(crate) fn of(
        operation: Operation,
        id: &str,
        data: Map<String, Value>,
    ) -> Result<Option<Self>, Invalid> {
        use Operation as O;
        let change = |change| Self::ChangeArticle(Box::new(change));
        let replaced = |data| Act::Edit(Edit::Replace(data));
        let updated = |data| Act::Edit(Edit::Update(data));
        Ok(Some(match operation {
            O::CreateArticle => Self::CreateArticle(read(data)),
            O::ReplaceArticle => change(Ok(Change::Replace(read(data)))),
            O::UpdateArticle => change(Ok(Change::Update(Patch::read(data)))),
            O::DeleteArticle => change(Ok(Change::Delete)),
            O::PublishArticle => change(step(data, publication)),
            O::UnpublishArticle => change(step(data, |_| Some(Step::Draft))),
            O::WithdrawArticle => change(step(data, withdrawal_of)),
            O::CreateNotice => change(taken(data, notice).map(Change::AddNotice)),
            O::DeleteNotice => change(taken(data, notice_named).map(Change::RemoveNotice)),
            O::CreateAuthor => Self::Author(Act::Create(data)),
            O::ReplaceAuthor => Self::Author(replaced(data)),
            O::UpdateAuthor => Self::Author(updated(data)),
            O::DeleteAuthor => Self::Author(Act::Delete),
            O::MergeAuthor => Self::MergeAuthor(data),
            O::CreateSource => Self::Source(Act::Create(data)),
            O::ReplaceSource => Self::Source(replaced(data)),
            O::UpdateSource => Self::Source(updated(data)),
            O::DeleteSource => Self::Source(Act::Delete),
            O::CreateTag => Self::Tag(Act::Create(data)),
            O::ReplaceTag => Self::Tag(replaced(data)),
            O::UpdateTag => Self::Tag(updated(data)),
            O::DeleteTag => Self::Tag(Act::Delete),
            O::CreateSection => Self::Section(Act::Create(data)),
            O::ReplaceSection => Self::Section(replaced(data)),
            O::UpdateSection => Self::Section(updated(data)),
            O::DeleteSection => Self::Section(Act::Delete),
            O::ReplaceEdition => Self::Edition(LanguageTag::parse(id)?, replaced(data)),
            O::UpdateEdition => Self::Edition(LanguageTag::parse(id)?, updated(data)),
            O::DeleteEdition => Self::Edition(LanguageTag::parse(id)?, Act::Delete),
            _ => return Ok(None),
        }))
    }
}

/// Reads the data of a line whole; `None` where it refuses a field.
fn taken<T>(data: Map<String, Value>, read: fn(&mut Fields) -> Option<T>) -> Result<T, Problem> {
    let mut fields = Fields::new(data);
    let found = read(&mut fields);
    let faults = fields.finish().err().unwrap_or_default();
    let found = found.filter(|_| faults.is_empty());
    found.ok_or_else(|| Problem::invalid_content(faults))
}

fn notice_named(fields: &mut Fields) -> Option<Id> {
    let id = fields.parsed("id", Id::parse);
    if id.is_none() && !fields.is_refused("id") {
        fields.refuse(
            "id",
            Invalid::new("required", "the id of the notice is required"),
        );
    }
    id
}

fn step(
    data: Map<String, Value>,
    step: fn(&mut Fields) -> Option<Step>,
) -> Result<Change, Problem> {
    read_step(data, step).map(Change::Advance)
}

/// The result of a line that was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Outcome {
    pub(crate) status: u16,
    /// The id in the resource's address.
    pub(crate) id: String,
    /// The version that it is at now; `None` where it is gone.
    pub(crate) version: Option<i64>,
    /// Parts of what was sent that were changed or left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) warnings: Vec<Warning>,
}

impl Outcome {
    fn of(status: u16, id: impl ToString, version: i64) -> Self {
        Self {
            status,
            id: id.to_string(),
            version: (status != GONE).then_some(version),
            warnings: Vec::new(),
        }
    }

    fn of_article(status: u16, done: Done) -> Self {
        Self {
            warnings: done.warnings,
            ..Self::of(status, done.id, done.version)
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

/// The resource of a line, with the key and the place of the work.
pub(crate) struct Place<'a> {
    pub(crate) writer: &'a Writer,
    pub(crate) id: &'a str,
    pub(crate) starts: &'a StartsFrom,
    pub(crate) lang: Option<&'a LanguageTag>,
    pub(crate) default_lang: &'a LanguageTag,
    pub(crate) bases: &'a Arc<Bases>,
}

impl Place<'_> {
    fn reference(&self) -> Reference {
        Reference::parse(self.id)
    }

    /// Does a part of the work of a line that may touch many articles, and answers whether more of it is left.
    pub(crate) fn run_part(&self, tx: &mut Commit<'_>, work: &Work) -> Result<bool, Problem> {
        match work {
            Work::MergeAuthor(data) => self.merge(data.clone())?.run_part(tx, self.writer),
            _ => Ok(false),
        }
    }

    fn merge(&self, data: Map<String, Value>) -> Result<shared::Merge, Problem> {
        Ok(shared::Merge {
            from: self.reference(),
            starts: self.starts.clone(),
            into: shared::read_merge(data)?,
        })
    }

    /// Does the work of a line, and tells what of it was changed. Warnings of a line that failed go with it.
    pub(crate) fn run(&self, tx: &mut Commit<'_>, work: Work) -> Result<Outcome, Problem> {
        tx.take_warnings();
        let mut outcome = self.run_work(tx, work)?;
        outcome.warnings.append(&mut tx.take_warnings());
        Ok(outcome)
    }

    fn run_work(&self, tx: &mut Commit<'_>, work: Work) -> Result<Outcome, Problem> {
        match work {
            Work::CreateArticle(input) => {
                let done = articles::create(tx, self.writer, self.bases, input)?;
                Ok(Outcome::of_article(MADE, done))
            }
            Work::ChangeArticle(change) => self.change_article(tx, (*change)?),
            Work::Author(act) => self.run_shared::<Author>(tx, act),
            Work::MergeAuthor(data) => {
                let left = self.merge(data)?.run(tx, self.writer)?;
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
            bases: Arc::clone(self.bases),
        };
        let is_deletion = matches!(change, Change::Delete);
        let done = articles::change(tx, self.writer, &meant, self.starts, change)?;
        // An article that is withdrawn is still there, in a version that says so.
        Ok(Outcome {
            status: if is_deletion { GONE } else { CHANGED },
            ..Outcome::of_article(CHANGED, done)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::schemas::bulk_operations::{KINDS, Kind, OPS, Op};

    #[test]
    fn whatever_a_line_may_ask_for_comes_to_work() {
        for (word, kind) in KINDS {
            let own = OPS.iter().filter_map(|(_, op)| kind.operation(*op));
            for operation in own {
                let work = Work::of(operation, "en", Map::new());
                assert!(matches!(work, Ok(Some(_))), "{word} {operation:?}");
            }
        }
        for operation in Operation::ALL.iter().map(|one| one.row().id) {
            let is_of =
                |kind: Kind| kind.operation(Op::Replace).map(|one| one.row().id) == Some(operation);
            let is_known = KINDS.iter().any(|(_, kind)| is_of(*kind));
            assert!(
                is_known || !operation.starts_with("replace_"),
                "no line can {operation}"
            );
        }
        let other = Work::of(Operation::ListAudit, "en", Map::new());
        assert!(matches!(other, Ok(None)));
    }
}
