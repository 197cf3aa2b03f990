//! Connections to PostgreSQL: the server that is found, the settings and the limits of each purpose.

use std::time::Duration;

use diesel::connection::{Connection, SimpleConnection};
use diesel::sql_types::Text;
use diesel::{PgConnection, RunQueryDsl, sql_query};

use super::super::conn::Conn;
use super::super::error::StoreError;
use super::purpose::Purpose;

/// Lists are walked in index order until the page is full; hash and merge joins would read whole facets first.
const POSTGRES_SETTINGS: &str = "SET TIME ZONE 'UTC'; SET client_encoding = 'UTF8'; SET jit = off; \
     SET enable_hashjoin = off; SET enable_mergejoin = off;";

/// The server's settings by which it notices that a client is gone, or too slow, and ends what it had begun. The language of
/// messages is for superusers alone on most servers.
const POSTGRES_LIMITS: &[(&str, &str)] = &[
    ("lc_messages", "C"),
    ("tcp_keepalives_idle", "5"),
    ("tcp_keepalives_interval", "2"),
    ("tcp_keepalives_count", "3"),
    ("client_connection_check_interval", "2s"),
];

/// A read sees one snapshot throughout, as those of SQLite do by themselves, and writes nothing.
const POSTGRES_READER: &str = "SET default_transaction_isolation = 'repeatable read'; SET default_transaction_read_only = on;";

/// The net below the deadlines of reads: one statement never takes longer.
const READ_LIMITS: &[(&str, &str)] = &[("statement_timeout", "30s")];

/// `lock_timeout` is [`LANE_WAIT`](super::LANE_WAIT); a holder of the lane that says nothing is ended before those who wait give up.
const WRITE_LIMITS: &[(&str, &str)] = &[
    ("lock_timeout", "6s"),
    ("statement_timeout", "30s"),
    ("idle_in_transaction_session_timeout", "4s"),
    ("tcp_user_timeout", "10s"),
];

/// Limits of sessions that watch the log: one that waits is of no use.
const WATCH_LIMITS: &[(&str, &str)] = &[
    ("lock_timeout", "5s"),
    ("statement_timeout", "10s"),
    ("tcp_user_timeout", "10s"),
];

/// The client's side of the same, where the address does not say otherwise.
const POSTGRES_PARAMETERS: &[(&str, &str)] = &[
    ("connect_timeout", "3"),
    ("keepalives_idle", "5"),
    ("keepalives_interval", "2"),
    ("keepalives_count", "3"),
    ("tcp_user_timeout", "10000"),
    ("fallback_application_name", "masthead"),
];

/// Connects to the server that takes writes, where the address names several. Reads and their news make do with any other.
pub(in crate::store) fn connect(url: &str, purpose: Purpose) -> Result<PgConnection, StoreError> {
    let url = with_parameters(url, POSTGRES_PARAMETERS);
    let first = if names_several_hosts(&url) {
        with_parameters(&url, &[("target_session_attrs", "read-write")])
    } else {
        url.clone()
    };
    PgConnection::establish(&first)
        .or_else(|error| match purpose {
            Purpose::Read | Purpose::Watch if first != url => PgConnection::establish(&url),
            _ => Err(error),
        })
        .map_err(|error| connection_error(&error))
}

fn names_several_hosts(url: &str) -> bool {
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let after_scheme = address.split_once("://").map_or(address, |(_, rest)| rest);
    let authority = after_scheme.split('/').next().unwrap_or_default();
    let hosts = authority.rsplit('@').next().unwrap_or_default();
    let named = query.split('&').find(|part| part.starts_with("host="));
    hosts.contains(',') || named.is_some_and(|host| host.contains(',') || host.contains("%2C"))
}

/// The address with parameters that it does not set itself.
fn with_parameters(url: &str, parameters: &[(&str, &str)]) -> String {
    let query = url.split_once('?').map(|(_, query)| query);
    let is_set = |name: &str| {
        let mut names = query
            .into_iter()
            .flat_map(|q| q.split('&'))
            .map(|part| part.split('=').next());
        names.any(|set| set == Some(name))
    };
    let added = parameters.iter().filter(|(name, _)| !is_set(name));
    let added: Vec<String> = added
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    match query {
        _ if added.is_empty() => url.to_owned(),
        None => format!("{url}?{}", added.join("&")),
        Some("") => format!("{url}{}", added.join("&")),
        Some(_) => format!("{url}&{}", added.join("&")),
    }
}

pub(super) fn set_up_postgres(conn: &mut PgConnection, purpose: Purpose) -> Result<(), StoreError> {
    conn.batch_execute(POSTGRES_SETTINGS)?;
    if purpose == Purpose::Read {
        conn.batch_execute(POSTGRES_READER)?;
    }
    let own = match purpose {
        Purpose::Read => READ_LIMITS,
        Purpose::Write => WRITE_LIMITS,
        Purpose::Watch => WATCH_LIMITS,
        Purpose::Upkeep => &[],
    };
    // Settings that this server's version does not know, or this user may not change, are left alone.
    let values: Vec<String> = [POSTGRES_LIMITS, own]
        .concat()
        .iter()
        .map(|(name, value)| format!("('{name}', '{value}')"))
        .collect();
    let statement = format!(
        "SELECT set_config(s.name, v.value, false) FROM (VALUES {}) AS v(name, value) \
         JOIN pg_settings s ON s.name = v.name \
         WHERE s.context = 'user' OR (s.context = 'superuser' AND current_setting('is_superuser') = 'on')",
        values.join(", ")
    );
    sql_query(statement).execute(conn)?;
    Ok(())
}

/// Sets how long a transaction on PostgreSQL waits for its turn to write.
pub(in crate::store) fn set_lane_wait(conn: &mut Conn, wait: Duration) -> Result<(), StoreError> {
    if let Conn::Pg(c) = conn {
        sql_query("SELECT set_config('lock_timeout', $1, true)")
            .bind::<Text, _>(wait.as_millis().to_string())
            .execute(c)?;
    }
    Ok(())
}

fn connection_error(error: &diesel::ConnectionError) -> StoreError {
    let cause = error.to_string();
    if cause.contains("SSL support is not compiled in") {
        return StoreError::Refused(
            "this build has no TLS for PostgreSQL: build it with `--features postgres-tls`, or set sslmode=disable".to_owned(),
        );
    }
    StoreError::Unavailable(cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_added_where_the_address_sets_none_of_its_own() {
        let own = &[("connect_timeout", "3"), ("keepalives_idle", "5")];
        let with = |url: &str| with_parameters(url, own);
        assert_eq!(
            with("postgres://h/d"),
            "postgres://h/d?connect_timeout=3&keepalives_idle=5"
        );
        assert_eq!(
            with("postgres://h/d?connect_timeout=9"),
            "postgres://h/d?connect_timeout=9&keepalives_idle=5"
        );
        assert_eq!(
            with("postgres://h/d?keepalives_idle=1&connect_timeout=9"),
            "postgres://h/d?keepalives_idle=1&connect_timeout=9"
        );
    }

    #[test]
    fn several_hosts_are_found_wherever_an_address_names_them() {
        for url in [
            "postgres://u:p@a:1,b:2/d",
            "postgres://a,b/d?sslmode=disable",
            "postgres://u@/d?host=/tmp/a,/tmp/b",
        ] {
            assert!(names_several_hosts(url), "{url}");
        }
        for url in [
            "postgres://u:p,q@a:1/d",
            "postgres://a/d,e",
            "postgres://u@/d?host=/tmp/a&options=a,b",
        ] {
            assert!(!names_several_hosts(url), "{url}");
        }
    }
}
