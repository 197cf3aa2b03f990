//! Damage to stored pictures: what readers are told meanwhile, and how an upload of the same bytes brings them back.

use std::fs;
use std::path::PathBuf;

use masthead::domain::access::Role;
use serde_json::Value;

use super::{Form, folder, medium, photo, picture, rendered, uploaded, work};
use crate::client::Response;
use crate::database::Database;
use crate::harness::TestServer;

/// The files of the one picture that is stored, the upload last.
fn files(server: &TestServer) -> Vec<PathBuf> {
    let of_file = fs::read_dir(folder(server))
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    let files = fs::read_dir(of_file.path()).unwrap();
    let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    files.sort_by_key(|file| file.ends_with("upload"));
    files
}

/// Makes another content of a file's.
type Damage = fn(&mut Vec<u8>);

/// Writes another content into files.
fn damage(files: &[PathBuf], change: impl Fn(&mut Vec<u8>)) {
    for file in files {
        let mut bytes = fs::read(file).unwrap();
        change(&mut bytes);
        fs::write(file, bytes).unwrap();
    }
}

/// Changes one bit in the pixels, so that the picture can be decoded still.
fn flip(bytes: &mut [u8]) {
    let at = bytes.len() * 9 / 10;
    if let Some(byte) = bytes.get_mut(at) {
        *byte ^= 1;
    }
}

fn cut(bytes: &mut Vec<u8>) {
    bytes.truncate(bytes.len() / 2);
}

fn contents(files: &[PathBuf]) -> Vec<Vec<u8>> {
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

fn original(medium: &Value) -> String {
    format!("/api/media/{}/original", medium["id"].as_str().unwrap())
}

fn set_pending(server: &TestServer) {
    Database::open(&server.database).run(
        "UPDATE media_files SET state = 'pending', renditions = '[]', attempts = 0, due_at = 0",
    );
}

api_test! {
fn an_upload_of_the_same_bytes_brings_back_a_picture_however_it_was_damaged(server) {
    let key = server.key(Role::Editor);
    let bytes = photo(400, 300, 60);
    rendered(server, &key, Form::default().file(&bytes));
    let files = files(server);
    let before = contents(&files);
    let damages: [(&str, Damage); 5] = [
        ("one byte", |bytes| flip(bytes)),
        ("garbage of the same size", |bytes| bytes.fill(b'x')),
        ("nothing", Vec::clear),
        ("a half", cut),
        ("more", |bytes| bytes.push(0)),
    ];
    for (what, change) in damages {
        damage(&files, change);
        let medium = rendered(server, &key, Form::default().file(&bytes));
        assert!(contents(&files) == before, "{what}");
        assert_eq!(picture(server, &original(&medium)).body, bytes, "{what}");
    }
    let (last, renditions) = files.split_last().unwrap();
    damage(std::slice::from_ref(last), |bytes| flip(bytes));
    rendered(server, &key, Form::default().file(&bytes));
    assert!(contents(&files) == before, "the upload alone");
    damage(&renditions[..1], cut);
    rendered(server, &key, Form::default().file(&bytes));
    assert!(contents(&files) == before, "one rendition alone");
    let whole = uploaded(server, &key, Form::default().file(&bytes));
    assert_eq!(whole["state"], "ready", "what is right is left alone");
}

fn a_file_that_is_empty_or_cut_off_is_answered_as_one_that_is_not_there(server) {
    let key = server.key(Role::Editor);
    let medium = rendered(server, &key, Form::default().file(&photo(400, 300, 61)));
    let files = files(server);
    let get = |url: &str, range: Option<&str>| -> Response {
        let request = server.request("GET", url).key(&key);
        range.into_iter().fold(request, |request, range| request.header("range", range)).send()
    };
    let changes: [fn(&mut Vec<u8>); 2] = [cut, Vec::clear];
    for change in changes {
        damage(&files, change);
        for url in [medium["url"].as_str().unwrap(), &original(&medium)] {
            for range in [None, Some("bytes=0-9"), Some("bytes=-9"), Some("bytes=0-3,-4"), Some("bytes=-4,0-3")] {
                let answer = get(url, range);
                assert_eq!((answer.status, answer.problem().as_str()), (404, "not_found"), "{url} {range:?}");
            }
        }
    }
}

fn renditions_are_never_made_of_an_upload_that_is_damaged(server) {
    let key = server.key(Role::Editor);
    let bytes = photo(40, 30, 62);
    let medium = rendered(server, &key, Form::default().file(&bytes));
    let files = files(server);
    let before = contents(&files);
    damage(&files[files.len() - 1..], |bytes| flip(bytes));
    set_pending(server);
    work(server);
    assert_eq!(self::medium(server, &key, &medium["id"])["state"], "pending");
    rendered(server, &key, Form::default().file(&bytes));
    assert!(contents(&files) == before);
}

fn a_picture_that_was_given_up_is_tried_again_when_its_bytes_come_again(server) {
    let key = server.key(Role::Editor);
    let bytes = photo(40, 30, 63);
    let medium = rendered(server, &key, Form::default().file(&bytes));
    let files = files(server);
    let before = contents(&files);
    damage(&files[files.len() - 1..], Vec::clear);
    set_pending(server);
    for _ in 0..7 {
        work(server);
        server.pass(3_600);
    }
    assert_eq!(self::medium(server, &key, &medium["id"])["state"], "failed");
    for _ in 0..7 {
        damage(&files, |bytes| flip(bytes));
        rendered(server, &key, Form::default().file(&bytes));
        assert!(contents(&files) == before);
    }
}
}
