//! The index of lists: facets, their articles and the sets of each article.

diesel::table! {
    facets (id) {
        id -> BigInt,
        kind -> Text,
        value -> Text,
        public -> Bool,
        articles -> BigInt,
    }
}

diesel::table! {
    article_facets (article_id, facet_id) {
        article_id -> Text,
        facet_id -> BigInt,
        published_at -> BigInt,
        updated_at -> BigInt,
        title_key -> Text,
    }
}

diesel::table! {
    facet_sets (article_id) {
        article_id -> Text,
        work_id -> Text,
        lang -> Text,
        facets -> Text,
        published -> Text,
        published_at -> Nullable<BigInt>,
        updated_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    past_facets (article_id, facet_id) {
        article_id -> Text,
        facet_id -> BigInt,
        published_at -> BigInt,
    }
}

diesel::table! {
    embargo_offsets (seconds) {
        seconds -> BigInt,
        watermark -> BigInt,
        moved_at -> BigInt,
    }
}
