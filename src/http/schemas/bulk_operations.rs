//! The operations of the lines of a bulk, for each kind of resource.

use crate::domain::permission::Operation;

/// The operation of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    Create,
    Replace,
    Update,
    Delete,
    Publish,
    Unpublish,
    Withdraw,
    Merge,
    AddNotice,
    DeleteNotice,
}

/// The values of `op`.
pub(crate) const OPS: [(&str, Op); 10] = [
    ("create", Op::Create),
    ("replace", Op::Replace),
    ("update", Op::Update),
    ("delete", Op::Delete),
    ("publish", Op::Publish),
    ("unpublish", Op::Unpublish),
    ("withdraw", Op::Withdraw),
    ("merge", Op::Merge),
    ("add_notice", Op::AddNotice),
    ("delete_notice", Op::DeleteNotice),
];

/// The kind of resource of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Article,
    Author,
    Source,
    Tag,
    Section,
    Edition,
}

/// The values of `type`.
pub(crate) const KINDS: [(&str, Kind); 6] = [
    ("article", Kind::Article),
    ("author", Kind::Author),
    ("source", Kind::Source),
    ("tag", Kind::Tag),
    ("section", Kind::Section),
    ("edition", Kind::Edition),
];

impl Kind {
    /// The operation of the API that a line is, whose row of the table of permissions holds; `None` where the kind has none
    /// of that name. Editions have no `create`: their language names them, and `replace` makes them.
    pub(crate) const fn operation(self, op: Op) -> Option<Operation> {
        Some(match (self, op) {
            (Self::Article, Op::Create) => Operation::CreateArticle,
            (Self::Article, Op::Replace) => Operation::ReplaceArticle,
            (Self::Article, Op::Update) => Operation::UpdateArticle,
            (Self::Article, Op::Delete) => Operation::DeleteArticle,
            (Self::Article, Op::Publish) => Operation::PublishArticle,
            (Self::Article, Op::Unpublish) => Operation::UnpublishArticle,
            (Self::Article, Op::Withdraw) => Operation::WithdrawArticle,
            (Self::Article, Op::AddNotice) => Operation::CreateNotice,
            (Self::Article, Op::DeleteNotice) => Operation::DeleteNotice,
            (Self::Author, Op::Create) => Operation::CreateAuthor,
            (Self::Author, Op::Replace) => Operation::ReplaceAuthor,
            (Self::Author, Op::Update) => Operation::UpdateAuthor,
            (Self::Author, Op::Delete) => Operation::DeleteAuthor,
            (Self::Author, Op::Merge) => Operation::MergeAuthor,
            (Self::Source, Op::Create) => Operation::CreateSource,
            (Self::Source, Op::Replace) => Operation::ReplaceSource,
            (Self::Source, Op::Update) => Operation::UpdateSource,
            (Self::Source, Op::Delete) => Operation::DeleteSource,
            (Self::Tag, Op::Create) => Operation::CreateTag,
            (Self::Tag, Op::Replace) => Operation::ReplaceTag,
            (Self::Tag, Op::Update) => Operation::UpdateTag,
            (Self::Tag, Op::Delete) => Operation::DeleteTag,
            (Self::Section, Op::Create) => Operation::CreateSection,
            (Self::Section, Op::Replace) => Operation::ReplaceSection,
            (Self::Section, Op::Update) => Operation::UpdateSection,
            (Self::Section, Op::Delete) => Operation::DeleteSection,
            (Self::Edition, Op::Replace) => Operation::ReplaceEdition,
            (Self::Edition, Op::Update) => Operation::UpdateEdition,
            (Self::Edition, Op::Delete) => Operation::DeleteEdition,
            _ => return None,
        })
    }
}
