//! Media, their files, and articles that show them.

diesel::table! {
    media_files (id) {
        id -> Text,
        digest -> Text,
        address -> Text,
        format -> Text,
        width -> Integer,
        height -> Integer,
        bytes -> BigInt,
        transparent -> Bool,
        state -> Text,
        renditions -> Text,
        attempts -> Integer,
        due_at -> Nullable<BigInt>,
        created_at -> BigInt,
    }
}

diesel::table! {
    media_garbage (file_id) {
        file_id -> Text,
        due_at -> BigInt,
    }
}

diesel::table! {
    media (id) {
        id -> Text,
        file_id -> Text,
        name -> Nullable<Text>,
        content -> Text,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
        created_by -> Nullable<Text>,
    }
}

diesel::table! {
    media_sources (url) {
        url -> Text,
        medium_id -> Text,
        etag -> Nullable<Text>,
        last_modified -> Nullable<Text>,
        fetched_at -> BigInt,
    }
}

diesel::table! {
    article_media (article_id, position) {
        article_id -> Text,
        position -> Integer,
        medium_id -> Text,
    }
}

diesel::joinable!(media -> media_files (file_id));
