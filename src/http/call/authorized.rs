//! A key that may call an operation, by the one table of permissions.

use crate::domain::access::{Grant, Scope};
use crate::domain::permission::{Cell, Operation};
use crate::http::call::extract::Access;
use crate::http::codes::Code;
use crate::http::error::Problem;

/// A key that may call an operation.
#[derive(Debug, Clone)]
pub(crate) struct Writer {
    pub(crate) grant: Grant,
    pub(crate) operation: Operation,
    pub(crate) cell: Cell,
}

impl Writer {
    /// The visibility of the key.
    pub(crate) fn scope(&self) -> Scope {
        Scope::Key(self.grant.clone())
    }

    /// The key's access, for operations that only read.
    pub(crate) fn into_access(self) -> Access {
        Access {
            scope: Scope::Key(self.grant),
        }
    }

    /// The visibility of the key, for reads.
    pub(crate) fn access(&self) -> Access {
        Access {
            scope: self.scope(),
        }
    }

    /// A key that calls an operation, where its role may.
    pub(crate) fn of(grant: Grant, operation: Operation) -> Result<Self, Problem> {
        let row = operation.row();
        if row.unlimited && row.cell(grant.role) != Cell::No && !grant.limits.are_none() {
            let detail = format!(
                "{} needs a key that no edition, section or source limits",
                row.id
            );
            return Err(Problem::new(Code::Forbidden, detail));
        }
        match row.cell(grant.role) {
            Cell::No => {
                let role = grant.role.as_str();
                let detail = format!("a key of role {role} may not call {}", row.id);
                Err(Problem::new(Code::Forbidden, detail))
            }
            cell => Ok(Self {
                grant,
                operation,
                cell,
            }),
        }
    }
}

impl Access {
    /// Checks that the caller's key may call an operation at all.
    pub(crate) fn may(self, operation: Operation) -> Result<Writer, Problem> {
        let Scope::Key(grant) = self.scope else {
            return Err(Problem::key_required(
                "this operation needs a key: send the header Authorization: Bearer mh_…",
            ));
        };
        Writer::of(grant, operation)
    }
}
