//! Pictures that come along with an import.

use std::collections::BTreeMap;
use std::fs;
use std::process::Stdio;
use std::time::Duration;

use base64::Engine;
use masthead::domain::picture_size::PictureSize;
use masthead::domain::time::Clock;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::command::{self, Ended};
use super::database::Database;
use super::harness::TestServer;
use super::media::work_on;
use super::picture_host::{Page, PictureHost, png};

/// A folder to import from, into the database of a server.
struct Desk<'s> {
    server: &'s TestServer,
    folder: TempDir,
}

impl<'s> Desk<'s> {
    fn new(server: &'s TestServer) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { server, folder }
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn records(&self, records: &[Value]) {
        let text: String = records.iter().map(|record| format!("{record}\n")).collect();
        self.write("in.ndjson", text);
    }

    fn command(&self, arguments: &[&str]) -> std::process::Command {
        let mut command = command::masthead(&self.server.database, self.folder.path());
        command
            .args(["import", "--lang", "en", "--report", "report.ndjson"])
            .args(arguments)
            .env(
                "MASTHEAD_MEDIA_STORE",
                self.server.app.config.media_place().to_string(),
            )
            .env("MASTHEAD_MEDIA_ALLOWED_NETWORKS", "127.0.0.1/32")
            .env("MASTHEAD_MEDIA_MAX_MEGABYTES", "1")
            .stdin(Stdio::null());
        command
    }

    /// Imports, and must end well.
    fn import(&self, arguments: &[&str]) -> Ended {
        let ended: Ended = self.command(arguments).output().unwrap().into();
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        ended
    }

    /// The codes of the report's lines about pictures, and the fields that they are of.
    fn missing(&self) -> BTreeMap<String, String> {
        let text = fs::read_to_string(self.folder.path().join("report.ndjson")).unwrap();
        let lines = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        let lines = lines.filter(|line| line["outcome"] == "missing");
        let told = lines.map(|line| {
            let detail = line["detail"].as_str().unwrap();
            let name = detail
                .split(": ")
                .next()
                .unwrap()
                .rsplit('/')
                .next()
                .unwrap();
            (name.to_owned(), line["code"].as_str().unwrap().to_owned())
        });
        told.collect()
    }

    /// The lines of an export, by type.
    fn exported(&self) -> Vec<Value> {
        let ended = command::run(&self.server.database, self.folder.path(), &["export", "-"]);
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        ended
            .out
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    fn of_type(&self, kind: &str) -> Vec<Value> {
        let mut lines = self.exported();
        lines.retain(|line| line["type"] == kind);
        lines
    }

    fn body(&self, title: &str) -> String {
        let found = self
            .of_type("article")
            .into_iter()
            .find(|line| line["title"] == title);
        found.unwrap()["body_html"].as_str().unwrap().to_owned()
    }
}

fn story(id: &str, body: &str) -> Value {
    json!({"id": id, "lang": "en", "title": format!("Story {id}"), "published_at": "2020-01-01",
        "updated": "2020-02-03T04:05:06Z", "body_html": body})
}

fn count(text: &str, part: &str) -> usize {
    text.matches(part).count()
}

api_test! {
    fn pictures_come_along_and_coming_again_changes_nothing(server) {
        let (host, desk) = (PictureHost::start(), Desk::new(server));
        for (n, path) in ["/up/lead.png", "/up/harbour.png", "/up/only-300x200.png", "/up/g1.png", "/up/g2.png"].iter().enumerate() {
            host.put(path, Page::Bytes(png(n as u8, 60, 40)));
        }
        host.put("/up/moved.png", Page::Redirect(host.url("/up/lead.png")));
        let url = |path: &str| host.url(path);
        let body = format!(
            "<p>One.</p><figure><a href=\"{0}\"><img src=\"{1}\" alt=\"The harbour\"></a></figure><figure><img src=\"{2}\" alt=\"\"></figure>\
             <figure class=\"gallery\"><img src=\"{3}\" alt=\"G\"><img src=\"{4}\" alt=\"\"></figure><figure><img src=\"{5}\" alt=\"M\"></figure>\
             <p><a href=\"https://elsewhere.example/page\">page</a></p>",
            url("/up/harbour.png"), url("/up/harbour-300x200.png"), url("/up/only-300x200.png"), url("/up/g1.png"), url("/up/g2.png?w=640"), url("/up/moved.png"));
        let mut first = story("1", &body);
        first["media"] = json!([{"kind": "image", "url": url("/up/lead-150x100.png"), "alt": "Lead", "caption": "The caption", "credit": "Mina"},
            {"kind": "file", "url": url("/up/report.pdf")}]);
        desk.records(&[first.clone(), story("2", "<p>No picture.</p>")]);
        let told = desk.import(&["--media", "fetch", "in.ndjson"]);
        assert!(told.err.contains("6 referred to: 6 fetched, 0 here already, 0 missing"), "{}", told.err);
        let body = desk.body("Story 1");
        assert_eq!((count(&body, "/media/"), count(&body, "127.0.0.1")), (6, 0), "{body}");
        assert!(body.contains("https://elsewhere.example/page") && body.contains("alt=\"The harbour\""), "{body}");
        let article = &desk.of_type("article")[0];
        assert_eq!((&article["version"], &article["updated_at"]), (&json!(2), &json!("2020-02-03T04:05:06Z")));
        let media = article["media"].as_array().unwrap();
        assert!(media[0]["id"].is_string() && media[0]["url"].is_null() && media[1]["url"] == url("/up/report.pdf"), "{media:?}");
        let stored = desk.of_type("medium");
        assert_eq!(stored.len(), 5, "the same bytes are kept once");
        let lead = stored.iter().find(|medium| medium["id"] == media[0]["id"]).unwrap();
        assert_eq!((&lead["alt"]["en"], &lead["caption"]["en"], &lead["credit"]["en"]), (&json!("Lead"), &json!("The caption"), &json!("Mina")));
        work_on(server, &Clock::System, &PictureSize::ALL);
        server.refresh();
        let shown = server.ok("/api/articles/story-1").json()["data"].clone();
        let picture = shown["media"][0]["url"].as_str().unwrap();
        let path = &picture[picture.find("/media/").unwrap()..];
        assert_eq!(server.ok(path).header("content-type"), "image/jpeg");
        let asked = host.asked();
        assert!(asked.iter().all(|(_, condition)| condition.is_none()));
        let (before, log) = (desk.exported(), Database::open(&server.database).count("changes"));
        for (arguments, conditional) in [(&["--media", "fetch"][..], 5), (&["--media", "keep"][..], 0), (&[][..], 0)] {
            let told = desk.import(&[arguments, &["in.ndjson"][..]].concat());
            assert!(told.err.contains("0 created, 0 updated, 2 unchanged"), "{}", told.err);
            assert_eq!(desk.exported(), before, "{arguments:?}");
            assert_eq!(Database::open(&server.database).count("changes"), log, "{arguments:?}");
            let asked = host.asked();
            assert_eq!(asked.iter().filter(|(path, condition)| condition.is_some() && !path.contains("moved")).map(|(path, _)| path).collect::<std::collections::BTreeSet<_>>().len(), conditional, "{asked:?}");
        }
        first["title"] = json!("Story 1 again");
        desk.records(&[first]);
        desk.import(&["--media", "keep", "in.ndjson"]);
        assert_eq!(desk.body("Story 1 again"), body, "keep takes nothing back");
        assert!(host.asked().is_empty());
    }

    fn what_does_not_come_is_told_keeps_its_address_and_is_tried_again(server) {
        let (host, desk) = (PictureHost::start(), Desk::new(server));
        let mut bomb = png(1, 20, 20);
        bomb[16..24].copy_from_slice(&[0, 0, 0x3f, 0xff, 0, 0, 0x3f, 0xff]);
        let mut crc = flate2::Crc::new();
        crc.update(&bomb[12..29]);
        bomb[29..33].copy_from_slice(&crc.sum().to_be_bytes());
        let half = png(2, 200, 200);
        let half = half[..half.len() / 2].to_vec();
        for (path, page) in [
            ("/good.png", Page::Bytes(png(1, 20, 10))), ("/large.png", Page::Bytes(vec![0; 1_100_000])), ("/endless.png", Page::Endless),
            ("/page.png", Page::Bytes(b"<!doctype html><p>gone".to_vec())), ("/drawing.svg", Page::Bytes(b"<svg xmlns='x'/>".to_vec())),
            ("/bomb.png", Page::Bytes(bomb)), ("/half.png", Page::Bytes(half)), ("/cut.png", Page::CutOff), ("/hang.png", Page::Hang),
            ("/inside.png", Page::Redirect("http://10.0.0.1/x.png".to_owned())), ("/metadata.png", Page::Redirect("http://169.254.169.254/latest".to_owned())),
            ("/file.png", Page::Redirect("file:///etc/passwd".to_owned())), ("/ring.png", Page::Redirect("/ring.png".to_owned())),
            ("/forbidden.png", Page::Status(403)), ("/later.png", Page::Later(1, png(3, 20, 10))),
        ] {
            host.put(path, page);
        }
        let names = ["good.png", "large.png", "endless.png", "page.png", "drawing.svg", "bomb.png", "half.png", "cut.png", "hang.png", "inside.png",
            "metadata.png", "file.png", "ring.png", "forbidden.png", "later.png", "absent.png"];
        let pictures: String = names.iter().map(|name| format!("<figure><img src=\"{}\" alt=\"\"></figure>", host.url(&format!("/{name}")))).collect();
        desk.records(&[story("1", &format!("<p>One.</p>{pictures}<figure><img src=\"http://192.168.1.1/router.png\" alt=\"\"></figure>"))]);
        let told = desk.import(&["--media", "fetch", "--media-timeout", "1", "in.ndjson"]);
        assert!(told.err.contains("17 referred to: 2 fetched, 0 here already, 15 missing"), "{}", told.err);
        let codes = [
            ("large.png", "media_too_large"), ("endless.png", "media_too_large"), ("page.png", "media_not_a_picture"), ("drawing.svg", "media_not_a_picture"),
            ("bomb.png", "media_too_large"), ("half.png", "media_broken"), ("cut.png", "media_unreachable"), ("hang.png", "media_timeout"),
            ("inside.png", "media_refused_address"), ("metadata.png", "media_refused_address"), ("file.png", "media_refused_address"),
            ("ring.png", "media_redirects"), ("forbidden.png", "media_refused"), ("absent.png", "media_not_found"), ("router.png", "media_refused_address"),
        ];
        let expected: BTreeMap<String, String> = codes.iter().map(|(name, code)| ((*name).to_owned(), (*code).to_owned())).collect();
        assert_eq!(desk.missing(), expected);
        let body = desk.body("Story 1");
        assert_eq!((count(&body, "/media/"), count(&body, "http://")), (2, 15), "{body}");
        host.put("/absent.png", Page::Bytes(png(4, 20, 10)));
        host.put("/hang.png", Page::Status(404));
        let told = desk.import(&["--media", "fetch", "in.ndjson"]);
        assert!(told.err.contains("17 referred to: 1 fetched, 2 here already, 14 missing"), "{}", told.err);
        assert_eq!(count(&desk.body("Story 1"), "/media/"), 3);
        assert_eq!(desk.of_type("article")[0]["version"], 3);
    }

    fn pictures_come_along_from_every_format(server) {
        let (host, desk) = (PictureHost::start(), Desk::new(server));
        host.put("/up/p.png", Page::Bytes(png(1, 60, 40)));
        host.put("/content/images/q.png", Page::Bytes(png(2, 60, 40)));
        let url = host.url("/up/p-300x200.png");
        let long = "A long paragraph of plain words that makes this page an article and not a list of links, with commas, and with more words. ".repeat(4);
        desk.write("wxr.xml", format!(
            "<?xml version=\"1.0\"?><rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:wp=\"http://wordpress.org/export/1.2/\">\
             <channel><title>Old</title><language>en</language><wp:wxr_version>1.2</wp:wxr_version><wp:base_blog_url>{0}</wp:base_blog_url>\
             <item><title>From WordPress</title><link>{0}/from/</link><content:encoded><![CDATA[<p>One.</p><img src=\"{url}\" alt=\"A\" srcset=\"{url} 300w\">]]></content:encoded>\
             <wp:post_id>1</wp:post_id><wp:post_date_gmt>2020-01-01 00:00:00</wp:post_date_gmt><wp:status>publish</wp:status><wp:post_type>post</wp:post_type></item></channel></rss>", host.url("")));
        desk.write("ghost.json", json!({"db": [{"meta": {"version": "5.0.0"}, "data": {"posts": [{"id": "1", "title": "From Ghost", "slug": "from-ghost", "status": "published",
            "visibility": "public", "type": "post", "published_at": "2020-01-01T00:00:00.000Z", "feature_image": "__GHOST_URL__/content/images/size/w600/q.png",
            "html": "<p>One.</p><figure><img src=\"__GHOST_URL__/content/images/q.png\" alt=\"Q\"></figure>"}], "settings": [{"key": "locale", "value": "en"}]}}]}).to_string());
        desk.write("feed.xml", format!(
            "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>F</title><language>en</language><link>{0}</link><item><title>From a feed</title><link>{0}/feed-item</link>\
             <pubDate>Wed, 01 Jan 2020 00:00:00 GMT</pubDate><description>&lt;p&gt;One.&lt;/p&gt;&lt;img src=\"/up/p.png\" alt=\"A\"&gt;</description></item></channel></rss>", host.url("")));
        desk.write("page.html", format!(
            "<!doctype html><html lang=\"en\"><head><title>From a page</title><link rel=\"canonical\" href=\"{0}/a-page\"><meta property=\"article:published_time\" content=\"2020-01-01T00:00:00Z\">\
             </head><body><article><h1>From a page</h1><p>{long}</p><figure><img src=\"../up/p.png\" alt=\"A\" width=\"600\" height=\"400\"></figure><p>{long}</p></article></body></html>", host.url("")));
        desk.records(&[json!({"id": "n", "lang": "en", "title": "From NDJSON", "published_at": "2020-01-01", "body_markdown": format!("One.\n\n![A]({url})")})]);
        desk.import(&["--media", "fetch", "--media-site", &host.url(""), "wxr.xml", "ghost.json", "feed.xml", "page.html", "in.ndjson"]);
        assert_eq!(desk.missing(), BTreeMap::new());
        for title in ["From WordPress", "From Ghost", "From a feed", "From a page", "From NDJSON"] {
            let body = desk.body(title);
            assert_eq!((count(&body, "<img src=\"/media/"), count(&body, "<img")), (1, 1), "{title}: {body}");
        }
        assert_eq!(desk.of_type("medium").len(), 2);
        let ghost = desk.of_type("article").into_iter().find(|line| line["title"] == "From Ghost").unwrap();
        assert!(ghost["media"][0]["id"].is_string(), "{ghost}");
        let before = desk.exported();
        let told = desk.import(&["wxr.xml", "ghost.json", "feed.xml", "page.html", "in.ndjson"]);
        assert!(told.err.contains("0 created, 0 updated, 5 unchanged"), "{}", told.err);
        assert_eq!(desk.exported(), before);
    }

    fn pictures_come_from_a_folder_and_from_the_archive_itself(server) {
        let desk = Desk::new(server);
        desk.write("uploads/2020/01/a b.png", png(1, 60, 40));
        desk.write("uploads/2020/01/c-300x200.png", png(2, 60, 40));
        let data = base64::engine::general_purpose::STANDARD.encode(png(3, 30, 20));
        let data = format!("data:image/png;base64,{data}");
        let site = "https://old.example/wp-content/uploads/2020/01";
        let body = format!("<p>One.</p><figure><img src=\"{site}/a%20b-300x200.png\" alt=\"AB\"></figure><figure><img src=\"{site}/c-300x200.png\" alt=\"C\"></figure>\
            <figure><img src=\"{site}/none.png\" alt=\"\"></figure><figure><img src=\"{data}\" alt=\"Within\"></figure>");
        desk.records(&[story("1", &body)]);
        let flags = ["--media-dir", "uploads", "in.ndjson"];
        let trial = desk.import(&[&["--dry-run"][..], &flags[..]].concat());
        assert!(trial.err.contains("4 referred to, 0 here already, 3 to fetch, 1 cannot come"), "{}", trial.err);
        assert!(trial.out.contains("3  old.example") && trial.out.contains("1  in the archive itself"), "{}", trial.out);
        assert_eq!(desk.exported().len(), 0);
        let told = desk.import(&flags);
        assert!(told.err.contains("4 referred to: 3 fetched, 0 here already, 1 missing"), "{}", told.err);
        assert_eq!(desk.missing(), BTreeMap::from([("none.png".to_owned(), "media_not_in_folder".to_owned())]));
        let written = desk.body("Story 1");
        assert_eq!((count(&written, "src=\"/media/"), count(&written, "none.png")), (3, 1), "{written}");
        let media = desk.of_type("medium");
        assert!(media.iter().any(|medium| medium["alt"]["en"] == "Within"), "{media:?}");
        let before = desk.exported();
        for arguments in [&flags[..], &["in.ndjson"][..]] {
            let told = desk.import(arguments);
            assert!(told.err.contains("1 unchanged"), "{}", told.err);
            assert_eq!(desk.exported(), before, "{arguments:?}");
        }
        let missing = desk.command(&["--media-dir", "nowhere", "in.ndjson"]).output().unwrap();
        assert_eq!(missing.status.code(), Some(2));
    }

    fn a_picture_that_changes_at_its_host_takes_the_place_of_the_old_one_and_one_that_goes_stays(server) {
        let (host, desk) = (PictureHost::start(), Desk::new(server));
        host.put("/a.png", Page::Bytes(png(1, 60, 40)));
        host.put("/b.png", Page::Bytes(png(2, 60, 40)));
        let mut first = story("1", &format!("<figure><img src=\"{}\" alt=\"A\"></figure><figure><img src=\"{}\" alt=\"B\"></figure>", host.url("/a.png"), host.url("/b.png")));
        first["image"] = json!(host.url("/a.png"));
        desk.records(&[first]);
        desk.import(&["--media", "fetch", "in.ndjson"]);
        let (body, media) = (desk.body("Story 1"), desk.of_type("article")[0]["media"].clone());
        host.put("/a.png", Page::Bytes(png(9, 80, 40)));
        host.put("/b.png", Page::Status(404));
        let told = desk.import(&["--media", "fetch", "in.ndjson"]);
        assert!(told.err.contains("2 referred to: 1 fetched, 1 here already, 0 missing"), "{}", told.err);
        let (now, now_media) = (desk.body("Story 1"), desk.of_type("article")[0]["media"].clone());
        assert_ne!((&now, &now_media[0]["id"]), (&body, &media[0]["id"]));
        let second = |body: &str| body.rsplit("<figure>").next().unwrap().to_owned();
        assert_eq!(second(&now), second(&body));
        assert!(now.contains("-w80."), "{now}");
    }

    fn an_import_of_pictures_that_is_killed_ends_as_if_it_had_not_been(server) {
        let host = PictureHost::with_pause(Duration::from_millis(3));
        let records: Vec<Value> = (0..40).map(|n| {
            host.put(&format!("/own/{n}.png"), Page::Bytes(png(n, 20, 10)));
            host.put(&format!("/shared/{}.png", n % 7), Page::Bytes(png(100 + n % 7, 20, 10)));
            story(&n.to_string(), &format!("<p>T</p><figure><img src=\"{}\" alt=\"Own {n}\"></figure><figure><img src=\"{}\" alt=\"Shared {n}\"></figure><figure><img src=\"{}\" alt=\"\"></figure>",
                host.url(&format!("/own/{n}-300x200.png")), host.url(&format!("/shared/{}.png", n % 7)), host.url("/absent.png")))
        }).collect();
        let whole = TestServer::on_sqlite();
        let unbroken = Desk::new(&whole);
        unbroken.records(&records);
        unbroken.import(&["--media", "fetch", "in.ndjson"]);
        let expected = comparable(&unbroken);
        let desk = Desk::new(server);
        desk.records(&records);
        for wait in [120, 260, 330, 420, 510] {
            let mut import = desk.command(&["--media", "fetch", "in.ndjson"]).stderr(Stdio::null()).spawn().unwrap();
            std::thread::sleep(Duration::from_millis(wait));
            let _ = import.kill();
            import.wait().unwrap();
        }
        desk.import(&["--media", "fetch", "in.ndjson"]);
        let found = comparable(&desk);
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!(found, expected);
        }
    }
}

/// The lines of an export without what each run makes anew: identities, and times of the import.
fn comparable(desk: &Desk<'_>) -> Vec<String> {
    let mut lines = desk.exported();
    let names: BTreeMap<String, String> = lines
        .iter()
        .filter(|line| line["type"] == "medium")
        .map(|line| {
            let digest = line["file"]["digest"].as_str().unwrap();
            (line["id"].as_str().unwrap().to_owned(), digest.to_owned())
        })
        .collect();
    for line in &mut lines {
        let object = line.as_object_mut().unwrap();
        for name in ["created_at", "work", "at"] {
            object.remove(name);
        }
        let id = object.remove("id").unwrap_or_default();
        if object["type"] != "article" {
            object.remove("updated_at");
        }
        if object["type"] == "medium" {
            object["file"]
                .as_object_mut()
                .unwrap()
                .retain(|name, _| name == "digest");
            for source in object
                .get_mut("sources")
                .and_then(Value::as_array_mut)
                .into_iter()
                .flatten()
            {
                source.as_object_mut().unwrap().remove("fetched_at");
            }
        }
        object.remove("article");
        if let Some(snapshot) = object.get_mut("snapshot").and_then(Value::as_object_mut) {
            snapshot.remove("work");
        }
        let media = object.get_mut("media").and_then(Value::as_array_mut);
        for entry in media.into_iter().flatten() {
            entry["id"] = json!(entry["id"].as_str().and_then(|id| names.get(id)));
        }
        drop(id);
    }
    let mut lines: Vec<String> = lines.iter().map(Value::to_string).collect();
    lines.sort();
    lines
}
