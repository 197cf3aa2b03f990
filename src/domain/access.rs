//! Visibility: every read of the store takes a `Scope`, so that no caller can forget it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::id::Id;
use super::language::LanguageTag;
use super::partner::Contract;

/// The role of a key; each role may do everything that the role before it may.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Reads what is public, within its limits and contract.
    Partner,
    /// Sees its own drafts.
    Author,
    /// Sees every draft.
    Editor,
    /// Everything.
    Admin,
}

impl Role {
    /// Every role, the least first.
    pub const ALL: [Self; 4] = [Self::Partner, Self::Author, Self::Editor, Self::Admin];

    /// The word that clients and the command line use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Partner => "partner",
            Self::Author => "author",
            Self::Editor => "editor",
            Self::Admin => "admin",
        }
    }

    /// Reads the word that clients and the command line use.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

/// The limits of a key's rights; an empty list sets no limit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// Editions.
    pub langs: Vec<LanguageTag>,
    /// Sections, with those below them.
    pub sections: Vec<Id>,
    /// Sources.
    pub sources: Vec<Id>,
}

impl Limits {
    /// True if no limit is set.
    #[must_use]
    pub fn are_none(&self) -> bool {
        self.langs.is_empty() && self.sections.is_empty() && self.sources.is_empty()
    }

    /// True if an article is within the limits: its edition, its section or one above it, its source.
    #[must_use]
    pub fn allow(&self, lang: &LanguageTag, sections: &[Id], source: Option<Id>) -> bool {
        let in_langs = self.langs.is_empty() || self.langs.contains(lang);
        let in_sections =
            self.sections.is_empty() || sections.iter().any(|id| self.sections.contains(id));
        let in_sources =
            self.sources.is_empty() || source.is_some_and(|id| self.sources.contains(&id));
        in_langs && in_sections && in_sources
    }

    /// True if a resource that all editions share is within the limits: an author, a tag, or a source, which is then named.
    /// Such a resource shows in every edition and section, so a key that is limited to some of them may not write it.
    #[must_use]
    pub fn allow_shared(&self, source: Option<Id>) -> bool {
        let in_sources =
            self.sources.is_empty() || source.is_some_and(|id| self.sources.contains(&id));
        self.langs.is_empty() && self.sections.is_empty() && in_sources
    }
}

/// The rights of a valid key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The key.
    pub key: Id,
    /// The name that it was given.
    pub name: String,
    /// The role.
    pub role: Role,
    /// The limits of the rights.
    pub limits: Limits,
    /// The partner's contract beyond the limits; without meaning for other roles.
    pub contract: Contract,
}

/// The articles that a reader may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Published articles whose embargo has passed.
    Public,
    /// A partner's: of what the public sees, what its limits and contract let through. Any other's: all that the public
    /// sees, and of the rest what its role and limits open.
    Key(Grant),
}

impl Scope {
    /// True if the scope opens anything that the public does not see.
    #[must_use]
    pub fn sees_unpublished(&self) -> bool {
        matches!(self, Self::Key(grant) if grant.role >= Role::Author)
    }

    /// The limits within which unpublished articles are seen; `None` where none are.
    #[must_use]
    pub fn unpublished_within(&self) -> Option<&Limits> {
        match self {
            Self::Key(grant) if grant.role >= Role::Author => Some(&grant.limits),
            _ => None,
        }
    }

    /// The key whose own unpublished articles are all that is seen of those.
    #[must_use]
    pub fn only_own(&self) -> Option<Id> {
        match self {
            Self::Key(grant) if grant.role == Role::Author => Some(grant.key),
            _ => None,
        }
    }

    /// The partner whose limits and contract narrow what is seen of public articles; `None` where nothing does.
    #[must_use]
    pub fn partner(&self) -> Option<&Grant> {
        match self {
            Self::Key(grant) if grant.role == Role::Partner => Some(grant),
            _ => None,
        }
    }
}
