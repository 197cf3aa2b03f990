//! Actors: who wrote, as revisions and the audit name them. A revoked key keeps its row, and so its name.

use std::collections::HashMap;

use crate::domain::audit::ActorView;
use crate::domain::id::Id;

use super::batch::IN_LIST;
use super::conn::Conn;
use super::error::StoreError;
use super::keys::names_of_keys;
use super::types::stored_id;

/// The prefix of an actor that is a key.
pub(super) const KEY: &str = "key:";

/// Actors with the names that their keys have today.
pub struct Actors(HashMap<Id, String>);

impl Actors {
    /// Looks up the keys among some actors.
    pub fn load<'a>(
        conn: &mut Conn,
        actors: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, StoreError> {
        let keys = actors
            .into_iter()
            .filter_map(|actor| actor.strip_prefix(KEY));
        let mut ids: Vec<Id> = keys.map(stored_id).collect::<Result<_, _>>()?;
        ids.sort_unstable();
        ids.dedup();
        let mut names = HashMap::new();
        for chunk in ids.chunks(IN_LIST) {
            names.extend(names_of_keys(conn, chunk)?);
        }
        Ok(Self(names))
    }

    /// One of them as it is shown.
    pub fn view(&self, actor: &str) -> Result<ActorView, StoreError> {
        let key = actor.strip_prefix(KEY).map(stored_id).transpose()?;
        Ok(ActorView {
            kind: if key.is_some() { "key" } else { actor }.to_owned(),
            id: key,
            name: key.and_then(|key| self.0.get(&key).cloned()),
        })
    }
}
