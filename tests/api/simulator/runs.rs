//! Runs of the simulation, and the comparison at their end.

use masthead::app;
use masthead::domain::access::Limits;
use masthead::domain::id::Id;
use masthead::domain::partner::Contract;
use masthead::service::{keys, schedule};

use super::{Desk, Dice, Disk, FILTERS, LANGS, Partner, Publication, SECTIONS, SOURCES};
use crate::builders::{Article, lang};
use crate::consistency::assert_consistent;
use crate::database::Database;
use crate::harness::TestServer;

fn furnish(server: &TestServer) {
    for tag in LANGS {
        for path in SECTIONS {
            server.article(
                Article::new("First")
                    .lang(tag)
                    .section(path)
                    .source(SOURCES[0]),
            );
        }
    }
    server.article(Article::new("Second").source(SOURCES[1]));
}

fn ids(server: &TestServer, target: &str) -> Vec<Id> {
    let rows = server.ok(target).column("id");
    rows.iter().map(|id| Id::parse(id).unwrap()).collect()
}

fn partners(server: &TestServer) -> [Partner; 4] {
    let world = ids(server, "/api/sections?limit=100")
        .into_iter()
        .filter(|id| server.ok(&format!("/api/sections/{id}")).json()["data"]["path"] == "world")
        .collect();
    let herald = ids(server, "/api/sources").pop().unwrap();
    let english = Limits {
        langs: vec![lang("en")],
        ..Limits::default()
    };
    let world = Limits {
        sections: world,
        ..Limits::default()
    };
    let herald = Limits {
        sources: vec![herald],
        langs: vec![lang("en"), lang("fr")],
        ..Limits::default()
    };
    let late = Contract {
        embargo_offset: 3_600,
        ..Contract::default()
    };
    let short = Contract {
        summary_only: true,
        embargo_offset: 600,
        ..Contract::default()
    };
    let make = |limits: Limits, contract: Contract, filter| Partner {
        token: Some(server.partner(limits, contract)),
        filter,
        disk: Disk::default(),
        is_behind: false,
    };
    let public = Partner {
        token: None,
        filter: "",
        disk: Disk::default(),
        is_behind: false,
    };
    [
        make(english, Contract::default(), ""),
        make(world, late, ""),
        make(herald, short, "&source=herald"),
        public,
    ]
}

/// Other limits for the first partner, and what it had again.
fn change_rights(server: &TestServer, partner: &Partner, dice: &mut Dice) {
    let langs = [
        vec![lang("en")],
        vec![lang("fr"), lang("en")],
        vec![lang("zh")],
    ];
    let limits = Limits {
        langs: langs[dice.roll(3)].clone(),
        ..Limits::default()
    };
    let contract = Contract {
        embargo_offset: [0, 300][dice.roll(2)],
        ..Contract::default()
    };
    let (store, clock) = (&server.app.store, &server.app.clock);
    let (_, key) = partner.token.as_ref().unwrap();
    assert!(keys::change_rights(store, clock, *key, &limits, contract, None).unwrap());
}

/// No article whose tombstone this partner has acknowledged is in its copy.
fn check_tombstones(server: &TestServer, desk: &Desk, partner: &Partner, editor: &str) {
    let Some((_, key)) = &partner.token else {
        return;
    };
    if partner.is_behind || !partner.disk.stale.is_empty() {
        return;
    }
    for id in &desk.articles {
        let reach = server
            .request("GET", &format!("/api/articles/{id}/reach"))
            .key(editor)
            .send()
            .json();
        let own = reach["data"]["partners"].as_array().unwrap().iter();
        for row in own.filter(|row| row["key"] == key.to_string()) {
            let gone = row["tombstone"]["acknowledged_at"].is_string();
            assert!(
                !gone || !partner.disk.copy.contains_key(&id.to_string()),
                "{row}"
            );
        }
    }
}

/// A copy that was told everything holds nothing that was taken down.
fn check_takedowns(server: &TestServer, partner: &Partner) {
    let mut database = Database::open(&server.database);
    for id in database.texts("SELECT id AS t FROM articles WHERE status = 'withdrawn'") {
        assert!(!partner.disk.copy.contains_key(&id), "{id} was taken down");
    }
}

fn simulate(first: &TestServer, seed: u64) {
    let seed = std::env::var("MASTHEAD_TEST_SEED").map_or(seed, |told| told.parse().unwrap());
    let mut dice = Dice(seed);
    furnish(first);
    let mut desk = Desk::of(first, seed);
    let mut partners = partners(first);
    let mut publication = Publication::of(first, seed);
    let editor = desk.editor.clone();
    let (mut kills, mut changes) = (0, 0);
    while kills < 100 || publication.restores < 2 {
        if publication.pass() {
            desk.forget_the_lost(publication.server());
            for partner in &mut partners {
                partner.is_behind = true;
            }
        }
        let server = publication.server();
        for _ in 0..dice.roll(3) {
            desk.write(server, &mut dice);
        }
        if dice.roll(25) == 0 {
            change_rights(server, &partners[0], &mut dice);
        }
        let partner = &mut partners[dice.roll(4)];
        if dice.roll(6) == 0 {
            partner.filter = FILTERS[dice.roll(FILTERS.len())];
            changes += 1;
        }
        let killed = dice.roll(3) == 0;
        if !partner.read(server, 1 + dice.roll(6), killed) {
            check_takedowns(server, partner);
        }
        kills += usize::from(killed);
        if dice.roll(4) == 0 {
            partner.acknowledge(server);
        }
        if dice.roll(40) == 0 {
            check_tombstones(server, &desk, partner, &editor);
        }
    }
    eprintln!(
        "{kills} kills, {changes} changes of filters, {} restores",
        publication.restores
    );
    assert!(changes > 20, "filters changed {changes} times");
    check_the_end(publication.server(), &desk, &mut partners);
}

fn check_the_end(server: &TestServer, desk: &Desk, partners: &mut [Partner]) {
    // What is due goes live now, and not between a partner's last read and the look at what it may read.
    app::work_a_round(&server.app);
    schedule::pass_offsets(&server.app.store, &server.app.clock).unwrap();
    for partner in partners.iter_mut() {
        while partner.read(server, 100, false) {}
        partner.acknowledge(server);
        assert_eq!(
            partner.disk.copy,
            partner.readable(server),
            "{}",
            partner.filter
        );
        check_takedowns(server, partner);
        check_tombstones(server, desk, partner, &desk.editor);
    }
    assert_consistent(&server.database);
    for partner in partners {
        partner.filter = "";
        while partner.read(server, 100, false) {}
        assert_eq!(partner.disk.copy, partner.readable(server));
        assert!(!partner.disk.copy.is_empty(), "the desk was too lazy");
    }
}

api_test! {
    fn a_partner_that_is_killed_anywhere_ends_with_what_its_contract_lets_it_read(server) {
        simulate(server, 4);
    }

    fn a_partner_that_is_killed_elsewhere_ends_with_the_same(server) {
        simulate(server, 23);
    }
}
