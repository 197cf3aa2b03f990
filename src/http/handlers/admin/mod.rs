//! Keys, feed tokens, webhooks, the audit and usage.

pub(crate) mod audit;
pub(crate) mod feed_tokens;
pub(crate) mod key_input;
pub(crate) mod keys;
pub mod usage;
pub mod webhook_deliveries;
pub mod webhook_input;
pub(crate) mod webhooks;
