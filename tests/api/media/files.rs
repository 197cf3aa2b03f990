//! Files as they are sent: in parts, and under one address each.

use masthead::domain::access::Role;

use super::{Form, photo, picture, rendered};
use crate::harness::TestServer;

api_test! {
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
