//! Fields of real systems, and what they say.

use serde_json::json;

use super::*;

fn marked(fields: &Value) -> Option<String> {
    mark(fields.as_object().unwrap())
}

#[test]
fn what_says_that_an_article_is_not_for_everybody_or_not_yet_hides_it() {
    for fields in [
        json!({"published": false}),
        json!({"published": "false"}),
        json!({"published": 0}),
        json!({"is_published": false}),
        json!({"isPublished": "0"}),
        json!({"publish": "no"}),
        json!({"publish": false}),
        json!({"publishedAt": null}),
        json!({"published-at": "2099-01-01"}),
        json!({"publishDate": 4_100_000_000_i64}),
        json!({"is_draft": true}),
        json!({"isDraft": 1}),
        json!({"draft": "true"}),
        json!({"_draft": "yes"}),
        json!({"post_status": "draft"}),
        json!({"postStatus": "private"}),
        json!({"state": "archived"}),
        json!({"moderation_state": "needs_review"}),
        json!({"visibility": "members"}),
        json!({"access": "members"}),
        json!({"access": "paid"}),
        json!({"accessLevel": "subscribers"}),
        json!({"members_only": true}),
        json!({"isPremium": "1"}),
        json!({"post_password": "secret"}),
        json!({"embargo_date": "2099-01-01"}),
        json!({"embargo": "until further notice"}),
        json!({"embargoed": true}),
        json!({"scheduled_for": "2099-01-01T00:00:00Z"}),
        json!({"withdrawn_at": "2020-01-01"}),
        json!({"withdrawal": {"reason": "legal"}}),
        json!({"unpublish_at": "2020-01-01"}),
        json!({"expires": "2020-01-01"}),
        json!({"deleted_at": "2020-01-01"}),
        json!({"archivedAt": "2020-01-01"}),
        json!({"hidden": true}),
        json!({"restricted": "yes"}),
        json!({"private": 1}),
        json!({"public": false}),
        json!({"visible": "off"}),
        json!({"active": 0}),
        json!({"tier": "premium plus"}),
        json!({"audience": "Members only"}),
    ] {
        assert!(marked(&fields).is_some(), "{fields}");
    }
}

#[test]
fn what_says_no_such_thing_and_what_has_another_meaning_hides_nothing() {
    for fields in [
        json!({"published": true}),
        json!({"published": "1"}),
        json!({"publishedAt": "2020-01-01T00:00:00Z"}),
        json!({"published_on": 1_577_836_800}),
        json!({"is_draft": false, "draft": "false", "isDraft": 0, "_draft": null}),
        json!({"post_status": "publish", "comment_status": "closed", "ping_status": "closed"}),
        json!({"state": "published", "visibility": "Public", "access": "free"}),
        json!({"embargo_date": "2020-01-01", "scheduled_at": "2020-01-01"}),
        json!({"embargo": "", "private": "no", "hidden": [], "restricted": {}, "withdrawn_at": null}),
        json!({"publish_down": "0000-00-00 00:00:00", "expires": "never", "deleted_at": null}),
        json!({"members_only": false, "password": "", "paywall": "none"}),
        json!({"visible": true, "active": 1, "live": "blog", "show": "The Evening Show"}),
        json!({"audience": "Teachers", "stage": "opera", "tier": "2"}),
        json!({"desk": "metro", "archive_url": "https://example.org", "hide_comments": true}),
        json!({"sys": {"publishedAt": "2020-01-01", "archivedAt": null}}),
    ] {
        assert_eq!(marked(&fields), None, "{fields}");
    }
}

#[test]
fn a_mark_in_an_object_that_holds_such_is_found_by_its_path_and_one_of_another_thing_is_not() {
    for (fields, path) in [
        (
            json!({"sys": {"publishedAt": null}}),
            Some("sys/publishedAt"),
        ),
        (
            json!({"attributes": {"meta": {"draft": true}}}),
            Some("attributes/meta/draft"),
        ),
        (
            json!({"_ghost": {"visibility": "paid"}}),
            Some("_ghost/visibility"),
        ),
        (json!({"access": {"members": true}}), Some("access/members")),
        (json!({"access": {"level": 3}}), Some("access")),
        (json!({"author": {"active": false, "private": true}}), None),
    ] {
        assert_eq!(marked(&fields).as_deref(), path, "{fields}");
    }
}
