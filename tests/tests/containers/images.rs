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

/// Builds the trust broken in each of these ways, from the honest image.
pub(super) fn build_mutants(names: &[&str]) {
    let mut script = Command::new(root().join("ci/images/build.sh"));
    script.arg("--mutants-only");
    for name in names {
        script.args(["--mutant", name]);
    }
    let built = script.output().expect("the script starts");
    let words = String::from_utf8_lossy(&built.stderr).into_owned();
    assert!(built.status.success(), "the mutants' images were not built:\n{words}");
}
