//! The tables as Diesel knows them; the same on both databases.

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
    changes (seq) {
        seq -> BigInt,
        kind -> Text,
        id -> Text,
        op -> Text,
        reason -> Nullable<Text>,
        lang -> Text,
        version -> BigInt,
        at -> BigInt,
        public -> Bool,
        embargo_offset -> Nullable<BigInt>,
        touched -> Nullable<Binary>,
    }
}

diesel::table! {
    histories (after_seq) {
        after_seq -> BigInt,
        mark -> BigInt,
    }
}

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
    embargo_offsets (seconds) {
        seconds -> BigInt,
        watermark -> BigInt,
        moved_at -> BigInt,
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

diesel::table! {
    usage (day, key_id) {
        day -> BigInt,
        key_id -> Text,
        requests -> BigInt,
        articles -> BigInt,
        bytes -> BigInt,
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
    secrets (name) {
        name -> Text,
        value -> Text,
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
    article_media (article_id, position) {
        article_id -> Text,
        position -> Integer,
        medium_id -> Text,
    }
}

diesel::joinable!(media -> media_files (file_id));

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
    article_addresses (article_id, url_key) {
        article_id -> Text,
        url_key -> Text,
        url_path -> Text,
    }
}
diesel::table! {
    fanouts (of_kind, of_value) {
        of_kind -> Text,
        of_value -> Text,
        places -> Bool,
        translations -> Bool,
        after_seq -> BigInt,
        again_after -> Nullable<BigInt>,
        cursor_at -> BigInt,
        cursor_id -> Text,
    }
}

diesel::table! {
    leases (name) {
        name -> Text,
        owner -> Text,
        until -> BigInt,
    }
}

diesel::table! {
    purge_places (target) {
        target -> Text,
        purged -> BigInt,
        settled -> BigInt,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    article_addresses,
    editions,
    sections,
    authors,
    sources,
    tags,
    works,
    articles,
    article_bodies,
    article_people,
    article_tags,
    facets,
    article_facets,
    facet_sets,
    revisions,
    redirects,
    moved,
    changes,
    api_keys,
    webhooks,
    webhook_progress,
    webhook_deliveries,
    webhook_attempts,
    usage,
    idempotent_answers,
    audit,
    feed_tokens,
    retired_secrets,
    embargo_offsets,
    past_facets,
    fanouts,
    leases,
    purge_places,
    deliveries,
    quota_use,
    media_files,
    media_garbage,
    media,
    media_sources,
    article_media,
    secrets
);
