//! Media in a bucket: against a small service on this machine that speaks as much of S3 as a store of files needs.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use masthead::domain::access::Role;
use masthead::media::place::Place;

use super::command::{Ended, masthead};
use super::harness::TestServer;
use super::media::{Form, photo, rendered, work};

type Objects = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

/// Starts the service; its objects are named `/bucket/key`.
fn bucket() -> (SocketAddr, Objects) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let objects = Objects::default();
    let shared = Arc::clone(&objects);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let objects = Arc::clone(&shared);
            std::thread::spawn(move || answer(stream, &objects));
        }
    });
    (address, objects)
}

struct Asked {
    method: String,
    path: String,
    query: String,
    range: Option<(usize, usize)>,
    signed: bool,
    body: Vec<u8>,
}

fn read(stream: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let mut asked = Asked {
        method,
        path: path.to_owned(),
        query: query.to_owned(),
        range: None,
        signed: false,
        body: Vec::new(),
    };
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(": ") else {
            break;
        };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().unwrap(),
            "authorization" => {
                asked.signed = value.starts_with("AWS4-HMAC-SHA256 Credential=KEY-ID/")
            }
            "range" => {
                let (from, to) = value.strip_prefix("bytes=")?.split_once('-')?;
                asked.range = Some((from.parse().ok()?, to.parse::<usize>().ok()? + 1));
            }
            _ => {}
        }
    }
    asked.body.resize(length, 0);
    reader.read_exact(&mut asked.body).ok()?;
    Some(asked)
}

fn answer(mut stream: TcpStream, objects: &Objects) {
    let Some(asked) = read(&stream) else { return };
    let mut objects = objects.lock().unwrap();
    let (status, more, body) = match asked.method.as_str() {
        _ if !asked.signed => ("403 Forbidden", String::new(), Vec::new()),
        "PUT" => {
            objects.insert(asked.path, asked.body);
            ("200 OK", String::new(), Vec::new())
        }
        "DELETE" => {
            objects.remove(&asked.path);
            ("204 No Content", String::new(), Vec::new())
        }
        "POST" => (
            "200 OK",
            String::new(),
            delete_several(&asked, &mut objects),
        ),
        _ if asked.query.contains("list-type=2") => {
            ("200 OK", String::new(), list(&asked, &objects))
        }
        _ => match (objects.get(&asked.path), asked.range) {
            (None, _) => ("404 Not Found", String::new(), Vec::new()),
            (Some(object), None) => ("200 OK", String::new(), object.clone()),
            (Some(object), Some((from, to))) => {
                let to = to.min(object.len());
                let place = format!(
                    "Content-Range: bytes {from}-{}/{}\r\n",
                    to - 1,
                    object.len()
                );
                ("206 Partial Content", place, object[from..to].to_vec())
            }
        },
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nETag: \"x\"\r\nLast-Modified: Sun, 01 Jun 2025 12:00:00 GMT\r\n{more}Connection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(&body);
}

/// The texts of an element, wherever it stands.
fn texts<'x>(xml: &'x str, name: &str) -> Vec<&'x str> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    xml.split(&open)
        .skip(1)
        .filter_map(|rest| rest.split(&close).next())
        .collect()
}

fn delete_several(asked: &Asked, objects: &mut BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let xml = String::from_utf8(asked.body.clone()).unwrap();
    let mut deleted = String::new();
    for key in texts(&xml, "Key") {
        objects.remove(&format!("{}/{key}", asked.path.trim_end_matches('/')));
        let _ = write!(deleted, "<Deleted><Key>{key}</Key></Deleted>");
    }
    format!("<DeleteResult>{deleted}</DeleteResult>").into_bytes()
}

fn list(asked: &Asked, objects: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let prefix = asked
        .query
        .split('&')
        .find_map(|pair| pair.strip_prefix("prefix="));
    let prefix = prefix.unwrap_or_default().replace("%2F", "/");
    let root = format!("{}/", asked.path.trim_end_matches('/'));
    let mut found = String::new();
    for (path, object) in objects {
        let key = path.strip_prefix(&root).unwrap_or_default();
        if key.starts_with(&prefix) {
            let _ = write!(
                found,
                "<Contents><Key>{key}</Key><LastModified>2025-06-01T12:00:00.000Z</LastModified><ETag>x</ETag><Size>{}</Size></Contents>",
                object.len()
            );
        }
    }
    format!("<ListBucketResult><IsTruncated>false</IsTruncated>{found}</ListBucketResult>")
        .into_bytes()
}

#[test]
fn pictures_are_kept_in_a_bucket_sent_from_it_and_removed() {
    let (address, objects) = bucket();
    let server = TestServer::on_sqlite_with(|config| {
        config.media_store = Place::parse("s3://news/site").ok();
        config.s3_endpoint = Some(format!("http://{address}"));
        config.s3_access_key_id = Some("KEY-ID".to_owned());
        config.s3_secret_access_key = "s3cret".parse().ok();
    });
    let key = server.key(Role::Editor);
    let medium = rendered(&server, &key, Form::default().file(&photo(400, 300, 1)));
    let names: Vec<String> = objects.lock().unwrap().keys().cloned().collect();
    assert_eq!(names.len(), 5, "{names:?}");
    assert!(
        names.iter().all(|name| name.starts_with("/news/site/")),
        "{names:?}"
    );
    let url = medium["url"].as_str().unwrap();
    let whole = server.ok(url);
    assert_eq!(
        (whole.header("content-type"), whole.body[0]),
        ("image/jpeg", 0xff)
    );
    let part = server
        .request("GET", url)
        .header("range", "bytes=2-5")
        .send();
    assert_eq!((part.status, &part.body[..]), (206, &whole.body[2..6]));
    let target = format!("/api/media/{}", medium["id"].as_str().unwrap());
    let deleted = server
        .request("DELETE", &target)
        .key(&key)
        .if_match("*")
        .send();
    assert_eq!(deleted.status, 204);
    work(&server);
    assert!(objects.lock().unwrap().is_empty());
}

#[test]
fn a_bucket_that_cannot_be_used_is_told_of_without_its_secrets() {
    let server = TestServer::on_sqlite_with(|config| {
        let (address, _) = bucket();
        config.media_store = Place::parse("s3://news").ok();
        config.s3_endpoint = Some(format!("http://{address}"));
        config.s3_access_key_id = Some("ANOTHER".to_owned());
        config.s3_secret_access_key = "s3cret".parse().ok();
    });
    let key = server.key(Role::Editor);
    let response = Form::default().file(&photo(4, 4, 1)).send(&server, &key);
    assert_eq!(
        (response.status, response.problem().as_str()),
        (503, "unavailable")
    );
    assert!(!response.text().contains("ANOTHER") && !response.text().contains("s3cret"));
}

#[test]
fn a_backup_with_pictures_goes_into_a_bucket_and_comes_back() {
    let (address, objects) = bucket();
    let server = TestServer::on_sqlite();
    let key = server.key(Role::Editor);
    rendered(&server, &key, Form::default().file(&photo(400, 300, 1)));
    let folder = tempfile::tempdir().unwrap();
    let endpoint = format!("http://{address}");
    let run = |database: &str, arguments: &[&str]| {
        let mut command = masthead(database, folder.path());
        command.env("AWS_ENDPOINT_URL", &endpoint);
        command
            .env("AWS_ACCESS_KEY_ID", "KEY-ID")
            .env("AWS_SECRET_ACCESS_KEY", "s3cret");
        let ended = Ended::from(command.args(arguments).output().unwrap());
        assert_eq!(ended.code, Some(0), "{}", ended.err);
    };
    let old = "/copies/news/masthead-20200101T000000Z.db";
    objects
        .lock()
        .unwrap()
        .insert(old.to_owned(), b"old".to_vec());
    let media = server.app.config.media_place().to_string();
    let place = "s3://copies/news";
    run(
        &server.database,
        &[
            "backup",
            place,
            "--with-media",
            "--keep",
            "1",
            "--media-store",
            &media,
        ],
    );
    let names: Vec<String> = objects.lock().unwrap().keys().cloned().collect();
    assert!(!names.iter().any(|name| name == old), "{names:?}");
    let copy = names
        .iter()
        .find(|name| name.starts_with("/copies/news/masthead-"))
        .unwrap();
    for (n, from) in [place.to_owned(), format!("s3:/{copy}")].iter().enumerate() {
        let into = folder.path().join(n.to_string());
        std::fs::create_dir(&into).unwrap();
        let url = format!("sqlite://{}/news.db", into.display());
        run(&url, &["restore", from, "--with-media"]);
        run(&url, &["check"]);
    }
}
