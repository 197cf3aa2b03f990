//! Media: pictures are uploaded, told of in every language, rendered, sent in parts, shown by articles, and deleted.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::PathBuf;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use masthead::config::Config;
use masthead::domain::access::{Limits, Role};
use masthead::domain::picture_size::PictureSize;
use masthead::media::place::Place;
use masthead::media::work;
use serde_json::{Value, json};

use super::builders::{Article, lang};
use super::client::{Request, Response};
use super::command::run;
use super::database::Database;
use super::harness::TestServer;

/// A form under way of being put together.
#[derive(Default)]
pub(crate) struct Form(Vec<u8>);

impl Form {
    fn part(mut self, head: &str, content: &[u8]) -> Self {
        self.0.extend(
            format!("--b0undary\r\nContent-Disposition: form-data; {head}\r\n\r\n").bytes(),
        );
        self.0.extend(content);
        self.0.extend(b"\r\n");
        self
    }

    pub(crate) fn file(self, content: &[u8]) -> Self {
        self.part("name=\"file\"; filename=\"a.jpg\"", content)
    }

    fn field(self, name: &str, content: &str) -> Self {
        self.part(&format!("name=\"{name}\""), content.as_bytes())
    }

    pub(crate) fn send(self, server: &TestServer, key: &str) -> Response {
        self.request(server.address, key).send()
    }

    /// The upload of it to a service.
    pub(crate) fn request(mut self, address: SocketAddr, key: &str) -> Request {
        self.0.extend(b"--b0undary--\r\n");
        let request = Request::to(address, "POST", "/api/media").key(key);
        request.content("multipart/form-data; boundary=b0undary", self.0)
    }
}

fn encoded(pixels: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    pixels.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

pub(crate) fn photo(width: u32, height: u32, shade: u8) -> Vec<u8> {
    let pixels = RgbImage::from_fn(width, height, |x, y| {
        Rgb([(x % 251) as u8, (y % 241) as u8, shade])
    });
    encoded(pixels, ImageFormat::Jpeg)
}

pub(crate) fn uploaded(server: &TestServer, key: &str, form: Form) -> Value {
    let response = form.send(server, key);
    assert_eq!(response.status, 201, "{}", response.text());
    let medium = response.json()["data"].clone();
    let own = format!("/api/media/{}", medium["id"].as_str().unwrap());
    assert!(response.header("location").ends_with(&own));
    medium
}

/// Does what is due, and waits for what the service has begun to do by itself.
pub(crate) fn work(server: &TestServer) {
    let app = &server.app;
    work::do_due_work(&app.media, &app.store, &app.clock).unwrap();
    for size in PictureSize::ALL {
        drop(app.media.lanes.of(size).blocking_lock());
    }
}

fn medium(server: &TestServer, key: &str, id: &Value) -> Value {
    let target = format!("/api/media/{}", id.as_str().unwrap());
    let response = server.request("GET", &target).key(key).send();
    assert_eq!(response.status, 200, "{}", response.text());
    response.json()["data"].clone()
}

/// A rendition as the desk is sent it, whether an article shows it or not.
fn picture(server: &TestServer, url: &str) -> Response {
    let key = server.key(Role::Editor);
    let response = server.request("GET", url).key(&key).send();
    assert_eq!(response.status, 200, "{url}: {}", response.text());
    response
}

/// An uploaded medium whose renditions are made.
pub(crate) fn rendered(server: &TestServer, key: &str, form: Form) -> Value {
    let id = uploaded(server, key, form)["id"].clone();
    work(server);
    let medium = medium(server, key, &id);
    assert_eq!(medium["state"], "ready");
    medium
}

pub(crate) fn folder(server: &TestServer) -> PathBuf {
    match server.app.config.media_place() {
        Place::Folder(folder) => folder,
        Place::Bucket(_) => unreachable!("tests keep media in folders"),
    }
}

/// Every file below the storage's folder.
fn stored(server: &TestServer) -> usize {
    let folders = std::fs::read_dir(folder(server)).into_iter().flatten();
    folders
        .map(|entry| std::fs::read_dir(entry.unwrap().path()).unwrap().count())
        .sum()
}

fn article(server: &TestServer, key: &str, content: &Value) -> Value {
    let request = server.request("POST", "/api/articles").key(key);
    let response = request.json(content).send();
    assert_eq!(response.status, 201, "{}", response.text());
    response.json()["data"].clone()
}

fn pointer(response: &Response) -> String {
    assert_eq!(response.problem(), "invalid_content");
    response.json()["errors"][0]["pointer"]
        .as_str()
        .unwrap()
        .to_owned()
}

api_test! {
fn a_key_with_limits_adds_media_and_changes_none(server) {
    server.article(Article::new("First"));
    let there = uploaded(server, &server.key(Role::Admin), Form::default().file(&photo(90, 60, 1)));
    let limits = Limits { langs: vec![lang("en")], ..Limits::default() };
    let (key, _) = server.key_within(Role::Editor, limits);
    let target = format!("/api/media/{}", there["id"].as_str().unwrap());
    let patch = server.request("PATCH", &target).key(&key).if_match("*").json(&json!({"alt": {"en": "x"}}));
    assert_eq!(patch.send().status, 403);
    assert_eq!(server.request("DELETE", &target).key(&key).if_match("*").send().status, 403);
}

fn a_picture_is_told_of_with_its_size_and_words(server) {
    let key = server.key(Role::Editor);
    let form = Form::default()
        .file(&photo(900, 600, 1))
        .field("alt", "A boat")
        .field("caption", r#"{"fr": "Un bateau", "en": "A boat <b>"}"#)
        .field("credit", r#"{"en": "Lena Okafor"}"#)
        .field("focal_point", r#"{"x": 0.25, "y": 0.75}"#);
    let medium = uploaded(server, &key, form);
    assert_eq!((medium["width"].as_u64(), medium["height"].as_u64()), (Some(900), Some(600)));
    assert_eq!((&medium["mime"], &medium["name"]), (&json!("image/jpeg"), &json!("a.jpg")));
    assert_eq!(medium["alt"], json!({"en": "A boat"}));
    assert_eq!(medium["caption"]["en"], "A boat <b>");
    assert_eq!(medium["focal_point"], json!({"x": 0.25, "y": 0.75}));
    assert_eq!(medium["version"], 1);
    let list = server.request("GET", "/api/media?count=exact&limit=1").key(&key).send();
    assert_eq!(list.json()["data"][0]["id"], medium["id"]);
    assert_eq!(list.json()["meta"]["total"], 1);
}

fn renditions_are_made_in_the_background_and_never_wider_than_the_picture(server) {
    let key = server.key(Role::Editor);
    let medium = rendered(server, &key, Form::default().file(&photo(900, 600, 2)));
    let renditions = medium["renditions"].as_array().unwrap();
    let told: Vec<_> = renditions
        .iter()
        .map(|r| (r["width"].as_u64().unwrap(), r["height"].as_u64().unwrap(), r["mime"].as_str().unwrap()))
        .collect();
    assert_eq!(told, [
        (320, 213, "image/webp"), (320, 213, "image/jpeg"), (640, 427, "image/webp"),
        (640, 427, "image/jpeg"), (900, 600, "image/webp"), (900, 600, "image/jpeg"),
    ]);
    assert_eq!(medium["url"], renditions[5]["url"]);
    for rendition in renditions {
        let response = picture(server, rendition["url"].as_str().unwrap());
        assert_eq!(response.header("content-type"), rendition["mime"].as_str().unwrap());
        assert_eq!(response.header("cache-control"), "private, no-store", "no article shows it");
        assert_eq!(response.header("x-content-type-options"), "nosniff");
        assert!(response.header("content-security-policy").contains("default-src 'none'"));
        let decoded = image::load_from_memory(&response.body).unwrap();
        let size = (u64::from(decoded.width()), u64::from(decoded.height()));
        assert_eq!(size, (rendition["width"].as_u64().unwrap(), rendition["height"].as_u64().unwrap()));
    }
    let webp = medium["srcset"]["webp"].as_str().unwrap();
    let parts: Vec<&str> = webp.split(", ").collect();
    assert!(parts[0].ends_with("-w320.webp 320w") && parts.len() == 3, "{webp}");
    assert_eq!(medium["srcset"]["png"], Value::Null);
}

fn a_rendition_that_is_being_made_is_promised_and_one_that_will_never_be_is_not_there(server) {
    let key = server.key(Role::Editor);
    let medium = rendered(server, &key, Form::default().file(&photo(400, 10, 3)));
    let mut database = Database::open(&server.database);
    database.run("UPDATE media_files SET state = 'pending', renditions = '[]', due_at = NULL");
    let url = medium["url"].as_str().unwrap();
    let get = |url: &str| server.request("GET", url).key(&key).send();
    let response = get(url);
    assert_eq!((response.status, response.problem().as_str()), (503, "unavailable"));
    assert!(!response.header("retry-after").is_empty());
    assert_eq!(get(&url.replace("-w400", "-w640")).status, 404);
    assert_eq!(get(&url.replace("-w400.jpg", "-w400.png")).status, 404);
}

fn transparency_stays(server) {
    let key = server.key(Role::Editor);
    let clear = RgbaImage::from_fn(50, 40, |x, _| Rgba([200, 10, 10, if x < 25 { 0 } else { 255 }]));
    let medium = rendered(server, &key, Form::default().file(&encoded(clear, ImageFormat::Png)));
    assert!(medium["url"].as_str().unwrap().ends_with("-w50.png"));
    assert!(medium["srcset"]["png"].is_string() && medium["srcset"]["jpeg"].is_null());
    for rendition in medium["renditions"].as_array().unwrap() {
        let bytes = picture(server, rendition["url"].as_str().unwrap()).body;
        let pixels = image::load_from_memory(&bytes).unwrap().to_rgba8();
        assert_eq!((pixels.get_pixel(2, 20).0[3], pixels.get_pixel(45, 20).0[3]), (0, 255));
    }
    let opaque = RgbaImage::from_pixel(10, 10, Rgba([1, 2, 3, 255]));
    let medium = rendered(server, &key, Form::default().file(&encoded(opaque, ImageFormat::Png)));
    assert!(medium["url"].as_str().unwrap().ends_with("-w10.jpg"));
}

fn what_a_camera_wrote_turns_the_picture_and_goes_no_further(server) {
    let key = server.key(Role::Editor);
    let medium = rendered(server, &key, Form::default().file(&with_exif(&photo(60, 40, 4))));
    assert_eq!((medium["width"].as_u64(), medium["height"].as_u64()), (Some(40), Some(60)));
    for rendition in medium["renditions"].as_array().unwrap() {
        let bytes = picture(server, rendition["url"].as_str().unwrap()).body;
        for secret in [&b"SECRET PLACE"[..], b"Exif"] {
            assert!(!bytes.windows(secret.len()).any(|w| w == secret));
        }
    }
    let target = format!("/api/media/{}/original", medium["id"].as_str().unwrap());
    let original = server.request("GET", &target).key(&key).send();
    assert_eq!(original.status, 200);
    assert_eq!(original.body, with_exif(&photo(60, 40, 4)));
    assert_eq!(original.header("cache-control"), "private, no-store");
    assert!(original.header("content-disposition").starts_with("attachment"));
    assert_eq!(server.get(&target).status, 401);
    assert_eq!(server.request("GET", &target).key(&server.key(Role::Author)).send().status, 403);
}

fn only_the_first_frame_of_a_moving_picture_is_rendered(server) {
    let key = server.key(Role::Editor);
    let frames = [RgbaImage::from_pixel(8, 8, Rgba([255, 0, 0, 255])), RgbaImage::from_pixel(8, 8, Rgba([0, 0, 255, 255]))];
    let mut gif = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new(&mut gif);
    for frame in frames {
        encoder.encode_frame(image::Frame::new(frame)).unwrap();
    }
    drop(encoder);
    let medium = rendered(server, &key, Form::default().file(&gif));
    let bytes = picture(server, medium["url"].as_str().unwrap()).body;
    let pixel = image::load_from_memory(&bytes).unwrap().to_rgb8().get_pixel(4, 4).0;
    assert!(pixel[0] > 200 && pixel[2] < 60, "{pixel:?}");
}

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

fn parts_of_a_rendition_are_sent(server) {
    let key = server.key(Role::Editor);
    let medium = rendered(server, &key, Form::default().file(&photo(100, 80, 8)));
    let url = medium["url"].as_str().unwrap();
    let whole = picture(server, url);
    let bytes = whole.body.clone();
    assert_eq!(whole.header("accept-ranges"), "bytes");
    let ask = |range: &str, more: &[(&str, &str)]| {
        let request = server.request("GET", url).key(&key).header("range", range);
        let request = more.iter().fold(request, |r, (name, value)| r.header(name, value));
        request.send()
    };
    let first = ask("bytes=0-9", &[]);
    assert_eq!((first.status, &first.body[..]), (206, &bytes[..10]));
    assert_eq!(first.header("content-range"), format!("bytes 0-9/{}", bytes.len()));
    assert_eq!(first.header("etag"), whole.header("etag"));
    assert_eq!(&ask("bytes=-5", &[]).body[..], &bytes[bytes.len() - 5..]);
    assert_eq!(&ask("bytes=20-", &[]).body[..], &bytes[20..]);
    let beyond = ask(&format!("bytes={}-", bytes.len()), &[]);
    assert_eq!((beyond.status, beyond.problem().as_str()), (416, "range_not_satisfiable"));
    assert_eq!(beyond.header("content-range"), format!("bytes */{}", bytes.len()));
    for passed_over in ["lines=1-2", "bytes=9-3", "bytes=a-b"] {
        assert_eq!((ask(passed_over, &[]).status, ask(passed_over, &[]).body.len()), (200, bytes.len()));
    }
    for (if_range, status) in [
        (whole.header("etag"), 206), (whole.header("last-modified"), 206),
        ("\"other\"", 200), ("Thu, 01 Jan 1970 00:00:00 GMT", 200),
        (&format!("W/{}", whole.header("etag")), 200),
    ] {
        assert_eq!(ask("bytes=0-0", &[("if-range", if_range)]).status, status, "{if_range}");
    }
    assert_eq!(ask("bytes=0-0", &[("if-none-match", whole.header("etag"))]).status, 304);
    let head = server.request("HEAD", url).key(&key).header("range", "bytes=0-0").send();
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), bytes.len().to_string());
}

fn several_parts_come_in_one_answer(server) {
    let key = server.key(Role::Editor);
    let medium = rendered(server, &key, Form::default().file(&photo(100, 80, 9)));
    let url = medium["url"].as_str().unwrap();
    let bytes = picture(server, url).body;
    let response = server.request("GET", url).key(&key).header("range", "bytes=0-3, 10-11,-2").send();
    assert_eq!(response.status, 206);
    let kind = response.header("content-type");
    let boundary = kind.strip_prefix("multipart/byteranges; boundary=").unwrap();
    assert_eq!(response.header("content-length"), response.body.len().to_string());
    let mut expected = Vec::new();
    let length = bytes.len();
    for (from, to) in [(0, 4), (10, 12), (length - 2, length)] {
        expected.extend(format!(
            "\r\n--{boundary}\r\nContent-Type: image/jpeg\r\nContent-Range: bytes {from}-{}/{length}\r\n\r\n", to - 1
        ).bytes());
        expected.extend(&bytes[from..to]);
    }
    expected.extend(format!("\r\n--{boundary}--\r\n").bytes());
    assert_eq!(response.body, expected);
}

fn an_address_has_one_spelling_and_no_way_out_of_the_folder(server) {
    let key = server.key(Role::Editor);
    let medium = rendered(server, &key, Form::default().file(&photo(10, 10, 10)));
    let url = medium["url"].as_str().unwrap();
    for wrong in [
        url.to_uppercase(), url.replace("-w10", "-w010"), url.replace(".jpg", ".jpeg"),
        format!("{url}/"), url.replace("/media/", "/media/../media/"), format!("{url}%00"),
        "/media/..%2f..%2fetc%2fpasswd".to_owned(), "/media/".to_owned(), "/media/x-w1.jpg".to_owned(),
    ] {
        let status = server.get(&wrong).status;
        assert!(matches!(status, 400 | 404), "{wrong}: {status}");
    }
    assert_eq!(server.get(&format!("{url}?v=1")).status, 400);
    assert_eq!(server.request("POST", url).send().status, 405);
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

fn a_worker_that_died_is_followed_by_another_and_a_hopeless_file_given_up(server) {
    let key = server.key(Role::Editor);
    let medium = rendered(server, &key, Form::default().file(&photo(30, 30, 13)));
    let mut database = Database::open(&server.database);
    let claimed = server.now().millis() + 600_000;
    database.run(&format!("UPDATE media_files SET state = 'pending', renditions = '[]', attempts = 1, due_at = {claimed}"));
    work(server);
    assert_eq!(self::medium(server, &key, &medium["id"])["state"], "pending");
    server.pass(601);
    work(server);
    assert_eq!(self::medium(server, &key, &medium["id"])["state"], "ready");
    let folder = std::fs::read_dir(folder(server)).unwrap().next().unwrap().unwrap().path();
    std::fs::write(folder.join("upload"), b"broken").unwrap();
    database.run("UPDATE media_files SET state = 'pending', renditions = '[]', attempts = 0, due_at = 0");
    for _ in 0..7 {
        work(server);
        server.pass(3_600);
    }
    assert_eq!(self::medium(server, &key, &medium["id"])["state"], "failed");
}

fn an_article_shows_its_media_in_its_own_language(server) {
    server.article(Article::new("First"));
    server.article(Article::new("Premier").lang("fr"));
    let key = server.key(Role::Editor);
    let form = Form::default()
        .file(&photo(700, 350, 14))
        .field("alt", r#"{"en": "A boat", "fr": "Un bateau"}"#)
        .field("credit", r#"{"en": "Lena"}"#)
        .field("focal_point", r#"{"x": 0.5, "y": 0.1}"#);
    let medium = rendered(server, &key, form);
    let id = &medium["id"];
    let english = article(server, &key, &json!({
        "lang": "en", "title": "Boats", "status": "published",
        "media": [{"id": id}, {"id": id, "alt": "Another boat"}, {"url": "https://example.org/x.jpg", "caption": "X"}],
    }));
    let shown = server.ok(english["links"]["self"].as_str().unwrap()).json()["data"]["media"].clone();
    assert_eq!(shown[0]["alt"], "A boat");
    assert_eq!((&shown[0]["id"], &shown[0]["url"]), (id, &medium["url"]));
    assert_eq!((&shown[0]["width"], &shown[0]["height"]), (&json!(700), &json!(350)));
    assert_eq!(shown[0]["focal_point"], json!({"x": 0.5, "y": 0.1}));
    assert_eq!(shown[0]["renditions"], medium["renditions"]);
    assert_eq!(shown[0]["srcset"], medium["srcset"]);
    assert_eq!(shown[1]["alt"], "Another boat");
    assert_eq!(shown[2], json!({"kind": "image", "url": "https://example.org/x.jpg", "alt": null, "caption": "X", "credit": null}));
    let french = article(server, &key, &json!({
        "lang": "fr", "title": "Bateaux", "status": "published", "media": [{"id": id}],
    }));
    let list = server.ok("/api/articles?lang=fr&include=media").json();
    let listed = list["data"].as_array().unwrap().iter().find(|a| a["id"] == french["id"]).unwrap();
    assert_eq!((&listed["media"][0]["alt"], &listed["media"][0]["credit"]), (&json!("Un bateau"), &json!("Lena")));
}

fn a_changed_caption_changes_the_articles_that_show_it(server) {
    server.article(Article::new("First"));
    let key = server.key(Role::Editor);
    let medium = rendered(server, &key, Form::default().file(&photo(20, 20, 15)).field("caption", "Old"));
    let shown = article(server, &key, &json!({
        "lang": "en", "title": "Boats", "status": "published", "media": [{"id": medium["id"]}],
    }));
    let own = shown["links"]["self"].as_str().unwrap();
    let before = server.ok(own);
    assert_eq!(before.json()["data"]["media"][0]["caption"], "Old");
    server.pass(5);
    let target = format!("/api/media/{}", medium["id"].as_str().unwrap());
    let patch = |tag: &str, content: Value| {
        let request = server.request("PATCH", &target).key(&key);
        request.if_match(tag).json(&content).send()
    };
    let changed = patch("\"v1\"", json!({"caption": {"en": "New", "fr": "Neuf"}, "focal_point": {"x": 1, "y": 0}}));
    assert_eq!((changed.status, &changed.json()["data"]["version"]), (200, &json!(2)));
    assert!(changed.header("etag").starts_with("\"v2-"));
    let after = server.ok(own);
    assert_eq!(after.json()["data"]["media"][0]["caption"], "New");
    assert_ne!(after.header("etag"), before.header("etag"));
    assert_ne!(after.header("last-modified"), before.header("last-modified"));
    assert_eq!(patch("\"v1\"", json!({"caption": {"en": "Lost"}})).status, 412);
    let removed = patch("\"v2\"", json!({"caption": {"en": null}, "focal_point": null}));
    assert_eq!(removed.json()["data"]["caption"], json!({"fr": "Neuf"}));
    assert_eq!(removed.json()["data"]["focal_point"], Value::Null);
    let same = patch("\"v3\"", json!({"caption": {"FR": "Neuf"}}));
    assert_eq!((same.status, &same.json()["data"]["version"]), (200, &json!(3)));
    assert_eq!(pointer(&patch("\"v3\"", json!({"captoin": {}}))), "/captoin");
    assert_eq!(pointer(&patch("\"v3\"", json!({"caption": "x"}))), "/caption");
    let request = server.request("PATCH", &target).key(&key);
    assert_eq!(request.json(&json!({})).send().status, 428);
}

fn a_medium_that_an_article_shows_stays(server) {
    server.article(Article::new("First"));
    let key = server.key(Role::Editor);
    let medium = rendered(server, &key, Form::default().file(&photo(20, 20, 16)));
    let draft = article(server, &key, &json!({"lang": "en", "title": "Boats", "media": [{"id": medium["id"]}]}));
    let target = format!("/api/media/{}", medium["id"].as_str().unwrap());
    let delete = || server.request("DELETE", &target).key(&key).if_match("*").send();
    let refused = delete();
    assert_eq!((refused.status, refused.problem().as_str()), (409, "conflict"));
    let id = draft["id"].as_str().unwrap();
    assert!(refused.json()["detail"].as_str().unwrap().contains(id), "{}", refused.text());
    let own = draft["links"]["self"].as_str().unwrap();
    let emptied = server.request("PATCH", own).key(&key).if_match("*").json(&json!({"media": []})).send();
    assert_eq!((emptied.status, &emptied.json()["data"]["media"]), (200, &json!([])));
    assert_eq!(delete().status, 204);
    assert_eq!(delete().status, 404);
    let request = server.request("PATCH", own).key(&key).if_match("*");
    let unknown = request.json(&json!({"media": [{"url": "/x.jpg"}, {"id": medium["id"]}]})).send();
    assert_eq!((unknown.status, pointer(&unknown).as_str()), (422, "/media/1/id"));
    for (media, at) in [(json!([{}]), "/media/0/id"), (json!([{"id": "x"}]), "/media/0/id"), (json!([5]), "/media/0"),
        (json!([{"url": "javascript:alert(1)"}]), "/media/0/url"), (json!([{"url": "/a.jpg", "renditions": []}]), "/media/0/renditions")] {
        let request = server.request("PATCH", own).key(&key).if_match("*");
        let response = request.json(&json!({"media": media})).send();
        assert_eq!((response.status, pointer(&response).as_str()), (422, at));
    }
}

fn media_stay_with_an_article_that_is_changed_otherwise(server) {
    server.article(Article::new("First"));
    let key = server.key(Role::Editor);
    let medium = rendered(server, &key, Form::default().file(&photo(20, 20, 17)));
    let shown = article(server, &key, &json!({"lang": "en", "title": "Boats", "media": [{"id": medium["id"]}]}));
    let own = shown["links"]["self"].as_str().unwrap();
    for (method, content) in [("PATCH", json!({"title": "Ships"})), ("PUT", json!({"lang": "en", "title": "Ferries"}))] {
        let response = server.request(method, own).key(&key).if_match("*").json(&content).send();
        assert_eq!(response.json()["data"]["media"][0]["id"], medium["id"], "{method}");
    }
}

fn media_are_the_desk_s_and_the_public_sees_only_what_it_is_given_the_address_of(server) {
    let editor = server.key(Role::Editor);
    let medium = rendered(server, &editor, Form::default().file(&photo(20, 20, 18)));
    let target = format!("/api/media/{}", medium["id"].as_str().unwrap());
    for read in ["/api/media", &target] {
        assert_eq!(server.get(read).status, 401);
        assert_eq!(server.request("GET", read).key("mh_wrong").send().status, 401);
        assert_eq!(server.request("GET", read).key(&server.key(Role::Partner)).send().status, 403);
        let author = if read == "/api/media" { 200 } else { 404 };
        assert_eq!(server.request("GET", read).key(&server.key(Role::Author)).send().status, author, "{read}");
    }
    for role in [Role::Partner, Role::Author] {
        let key = server.key(role);
        assert_eq!(Form::default().file(&photo(5, 5, 19)).send(server, &key).status, 403);
        assert_eq!(server.request("DELETE", &target).key(&key).if_match("*").send().status, 403);
        let request = server.request("PATCH", &target).key(&key).if_match("*");
        assert_eq!(request.json(&json!({})).send().status, 403);
    }
    assert_eq!(Form::default().file(&photo(5, 5, 19)).send(server, "").status, 401);
    picture(server, medium["url"].as_str().unwrap());
    assert_eq!(server.request("GET", "/api/media/nothing").key(&editor).send().status, 404);
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

fn an_export_brings_media_and_the_articles_that_show_them(server) {
    server.article(Article::new("First"));
    let key = server.key(Role::Editor);
    let form = Form::default().file(&photo(400, 300, 23)).field("alt", "A boat").field("focal_point", r#"{"x": 0, "y": 1}"#);
    let medium = rendered(server, &key, form);
    let shown = article(server, &key, &json!({
        "lang": "en", "title": "Boats", "status": "published", "media": [{"id": medium["id"], "caption": "Own"}],
    }));
    let mut lines = Vec::new();
    masthead::export::export(&server.app.store, &mut lines).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("all.ndjson");
    std::fs::write(&file, &lines).unwrap();
    let there = TestServer::on_sqlite();
    let import = || run(&there.database, folder.path(), &["import", "--format", "ndjson", "all.ndjson"]);
    let ended = import();
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    copy(&self::folder(server), &self::folder(&there));
    there.refresh();
    let own = shown["links"]["self"].as_str().unwrap();
    let media = |server: &TestServer| {
        let text = server.ok(own).json()["data"]["media"].to_string();
        text.replace(&format!("http://{}", server.address), "")
    };
    assert_eq!(media(server), media(&there));
    let path = medium["url"].as_str().unwrap().replace(&format!("http://{}", server.address), "");
    assert_eq!(server.ok(&path).body, there.ok(&path).body);
    let mut again = Vec::new();
    masthead::export::export(&there.app.store, &mut again).unwrap();
    assert_eq!(String::from_utf8(again).unwrap(), String::from_utf8(lines).unwrap());
    assert_eq!(import().code, Some(0));
}

fn media_lists_page_and_pick_fields(server) {
    let key = server.key(Role::Editor);
    for shade in 30..35 {
        uploaded(server, &key, Form::default().file(&photo(4, 4, shade)));
    }
    let get = |target: &str| server.request("GET", target).key(&key).send();
    let first = get("/api/media?limit=2&fields=alt");
    assert_eq!(first.status, 200, "{}", first.text());
    assert_eq!(first.json()["data"][0].as_object().unwrap().len(), 2);
    let mut seen = first.column("id");
    let mut next = first.json()["links"]["next"].clone();
    while let Some(target) = next.as_str() {
        let page = get(target);
        seen.extend(page.column("id"));
        next = page.json()["links"]["next"].clone();
    }
    assert_eq!(seen.len(), 5);
    assert!(seen.is_sorted_by(|a, b| a > b), "{seen:?}");
    assert_eq!(get("/api/media?sort=x").status, 400);
}
}

/// Copies the folders of media, as an operator does.
fn copy(from: &std::path::Path, to: &std::path::Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            std::fs::create_dir_all(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A JPEG that says it lies on its side, and where it was taken.
fn with_exif(jpeg: &[u8]) -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01".to_vec();
    exif.extend(b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0");
    exif.extend(b"SECRET PLACE");
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], b"\xff\xe1", &length, &exif, &jpeg[2..]].concat()
}

#[test]
fn addresses_of_media_have_the_path_prefix() {
    let server = TestServer::on_sqlite_with(|config| config.path_prefix = Some("/cms".to_owned()));
    let key = server.key(Role::Editor);
    let medium = rendered(&server, &key, Form::default().file(&photo(20, 20, 40)));
    let url = medium["url"].as_str().unwrap();
    let below = format!("http://{}/cms/media/", server.address);
    assert!(url.starts_with(&below), "{url}");
    assert!(
        medium["srcset"]["webp"]
            .as_str()
            .unwrap()
            .starts_with(&below)
    );
    picture(&server, url);
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
