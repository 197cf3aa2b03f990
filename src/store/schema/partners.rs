//! Deliveries to partners: first copies, quotas and webhooks.

diesel::table! {
    deliveries (key_id, article_id) {
        key_id -> Text,
        article_id -> Text,
        stream -> BigInt,
        seq -> BigInt,
        op -> Text,
        reason -> Nullable<Text>,
        version -> BigInt,
        delivered_at -> BigInt,
        taken_version -> Nullable<BigInt>,
        taken_at -> Nullable<BigInt>,
        acknowledged_at -> Nullable<BigInt>,
        acknowledged_version -> Nullable<BigInt>,
    }
}

diesel::table! {
    quota_use (key_id, day) {
        key_id -> Text,
        day -> BigInt,
        used -> BigInt,
    }
}

diesel::table! {
    webhooks (id) {
        id -> Text,
        name -> Text,
        url -> Text,
        events -> Text,
        langs -> Text,
        sections -> Text,
        sources -> Text,
        include_article -> Bool,
        partner -> Nullable<Text>,
        secret -> Text,
        old_secret -> Nullable<Text>,
        old_secret_until -> Nullable<BigInt>,
        enabled -> Bool,
        disabled_reason -> Nullable<Text>,
        disabled_at -> Nullable<BigInt>,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    webhook_progress (webhook_id) {
        webhook_id -> Text,
        position -> BigInt,
        place -> Text,
        next_at -> BigInt,
        blocked -> Bool,
        lease_owner -> Nullable<Text>,
        lease_until -> BigInt,
    }
}

diesel::table! {
    webhook_deliveries (id) {
        id -> Text,
        webhook_id -> Text,
        lane -> Text,
        seq -> BigInt,
        event -> Text,
        article_id -> Nullable<Text>,
        lang -> Nullable<Text>,
        version -> Nullable<BigInt>,
        op -> Nullable<Text>,
        reason -> Nullable<Text>,
        at -> BigInt,
        status -> Text,
        attempts -> Integer,
        tries -> Integer,
        created_at -> BigInt,
        first_at -> Nullable<BigInt>,
        next_at -> BigInt,
        done_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    webhook_attempts (delivery_id, number) {
        delivery_id -> Text,
        number -> Integer,
        at -> BigInt,
        duration_ms -> BigInt,
        status -> Nullable<Integer>,
        error -> Nullable<Text>,
        response -> Nullable<Text>,
    }
}
