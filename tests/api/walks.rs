//! Walks by cursor while others write: of what was there and unchanged all along, nothing comes twice and nothing is missed.

use std::collections::HashSet;

use masthead::domain::article::Status;
use masthead::domain::id::Id;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::TestRunner;

use super::harness::TestServer;
use super::model::{ORDERS, Order, Row, Seed, View, World, config, seed};

/// Something that another client does between two pages.
#[derive(Debug, Clone)]
enum Event {
    Insert(Seed),
    Withdraw(Index),
    Unpublish(Index),
    Rename(Index),
    Redate(Index),
    Touch(Index),
}

/// A list that is walked: its query, and what it shows.
#[derive(Debug, Clone, Copy)]
struct List {
    query: &'static str,
    langs: &'static [&'static str],
    matches: fn(&Row) -> bool,
}

const LISTS: [List; 9] = [
    List {
        query: "",
        langs: &[],
        matches: |_| true,
    },
    List {
        query: "&lang=en",
        langs: &["en"],
        matches: |_| true,
    },
    List {
        query: "&lang=fr,en",
        langs: &["fr", "en"],
        matches: |_| true,
    },
    List {
        query: "&lang=zh,en,fr",
        langs: &["zh", "en", "fr"],
        matches: |_| true,
    },
    List {
        query: "&tag=trade,peace,maps",
        langs: &[],
        matches: has_any_tag,
    },
    List {
        query: "&tag=trade,peace&author=anna,bela",
        langs: &[],
        matches: |r| has_tag(r, &["Trade", "Peace"]) && has_author(r, &["Anna", "Bela"]),
    },
    List {
        query: "&section=world",
        langs: &[],
        matches: |r| r.is_in("world"),
    },
    List {
        query: "&section=world,culture&lang=en,zh",
        langs: &["en", "zh"],
        matches: |r| r.is_in("world") || r.is_in("culture"),
    },
    List {
        query: "&author=anna,chen,dora&lang=fr,zh,en",
        langs: &["fr", "zh", "en"],
        matches: |r| has_author(r, &["Anna", "Chen", "Dora"]),
    },
];

fn has_any_tag(row: &Row) -> bool {
    has_tag(row, &["Trade", "Peace", "Maps"])
}

fn has_tag(row: &Row, names: &[&str]) -> bool {
    row.tags.iter().any(|tag| names.contains(tag))
}

fn has_author(row: &Row, names: &[&str]) -> bool {
    row.authors.iter().any(|author| names.contains(author))
}

#[derive(Debug, Clone)]
struct Scenario {
    seeds: Vec<Seed>,
    list: List,
    order: Order,
    limit: usize,
    /// Writes after each page.
    meanwhile: Vec<Vec<Event>>,
}

fn event() -> impl Strategy<Value = Event> {
    let index = any::<Index>;
    prop_oneof![
        2 => seed().prop_map(Event::Insert),
        1 => index().prop_map(Event::Withdraw),
        1 => index().prop_map(Event::Unpublish),
        1 => index().prop_map(Event::Rename),
        1 => index().prop_map(Event::Redate),
        1 => index().prop_map(Event::Touch),
    ]
}

fn scenario() -> impl Strategy<Value = Scenario> {
    let meanwhile = prop::collection::vec(prop::collection::vec(event(), 0..3), 0..12);
    let seeds = prop::collection::vec(seed(), 20..60);
    (
        seeds,
        select(&LISTS[..]),
        select(&ORDERS[..]),
        1_usize..8,
        meanwhile,
    )
        .prop_map(|(seeds, list, order, limit, meanwhile)| Scenario {
            seeds,
            list,
            order,
            limit,
            meanwhile,
        })
}

impl Event {
    /// Lets it happen, in the service and in the model, and answers the work that it is about.
    fn happen(&self, server: &TestServer, world: &mut World) -> Id {
        server.pass(1);
        if let Self::Insert(seed) = self {
            world.add(server, std::slice::from_ref(seed), &[]);
            return world.rows.last().unwrap().work;
        }
        let row = self.target(world);
        let id = row.id;
        match self {
            Self::Withdraw(_) => server.withdraw(id),
            Self::Unpublish(_) => server.unpublish(id),
            Self::Rename(_) => server.change(id, |content| content.title = "Beta two".to_owned()),
            Self::Redate(_) => {
                server.change(id, |content| content.published_at = Some(server.now()))
            }
            Self::Touch(_) | Self::Insert(_) => server.change(id, |content| {
                content.summary = Some(server.now().to_string())
            }),
        }
        self.model(row, server);
        row.work
    }

    fn target<'w>(&self, world: &'w mut World) -> &'w mut Row {
        let count = world.rows.len();
        let (Self::Withdraw(at)
        | Self::Unpublish(at)
        | Self::Rename(at)
        | Self::Redate(at)
        | Self::Touch(at)) = self
        else {
            return &mut world.rows[count - 1];
        };
        &mut world.rows[at.index(count)]
    }

    fn model(&self, row: &mut Row, server: &TestServer) {
        match self {
            Self::Withdraw(_) => row.status = Status::Withdrawn,
            Self::Unpublish(_) if row.status == Status::Draft => return,
            Self::Unpublish(_) => row.status = Status::Draft,
            Self::Rename(_) if row.title == "Beta two" => return,
            Self::Rename(_) => row.title = "Beta two".to_owned(),
            Self::Redate(_) => row.published_at = Some(server.now()),
            Self::Touch(_) | Self::Insert(_) => {}
        }
        row.updated_at = server.now();
    }
}

impl Scenario {
    fn expected(&self, world: &World) -> Vec<String> {
        let view = View {
            langs: self.list.langs,
            ..View::default()
        };
        world.list(&view, self.order, self.list.matches)
    }

    fn address(&self, rest: &str) -> String {
        let (query, sort) = (self.list.query, self.order.parameter());
        format!(
            "/api/articles?sort={sort}{query}&limit={}&fields=id{rest}",
            self.limit
        )
    }

    /// Follows the links to the end, with `between` after each page.
    fn walk(&self, server: &TestServer, mut between: impl FnMut(usize)) -> Vec<String> {
        let mut seen = Vec::new();
        let mut next = self.address("");
        for page in 0.. {
            let answer = server.ok(&next);
            let json = answer.json();
            seen.extend(answer.column("id"));
            let link = json["links"]["next"].as_str();
            assert_eq!(json["meta"]["has_more"], link.is_some());
            assert_eq!(json["meta"]["next_cursor"].is_null(), link.is_none());
            let Some(link) = link else { return seen };
            assert_eq!(
                answer.column("id").len(),
                self.limit,
                "a page before the last one is full"
            );
            next = link.to_owned();
            between(page);
        }
        seen
    }

    /// The walk while others write: what nobody touched comes once, and in order.
    fn check_walk(&self, server: &TestServer, world: &mut World) {
        let before = self.expected(world);
        let mut touched = HashSet::new();
        let seen = self.walk(server, |page| {
            for event in self.meanwhile.get(page).into_iter().flatten() {
                touched.insert(event.happen(server, world));
            }
        });
        let works = world.rows.iter().filter(|row| touched.contains(&row.work));
        let changed: HashSet<String> = works.map(|row| row.id.to_string()).collect();
        let unchanged = |ids: &[String]| -> Vec<String> {
            ids.iter()
                .filter(|id| !changed.contains(*id))
                .cloned()
                .collect()
        };
        assert_eq!(unchanged(&seen), unchanged(&before));
    }

    /// Checks that without writes a walk, numbered pages and the count agree with each other and with the model.
    fn check_rest(&self, server: &TestServer, world: &World) {
        let expected = self.expected(world);
        assert_eq!(self.walk(server, |_| {}), expected);
        let mut paged = Vec::new();
        for page in 1..=expected.len().div_ceil(self.limit) + 1 {
            let answer = server.ok(&self.address(&format!("&page={page}")));
            assert_eq!(answer.json()["meta"]["total"], expected.len());
            paged.extend(answer.column("id"));
        }
        assert_eq!(paged, expected);
        let counted = server.ok(&self.address("&count=exact")).json();
        assert_eq!(counted["meta"]["total"], expected.len());
    }
}

fn check(start: fn() -> Option<TestServer>) {
    if start().is_none() {
        return;
    }
    let mut runner = TestRunner::new(config(12));
    let checked = runner.run(&scenario(), |scenario| {
        let server = start().expect("a database, as before");
        let mut world = World::write(&server, &scenario.seeds, &[]);
        scenario.check_walk(&server, &mut world);
        scenario.check_rest(&server, &world);
        Ok(())
    });
    if let Err(failure) = checked {
        panic!("{failure}");
    }
}

#[test]
fn a_walk_misses_nothing_and_repeats_nothing_on_sqlite() {
    check(|| Some(TestServer::on_sqlite()));
}

#[test]
fn a_walk_misses_nothing_and_repeats_nothing_on_postgres() {
    check(TestServer::on_postgres);
}
