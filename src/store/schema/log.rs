//! The change log and its histories, and work that goes on behind it.

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
