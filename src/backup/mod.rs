//! Backups: where copies of a database are kept and for how long, the programs that copy PostgreSQL, and what is lost when a
//! copy is put back.

pub mod archive;
pub mod loss;
pub mod postgres;
