//! The demo: an invented academic newspaper in English, French and Chinese, taken in by the same door as every import.

use crate::domain::access::{Limits, Role};
use crate::domain::bases::Bases;
use crate::domain::id::Id;
use crate::domain::time::Clock;
use crate::import::Format;
use crate::import::inputs::Input;
use crate::import::progress::Progress;
use crate::import::reader::{self, Options};
use crate::import::report::Report;
use crate::import::run::{self, RunError, Target};
use crate::service::{Actor, ServiceError, keys};
use crate::store::articles::article_exists;
use crate::store::changes::latest_seq;
use crate::store::{Store, StoreError};

/// The publication, in the order in which it goes in.
const CONTENT: [(&str, &str); 5] = [
    ("publication.ndjson", include_str!("publication.ndjson")),
    ("articles.en.ndjson", include_str!("articles.en.ndjson")),
    ("articles.fr.ndjson", include_str!("articles.fr.ndjson")),
    ("articles.zh.ndjson", include_str!("articles.zh.ndjson")),
    ("redirects.ndjson", include_str!("redirects.ndjson")),
];

/// The first and the last article that goes in: with the first alone, the demo was interrupted and goes on.
const FIRST: &str = "0194daff-c92d-7b64-bb30-7db340cbcd70";
const LAST: &str = "019eaf7a-c4a5-7c64-a3b6-c50fba400843";

/// The name of the key that the demo makes: one that nobody gives to a key of their own.
const KEY_NAME: &str = "masthead serve --demo";

/// The state in which the database was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filled {
    /// The database was empty and holds the demo now.
    Now,
    /// It held the demo already.
    Before,
    /// It holds something else, which was left alone.
    Other,
}

/// The reason for which the demo is not there.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// It could not be taken in.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The key could not be made.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// The reading thread could not be started.
    #[error("the demo cannot be read: {0}")]
    Read(#[from] std::io::Error),
    /// Some of it was refused, which only a fault of this program can be the reason of.
    #[error("{0} records of the demo were refused")]
    Refused(u64),
}

impl From<StoreError> for DemoError {
    fn from(error: StoreError) -> Self {
        Self::Run(error.into())
    }
}

/// Fills an empty database with the demo publication; any other is left as it is.
pub fn fill(store: &Store, clock: &Clock) -> Result<Filled, DemoError> {
    let (seq, first, last) = store.read(|conn| {
        let mut exists = |id| {
            let id = Id::parse(id).map_err(|invalid| StoreError::Other(invalid.to_string()))?;
            article_exists(conn, id)
        };
        let (first, last) = (exists(FIRST)?, exists(LAST)?);
        Ok((latest_seq(conn)?, first, last))
    })?;
    if last {
        return Ok(Filled::Before);
    }
    if seq > 0 && !first {
        return Ok(Filled::Other);
    }
    take_in(store, clock)?;
    Ok(Filled::Now)
}

fn take_in(store: &Store, clock: &Clock) -> Result<(), DemoError> {
    let inputs = CONTENT
        .map(|(name, text)| Input::Embedded(name, text))
        .to_vec();
    let options = Options {
        format: Format::Ndjson,
        lang: None,
        bases: Bases::default(),
    };
    let mut report = Report::open(None).map_err(RunError::from)?;
    let target = Target {
        store,
        clock,
        actor: Actor::Demo,
    };
    run::run(
        &target,
        reader::read(inputs, options)?,
        &mut report,
        &mut Progress::hidden(),
    )?;
    match report.finish().map_err(RunError::from)?.refused() {
        0 => Ok(()),
        refused => Err(DemoError::Refused(refused)),
    }
}

/// A key that may do everything. It takes the place of those that the demo made at earlier starts, which are revoked.
pub fn new_key(store: &Store, clock: &Clock) -> Result<String, DemoError> {
    let mut old = store.read(crate::store::keys::list_keys)?;
    old.retain(|key| key.grant.name == KEY_NAME && key.revoked_at.is_none());
    let limits = Limits::default();
    let key = keys::create_key(store, clock, KEY_NAME, Role::Admin, limits, None)?;
    for key in old {
        keys::revoke_key(store, clock, key.grant.key)?;
    }
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::keys::authenticate;

    #[test]
    fn a_new_key_takes_the_place_of_earlier_ones_and_leaves_those_of_others_alone() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/demo.db", folder.path().display());
        let (store, clock) = (Store::open(&url).unwrap(), Clock::System);
        let other = keys::create_key(&store, &clock, "demo", Role::Admin, Limits::default(), None);
        let made: Vec<String> = (0..5).map(|_| new_key(&store, &clock).unwrap()).collect();
        let is_good = |token: &str| {
            let found = store.read(|c| authenticate(c, token, clock.now()));
            found.is_ok_and(|grant| grant.is_some())
        };
        let good: Vec<bool> = made.iter().map(|token| is_good(token)).collect();
        assert_eq!(good, [false, false, false, false, true]);
        assert!(is_good(&other.unwrap()));
    }
}
