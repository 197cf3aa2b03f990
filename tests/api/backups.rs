//! Backups by the built program: made while the service runs, kept by number, put back whole or not at all, and what is lost is
//! told.

use std::fs;
use std::path::{Path, PathBuf};

use masthead::domain::access::{Limits, Role};
use masthead::domain::id::Id;
use masthead::service::keys;
use serde_json::{Value, json};

use super::builders::Article;
use super::command::run;
use super::consistency::assert_consistent;
use super::database::{Database, copy_of};
use super::harness::TestServer;
use super::histories::{Copy, go_on, shown};
use super::media::{Form, photo, rendered};
use super::postgres;

fn is_sqlite(url: &str) -> bool {
    url.starts_with("sqlite://")
}

/// A copy of a database by `masthead backup`, while it is served or not.
pub(crate) fn back_up(database: &str, folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    let mut arguments = vec!["backup", path.to_str().unwrap(), "--without-check"];
    if !is_sqlite(database) {
        arguments.push("--pg-dump");
    }
    let done = run(database, folder, &arguments);
    assert_eq!(done.code, Some(0), "{}", done.err);
    path
}

/// The address of a database that `masthead restore` puts a copy in, where nothing was.
pub(crate) fn restored(folder: &Path, copy: &Path, like: &str, name: &str) -> String {
    let url = match is_sqlite(like) {
        true => format!("sqlite://{}/{name}.db", folder.display()),
        false => postgres::new_database().unwrap(),
    };
    let done = run(&url, folder, &["restore", copy.to_str().unwrap()]);
    assert_eq!(done.code, Some(0), "{}", done.err);
    url
}

fn revoke(server: &TestServer, key: Id) {
    assert!(keys::revoke_key(&server.app.store, &server.app.clock, key).unwrap());
}

fn ids(of: &Value) -> Vec<String> {
    let rows = of.as_array().unwrap().iter();
    rows.map(|row| row["id"].as_str().unwrap().to_owned())
        .collect()
}

api_test! {
    fn a_copy_that_is_put_back_leads_partners_on_and_tells_what_is_lost(server) {
        let folder = tempfile::tempdir().unwrap();
        let told = server.article(Article::new("To be taken down"));
        let changed = server.article(Article::new("To be changed"));
        let (_, revoked) = server.key_within(Role::Editor, Limits::default());
        let copy = back_up(&server.database, folder.path(), "copy");
        let path = copy.to_str().unwrap();
        server.withdraw(told);
        server.change(changed, |content| content.title = "Changed".to_owned());
        let gone = go_on(server, 3);
        revoke(server, revoked);
        let mut partner = Copy::default();
        partner.follow(server, None);
        assert_eq!(partner.held, shown(server));

        let running = run(&server.database, folder.path(), &["restore", path, "--force"]);
        assert_eq!(running.code, Some(2), "{}", running.err);
        assert!(running.err.contains("stop the service"), "{}", running.err);

        let later = copy_of(&server.database, "later");
        let refused = run(&later, folder.path(), &["restore", path]);
        assert_eq!(refused.code, Some(2), "{}", refused.err);
        assert!(refused.err.contains("--force"), "{}", refused.err);
        assert_eq!(Database::open(&later).count("articles"), 5);

        let done = run(&later, folder.path(), &["restore", path, "--force", "--json"]);
        assert_eq!(done.code, Some(0), "{}", done.err);
        let lost: Value = serde_json::from_str(&done.out).unwrap();
        let lost = &lost["lost"];
        assert_eq!(ids(&lost["takedowns"]), [told.to_string()]);
        assert_eq!(lost["takedowns"][0]["is_public_again"], json!(true));
        assert_eq!(ids(&lost["older"]), [changed.to_string()]);
        assert_eq!(ids(&lost["articles"]), gone.iter().map(Id::to_string).collect::<Vec<_>>());
        assert_eq!(ids(&lost["valid_again"]), [revoked.to_string()]);
        assert_eq!(lost["is_of_another_database"], json!(false));
        assert!(lost["changes"].as_u64().unwrap() >= 5, "{lost}");

        let restored = server.on_copy(&later);
        assert!(partner.follow(&restored, None), "the cursor is of the lost time");
        assert_eq!(partner.held, shown(&restored));
        restored.withdraw(told);
        go_on(&restored, 9);
        assert!(!partner.follow(&restored, None));
        assert!(!partner.held.contains(&told.to_string()));
        assert_eq!(partner.held, shown(&restored));
        drop(restored);
        assert_consistent(&later);
    }

    fn a_cursor_of_the_lost_time_is_none_of_the_restored_database_before_its_first_write(server) {
        let folder = tempfile::tempdir().unwrap();
        go_on(server, 2);
        let mut before = Copy::default();
        before.follow(server, None);
        let copy = back_up(&server.database, folder.path(), "copy");
        go_on(server, 1);
        let mut ahead = Copy::default();
        ahead.follow(server, None);
        let url = restored(folder.path(), &copy, &server.database, "restored");
        let restored = server.on_copy(&url);
        assert!(!before.follow(&restored, None), "it is of both");
        assert!(ahead.follow(&restored, None));
        assert_eq!(ahead.held, shown(&restored));
    }

    fn a_copy_that_is_cut_short_or_of_another_kind_changes_nothing(server) {
        let folder = tempfile::tempdir().unwrap();
        go_on(server, 3);
        let copy = back_up(&server.database, folder.path(), "copy");
        let whole = fs::read(&copy).unwrap();
        let later = copy_of(&server.database, "later");
        let other: &[u8] = match is_sqlite(&server.database) {
            true => b"PGDMP and more",
            false => b"SQLite format 3\0 and more",
        };
        for (name, bytes) in [("cut", &whole[..whole.len() / 2]), ("other", other), ("none", b"?")] {
            let path = folder.path().join(name);
            fs::write(&path, bytes).unwrap();
            let refused = run(&later, folder.path(), &["restore", path.to_str().unwrap(), "--force"]);
            assert_eq!(refused.code, Some(2), "{name}: {} {}", refused.out, refused.err);
            assert_eq!(Database::open(&later).count("articles"), 3, "{name}");
        }
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(!left.iter().any(|name| name.to_string_lossy().starts_with('.')), "{left:?}");
    }

    fn copies_in_a_folder_are_named_by_their_time_and_kept_by_number(server) {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("copies");
        fs::create_dir(&place).unwrap();
        let ending = if is_sqlite(&server.database) { "db" } else { "dump" };
        for old in ["masthead-20200101T000000Z", "masthead-20210101T000000Z"] {
            fs::write(place.join(format!("{old}.{ending}")), "old").unwrap();
        }
        fs::write(place.join("notes.txt"), "mine").unwrap();
        server.article(Article::new("Kept"));
        let mut arguments = vec!["backup", place.to_str().unwrap(), "--keep", "2"];
        if ending == "dump" {
            arguments.push("--pg-dump");
        }
        let done = run(&server.database, folder.path(), &arguments);
        assert_eq!(done.code, Some(0), "{}", done.err);
        let mut names: Vec<String> =
            fs::read_dir(&place).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        assert_eq!(names.len(), 3, "{names:?}");
        assert_eq!((&*names[0], &*names[2]), (&*format!("masthead-20210101T000000Z.{ending}"), "notes.txt"));
        let url = restored(folder.path(), &place, &server.database, "newest");
        assert_eq!(Database::open(&url).count("articles"), 1);
    }
}

#[test]
fn pictures_go_along_and_come_back() {
    let server = TestServer::on_sqlite();
    let key = server.key(Role::Editor);
    rendered(&server, &key, Form::default().file(&photo(640, 480, 7)));
    let folder = tempfile::tempdir().unwrap();
    let media = server.app.config.media_place().to_string();
    let copies = folder.path().join("copies");
    let place = format!("{}/", copies.display());
    let arguments = ["backup", &place, "--with-media", "--media-store", &media];
    let done = run(&server.database, folder.path(), &arguments);
    assert_eq!(done.code, Some(0), "{}", done.err);
    assert!(
        done.err.contains("1 pictures copied, 0 were there"),
        "{}",
        done.err
    );

    let into = folder.path().join("new");
    fs::create_dir(&into).unwrap();
    let url = format!("sqlite://{}/news.db", into.display());
    let done = run(
        &url,
        &into,
        &["restore", copies.to_str().unwrap(), "--with-media"],
    );
    assert_eq!(done.code, Some(0), "{}", done.err);
    let checked = run(&url, &into, &["check"]);
    assert_eq!(checked.code, Some(0), "{} {}", checked.out, checked.err);
    fs::remove_dir_all(copies.join("media")).unwrap();
    fs::remove_dir_all(into.join("masthead-media")).unwrap();
    let done = run(
        &url,
        &into,
        &[
            "restore",
            copies.to_str().unwrap(),
            "--with-media",
            "--force",
        ],
    );
    assert_eq!(done.code, Some(1), "a picture is missing: {}", done.err);
}

#[test]
fn a_file_takes_one_copy_and_postgresql_names_its_own_programs() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/a.db", folder.path().display());
    assert_eq!(run(&url, folder.path(), &["migrate"]).code, Some(0));
    let kept = run(&url, folder.path(), &["backup", "copy.db", "--keep", "3"]);
    assert_eq!(kept.code, Some(2));
    assert!(kept.err.contains("PATH/"), "{}", kept.err);
    assert_eq!(
        run(&url, folder.path(), &["backup", "copy.db"]).code,
        Some(0)
    );
    let again = run(&url, folder.path(), &["backup", "copy.db"]);
    assert_eq!(
        (again.code, again.err.as_str()),
        (Some(2), "masthead: copy.db exists already\n")
    );
    let nobody = "postgres://nobody@localhost:1/none";
    let refused = run(nobody, folder.path(), &["backup", "copy.dump"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.err.contains("pg_dump"), "{}", refused.err);
    assert!(!folder.path().join("copy.dump").exists());
}

#[test]
fn a_copy_that_cannot_be_used_and_a_folder_that_is_not_there_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/a.db", folder.path().display());
    assert_eq!(run(&url, folder.path(), &["migrate"]).code, Some(0));
    let done = run(&url, folder.path(), &["backup", "copy.db"]);
    assert_eq!(done.code, Some(0), "{}", done.err);

    let nowhere = format!("sqlite://{}/none/a.db", folder.path().display());
    let refused = run(&nowhere, folder.path(), &["restore", "copy.db"]);
    assert_eq!(refused.code, Some(2));
    let wanted = format!("there is no folder {}/none\n", folder.path().display());
    assert!(refused.err.ends_with(&wanted), "{}", refused.err);

    let whole = fs::read(folder.path().join("copy.db")).unwrap();
    fs::write(folder.path().join("half.db"), &whole[..whole.len() / 2]).unwrap();
    let refused = run(&url, folder.path(), &["restore", "half.db", "--force"]);
    assert_eq!(refused.code, Some(2));
    assert!(
        refused.err.starts_with("masthead: half.db: "),
        "{}",
        refused.err
    );
    let checked = run(&url, folder.path(), &["check"]);
    assert_eq!(checked.code, Some(0), "{} {}", checked.out, checked.err);
}
