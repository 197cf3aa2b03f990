//! The command `masthead`: runs what it is told, and turns its end into an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    bound_heaps();
    masthead::cli::run()
}

/// Bounds the number of glibc's heaps by that of processors. Each keeps the most that it ever held, and by default there are
/// eight for each processor: an import beside the search index would leave half a gigabyte behind.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(
    unsafe_code,
    reason = "a function of the C library that takes two numbers, called before any thread is started"
)]
fn bound_heaps() {
    use std::ffi::c_int;

    /// `M_ARENA_MAX` of `malloc.h`.
    const MOST_HEAPS: c_int = -8;
    unsafe extern "C" {
        fn mallopt(parameter: c_int, value: c_int) -> c_int;
    }
    let processors = std::thread::available_parallelism().map_or(2, usize::from);
    let heaps = c_int::try_from(processors.clamp(2, 64)).unwrap_or(2);
    // A C library that refuses goes on with its default.
    unsafe {
        mallopt(MOST_HEAPS, heaps);
    }
}
