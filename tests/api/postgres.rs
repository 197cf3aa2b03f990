//! One throw-away PostgreSQL cluster for the whole test process, and a database of its own for each test.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};

use diesel::{Connection, PgConnection, RunQueryDsl, sql_query};

/// The cluster listens on a socket in its own folder only. It runs the shell commands that its standard input brings, a line
/// each, until that ends, which happens when the test process does, however that ends; then it goes and takes its folder along.
const SCRIPT: &str = r#"
D=$(mktemp -d /tmp/masthead-pg.XXXXXX) || exit 1
trap 'for node in "$D"/*/postmaster.pid; do pg_ctl -D "${node%/*}" -m immediate -w stop; done >/dev/null 2>&1; rm -rf "$D"' EXIT
initdb -D "$D/data" -U postgres -A trust --no-sync -E UTF8 --locale=C.UTF-8 >"$D/log" 2>&1 || { cat "$D/log" >&2; exit 1; }
cat >>"$D/data/postgresql.conf" <<CONF
listen_addresses=''
unix_socket_directories='$D'
fsync=off
synchronous_commit=off
full_page_writes=off
max_connections=300
CONF
pg_ctl -D "$D/data" -w -l "$D/log" start >/dev/null 2>&1 || { cat "$D/log" >&2; exit 1; }
echo "$D"
while read -r line; do
  if eval "$line" >>"$D/log" 2>&1 </dev/null; then echo done; else echo "failed: $line"; fi
done
"#;

/// Ends every connection to a database and takes no new one.
pub(crate) fn take_away(url: &str) {
    let name = name_of(url);
    as_admin(
        url,
        &[
            format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"),
            format!(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
            ),
        ],
    );
}

/// Copies a database as it stands, under a name of its own. Its connections are ended meanwhile.
pub(crate) fn copy_of(url: &str) -> String {
    let name = name_of(url);
    let copy = format!("test_{}", DATABASES.fetch_add(1, Ordering::SeqCst));
    take_away(url);
    as_admin(url, &[format!("CREATE DATABASE {copy} TEMPLATE {name}")]);
    bring_back(url);
    url.replace(&format!("/{name}?"), &format!("/{copy}?"))
}

/// Ends every session of a database, as an operator does.
pub(crate) fn end_sessions(url: &str) {
    let name = name_of(url);
    as_admin(
        url,
        &[format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        )],
    );
}

/// Lets a database that was taken away be reached again.
pub(crate) fn bring_back(url: &str) {
    let name = name_of(url);
    as_admin(
        url,
        &[format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")],
    );
}

fn name_of(url: &str) -> &str {
    let mut parts = url.rsplit('/');
    let name = parts.find(|part| part.starts_with("test_")).unwrap();
    name.split('?').next().unwrap()
}

fn as_admin(url: &str, statements: &[String]) {
    let admin = url.replace(&format!("/{}?", name_of(url)), "/postgres?");
    let mut conn = PgConnection::establish(&admin).unwrap();
    for sql in statements {
        sql_query(sql).execute(&mut conn).unwrap();
    }
}

/// A cluster, and where its commands go and their outcomes come from.
pub(crate) struct Cluster {
    socket: String,
    outcomes: BufReader<ChildStdout>,
    commands: ChildStdin,
    _child: Child,
}

impl Cluster {
    /// A cluster of a test's own, for faults of a whole server; `None` where PostgreSQL is not installed.
    pub(crate) fn of_its_own() -> Option<Self> {
        start()
    }

    /// The address of a database on the first server.
    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgres://postgres@/{database}?host={}", self.socket)
    }

    /// The address of a database on whichever server takes writes.
    pub(crate) fn url_of_both(&self, database: &str) -> String {
        format!("{},{}/standby", self.url(database), self.socket)
    }

    /// The address of a database on the standby.
    pub(crate) fn url_of_standby(&self, database: &str) -> String {
        format!("{}/standby", self.url(database))
    }

    /// Runs a shell command as the servers' user; `$D` is the cluster's folder.
    pub(crate) fn sh(&mut self, command: &str) {
        writeln!(self.commands, "{command}").unwrap();
        let mut outcome = String::new();
        self.outcomes.read_line(&mut outcome).unwrap();
        assert_eq!(outcome.trim(), "done");
    }

    /// Runs SQL on the first server.
    pub(crate) fn sql(&self, statements: &[&str]) {
        let mut conn = PgConnection::establish(&self.url("postgres")).unwrap();
        for sql in statements {
            sql_query(*sql).execute(&mut conn).unwrap();
        }
    }

    /// Runs SQL on the standby.
    pub(crate) fn sql_on_standby(&self, database: &str, statements: &[&str]) {
        let mut conn = PgConnection::establish(&self.url_of_standby(database)).unwrap();
        for sql in statements {
            sql_query(*sql).execute(&mut conn).unwrap();
        }
    }

    /// Starts a standby that follows the first server.
    pub(crate) fn add_standby(&mut self) {
        self.sh("pg_basebackup -h \"$D\" -U postgres -D \"$D/data-b\" -R -X stream -c fast");
        self.sh("mkdir \"$D/standby\"");
        self.sh("echo \"unix_socket_directories='$D/standby'\" >>\"$D/data-b/postgresql.conf\"");
        self.sh("pg_ctl -D \"$D/data-b\" -w -l \"$D/log-b\" start");
    }
}

static CLUSTER: OnceLock<Option<Mutex<Cluster>>> = OnceLock::new();
static DATABASES: AtomicU32 = AtomicU32::new(1);

/// The address of a new, empty database; `None` where PostgreSQL is not installed, which is told once.
pub(crate) fn new_database() -> Option<String> {
    let cluster = CLUSTER.get_or_init(|| start().map(Mutex::new)).as_ref()?;
    let name = format!("test_{}", DATABASES.fetch_add(1, Ordering::SeqCst));
    let socket = cluster.lock().unwrap().socket.clone();
    let url = |database: &str| format!("postgres://postgres@/{database}?host={socket}");
    let mut conn = PgConnection::establish(&url("postgres")).unwrap();
    sql_query(format!("CREATE DATABASE {name}"))
        .execute(&mut conn)
        .unwrap();
    Some(url(&name))
}

fn start() -> Option<Cluster> {
    let Some(path) = search_path() else {
        let required = std::env::var("MASTHEAD_REQUIRE_POSTGRES").is_ok_and(|value| value == "1");
        assert!(
            !required,
            "MASTHEAD_REQUIRE_POSTGRES=1, but initdb and pg_ctl are not installed"
        );
        eprintln!("\n**** PostgreSQL is not installed: these tests run on SQLite only ****\n");
        return None;
    };
    let mut child = command()
        .env("PATH", path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut outcomes = BufReader::new(child.stdout.take().unwrap());
    let mut socket = String::new();
    outcomes.read_line(&mut socket).unwrap();
    let socket = socket.trim().to_owned();
    assert!(!socket.is_empty(), "the PostgreSQL cluster did not start");
    Some(Cluster {
        socket,
        outcomes,
        commands: child.stdin.take().unwrap(),
        _child: child,
    })
}

/// PostgreSQL refuses to run as root: root becomes the user that the package made.
fn command() -> Command {
    let root = std::fs::metadata("/proc/self").is_ok_and(|own| {
        use std::os::unix::fs::MetadataExt;
        own.uid() == 0
    });
    let mut command = if root {
        let mut command = Command::new("setpriv");
        command.args([
            "--reuid=postgres",
            "--regid=postgres",
            "--init-groups",
            "sh",
        ]);
        command
    } else {
        Command::new("sh")
    };
    command.arg("-c").arg(SCRIPT);
    command
}

/// PATH, with the newest of the folders that Debian keeps the programs in behind it.
fn search_path() -> Option<String> {
    let path = std::env::var("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).any(|folder| folder.join("initdb").exists());
    if on_path {
        return Some(path);
    }
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let folders = versions.filter_map(|version| Some(version.ok()?.path().join("bin")));
    let mut folders: Vec<PathBuf> = folders
        .filter(|folder| folder.join("initdb").exists())
        .collect();
    folders.sort();
    Some(format!("{path}:{}", folders.pop()?.display()))
}
