//! Log lines on their way to standard error: gathered, and written by a thread of their own, so that no request waits for
//! the disk.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use log::Level;

/// Most bytes that wait.
const ROOM: usize = 8 * 1024 * 1024;
/// Time that lines gather before they are written together.
const GATHER: Duration = Duration::from_millis(10);
/// Longest wait of a warning or an error for room.
const PATIENCE: Duration = Duration::from_secs(1);

/// The lines that wait for the thread that writes them; without one, each line is written at once.
pub(super) struct Queue {
    lines: Mutex<Lines>,
    /// Rings when lines come, and when the thread is to end.
    filled: Condvar,
    /// Rings when lines were written.
    emptied: Condvar,
    lost: AtomicU64,
}

struct Lines {
    bytes: Vec<u8>,
    /// Lines dropped since the log last said so.
    dropped: u64,
    /// True while a thread writes them.
    running: bool,
}

impl Queue {
    pub(super) const fn new() -> Self {
        Self {
            lines: Mutex::new(Lines {
                bytes: Vec::new(),
                dropped: 0,
                running: false,
            }),
            filled: Condvar::new(),
            emptied: Condvar::new(),
            lost: AtomicU64::new(0),
        }
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Number of lines that were dropped.
    pub(super) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// Hands a line over. Where there is no room, a warning or an error waits a little; any other line is dropped and
    /// counted.
    pub(super) fn push(&self, level: Level, line: &[u8]) {
        let mut lines = self.lines();
        if !lines.running {
            drop(lines);
            let _ = io::stderr().write_all(line);
            return;
        }
        if level <= Level::Warn {
            let is_full = |lines: &mut Lines| lines.bytes.len() + line.len() > ROOM;
            let waited = self.emptied.wait_timeout_while(lines, PATIENCE, is_full);
            lines = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        if lines.bytes.len() + line.len() > ROOM {
            lines.dropped += 1;
            self.lost.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let was_empty = lines.bytes.is_empty();
        lines.bytes.extend_from_slice(line);
        if was_empty {
            self.filled.notify_one();
        }
    }

    /// Writes what comes until the queue is closed, and then what is left.
    fn write_all(&self, out: &mut impl Write, note: impl Fn(u64) -> Vec<u8>) {
        let mut batch = Vec::new();
        while self.lines().running {
            let waits = |lines: &mut Lines| lines.bytes.is_empty() && lines.running;
            drop(self.filled.wait_while(self.lines(), waits));
            std::thread::sleep(GATHER);
            self.write_batch(&mut batch, out, &note);
        }
        self.write_batch(&mut batch, out, &note);
    }

    fn write_batch(
        &self,
        batch: &mut Vec<u8>,
        out: &mut impl Write,
        note: impl Fn(u64) -> Vec<u8>,
    ) {
        batch.clear();
        let dropped = {
            let mut lines = self.lines();
            std::mem::swap(batch, &mut lines.bytes);
            std::mem::take(&mut lines.dropped)
        };
        if dropped > 0 {
            batch.extend(note(dropped));
        }
        // A log that cannot be written has nobody to be told.
        let _ = out.write_all(batch).and_then(|()| out.flush());
        self.emptied.notify_all();
    }

    fn close(&self) {
        self.lines().running = false;
        self.filled.notify_all();
    }
}

/// The thread that writes. Dropped, it writes all that waits and ends; later lines are written at once.
pub struct Writer {
    queue: &'static Queue,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts to write the queue's lines. `note` makes a line of a number of dropped ones.
    pub(super) fn start(
        queue: &'static Queue,
        mut out: impl Write + Send + 'static,
        note: impl Fn(u64) -> Vec<u8> + Send + 'static,
    ) -> Self {
        queue.lines().running = true;
        let thread = std::thread::spawn(move || queue.write_all(&mut out, note));
        Self {
            queue,
            thread: Some(thread),
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue.close();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn queue() -> &'static Queue {
        Box::leak(Box::new(Queue::new()))
    }

    /// Takes what is written, but only after the gate has opened.
    #[derive(Clone, Default)]
    struct Disk {
        gate: Arc<(Mutex<bool>, Condvar)>,
        written: Arc<Mutex<Vec<u8>>>,
    }

    impl Disk {
        fn open(&self) {
            *self.gate.0.lock().unwrap() = true;
            self.gate.1.notify_all();
        }

        fn text(&self) -> String {
            String::from_utf8(self.written.lock().unwrap().clone()).unwrap()
        }
    }

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let open = self.gate.0.lock().unwrap();
            drop(self.gate.1.wait_while(open, |open| !*open).unwrap());
            self.written.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn nothing_is_lost_at_an_orderly_stop() {
        let (queue, disk) = (queue(), Disk::default());
        disk.open();
        let writer = Writer::start(queue, disk.clone(), |_| Vec::new());
        let expected: Vec<String> = (0..5_000).map(|n| format!("line {n}\n")).collect();
        expected
            .iter()
            .for_each(|line| queue.push(Level::Info, line.as_bytes()));
        drop(writer);
        assert_eq!(disk.text(), expected.concat());
        assert_eq!(queue.lost(), 0);
    }

    #[test]
    fn behind_a_slow_disk_requests_are_dropped_and_counted_and_warnings_wait() {
        let (queue, disk) = (queue(), Disk::default());
        let note = |dropped| format!("{dropped} dropped\n").into_bytes();
        let writer = Writer::start(queue, disk.clone(), note);
        let line = [b'x'; 1024];
        for _ in 0..3 * ROOM / line.len() {
            queue.push(Level::Info, &line);
        }
        let lost = queue.lost();
        assert!(lost > 0 && queue.lines().bytes.len() <= ROOM);
        let waiting = std::thread::spawn(move || queue.push(Level::Error, b"an error\n"));
        std::thread::sleep(Duration::from_millis(50));
        assert!(!waiting.is_finished());
        disk.open();
        waiting.join().unwrap();
        drop(writer);
        let text = disk.text();
        let told = text
            .lines()
            .filter_map(|line| line.strip_suffix(" dropped"));
        let told = told.map(|line| line.trim_start_matches('x').parse::<u64>().unwrap());
        assert_eq!(told.sum::<u64>(), lost);
        assert!(text.contains("an error\n"));
    }
}
