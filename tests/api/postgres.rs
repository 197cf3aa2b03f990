//! One throw-away PostgreSQL cluster for the whole test process, and a database of its own for each test.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::{Connection, PgConnection, RunQueryDsl, sql_query};

/// The cluster listens on a socket in its own folder only. It waits for its standard input to end, which happens when the
/// test process does, however that ends; then it goes and takes its folder along.
const SCRIPT: &str = r#"
D=$(mktemp -d /tmp/masthead-pg.XXXXXX) || exit 1
trap 'rm -rf "$D"' EXIT
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
cat >/dev/null
pg_ctl -D "$D/data" -m immediate -w stop >/dev/null 2>&1
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

struct Cluster {
    socket: String,
    _child: Child,
    _alive: ChildStdin,
}

static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();
static DATABASES: AtomicU32 = AtomicU32::new(1);

/// The address of a new, empty database; `None` where PostgreSQL is not installed, which is told once.
pub(crate) fn new_database() -> Option<String> {
    let cluster = CLUSTER.get_or_init(start).as_ref()?;
    let name = format!("test_{}", DATABASES.fetch_add(1, Ordering::SeqCst));
    let url = |database: &str| format!("postgres://postgres@/{database}?host={}", cluster.socket);
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
    let mut socket = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut socket)
        .unwrap();
    let socket = socket.trim().to_owned();
    assert!(!socket.is_empty(), "the PostgreSQL cluster did not start");
    Some(Cluster {
        socket,
        _alive: child.stdin.take().unwrap(),
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
