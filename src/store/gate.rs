//! The gate that the writes of a process pass, which can be closed between two of them.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

#[derive(Debug, Default)]
struct State {
    writes: usize,
    closed: bool,
}

/// Counts the writes under way. Once it is being closed, no new one passes: a lock that readers share would let a process
/// that writes without a pause overtake whoever wants to stop it.
#[derive(Debug, Default)]
pub(super) struct Gate {
    state: Mutex<State>,
    moved: Condvar,
}

/// A write that is under way until this is dropped.
pub(super) struct Passed<'g>(&'g Gate);

impl Gate {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_while(&self, holds: impl Fn(&State) -> bool) -> MutexGuard<'_, State> {
        let waited = self.moved.wait_while(self.state(), |state| holds(state));
        waited.unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a write, once the gate is open.
    pub(super) fn pass(&self) -> Passed<'_> {
        self.wait_while(|state| state.closed).writes += 1;
        Passed(self)
    }

    /// Does something while no write is under way.
    pub(super) fn close_for(&self, act: impl FnOnce()) {
        self.wait_while(|state| state.closed).closed = true;
        drop(self.wait_while(|state| state.writes > 0));
        act();
        self.state().closed = false;
        self.moved.notify_all();
    }
}

impl Drop for Passed<'_> {
    fn drop(&mut self) {
        self.0.state().writes -= 1;
        self.0.moved.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn a_gate_that_is_being_closed_lets_no_write_overtake() {
        let (gate, ended, passed) = (Gate::default(), AtomicBool::new(false), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !ended.load(Ordering::SeqCst) {
                    let _passed = gate.pass();
                    passed.fetch_add(1, Ordering::SeqCst);
                }
            });
            while passed.load(Ordering::SeqCst) == 0 {
                std::thread::yield_now();
            }
            gate.close_for(|| {
                let before = passed.load(Ordering::SeqCst);
                std::thread::sleep(std::time::Duration::from_millis(20));
                assert_eq!(passed.load(Ordering::SeqCst), before);
                ended.store(true, Ordering::SeqCst);
            });
        });
    }
}
