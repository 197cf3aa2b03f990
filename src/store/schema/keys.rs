//! Keys, what they may call for, and what they did.

diesel::table! {
    api_keys (id) {
        id -> Text,
        name -> Text,
        role -> Text,
        prefix -> Text,
        secret_hash -> Text,
        langs -> Text,
        sections -> Text,
        sources -> Text,
        created_at -> BigInt,
        expires_at -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
        contract -> Text,
        version -> BigInt,
        updated_at -> BigInt,
        last_used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    feed_tokens (id) {
        id -> Text,
        key_id -> Text,
        name -> Nullable<Text>,
        prefix -> Text,
        secret_hash -> Text,
        created_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    retired_secrets (prefix) {
        prefix -> Text,
        key_id -> Text,
        secret_hash -> Text,
        works_until -> BigInt,
    }
}

diesel::table! {
    secrets (name) {
        name -> Text,
        value -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    idempotent_answers (key_id, token) {
        key_id -> Text,
        token -> Text,
        digest -> Text,
        answer -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    audit (id) {
        id -> Text,
        at -> BigInt,
        actor -> Text,
        operation -> Text,
        kind -> Text,
        resource -> Text,
        version -> Nullable<BigInt>,
        request_id -> Nullable<Text>,
        detail -> Nullable<Text>,
    }
}

diesel::table! {
    usage (day, key_id) {
        day -> BigInt,
        key_id -> Text,
        requests -> BigInt,
        articles -> BigInt,
        bytes -> BigInt,
    }
}
