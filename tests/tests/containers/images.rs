//! The images that trials judge, built once by the script users have.

use std::process::Command;
use std::sync::Once;

use e2e::root;

/// The honest trust.
pub(super) const TRUST: &str = "image:flipcheck/mock-trust:dev";

/// Builds them unless that was done before this process was started.
pub(super) fn build() {
    static BUILT: Once = Once::new();
    BUILT.call_once(|| {
        if std::env::var("FLIPCHECK_IMAGES_BUILT").is_ok_and(|value| value == "1") {
            return;
        }
        let script = root().join("ci/images/build.sh");
        let built = Command::new(script).output().expect("the script starts");
        let words = String::from_utf8_lossy(&built.stderr).into_owned();
        assert!(built.status.success(), "the images were not built:\n{words}");
    });
}
