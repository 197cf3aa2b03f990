//! Header fields as the RFCs have them: pure, and known to everything above.

pub(crate) mod accept;
pub(crate) mod conditional;
pub(crate) mod encoding;
pub(crate) mod range;
pub(crate) mod seal;
