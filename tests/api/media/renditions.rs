//! Renditions: when they are made, and what they keep of a picture.

use image::{ImageFormat, Rgba, RgbaImage};
use masthead::domain::access::Role;
use serde_json::Value;

use super::{Form, encoded, folder, medium, photo, picture, rendered, work};
use crate::database::Database;

api_test! {
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
}

/// A JPEG that says it lies on its side, and where it was taken.
fn with_exif(jpeg: &[u8]) -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01".to_vec();
    exif.extend(b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0");
    exif.extend(b"SECRET PLACE");
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], b"\xff\xe1", &length, &exif, &jpeg[2..]].concat()
}
