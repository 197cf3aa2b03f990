//! Editions, sections, what articles name, and the articles themselves, with their revisions.

diesel::table! {
    editions (lang) {
        lang -> Text,
        name -> Text,
        site_name -> Text,
        home_label -> Text,
        home_path -> Text,
        time_zone -> Text,
        direction -> Text,
        contact -> Text,
        copyright -> Nullable<Text>,
        navigation -> Text,
        url_template -> Nullable<Text>,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
        section_url_template -> Nullable<Text>,
        author_url_template -> Nullable<Text>,
        tag_url_template -> Nullable<Text>,
        preview_url_template -> Nullable<Text>,
        former_addresses -> Text,
    }
}

diesel::table! {
    sections (id) {
        id -> Text,
        lang -> Text,
        parent_id -> Nullable<Text>,
        slug -> Text,
        path -> Text,
        name -> Text,
        description -> Nullable<Text>,
        position -> Integer,
        group_id -> Text,
        translation_key -> Nullable<Text>,
        trail -> Text,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    authors (id) {
        id -> Text,
        slug -> Text,
        name -> Text,
        names -> Text,
        bio -> Nullable<Text>,
        affiliation -> Nullable<Text>,
        url -> Nullable<Text>,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
        name_key -> Text,
    }
}

diesel::table! {
    sources (id) {
        id -> Text,
        slug -> Text,
        name -> Text,
        names -> Text,
        kind -> Nullable<Text>,
        url -> Nullable<Text>,
        rights -> Text,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
        name_key -> Text,
    }
}

diesel::table! {
    tags (id) {
        id -> Text,
        slug -> Text,
        name -> Text,
        names -> Text,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
        name_key -> Text,
    }
}

diesel::table! {
    works (id) {
        id -> Text,
        translation_key -> Nullable<Text>,
    }
}

diesel::table! {
    articles (id) {
        id -> Text,
        work_id -> Text,
        lang -> Text,
        slug -> Text,
        version -> BigInt,
        status -> Text,
        public -> Bool,
        title -> Text,
        subtitle -> Nullable<Text>,
        summary -> Nullable<Text>,
        published_at -> Nullable<BigInt>,
        publish_at -> Nullable<BigInt>,
        embargo_until -> Nullable<BigInt>,
        created_at -> BigInt,
        updated_at -> BigInt,
        section_id -> Nullable<Text>,
        source_id -> Nullable<Text>,
        details -> Text,
        extra -> Text,
        url_key -> Nullable<Text>,
        external_id -> Nullable<Text>,
        withdrawn -> Nullable<Text>,
        word_count -> Integer,
        reading_minutes -> Integer,
        import_digest -> Nullable<BigInt>,
        created_by -> Nullable<Text>,
        public_since -> Nullable<BigInt>,
        noticed_at -> Nullable<BigInt>,
        slug_shown -> Bool,
        url_path -> Nullable<Text>,
    }
}

diesel::table! {
    article_bodies (article_id) {
        article_id -> Text,
        html -> Text,
    }
}

diesel::table! {
    article_people (article_id, role, position) {
        article_id -> Text,
        role -> Integer,
        position -> Integer,
        author_id -> Text,
    }
}

diesel::table! {
    article_tags (article_id, position) {
        article_id -> Text,
        position -> Integer,
        tag_id -> Text,
    }
}

diesel::table! {
    revisions (article_id, version) {
        article_id -> Text,
        version -> BigInt,
        at -> BigInt,
        actor -> Text,
        snapshot -> Text,
    }
}
