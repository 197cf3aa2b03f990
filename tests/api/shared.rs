//! Real articles and pages, and hostile input: read in place, never copied here.

use std::path::{Path, PathBuf};

/// A file or folder of `../shared` beside the checkout, or of what `MASTHEAD_SHARED` names; `None` where it is not there,
/// which is told, and fails the test where `MASTHEAD_REQUIRE_SHARED=1` says that it must be.
pub(crate) fn shared(name: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let path = std::env::var_os("MASTHEAD_SHARED")
        .map_or(beside, PathBuf::from)
        .join(name);
    if path.exists() {
        return Some(path);
    }
    let required = std::env::var("MASTHEAD_REQUIRE_SHARED").is_ok_and(|value| value == "1");
    assert!(
        !required,
        "MASTHEAD_REQUIRE_SHARED=1, but {} is not there",
        path.display()
    );
    eprintln!(
        "\n**** NOT TESTED: {} is not there; set MASTHEAD_SHARED ****\n",
        path.display()
    );
    None
}
