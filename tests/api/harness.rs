//! Starts the service in the test's own process, on a free port and a database of its own, and stops it with the test.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use masthead::app::{self, App};
use masthead::config::Config;
use masthead::domain::access::{Limits, Role};
use masthead::domain::id::Id;
use masthead::domain::partner::Contract;
use masthead::domain::time::{Clock, Timestamp};
use masthead::media::place::Place;
use masthead::service::keys;
use masthead::store::{Store, keys as stored_keys};
use tempfile::TempDir;

use super::client::{Request, Response};
use super::postgres;

/// Time of each test's clock at its start: 2025-06-01T12:00:00Z.
pub(crate) const START: i64 = 1_748_779_200_000;

/// A running service.
pub(crate) struct TestServer {
    pub(crate) app: Arc<App>,
    pub(crate) address: SocketAddr,
    pub(crate) database: String,
    time: Arc<AtomicI64>,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
    _folder: TempDir,
}

impl TestServer {
    /// A service on a new SQLite database.
    pub(crate) fn on_sqlite() -> Self {
        Self::on_sqlite_with(|_| {})
    }

    /// A service on a new SQLite database, with settings of its own.
    pub(crate) fn on_sqlite_with(settings: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/test.db", folder.path().display());
        Self::start(folder, &url, settings)
    }

    /// A service on a new PostgreSQL database, where PostgreSQL is installed.
    pub(crate) fn on_postgres() -> Option<Self> {
        let url = postgres::new_database()?;
        Some(Self::start(tempfile::tempdir().unwrap(), &url, |_| {}))
    }

    /// A service on a new database of the same kind.
    pub(crate) fn elsewhere(&self) -> Self {
        self.elsewhere_with(|_| {})
    }

    /// The same with settings of its own.
    pub(crate) fn elsewhere_with(&self, settings: impl FnOnce(&mut Config)) -> Self {
        if self.database.starts_with("sqlite") {
            return Self::on_sqlite_with(settings);
        }
        let url = postgres::new_database().expect("PostgreSQL");
        Self::on_database_with(&url, settings)
    }

    /// Another node on the same database, by the same clock.
    pub(crate) fn beside(&self) -> Self {
        self.beside_with(|_| {})
    }

    /// Another node with other settings.
    pub(crate) fn beside_with(&self, settings: impl FnOnce(&mut Config)) -> Self {
        let (folder, time) = (tempfile::tempdir().unwrap(), Arc::clone(&self.time));
        Self::start_at(folder, &self.database, time, settings)
    }

    /// The service anew, by the same clock, on another database such as a backup that was put back.
    pub(crate) fn on_copy(&self, database: &str) -> Self {
        let (folder, time) = (tempfile::tempdir().unwrap(), Arc::clone(&self.time));
        Self::start_at(folder, database, time, |_| {})
    }

    /// A service on a database that is there.
    pub(crate) fn on_database(url: &str) -> Self {
        Self::start(tempfile::tempdir().unwrap(), url, |_| {})
    }

    /// The same with other settings.
    pub(crate) fn on_database_with(url: &str, settings: impl FnOnce(&mut Config)) -> Self {
        Self::start(tempfile::tempdir().unwrap(), url, settings)
    }

    fn start(folder: TempDir, database: &str, settings: impl FnOnce(&mut Config)) -> Self {
        let time = Arc::new(AtomicI64::new(START));
        Self::start_at(folder, database, time, settings)
    }

    fn start_at(
        folder: TempDir,
        database: &str,
        time: Arc<AtomicI64>,
        settings: impl FnOnce(&mut Config),
    ) -> Self {
        let mut config = Config::with_database(database);
        config.workers = 1;
        config.shutdown_seconds = 0;
        config.media_store = Some(Place::Folder(folder.path().join("media")));
        config.search_dir = Some(folder.path().join("search"));
        config.webhook_timeout_seconds = 2;
        config.webhook_allowed_networks = vec!["127.0.0.1/32".parse().unwrap()];
        settings(&mut config);
        let store = Store::open_with(database, &config.databases.pools()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let clock = Clock::Manual(Arc::clone(&time));
        let app = App::build(config, store, clock, &address.to_string(), None).unwrap();
        let (handle, thread) = run(Arc::clone(&app), listener);
        Self {
            app,
            address,
            database: database.to_owned(),
            time,
            handle,
            thread: Some(thread),
            _folder: folder,
        }
    }

    /// Moves the clock on.
    pub(crate) fn pass(&self, seconds: i64) {
        self.time.fetch_add(seconds * 1_000, Ordering::SeqCst);
    }

    /// Time of the clock.
    pub(crate) fn now(&self) -> Timestamp {
        self.app.clock.now()
    }

    /// A request to be completed and sent.
    pub(crate) fn request(&self, method: &str, target: &str) -> Request {
        Request::to(self.address, method, target)
    }

    /// Reads an address.
    pub(crate) fn get(&self, target: &str) -> Response {
        self.request("GET", target).send()
    }

    /// Reads an address that must be there.
    pub(crate) fn ok(&self, target: &str) -> Response {
        let response = self.get(target);
        assert_eq!(
            response.status,
            200,
            "{target}: {}",
            String::from_utf8_lossy(&response.body)
        );
        response
    }

    /// A new key.
    pub(crate) fn key(&self, role: Role) -> String {
        self.key_within(role, Limits::default()).0
    }

    /// A new key with limits, and its identity.
    pub(crate) fn key_within(&self, role: Role, limits: Limits) -> (String, Id) {
        let (store, clock) = (&self.app.store, &self.app.clock);
        let token = keys::create_key(store, clock, "test", role, limits, None).unwrap();
        let grant = store.read(|c| stored_keys::authenticate(c, &token, clock.now()));
        (token, grant.unwrap().unwrap().key)
    }
}

impl TestServer {
    /// A partner's key under a contract, and its identity.
    pub(crate) fn partner(&self, limits: Limits, contract: Contract) -> (String, Id) {
        let (store, clock) = (&self.app.store, &self.app.clock);
        let token = keys::create_partner(store, clock, "partner", limits, contract, None).unwrap();
        let grant = store.read(|c| stored_keys::authenticate(c, &token, clock.now()));
        (token, grant.unwrap().unwrap().key)
    }
}

fn run(app: Arc<App>, listener: TcpListener) -> (ServerHandle, JoinHandle<()>) {
    let (send, receive) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = app::server(&app, listener, None, false).unwrap();
            send.send(server.handle()).unwrap();
            server.await.unwrap();
        });
    });
    (receive.recv().unwrap(), thread)
}

impl Drop for TestServer {
    fn drop(&mut self) {
        let stop = self.handle.stop(false);
        actix_web::rt::System::new().block_on(stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Defines tests that run on both databases: `api_test!(fn name(server) { … });`
macro_rules! api_test {
    ($(fn $name:ident($server:ident) $body:block)*) => {$(
        fn $name($server: &crate::harness::TestServer) $body

        mod $name {
            #[test]
            fn on_sqlite() {
                super::$name(&crate::harness::TestServer::on_sqlite());
            }

            #[test]
            fn on_postgres() {
                if let Some(server) = crate::harness::TestServer::on_postgres() {
                    super::$name(&server);
                }
            }
        }
    )*};
}
