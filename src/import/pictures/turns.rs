//! Turns at the hosts that pictures come from: few requests at a time at each, and pauses where a host asks for them.

use std::collections::{HashMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::{Duration, Instant};

/// Requests at a time.
const AT_ONCE: usize = 8;
/// Requests at a time at one host.
const AT_ONE_HOST: usize = 4;
/// Requests in a row that a host leaves without an answer before it is left alone.
const SILENCES: u32 = 5;
/// The most attempts at one picture.
const ATTEMPTS: u32 = 3;
/// The longest pause that is waited for.
const LONGEST_PAUSE: Duration = Duration::from_secs(120);

/// The outcome of an attempt, for its host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Heard {
    /// The host has answered, or was not asked.
    Answer,
    /// The host has not answered in time.
    Silence,
    /// There was no connection, or it broke off.
    Broken,
    /// The host wants a pause.
    Pause(Duration),
}

/// Hosts and how they answer, for the whole of a run.
#[derive(Debug, Default)]
pub(super) struct Hosts {
    known: Mutex<HashMap<String, Host>>,
}

#[derive(Debug, Default)]
struct Host {
    requests: usize,
    silences: u32,
    pause_until: Option<Instant>,
    /// The reason for which it is asked nothing more.
    closed: Option<String>,
}

/// A piece of work at a host; the host is empty for what is on this machine.
#[derive(Debug)]
pub(super) struct Task<J> {
    /// The host.
    pub(super) host: String,
    /// The work.
    pub(super) job: J,
}

struct Waiting<J> {
    number: usize,
    attempts: u32,
    task: Task<J>,
}

/// Does a job, or fails it with the reason for which its host is asked nothing more.
pub(super) type Attempt<'a, J, T> = dyn Fn(&J, Option<&str>) -> (T, Heard) + Sync + 'a;

/// Does all tasks on threads of their own. `attempt` does one, or fails it with the reason for which its host is asked nothing
/// more; `take` is given the outcomes in the order of the tasks, and ends the work with an error.
pub(super) fn work<J: Send, T: Send, E>(
    hosts: &Hosts,
    tasks: Vec<Task<J>>,
    attempt: &Attempt<'_, J, T>,
    mut take: impl FnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    let count = tasks.len();
    let waiting = tasks.into_iter().enumerate();
    let waiting = waiting.map(|(number, task)| Waiting {
        number,
        attempts: 0,
        task,
    });
    let turns = Turns {
        hosts,
        waiting: Mutex::new(waiting.collect()),
        freed: Condvar::new(),
    };
    let (send, receive) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(count) {
            let (turns, send) = (&turns, send.clone());
            scope.spawn(move || turns.serve(attempt, &send));
        }
        drop(send);
        let taken = in_order(&receive, &mut take);
        if taken.is_err() {
            turns.stop();
        }
        taken
    })
}

fn in_order<T, E>(
    receive: &mpsc::Receiver<(usize, T)>,
    take: &mut impl FnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    let (mut next, mut early) = (0, HashMap::new());
    for (number, outcome) in receive {
        early.insert(number, outcome);
        while let Some(outcome) = early.remove(&next) {
            take(outcome)?;
            next += 1;
        }
    }
    Ok(())
}

struct Turns<'h, J> {
    hosts: &'h Hosts,
    waiting: Mutex<VecDeque<Waiting<J>>>,
    freed: Condvar,
}

impl<J> Turns<'_, J> {
    fn serve<T>(&self, attempt: &Attempt<'_, J, T>, send: &mpsc::Sender<(usize, T)>) {
        while let Some((mut waiting, closed)) = self.next() {
            let (outcome, heard) = attempt(&waiting.task.job, closed.as_deref());
            waiting.attempts += 1;
            let again = self.hosts.hear(&waiting.task.host, heard, waiting.attempts);
            let number = waiting.number;
            self.free(again.then_some(waiting));
            if !again && send.send((number, outcome)).is_err() {
                return;
            }
        }
    }

    /// Wakes up those that wait for a host. They hold the lock from their look at the hosts until they wait, so that none misses
    /// this.
    fn free(&self, again: Option<Waiting<J>>) {
        let mut waiting = lock(&self.waiting);
        if let Some(one) = again {
            waiting.push_front(one);
        }
        drop(waiting);
        self.freed.notify_all();
    }

    /// Leaves what is not begun undone.
    fn stop(&self) {
        lock(&self.waiting).clear();
        self.freed.notify_all();
    }

    /// The next task whose host has room, with the reason where the host is asked nothing more.
    fn next(&self) -> Option<(Waiting<J>, Option<String>)> {
        let mut waiting = lock(&self.waiting);
        loop {
            if waiting.is_empty() {
                return None;
            }
            let now = Instant::now();
            let mut known = lock(&self.hosts.known);
            let free = waiting
                .iter()
                .position(|one| known.entry(one.task.host.clone()).or_default().is_free(now));
            if let Some(one) = free.and_then(|at| waiting.remove(at)) {
                let host = known.entry(one.task.host.clone()).or_default();
                host.requests += 1;
                return Some((one, host.closed.clone()));
            }
            let ends = known.values().filter_map(|host| host.pause_until);
            let pause = ends.filter_map(|end| end.checked_duration_since(now)).min();
            drop(known);
            // A host that another thread frees wakes this one up.
            let pause = pause.unwrap_or(LONGEST_PAUSE).max(Duration::from_millis(1));
            waiting = self
                .freed
                .wait_timeout(waiting, pause)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }
}

impl Host {
    fn is_free(&self, now: Instant) -> bool {
        self.closed.is_some()
            || self.requests < AT_ONE_HOST && self.pause_until.is_none_or(|until| until <= now)
    }
}

impl Hosts {
    /// Notes how a host has answered the last of so many attempts, and says whether there is to be another.
    fn hear(&self, name: &str, heard: Heard, attempts: u32) -> bool {
        let mut known = lock(&self.known);
        let host = known.entry(name.to_owned()).or_default();
        host.requests = host.requests.saturating_sub(1);
        match heard {
            Heard::Answer => {
                host.silences = 0;
                false
            }
            Heard::Broken if attempts < 2 => true,
            Heard::Silence | Heard::Broken => {
                host.silences += 1;
                if host.silences >= SILENCES {
                    let why = format!("{name} has not answered {SILENCES} times in a row");
                    host.closed.get_or_insert(why);
                }
                false
            }
            Heard::Pause(pause) if pause > LONGEST_PAUSE => {
                let why = format!("{name} wants to be asked again in {} s", pause.as_secs());
                host.closed.get_or_insert(why);
                false
            }
            Heard::Pause(pause) => {
                let until = Instant::now() + pause;
                host.pause_until = host.pause_until.max(Some(until));
                attempts < ATTEMPTS
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn tasks(hosts: &[&str]) -> Vec<Task<usize>> {
        let tasks = hosts.iter().enumerate();
        tasks
            .map(|(job, host)| Task {
                host: (*host).to_owned(),
                job,
            })
            .collect()
    }

    fn done(hosts: &Hosts, names: &[&str], attempt: &Attempt<'_, usize, String>) -> Vec<String> {
        let mut all = Vec::new();
        let taken: Result<(), ()> = work(hosts, tasks(names), attempt, |one| {
            all.push(one);
            Ok(())
        });
        taken.unwrap();
        all
    }

    #[test]
    fn outcomes_come_in_order_and_a_host_has_few_requests_at_a_time() {
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let all = done(&Hosts::default(), &["a"; 16], &|job, _| {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            std::thread::sleep(Duration::from_millis(20 - *job as u64));
            now.fetch_sub(1, Ordering::SeqCst);
            (job.to_string(), Heard::Answer)
        });
        assert_eq!(all, (0..16).map(|n| n.to_string()).collect::<Vec<_>>());
        assert_eq!(most.load(Ordering::SeqCst), AT_ONE_HOST);
    }

    #[test]
    fn a_pause_is_kept_and_the_picture_tried_again() {
        let asked = AtomicUsize::new(0);
        let began = Instant::now();
        let all = done(
            &Hosts::default(),
            &["a"],
            &|_, _| match asked.fetch_add(1, Ordering::SeqCst) {
                0 => ("later".to_owned(), Heard::Pause(Duration::from_millis(80))),
                _ => ("there".to_owned(), Heard::Answer),
            },
        );
        assert_eq!(all, ["there"]);
        assert!(began.elapsed() >= Duration::from_millis(80));
    }

    #[test]
    fn a_host_that_is_silent_or_wants_a_long_pause_is_left_alone() {
        for heard in [Heard::Silence, Heard::Pause(LONGEST_PAUSE * 2)] {
            let asked = AtomicUsize::new(0);
            let all = done(&Hosts::default(), &["a"; 40], &|_, closed| match closed {
                Some(why) => (why.to_owned(), Heard::Answer),
                None => {
                    asked.fetch_add(1, Ordering::SeqCst);
                    (String::new(), heard)
                }
            });
            assert_eq!(all.len(), 40);
            assert!(
                asked.load(Ordering::SeqCst) <= SILENCES as usize + AT_ONE_HOST,
                "{heard:?}"
            );
            assert!(all[39].starts_with("a "), "{all:?}");
        }
    }

    #[test]
    fn an_error_of_the_taker_ends_the_work() {
        let mut count = 0;
        let ended = work(
            &Hosts::default(),
            tasks(&["a"; 100]),
            &|_, _| ((), Heard::Answer),
            |()| {
                count += 1;
                if count == 3 { Err("full") } else { Ok(()) }
            },
        );
        assert_eq!(ended, Err("full"));
    }
}
