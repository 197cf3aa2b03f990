//! The table of permissions, cell by cell: every operation of the document, with every kind of key, on the demo
//! publication. Requests are built from the document's own examples, so that a new operation is covered by being documented.

use masthead::demo;
use masthead::domain::access::{Limits, Role};
use masthead::domain::permission::{self, Cell, Operation};
use masthead::http::openapi;
use masthead::service::keys;
use serde_json::json;

use super::harness::TestServer;
use super::permission_requests::{Asking, Documented, documented};

#[test]
fn every_operation_has_a_row_and_every_row_an_operation() {
    let document = openapi::document();
    let mut documented: Vec<String> = documented(&document).into_iter().map(|d| d.id).collect();
    let mut rows: Vec<String> = Operation::ALL
        .iter()
        .map(|o| o.row().id.to_owned())
        .collect();
    documented.sort();
    rows.sort();
    assert_eq!(documented, rows);
}

api_test! {
    fn a_page_shows_the_table_and_the_document_links_it(server) {
        let document = openapi::document();
        let words = document["info"]["description"].as_str().unwrap();
        assert!(words.contains("(docs/roles)"), "{words}");
        let plain = server.ok("/docs/roles");
        let text = plain.text();
        assert!(text.contains(&permission::markdown()));
        assert!(text.contains("| `create_article` | – | – | own drafts | yes | yes |"));
        assert!(text.contains("| `create_key` | – | – | – | – | without limits |"));
        let page = server.request("GET", "/docs/roles").header("accept", "text/html").send();
        let row = "<tr><td><code>create_article</code></td><td>–</td><td>–</td><td>own drafts</td><td>yes</td><td>yes</td></tr>";
        assert!(page.text().contains(row), "{}", page.text());
    }
}

/// Keys of every kind.
struct Keyring {
    admin: String,
    bad: Vec<(&'static str, String)>,
    roles: Vec<(Role, String)>,
}

fn keyring(server: &TestServer) -> Keyring {
    let (store, clock) = (&server.app.store, &server.app.clock);
    let bearer = |token: &str| format!("Bearer {token}");
    let real = server.key(Role::Admin);
    let wrong = format!(
        "{}{}",
        &real[..real.len() - 1],
        if real.ends_with('A') { 'B' } else { 'A' }
    );
    let (revoked, id) = server.key_within(Role::Admin, Limits::default());
    assert!(keys::revoke_key(store, clock, id).unwrap());
    let (old, id) = server.key_within(Role::Admin, Limits::default());
    keys::rotate_key(store, clock, id, 1).unwrap().unwrap();
    let end = masthead::domain::time::Timestamp::from_millis(server.now().millis() + 1_000);
    let expired = keys::create_key(
        store,
        clock,
        "ended",
        Role::Admin,
        Limits::default(),
        Some(end),
    )
    .unwrap();
    server.pass(2);
    Keyring {
        bad: vec![
            ("a malformed key", "Bearer nonsense".to_owned()),
            ("another scheme", "Basic YTpi".to_owned()),
            ("a wrong key", bearer(&wrong)),
            ("a revoked key", bearer(&revoked)),
            ("an expired key", bearer(&expired)),
            ("a rotated key", bearer(&old)),
        ],
        roles: Role::ALL
            .into_iter()
            .map(|role| (role, server.key(role)))
            .collect(),
        admin: real,
    }
}

fn refused(status: u16) -> bool {
    matches!(status, 401 | 403)
}

/// Let through and understood: not refused, not misunderstood, not failed.
pub(crate) fn passed(status: u16) -> bool {
    !refused(status) && !matches!(status, 400 | 405 | 406 | 415 | 428) && status < 500
}

/// Every cell of one operation; answers what is not as the table says.
fn faults_of(asking: &Asking<'_>, keyring: &Keyring) -> Result<Vec<String>, String> {
    let mut faults = Vec::new();
    let mut expect = |who: &str, holds: bool, answer: &(u16, String)| {
        if !holds {
            faults.push(format!("{} with {who}: {answer:?}", asking.operation.id));
        }
    };
    let (row, admin) = (asking.row, keyring.admin.as_str());
    let thing = || asking.thing(admin, "published");
    let answer = asking.ask(None, thing().as_deref())?;
    let open = passed(answer.0);
    let closed = answer == (401, "key_required".to_owned());
    expect("no key", if row.public { open } else { closed }, &answer);
    let takes_keys = asking.operation.value["security"] != json!([]);
    for (who, authorization) in &keyring.bad {
        let answer = asking.ask(Some(authorization), thing().as_deref())?;
        let invalid = answer.0 == 401;
        expect(
            who,
            if takes_keys {
                invalid
            } else {
                passed(answer.0)
            },
            &answer,
        );
    }
    for (role, token) in &keyring.roles {
        let bearer = format!("Bearer {token}");
        let thing = thing();
        let answer = asking.ask(Some(&bearer), thing.as_deref())?;
        // The key that was made for the path has no token yet.
        let names_more = asking.operation.path.contains("{token_id}");
        let found = thing.is_none() || names_more || answer.0 != 404;
        let holds = match row.cell(*role) {
            Cell::No => answer == (403, "forbidden".to_owned()),
            Cell::Own if asking.is_of("articles") => matches!(answer.0, 403 | 404),
            Cell::Own | Cell::Yes => passed(answer.0) && found,
        };
        expect(&format!("role {}", role.as_str()), holds, &answer);
        if row.cell(*role) == Cell::Own && asking.is_of("articles") {
            let own = asking.thing(token, "draft");
            let answer = asking.ask(Some(&bearer), own.as_deref())?;
            expect(
                "an author's own draft",
                passed(answer.0) && answer.0 != 404,
                &answer,
            );
        }
    }
    Ok(faults)
}

/// Walks a list by its cursors, one row a page, and tells what is wrong; `None` where the operation is no list, or one of an
/// example that is not there.
fn walk_list(asking: &Asking<'_>, key: &str) -> Option<Result<(), String>> {
    let parameters = asking.operation.value["parameters"].as_array()?;
    let has = |name: &str| parameters.iter().any(|one| one["name"] == name);
    let is_list = ["limit", "cursor", "count"].into_iter().all(has);
    let target = asking.target(None).ok().filter(|_| is_list)?;
    let read = |target: &str| asking.server.request("GET", target).key(key).send();
    let mark = if target.contains('?') { '&' } else { '?' };
    let mut next = format!("{target}{mark}limit=1&count=exact");
    let mut seen = Vec::new();
    for _ in 0..4 {
        let page = read(&next);
        if page.status == 404 && seen.is_empty() {
            return None;
        }
        if page.status != 200 {
            return Some(Err(format!("{next} answers {}", page.status)));
        }
        let page = page.json();
        let Some(rows) = page["data"].as_array() else {
            return Some(Err(format!("{next} has no rows")));
        };
        if rows.iter().any(|row| seen.contains(row)) {
            return Some(Err(format!("{next} shows a row again")));
        }
        seen.extend(rows.iter().cloned());
        let total = page["meta"]["total"].as_u64();
        let Some(link) = page["links"]["next"].as_str() else {
            let is_right = total == u64::try_from(seen.len()).ok();
            let wrong = || format!("{next} counts {total:?} of {}", seen.len());
            return Some(is_right.then_some(()).ok_or_else(wrong));
        };
        if total.is_none() {
            return Some(Err(format!("{next} counts nothing")));
        }
        next = link.to_owned();
    }
    Some(Ok(()))
}

api_test! {
fn every_kind_of_resource_is_found_at_its_own_address(server) {
    server.pass(550 * 86_400);
    demo::fill(&server.app.store, &server.app.clock).unwrap();
    server.refresh();
    let document = openapi::document();
    let all = documented(&document);
    for one in all.iter().filter(|one| one.method == "GET") {
        let Some((list, _)) = one.path.split_once('{') else { continue };
        let is_written = |other: &&Documented| other.method == "PUT" && other.path == one.path;
        if !all.iter().any(|other| is_written(&other)) {
            continue;
        }
        let example = one.value["parameters"][0]["example"].as_str().unwrap();
        let address = format!("{list}{}", example.replace('/', "%2F"));
        let answer = server.get(&format!("/api/resolve?url={}", address.replace('%', "%25")));
        assert_eq!(answer.status, 200, "{address}: {}", answer.text());
    }
}
}

api_test! {
fn every_list_goes_on_behind_its_cursor_and_counts_its_rows(server) {
    server.pass(550 * 86_400);
    demo::fill(&server.app.store, &server.app.clock).unwrap();
    server.refresh();
    let document = openapi::document();
    let key = server.key(Role::Admin);
    for _ in 0..3 {
        server.key(Role::Partner);
    }
    let mut walked = Vec::new();
    for operation in &documented(&document) {
        let row = Operation::ALL.iter().map(|o| o.row()).find(|row| row.id == operation.id);
        let Some(row) = row else { continue };
        let asking = Asking { server, document: &document, operation, row };
        walked.extend(walk_list(&asking, &key));
    }
    let faults: Vec<&str> = walked.iter().filter_map(|one| one.as_ref().err().map(String::as_str)).collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    assert!(walked.len() >= 10, "{} lists", walked.len());
}
}

api_test! {
fn every_cell_of_the_table_is_what_the_service_does(server) {
    // Past the dates of the demo, so that all of it is as it is meant to be.
    server.pass(550 * 86_400);
    demo::fill(&server.app.store, &server.app.clock).unwrap();
    server.refresh();
    let document = openapi::document();
    let keyring = keyring(server);
    let mut faults = Vec::new();
    for operation in &documented(&document) {
        let row = Operation::ALL.iter().map(|o| o.row()).find(|row| row.id == operation.id);
        let Some(row) = row else { continue };
        let asking = Asking { server, document: &document, operation, row };
        match faults_of(&asking, &keyring) {
            Ok(found) => faults.extend(found),
            Err(missing) => faults.push(format!("{}: {missing}", operation.id)),
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}
}
