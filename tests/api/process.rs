//! The service as a process of its own, which can be killed.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::client::Request;
use super::command::{masthead, run};

/// A serving process. It is killed when this goes.
pub(crate) struct Process {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Process {
    /// Starts serving a database on a free port, and waits until it does.
    pub(crate) fn start(database: &str, folder: &Path) -> Self {
        Self::start_as(masthead(database, folder))
    }

    /// The same by a command line that ends in the program.
    pub(crate) fn start_as(mut command: Command) -> Self {
        command
            .args(["serve", "--bind", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| address_in(&line))
            .expect("the service says where it is");
        // Whoever writes to a pipe that nobody reads waits in the end.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }

    /// Starts a command that serves nothing.
    pub(crate) fn run(command: &mut Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let child = command.stderr(Stdio::null()).spawn().unwrap();
        let address = SocketAddr::from(([0, 0, 0, 0], 0));
        Self { child, address }
    }

    /// A request to be completed and sent.
    pub(crate) fn request(&self, method: &str, target: &str) -> Request {
        Request::to(self.address, method, target)
    }

    /// Ends it as a power cut would: SIGKILL, without a word before.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Tells it to stop, as a service manager does.
    pub(crate) fn terminate(&self) {
        self.signal("-TERM");
    }

    /// Freezes it: SIGSTOP.
    pub(crate) fn freeze(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on: SIGCONT.
    pub(crate) fn thaw(&self) {
        self.signal("-CONT");
    }

    /// Sends it a signal, such as `-TSTP`.
    pub(crate) fn signal(&self, signal: &str) {
        let told = Command::new("kill")
            .args([signal, &self.child.id().to_string()])
            .status();
        assert!(told.unwrap().success());
    }

    /// Waits for its end and answers its exit code.
    pub(crate) fn wait(&mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn address_in(line: &str) -> Option<SocketAddr> {
    let (_, rest) = line.split_once("http://")?;
    rest.split('/').next()?.parse().ok()
}

/// A new key of a role, made at the command line.
pub(crate) fn new_key(database: &str, folder: &Path, role: &str) -> String {
    let made = run(
        database,
        folder,
        &["key", "create", "--name", "test", "--role", role],
    );
    assert_eq!(made.code, Some(0), "{}", made.err);
    made.out.trim().to_owned()
}

/// A new partner's key with a quota, made at the command line.
pub(crate) fn new_partner(database: &str, folder: &Path) -> String {
    let quota = ["--quota-per-day", "100000"];
    let arguments = ["key", "create", "--name", "partner", "--role", "partner"];
    let made = run(database, folder, &[&arguments[..], &quota].concat());
    assert_eq!(made.code, Some(0), "{}", made.err);
    made.out.trim().to_owned()
}

/// A partner's reads, which count against a quota and are recorded, wait for no write.
pub(crate) fn assert_partner_reads(process: &Process, partner: &str) {
    for path in ["/api/changes", "/api/articles", "/api/editions"] {
        let asked = Instant::now();
        let read = process.request("GET", path).key(partner).send();
        assert_eq!(read.status, 200, "{path}: {}", read.text());
        assert!(asked.elapsed() < Duration::from_secs(4), "{path} waits");
    }
}
