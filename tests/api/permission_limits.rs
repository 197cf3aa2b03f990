//! The limits of keys: for every operation, what a key of another edition, of another section and of another source gets,
//! and one of the same. Outside of its limits nothing is written, and no service-wide operation is called.

use masthead::demo;
use masthead::domain::access::{Limits, Role};
use masthead::domain::id::Id;
use masthead::domain::permission::Operation;
use masthead::domain::query::Reference;
use masthead::domain::source::Source;
use masthead::http::openapi;
use masthead::service::shared;
use masthead::store::sections;
use serde_json::json;

use super::builders::lang;
use super::bulk::{bulk, statuses};
use super::harness::TestServer;
use super::permission_requests::{Asking, article, documented};
use super::permissions::passed;

/// The reach of an operation; with the limits of a key, that says what it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// Things that everybody reads.
    Everybody,
    /// The whole service.
    Service,
    /// One article that is there.
    Article,
    /// Places of an article's copies: of no interest outside of the limits, and not told there.
    Copies,
    /// An article that is to be; the document's example is of a section and of no source.
    NewArticle,
    /// One article that is there and is to be of a section and of no source.
    Rewritten,
    /// An edition.
    Edition,
    /// A section.
    Section,
    /// Things that all editions share: authors, tags, pictures, and sources that are to be.
    Shared,
    /// A source that is there.
    Source,
    /// Things that no limit names: deeds and additions of the key itself, and lines that are judged one by one.
    Unlimited,
}

/// The reach of each operation that is neither public nor service-wide.
const REACHES: &[(Operation, Reach)] = &[
    (Operation::CreateArticle, Reach::NewArticle),
    (Operation::ReplaceArticle, Reach::Rewritten),
    (Operation::UpdateArticle, Reach::Article),
    (Operation::DeleteArticle, Reach::Article),
    (Operation::PublishArticle, Reach::Article),
    (Operation::UnpublishArticle, Reach::Article),
    (Operation::WithdrawArticle, Reach::Article),
    (Operation::CreateNotice, Reach::Article),
    (Operation::DeleteNotice, Reach::Article),
    (Operation::ListRevisions, Reach::Article),
    (Operation::GetRevision, Reach::Article),
    (Operation::GetRevisionDiff, Reach::Article),
    (Operation::RestoreRevision, Reach::Article),
    (Operation::CreatePreview, Reach::Article),
    (Operation::GetReach, Reach::Copies),
    (Operation::RunBulk, Reach::Unlimited),
    (Operation::CreateSection, Reach::Section),
    (Operation::ReplaceSection, Reach::Section),
    (Operation::UpdateSection, Reach::Section),
    (Operation::DeleteSection, Reach::Section),
    (Operation::CreateAuthor, Reach::Shared),
    (Operation::ReplaceAuthor, Reach::Shared),
    (Operation::UpdateAuthor, Reach::Shared),
    (Operation::DeleteAuthor, Reach::Shared),
    (Operation::MergeAuthor, Reach::Shared),
    (Operation::CreateSource, Reach::Shared),
    (Operation::ReplaceSource, Reach::Source),
    (Operation::UpdateSource, Reach::Source),
    (Operation::DeleteSource, Reach::Source),
    (Operation::CreateTag, Reach::Shared),
    (Operation::ReplaceTag, Reach::Shared),
    (Operation::UpdateTag, Reach::Shared),
    (Operation::DeleteTag, Reach::Shared),
    (Operation::ReplaceEdition, Reach::Edition),
    (Operation::UpdateEdition, Reach::Edition),
    (Operation::DeleteEdition, Reach::Edition),
    (Operation::ListMedia, Reach::Unlimited),
    (Operation::GetMedium, Reach::Unlimited),
    (Operation::GetMediumOriginal, Reach::Unlimited),
    (Operation::CreateMedium, Reach::Unlimited),
    (Operation::UpdateMedium, Reach::Shared),
    (Operation::DeleteMedium, Reach::Shared),
    (Operation::ListUsage, Reach::Unlimited),
    (Operation::AcknowledgeChanges, Reach::Unlimited),
];

fn reach_of(operation: Operation) -> Reach {
    let row = operation.row();
    let mut listed = REACHES.iter().filter(|(listed, _)| *listed == operation);
    match (row.public, row.unlimited, listed.next(), listed.next()) {
        (true, _, None, _) => Reach::Everybody,
        (_, true, None, _) => Reach::Service,
        (false, false, Some((_, reach)), None) => *reach,
        _ => panic!(
            "{operation:?} must stand in this table once, unless it is public or service-wide"
        ),
    }
}

/// The limits of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Limited {
    Edition,
    Section,
    Source,
}

#[derive(Debug, PartialEq, Eq)]
enum Expected {
    /// The answer that anybody gets.
    Open,
    Passed,
    Forbidden,
    NotFound,
}

/// The answer to an operation under the limits; `inside` where its object lies within them.
fn expected(reach: Reach, limited: Limited, inside: bool, status: &str) -> Expected {
    let within = match reach {
        Reach::Everybody | Reach::Unlimited => true,
        Reach::Service | Reach::Shared => false,
        Reach::Article | Reach::Copies => inside,
        Reach::NewArticle | Reach::Rewritten => inside && limited != Limited::Source,
        Reach::Edition => inside && limited == Limited::Edition,
        Reach::Section => inside && limited != Limited::Source,
        Reach::Source => inside && limited == Limited::Source,
    };
    match reach {
        Reach::Everybody => Expected::Open,
        _ if within => Expected::Passed,
        Reach::Copies => Expected::NotFound,
        // Nobody learns that a draft is there.
        Reach::Article | Reach::Rewritten if !inside && status == "draft" => Expected::NotFound,
        _ => Expected::Forbidden,
    }
}

fn holds(expected: &Expected, answer: &(u16, String)) -> bool {
    match expected {
        Expected::Open => passed(answer.0),
        Expected::Passed => passed(answer.0) && answer.0 != 404,
        Expected::Forbidden => *answer == (403, "forbidden".to_owned()),
        Expected::NotFound => *answer == (404, "not_found".to_owned()),
    }
}

struct LimitedKey {
    limited: Limited,
    inside: bool,
    token: String,
}

fn limited_keys(server: &TestServer) -> Vec<LimitedKey> {
    let each = [
        (Limited::Edition, false, of_edition("fr")),
        (Limited::Edition, true, of_edition("en")),
        (Limited::Section, false, of_sections(server, &["research"])),
        // Where the articles of this test are, and where the document's examples move them to.
        (
            Limited::Section,
            true,
            of_sections(server, &["international", "society"]),
        ),
        (Limited::Source, false, of_source(Id::new(server.now()))),
        (Limited::Source, true, of_source(own_source(server))),
    ];
    let key = |(limited, inside, limits)| LimitedKey {
        limited,
        inside,
        token: server.key_within(Role::Admin, limits).0,
    };
    each.into_iter().map(key).collect()
}

fn of_edition(tag: &str) -> Limits {
    Limits {
        langs: vec![lang(tag)],
        ..Limits::default()
    }
}

fn of_sections(server: &TestServer, paths: &[&str]) -> Limits {
    let section = |path: &&str| {
        let store = &server.app.store;
        let found = store.read(|c| sections::sections_by_path(c, path, None));
        let mut english = found.unwrap().into_iter();
        english.find(|s| s.content.lang == lang("en")).unwrap().id
    };
    Limits {
        sections: paths.iter().map(section).collect(),
        ..Limits::default()
    }
}

fn of_source(source: Id) -> Limits {
    Limits {
        sources: vec![source],
        ..Limits::default()
    }
}

/// The source of the articles of this test.
fn own_source(server: &TestServer) -> Id {
    let reference = Reference::parse("the-watermark-review");
    let store = &server.app.store;
    let source = store.read(|c| shared::find::<Source>(c, &reference));
    source.unwrap().unwrap().id
}

fn publication(server: &TestServer) {
    // Past the dates of the demo, so that all of it is as it is meant to be.
    server.pass(550 * 86_400);
    demo::fill(&server.app.store, &server.app.clock).unwrap();
    server.refresh();
}

fn faults_of(asking: &Asking<'_>, reach: Reach, keys: &[LimitedKey], admin: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for key in keys {
        for status in ["published", "draft"] {
            let thing = asking.thing(admin, status);
            let answer = asking.ask(Some(&format!("Bearer {}", key.token)), thing.as_deref());
            let expected = expected(reach, key.limited, key.inside, status);
            if !answer.as_ref().is_ok_and(|answer| holds(&expected, answer)) {
                let place = if key.inside { "this" } else { "another" };
                faults.push(format!(
                    "{} of a {status} article with a key of {place} {:?}: {expected:?}, but {answer:?}",
                    asking.operation.id, key.limited
                ));
            }
        }
    }
    faults
}

#[test]
fn every_operation_says_what_it_reaches() {
    for operation in Operation::ALL {
        reach_of(*operation);
    }
}

api_test! {
fn every_operation_keeps_to_the_limits_of_keys(server) {
    publication(server);
    let (document, admin) = (openapi::document(), server.key(Role::Admin));
    let keys = limited_keys(server);
    let mut faults = Vec::new();
    for operation in &documented(&document) {
        let known = Operation::ALL.iter().find(|known| known.row().id == operation.id);
        let known = *known.unwrap();
        let asking = Asking { server, document: &document, operation, row: known.row() };
        faults.extend(faults_of(&asking, reach_of(known), &keys, &admin));
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

fn every_line_of_a_bulk_keeps_to_the_limits_of_keys(server) {
    publication(server);
    let admin = server.key(Role::Admin);
    for key in limited_keys(server) {
        let (published, draft) = (article(server, &admin, "published"), article(server, &admin, "draft"));
        let content = json!({"lang": "en", "title": "x", "section": "international", "source": "the-watermark-review"});
        let lines = [
            json!({"op": "create", "type": "article", "data": content}),
            json!({"op": "update", "type": "article", "id": published, "if_match": "*", "data": {"title": "y"}}),
            json!({"op": "update", "type": "article", "id": draft, "if_match": "*", "data": {"title": "y"}}),
        ];
        let results = bulk(server, &key.token, None, &lines);
        let expected = if key.inside { [201, 200, 200] } else { [403, 403, 404] };
        assert_eq!(statuses(&results), expected, "{:?} {}: {results:?}", key.limited, key.inside);
    }
}
}
