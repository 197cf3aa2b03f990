//! What the change log tells a subscription.
