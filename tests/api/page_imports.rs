//! Article pages taken in as text: what they say of their edition, and what is told of them.

use serde_json::{Value, json};

use super::harness::TestServer;

const BODY: &str = "The villagers of Upper Lake have woven a new bridge of reeds by hand, as their grandparents did before the flood.\n\nThey will cut the ropes again in the spring, and they will begin once more from the northern bank of the lake.";

/// A page of a house: its menu, an article, and the house's footer.
fn page(house: &str, title: &str, footer: &str) -> String {
    format!(
        "Home > World > Events\n{title}\n\nBy Ada Quill | 4 May 2021\n\n{BODY}\n\nRelated\nAnother bridge\n\n{footer}\n© 2021 {house}. All rights reserved\n"
    )
}

fn edition(server: &TestServer) -> Value {
    let edition = server.ok("/api/editions/en").json()["data"].clone();
    json!({
        "copyright": edition["copyright"],
        "email": edition["contact"]["email"],
        "phones": edition["contact"]["phones"].as_array().unwrap().len(),
    })
}

api_test! {
    fn pages_of_other_houses_leave_an_edition_as_its_own_house_made_it(server) {
        let harbour = page("The Harbour Gazette", "A forum opens by the sea", "Tel: 020 7946 0123");
        let late = page("The Harbour Gazette", "A forum closes by the sea", "E-mail: desk@harbour.example");
        let reed = page("Reed Review", "A bridge of reeds is woven again", "Tel: 020 7946 9999  E-mail: desk@reed.example");
        let again = page("Reed Review", "A bridge of reeds is cut again", "Tel: 020 7946 9999  E-mail: desk@reed.example");
        let told = server.import_pages(&[("a", &harbour), ("b", &reed), ("c", &again), ("d", &late)]);
        assert_eq!(told.summary.refused(), 0);
        assert_eq!(
            edition(server),
            json!({"copyright": "© 2021 The Harbour Gazette. All rights reserved", "email": "desk@harbour.example", "phones": 1})
        );
        let differs: Vec<_> = told.lines.iter().filter(|line| line["code"] == "edition_differs").collect();
        let fields: Vec<_> = differs.iter().map(|line| (line["field"].as_str().unwrap(), line["records"].as_u64().unwrap())).collect();
        assert_eq!(fields, [("/edition/contact/email", 2), ("/edition/contact/phones", 2), ("/edition/copyright", 2)]);
        assert!(differs[2]["detail"].as_str().unwrap().contains("© 2021 Reed Review"), "{differs:?}");
        assert!(differs[2]["detail"].as_str().unwrap().contains("keeps what it has"), "{differs:?}");
        let email = "Reed Review says desk@reed.example; the edition en has none, and takes it from pages of The Harbour Gazette only";
        assert_eq!(differs[0]["detail"], email);
        // Another run knows the house by what the edition has of it.
        let harbour = page("The Harbour Gazette", "A forum is held by the sea", "Tel: 020 7946 0123");
        server.import_pages(&[("e", &harbour), ("f", &page("Reed Review", "A bridge of reeds stands", "Address: 4 Reed Lane, Reedham"))]);
        assert_eq!(server.ok("/api/editions/en").json()["data"]["contact"]["address"], serde_json::Value::Null);
        assert!(differs.iter().all(|line| line["file"].as_str().unwrap().ends_with("b.txt")));
    }

    fn a_page_fills_what_an_edition_lacks_and_no_more(server) {
        server.import(&[json!({"type": "edition", "lang": "en", "copyright": "© Ours"})]);
        let told = server.import_pages(&[("a", &page("Ours", "A forum opens by the sea", "Tel: 020 7946 0123"))]);
        assert_eq!(edition(server), json!({"copyright": "© Ours", "email": null, "phones": 1}));
        let filled: Vec<_> = told.lines.iter().filter(|line| line["code"] == "edition_filled").map(|line| (line["field"].as_str().unwrap(), line["detail"].as_str().unwrap())).collect();
        assert_eq!(filled, [("/edition/contact/phones", "the edition en had none; Ours says 020 7946 0123")]);
        assert!(told.lines.iter().any(|line| line["code"] == "edition_differs" && line["field"] == "/edition/copyright"));
    }

    fn what_is_left_out_between_headline_and_footer_is_told_with_its_line(server) {
        let told = server.import_pages(&[("a", &page("Ours", "A forum opens by the sea", "Tel: 020 7946 0123"))]);
        let left: Vec<_> = told.lines.iter().filter(|line| line["code"] == "left_out").map(|line| (line["line"].as_u64().unwrap(), line["detail"].as_str().unwrap())).collect();
        assert_eq!(left, [(10, "Related"), (11, "Another bridge")]);
    }

    fn no_edition_is_made_of_a_language_that_is_not_registered(server) {
        let key = server.key(masthead::domain::access::Role::Admin);
        let refused = server.request("PUT", "/api/editions/english").key(&key).json(&json!({})).send();
        assert_eq!(refused.status, 400);
        assert!(refused.json()["detail"].as_str().unwrap().ends_with("write en"), "{}", refused.text());
        let draft = json!({"lang": "english", "title": "A title", "body": {"format": "plain", "content": "Text."}});
        let refused = server.request("POST", "/api/articles").key(&key).json(&draft).send();
        assert_eq!(refused.status, 422);
        assert!(refused.text().contains("write en"), "{}", refused.text());
        assert_eq!(server.ok("/api/editions").json()["data"], json!([]));
    }
}
