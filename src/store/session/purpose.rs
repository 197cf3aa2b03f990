//! The purpose of a connection.

/// The purpose of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Reads, each with an end.
    Read,
    /// Writes in the write lane: one that stalls gives the lane back before others give up.
    Write,
    /// Migrations and statistics, which take as long as they take.
    Upkeep,
    /// News of commits: short statements, by a connection that stays.
    Watch,
}
