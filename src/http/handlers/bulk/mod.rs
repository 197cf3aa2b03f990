//! Many writes in one request.

pub(crate) mod forms;
pub(crate) mod lines;
pub(crate) mod orders;
pub mod run;
pub(crate) mod work;
