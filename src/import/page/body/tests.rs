//! The text goes on behind a box within it, and ends before lists of other articles.

use crate::import::page::parse;

const HEAD: &str = "Norhaven Gazette\n\nIsland ferry gets a second boat after two winters of petitions\nBy Mina Okafor\n2 June 2024\n\nThe island ferry will have a second boat from next Monday, the harbour office said on Sunday, after two winters in which the only boat was often late.\n\nUntil now a single boat carried six hundred people a day across the sound, and on stormy days none at all.\n\n";
const REST: &str = "The second boat was built for a lake in the south, where the water is calm and the passengers are few. It was towed up the coast in April and rebuilt in the harbour, with a higher bow, a stronger engine and a shelter for those who wait on the deck.\n\nThe harbour office expects that the crossing will take a quarter of an hour less, since the boats no longer wait for each other, and that the island's school can open an hour earlier than it does now.\n";

fn paragraphs(between: &str, rest: &str) -> Vec<String> {
    parse(&format!("{HEAD}{between}\n\n{rest}"), None)
        .unwrap()
        .paragraphs
}

#[test]
fn the_text_goes_on_behind_a_box_a_form_and_a_list() {
    for between in [
        "Related Article\n\nWhy the old boat was late\n\nNews\n\nA winter on the island\n\nRead More",
        "SIGN UP FOR OUR NEWSLETTER\n\n  • ____________________\n\nSubmit",
        "What the new boat carries:\n\n  • Bread\n  • Milk\n  • Post\n  • Bicycles\n  • Sheep\n  • Hay\n  • Timber\n  • Gas\n  • Tools\n  • Paint\n  • Rope",
    ] {
        let paragraphs = paragraphs(between, REST);
        let last = paragraphs.last().map(String::as_str);
        assert_eq!(last, REST.trim_end().rsplit("\n\n").next(), "{between}");
    }
}

#[test]
fn teasers_of_other_articles_and_comments_are_no_text() {
    let teasers = "A winter on the island\nThe school stayed open on all but nine days of the winter, its head said.\n2 May 2024\n\nWhy the old boat was late\nIts engine was older than its captain, who is forty.\n1 May 2024\n";
    for between in ["Related Articles", "Comments\n\nRay says:"] {
        let rest = if between.starts_with('R') {
            teasers
        } else {
            REST
        };
        let paragraphs = paragraphs(between, rest);
        assert_eq!(paragraphs.len(), 2, "{between}: {paragraphs:#?}");
    }
}
