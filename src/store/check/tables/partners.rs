//! Deliveries to partners, and their quotas, tokens, secrets and webhooks.

use super::super::table::{Table, question, shown, text, to};

pub(super) static DELIVERIES: Table = text(
    "deliveries",
    "article_id",
    &[shown(
        "delivery-version",
        "a partner was given a version of an article that is still to come",
        "t.key_id || ' ' || t.article_id",
        "t.version > (SELECT a.version FROM articles a WHERE a.id = t.article_id)",
    )],
    &[
        to("article_id", "articles", "id"),
        to("key_id", "api_keys", "id"),
    ],
);

pub(super) static QUOTA_USE: Table = text(
    "quota_use",
    "key_id",
    &[question(
        "quota-use",
        "the used part of a quota is below zero",
        "t.used < 0",
    )],
    &[to("key_id", "api_keys", "id")],
);

pub(super) static FEED_TOKENS: Table =
    text("feed_tokens", "id", &[], &[to("key_id", "api_keys", "id")]);

pub(super) static RETIRED_SECRETS: Table = text(
    "retired_secrets",
    "key_id",
    &[],
    &[to("key_id", "api_keys", "id")],
);

pub(super) static WEBHOOKS: Table = text(
    "webhooks",
    "id",
    &[question(
        "webhook-progress",
        "a webhook has no place in the change log, or one behind its end",
        "NOT EXISTS (SELECT 1 FROM webhook_progress p WHERE p.webhook_id = t.id \
         AND p.position <= (SELECT COALESCE(max(seq), 0) FROM changes))",
    )],
    &[to("partner", "api_keys", "id")],
);

pub(super) static WEBHOOK_PROGRESS: Table = text(
    "webhook_progress",
    "webhook_id",
    &[],
    &[to("webhook_id", "webhooks", "id")],
);

pub(super) static WEBHOOK_DELIVERIES: Table = text(
    "webhook_deliveries",
    "id",
    &[],
    &[to("webhook_id", "webhooks", "id")],
);

pub(super) static WEBHOOK_ATTEMPTS: Table = text(
    "webhook_attempts",
    "delivery_id",
    &[],
    &[to("delivery_id", "webhook_deliveries", "id")],
);
