//! The programs by which PostgreSQL copies a database and puts it back: `pg_dump`, `pg_restore` and `psql`.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

use percent_encoding::percent_decode_str;

use crate::store::{StoreError, migrations};

/// Failure of a program of PostgreSQL.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// It is not installed.
    #[error("{0} is not installed; it comes with PostgreSQL's client programs (postgresql-client)")]
    Missing(&'static str),
    /// It failed.
    #[error("{program} failed: {said}")]
    Failed {
        /// Its name.
        program: &'static str,
        /// Its last words.
        said: String,
    },
    /// It could not be started.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The program's own migrations.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The most of a program's last words that are repeated, in bytes.
const MOST_SAID: usize = 2_000;

/// Empties the schema that the role works in. Another release may have left tables that the copy does not name.
const EMPTY: &str = "DO $$ DECLARE name text; BEGIN \
    FOR name IN SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = current_schema() LOOP \
    EXECUTE 'DROP TABLE ' || name || ' CASCADE'; END LOOP; \
    FOR name IN SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace \
    AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') LOOP \
    EXECUTE 'DROP FUNCTION ' || name || ' CASCADE'; END LOOP; END $$";

/// Writes an archive of a database to a file.
///
/// # Errors
/// A `pg_dump` that is missing or fails.
pub fn dump(url: &str, to: &Path) -> Result<(), ToolError> {
    let (address, password) = without_password(url);
    let file = with_path("--file=", to);
    let form = "--format=custom";
    run(
        "pg_dump",
        &[form.as_ref(), &file, address.as_ref()],
        password,
    )
}

/// Reads an archive to its end: all of it can be put back.
///
/// # Errors
/// A `pg_restore` that is missing, or finds a fault.
pub fn verify(archive: &Path) -> Result<(), ToolError> {
    run(
        "pg_restore",
        &["--file=/dev/null".as_ref(), archive.as_os_str()],
        None,
    )
}

/// Puts an archive in the place of what a database holds, in one transaction. `folder` takes a file of all the statements.
///
/// # Errors
/// A program that is missing or fails, or an archive of a newer release; the database is then as it was.
pub fn restore(url: &str, archive: &Path, folder: &Path) -> Result<(), ToolError> {
    let script = folder.join("restore.sql");
    let out = with_path("--file=", &script);
    let own = ["--no-owner", "--no-privileges"].map(OsStr::new);
    run(
        "pg_restore",
        &[own[0], own[1], &out, archive.as_os_str()],
        None,
    )?;
    let (address, password) = without_password(url);
    let known = only_known(&migrations::known_on_postgres()?);
    let script = with_path("--file=", &script);
    let arguments = [
        OsStr::new("--no-psqlrc"),
        "--quiet".as_ref(),
        "--output=/dev/null".as_ref(),
        "--set=ON_ERROR_STOP=1".as_ref(),
        "--single-transaction".as_ref(),
        "--command=SET client_min_messages = warning".as_ref(),
        "--command".as_ref(),
        EMPTY.as_ref(),
        &script,
        "--command=RESET search_path".as_ref(),
        "--command".as_ref(),
        known.as_ref(),
        address.as_ref(),
    ];
    run("psql", &arguments, password)
}

/// Fails where there are migrations that this release does not know.
fn only_known(versions: &[String]) -> String {
    let known: Vec<String> = versions.iter().map(|v| format!("'{v}'")).collect();
    format!(
        "DO $$ BEGIN IF EXISTS (SELECT 1 FROM __diesel_schema_migrations WHERE version NOT IN ({})) \
         THEN RAISE EXCEPTION 'the copy was made by a newer release'; END IF; END $$",
        known.join(", ")
    )
}

fn with_path(flag: &str, path: &Path) -> std::ffi::OsString {
    let mut argument = std::ffi::OsString::from(flag);
    argument.push(path);
    argument
}

/// The address without its passwords, which other users of the machine could read on a command line, and the one that counts.
/// Read as libpq reads it, since an address with several servers and their ports is no URL.
fn without_password(url: &str) -> (String, Option<String>) {
    let Some((scheme, rest)) = url.split_once("://") else {
        return (url.to_owned(), None);
    };
    let (user, rest) = match rest.split_once(['@', '/']) {
        Some((user, behind)) if rest[user.len()..].starts_with('@') => (Some(user), behind),
        _ => (None, rest),
    };
    let (name, before) = user.map_or((None, None), |user| match user.split_once(':') {
        Some((name, password)) => (Some(name), Some(password)),
        None => (Some(user), None),
    });
    let (servers, query) = match rest.split_once('?') {
        Some((servers, query)) => (servers, Some(query)),
        None => (rest, None),
    };
    let is_password =
        |pair: &&str| decoded(pair.split('=').next().unwrap_or_default()) == "password";
    let pairs = || query.into_iter().flat_map(|query| query.split('&'));
    let behind = pairs().rfind(is_password);
    let behind = behind.and_then(|pair| pair.split_once('=').map(|(_, password)| password));
    let others: Vec<&str> = pairs().filter(|pair| !is_password(pair)).collect();
    let mut address = format!("{scheme}://");
    address.extend(name.into_iter().flat_map(|name| [name, "@"]));
    address.push_str(servers);
    if !others.is_empty() {
        address.push('?');
        address.push_str(&others.join("&"));
    }
    (address, behind.or(before).map(decoded))
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

fn run(
    program: &'static str,
    arguments: &[&OsStr],
    password: Option<String>,
) -> Result<(), ToolError> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null());
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    let done = command.output().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => ToolError::Missing(program),
        _ => error.into(),
    })?;
    if done.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&done.stderr);
    let said = said.trim();
    let from = said.floor_char_boundary(said.len().saturating_sub(MOST_SAID));
    Err(ToolError::Failed {
        program,
        said: said[from..].to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_given_apart_from_the_address() {
        let (address, password) =
            without_password("postgres://anna:s%40cret@db/news?sslmode=require");
        assert_eq!(address, "postgres://anna@db/news?sslmode=require");
        assert_eq!(password.as_deref(), Some("s@cret"));
        for url in ["postgres://anna@db/news", "postgres:///news?host=/run", "x"] {
            assert_eq!(without_password(url), (url.to_owned(), None));
        }
    }

    #[test]
    fn a_password_of_several_servers_or_behind_the_address_is_given_apart_too() {
        for (url, wanted) in [
            (
                "postgres://anna:s3cret@db1:5432,db2:5433/news",
                "postgres://anna@db1:5432,db2:5433/news",
            ),
            (
                "postgres://anna@db/news?password=s3cret",
                "postgres://anna@db/news",
            ),
            (
                "postgres://anna:old@db/news?a=b&pass%77ord=s3cret&c=d",
                "postgres://anna@db/news?a=b&c=d",
            ),
            ("postgresql://:s3cret@/news", "postgresql://@/news"),
        ] {
            let (address, password) = without_password(url);
            assert_eq!(address, wanted);
            assert_eq!(password.as_deref(), Some("s3cret"), "{url}");
        }
    }

    #[test]
    fn a_program_that_is_not_there_is_named_with_its_package() {
        let missing = run("pg_dump_that_nobody_has", &[], None).unwrap_err();
        let told = missing.to_string();
        assert!(
            told.contains("pg_dump_that_nobody_has is not installed"),
            "{told}"
        );
    }
}
