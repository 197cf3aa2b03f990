//! Addresses that lead on.

diesel::table! {
    redirects (slug, lang) {
        lang -> Text,
        slug -> Text,
        article_id -> Text,
        public -> Bool,
    }
}

diesel::table! {
    moved (slug, kind, lang) {
        kind -> Text,
        lang -> Text,
        slug -> Text,
        target_id -> Text,
        public -> Bool,
    }
}

diesel::table! {
    article_addresses (article_id, url_key) {
        article_id -> Text,
        url_key -> Text,
        url_path -> Text,
    }
}
