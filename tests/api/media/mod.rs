//! Media: pictures are uploaded, told of in every language, rendered, sent in parts, shown by articles, and deleted.

mod damage;
mod files;
mod metadata;
mod renditions;
mod shown;
mod uploads;

use std::net::SocketAddr;
use std::path::PathBuf;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use masthead::domain::access::Role;
use masthead::domain::picture_size::PictureSize;
use masthead::domain::time::Clock;
use masthead::media::place::Place;
use masthead::media::work;
use serde_json::Value;

use super::client::{Request, Response};
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
    work_on(server, &server.app.clock, &PictureSize::ALL);
}

/// Does what is due by a clock, and waits for what the service has begun to do by itself with pictures of these sizes.
pub(crate) fn work_on(server: &TestServer, clock: &Clock, sizes: &[PictureSize]) {
    let app = &server.app;
    work::do_due_work(&app.media, &app.store, clock).unwrap();
    for size in sizes {
        drop(app.media.lanes.of(*size).blocking_lock());
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

fn pointer(response: &Response) -> String {
    assert_eq!(response.problem(), "invalid_content");
    response.json()["errors"][0]["pointer"]
        .as_str()
        .unwrap()
        .to_owned()
}
