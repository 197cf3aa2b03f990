//! Elements with what lies in them.

use super::*;

fn parse(text: &str) -> Element {
    Element::parse(text, &Names::default()).unwrap()
}

#[test]
fn text_cdata_and_references_are_one_text() {
    let item = parse(
        "<item><t>a &amp; b &#233;<![CDATA[ <c> & ]]]]><![CDATA[>]]>&nbsp;&lol;&</t><e/></item>",
    );
    assert_eq!(item.text_of("t").unwrap(), "a & b é <c> & ]]>&nbsp;&lol;&");
    assert_eq!(item.text_of("e"), None);
}

#[test]
fn what_is_broken_costs_its_own_place() {
    for (text, found) in [
        ("<i><t>a</b>c</t></i>", "ac"),
        ("<i><t>a < b</t></i>", "a < b"),
        ("<i><t>a & b</t></i>", "a & b"),
        ("<i><t>a</i>", "a"),
        ("<i><t><b>x<u>y</b></t></i>", "<b>x<u>y</u></b>"),
        ("<i><t>]]> a &#0;</t></i>", "]]> a \u{fdd1}"),
    ] {
        assert_eq!(parse(text).text_of("t").as_deref(), Some(found), "{text}");
    }
}

#[test]
fn names_have_the_usual_prefix_of_their_vocabulary() {
    let head = "<rss xmlns:c='http://purl.org/rss/1.0/modules/content/' xmlns:w='http://wordpress.org/export/1.2/' xmlns:x='http://wordpress.org/export/1.2/excerpt/'><channel>";
    let names = Names::declared(head);
    let item = Element::parse(
        "<item><c:encoded>a</c:encoded><w:status>b</w:status><x:encoded>c</x:encoded></item>",
        &names,
    )
    .unwrap();
    let found: Vec<_> = item.elements().map(|child| child.name.as_str()).collect();
    assert_eq!(found, ["content:encoded", "wp:status", "excerpt:encoded"]);
    let names = Names::declared("<a:feed xmlns:a='http://www.w3.org/2005/Atom'>");
    let entry = Element::parse("<a:entry><a:title>t</a:title></a:entry>", &names).unwrap();
    assert_eq!(
        (entry.name.as_str(), entry.text_of("title").as_deref()),
        ("entry", Some("t"))
    );
}

#[test]
fn entities_of_a_document_are_not_expanded_and_depth_has_an_end() {
    let text = "<!DOCTYPE x [<!ENTITY a 'aaa'><!ENTITY b '&a;&a;'><!ENTITY f SYSTEM 'file:///etc/passwd'>]><x><t>&b;&f;</t></x>";
    assert_eq!(parse(text).text_of("t").as_deref(), Some("&b;&f;"));
    let deep = format!("<x>{}a{}</x>", "<b>".repeat(10_000), "</b>".repeat(10_000));
    assert_eq!(parse(&deep).all().count(), DEPTH_MAX);
    let wide = "<b>".repeat(1_000_000);
    assert!(parse(&format!("<x>{wide}")).all().count() <= DEPTH_MAX);
}
