//! Uploads: what is taken, what is refused, and what they leave behind.

use std::collections::BTreeSet;

use image::{ImageFormat, RgbImage};
use masthead::config::Config;
use masthead::domain::access::Role;
use masthead::media::place::Place;
use serde_json::{Value, json};

use super::{Form, encoded, folder, photo, picture, pointer, rendered, uploaded, work};
use crate::database::Database;
use crate::harness::TestServer;

/// Every file below the storage's folder.
fn stored(server: &TestServer) -> usize {
    let folders = std::fs::read_dir(folder(server)).into_iter().flatten();
    folders
        .map(|entry| std::fs::read_dir(entry.unwrap().path()).unwrap().count())
        .sum()
}

api_test! {
fn the_type_is_told_from_the_bytes_whatever_the_form_says(server) {
    let key = server.key(Role::Editor);
    let png = encoded(RgbImage::new(3, 3), ImageFormat::Png);
    let head = "name=\"file\"; filename=\"../../etc/passwd.svg\"\r\nContent-Type: image/svg+xml";
    let medium = uploaded(server, &key, Form::default().part(head, &png));
    assert_eq!((&medium["mime"], &medium["name"]), (&json!("image/png"), &json!("passwd.svg")));
    for (content, word) in [
        (&b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>"[..], "SVG"),
        (b"\xef\xbb\xbf<?xml version=\"1.0\"?><!-- x --><svg/>", "SVG"),
        (b"", "empty"),
        (b"GIF8", "no JPEG"),
        (b"<html><script>alert(1)</script>", "no JPEG"),
        (b"\0\0\0\x1cftypavif", "AVIF"),
        (b"MZ\x90\0", "no JPEG"),
    ] {
        let response = Form::default().file(content).send(server, &key);
        assert_eq!((response.status, response.problem().as_str()), (415, "unsupported_media_type"));
        assert!(response.json()["detail"].as_str().unwrap().contains(word), "{}", response.text());
    }
}

fn broken_and_overlarge_pictures_are_refused_and_leave_nothing(server) {
    let key = server.key(Role::Editor);
    let whole = photo(300, 200, 5);
    let mut lie = encoded(RgbImage::new(3, 3), ImageFormat::Gif);
    lie[6..10].copy_from_slice(&[0xff; 4]);
    let bomb = encoded(image::GrayImage::new(16_000, 4_000), ImageFormat::Png);
    for (what, content, code) in [
        ("cut off", &whole[..whole.len() / 2], "broken_image"),
        ("a head and no more", &whole[..200], "broken_image"),
        ("three bytes", b"\xff\xd8\xff", "broken_image"),
        ("a gif of nothing", b"GIF89a", "broken_image"),
        ("a lie of 4 billion pixels", &lie[..], "too_large"),
        ("64 million pixels in a few kilobytes", &bomb[..], "too_large"),
    ] {
        let response = Form::default().file(content).send(server, &key);
        assert_eq!(response.status, 422, "{what}: {}", response.text());
        assert_eq!(pointer(&response), "/file", "{what}");
        assert_eq!(response.json()["errors"][0]["code"], code, "{what}");
    }
    assert_eq!(stored(server), 0);
    assert_eq!(Database::open(&server.database).count("media_garbage"), 0);
}

fn what_hides_behind_a_picture_is_not_sent_to_readers(server) {
    let key = server.key(Role::Editor);
    let mut polyglot = photo(40, 40, 6);
    polyglot.extend(b"<script>alert(1)</script>PK\x03\x04");
    let medium = rendered(server, &key, Form::default().file(&polyglot));
    for rendition in medium["renditions"].as_array().unwrap() {
        let bytes = picture(server, rendition["url"].as_str().unwrap()).body;
        assert!(!bytes.windows(8).any(|w| w == b"<script>"));
    }
}

fn a_form_that_is_not_as_it_should_be_is_refused(server) {
    let key = server.key(Role::Editor);
    let picture = photo(5, 5, 7);
    let refusals = [
        (Form::default().field("alt", "x"), "/file"),
        (Form::default().file(&picture).file(&picture), "/file"),
        (Form::default().file(&picture).field("titel", "x"), "/titel"),
        (Form::default().file(&picture).field("alt", "{"), "/alt"),
        (Form::default().file(&picture).field("alt", r#"{"en": 5}"#), "/alt/en"),
        (Form::default().file(&picture).field("alt", r#"{"no language": "x"}"#), "/alt/no language"),
        (Form::default().file(&picture).field("alt", "a\u{7}b"), "/alt/en"),
        (Form::default().file(&picture).field("focal_point", r#"{"x": 2, "y": 0}"#), "/focal_point"),
        (Form::default().file(&picture).field("focal_point", "middle"), "/focal_point"),
        (Form::default().file(&picture).field("alt", &"x".repeat(300_000)), "/alt"),
    ];
    for (form, at) in refusals {
        let response = form.send(server, &key);
        assert_eq!((response.status, pointer(&response).as_str()), (422, at));
    }
    let send = |kind: &str, content: &str| {
        let request = server.request("POST", "/api/media").key(&key);
        request.content(kind, content).send()
    };
    assert_eq!(send("application/json", "{}").status, 415);
    assert_eq!(send("multipart/form-data", "x").status, 400);
    assert_eq!(send("multipart/form-data; boundary=b", "no parts").status, 400);
    assert_eq!(send("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nbroken off").status, 400);
    assert_eq!(send("multipart/form-data; boundary=b", "--b\r\n\r\nx\r\n--b--\r\n").status, 400);
}

fn an_upload_over_the_limit_is_refused_with_a_length_and_without(server) {
    let key = server.key(Role::Editor);
    let long = vec![b'x'; 10 * 1024 * 1024 + 1];
    let response = Form::default().file(&long).send(server, &key);
    assert_eq!((response.status, response.problem().as_str()), (413, "content_too_large"));
    assert_eq!(stored(server), 0);
}

fn the_same_bytes_are_kept_once(server) {
    let key = server.key(Role::Editor);
    let one = rendered(server, &key, Form::default().file(&photo(30, 30, 11)).field("alt", "one"));
    let before = stored(server);
    let two = uploaded(server, &key, Form::default().file(&photo(30, 30, 11)).field("alt", "two"));
    assert_ne!(one["id"], two["id"]);
    assert_eq!((&one["url"], &two["state"]), (&two["url"], &json!("ready")));
    assert_eq!(stored(server), before);
    let delete = |medium: &Value| {
        let target = format!("/api/media/{}", medium["id"].as_str().unwrap());
        server.request("DELETE", &target).key(&key).if_match("\"v1\"").send().status
    };
    assert_eq!(delete(&one), 204);
    picture(server, two["url"].as_str().unwrap());
    assert_eq!(delete(&two), 204);
    work(server);
    assert_eq!(server.request("GET", two["url"].as_str().unwrap()).key(&key).send().status, 404);
    assert_eq!(stored(server), 0);
    let again = rendered(server, &key, Form::default().file(&photo(30, 30, 11)));
    assert_eq!(again["url"], one["url"]);
    picture(server, again["url"].as_str().unwrap());
}

fn an_upload_that_never_got_its_row_is_removed(server) {
    use masthead::service::{Actor, commit, media};
    let key = server.key(Role::Editor);
    rendered(server, &key, Form::default().file(&photo(30, 30, 12)));
    let before = stored(server);
    let (app, id) = (&server.app, masthead::domain::id::Id::new(server.now()));
    commit(&app.store, &app.clock, Actor::Operator, |tx| media::announce_file(tx, id)).unwrap();
    let left = folder(server).join(id.to_string());
    std::fs::create_dir_all(&left).unwrap();
    std::fs::write(left.join("upload"), b"half").unwrap();
    work(server);
    assert!(left.join("upload").exists(), "it may still be under way");
    server.pass(3 * 3_600);
    work(server);
    assert!(!left.exists());
    assert_eq!(stored(server), before);
}

fn an_upload_sent_again_under_its_idempotency_key_is_made_once(server) {
    let key = server.key(Role::Editor);
    let send = |shade: u8| {
        let mut form = Form::default().file(&photo(20, 20, shade));
        form.0.extend(b"--b0undary--\r\n");
        let request = server.request("POST", "/api/media").key(&key).header("idempotency-key", "one");
        request.content("multipart/form-data; boundary=b0undary", form.0).send()
    };
    let (first, again) = (send(20), send(20));
    assert_eq!((first.status, again.status), (201, 201));
    assert_eq!(first.json()["data"]["id"], again.json()["data"]["id"]);
    assert_eq!(send(21).problem(), "idempotency_key_reused");
    assert_eq!(Database::open(&server.database).count("media"), 1);
}

fn uploads_of_one_picture_at_once_keep_one_file(server) {
    let key = server.key(Role::Editor);
    let bytes = photo(50, 50, 22);
    let ids: BTreeSet<String> = std::thread::scope(|scope| {
        let upload = || uploaded(server, &key, Form::default().file(&bytes))["id"].as_str().unwrap().to_owned();
        // Half of them at once: one caller may keep sixteen waiting.
        let threads: Vec<_> = (0..10).map(|_| scope.spawn(move || [upload(), upload()])).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    work(server);
    let mut database = Database::open(&server.database);
    assert_eq!((ids.len(), database.count("media"), database.count("media_files")), (20, 20, 1));
    assert_eq!(database.count("media_garbage"), 0);
    assert_eq!(std::fs::read_dir(folder(server)).unwrap().count(), 1);
}
}

#[test]
fn a_larger_limit_can_be_set_for_uploads_alone() {
    let server = TestServer::on_sqlite_with(|config| config.media_max_megabytes = 12);
    let key = server.key(Role::Editor);
    let mut long = photo(50, 50, 41);
    long.resize(11 * 1024 * 1024, 0);
    uploaded(&server, &key, Form::default().file(&long));
    let request = server.request("POST", "/api/articles").key(&key);
    let response = request.content("application/json", long).send();
    assert_eq!(response.status, 413);
}

#[test]
fn a_bucket_in_a_build_without_s3_is_refused_at_the_start() {
    if cfg!(feature = "s3") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/test.db", folder.path().display());
    let mut config = Config::with_database(&url);
    config.media_store = Place::parse("s3://bucket").ok();
    let store = masthead::store::Store::open(&url).unwrap();
    let clock = masthead::domain::time::Clock::System;
    let refused = masthead::app::App::build(config, store, clock, "x", None).err();
    assert!(refused.unwrap().contains("--features s3"));
}
