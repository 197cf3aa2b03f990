//! Lets SQLite ask, while it works on a statement, whether anybody still waits for it.
//!
//! Diesel has no such hook. SQLite calls an "automatic extension" with every connection that it opens, which here sets a
//! progress handler; the handler asks the thread that it runs on. No pointer outlives the call that it came with. The only
//! unsafe code of the crate.

use std::ffi::{c_char, c_int, c_void};
use std::sync::Once;

use libsqlite3_sys::{
    SQLITE_OK, sqlite3, sqlite3_api_routines, sqlite3_auto_extension, sqlite3_progress_handler,
};

use super::deadline;

/// Steps of SQLite's virtual machine between two questions: some 20 µs.
const STEPS: c_int = 1_000;

/// Sets the handler on every connection that is opened from now on.
pub(super) fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        #[expect(
            unsafe_code,
            reason = "the function has the signature that the header documents, and lives as long as the program"
        )]
        let code = unsafe { sqlite3_auto_extension(Some(on_open)) };
        if code != SQLITE_OK {
            log::warn!("reads of SQLite cannot be ended early: code {code}");
        }
    });
}

extern "C" fn on_open(
    connection: *mut sqlite3,
    _: *mut *mut c_char,
    _: *const sqlite3_api_routines,
) -> c_int {
    #[expect(
        unsafe_code,
        reason = "SQLite passes the connection that it is opening; the handler takes no context"
    )]
    unsafe {
        sqlite3_progress_handler(connection, STEPS, Some(on_progress), std::ptr::null_mut());
    }
    SQLITE_OK
}

/// Anything but zero ends the statement with `SQLITE_INTERRUPT`.
extern "C" fn on_progress(_: *mut c_void) -> c_int {
    c_int::from(deadline::reading_is_over())
}
