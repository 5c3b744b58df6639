//! A program that looks names up in a file of ours: a mount namespace of its own, in which that file
//! lies where the system's lies.

use std::path::Path;

use super::TargetError;
use super::child::cannot;

/// The command in a namespace in which names come from this file, and no name service answers.
pub(super) fn with_names(words: Vec<String>, hosts: &Path) -> Vec<String> {
    let before =
        ["unshare", "--user", "--map-root-user", "--mount", "--", "sh", "-c", SCRIPT, "names"];
    let mut all: Vec<String> = before.map(str::to_owned).into();
    all.push(hosts.to_string_lossy().into_owned());
    all.extend(words);
    all
}

/// Whether this machine gives programs such a namespace.
pub async fn can_have_own_names() -> Result<(), TargetError> {
    let tried = tokio::process::Command::new("unshare")
        .args([
            "--user",
            "--map-root-user",
            "--mount",
            "--",
            "sh",
            "-c",
            "mount --bind /etc/hosts /etc/hosts",
        ])
        .stdin(std::process::Stdio::null())
        .output()
        .await;
    match tried {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => {
            let told = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            Err(cannot("a namespace of its own", &told))
        }
        Err(error) => Err(cannot("unshare", &error)),
    }
}

/// An empty list of name servers: a resolver then asks this machine, where none listens.
const SCRIPT: &str = "mount --bind \"$1\" /etc/hosts && \
    { [ ! -e /etc/resolv.conf ] || mount --bind /dev/null /etc/resolv.conf; } && \
    shift && exec \"$@\"";
