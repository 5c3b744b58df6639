//! Finding a Python that is new enough.

use std::path::Path;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use tokio::process::Command;

use super::error::{OLDEST, PackageError};
use super::program;

/// A Python that answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Python {
    /// Its own program file, no shim.
    pub(super) program: Utf8PathBuf,
    /// Major and minor.
    pub(super) version: (u32, u32),
}

/// The named Python, or else the first that is new enough: names on the PATH, then pyenv's folder.
pub(super) async fn find(named: Option<&Utf8Path>) -> Result<Python, PackageError> {
    let candidates = match named {
        Some(named) => vec![named.to_owned()],
        None => NAMES.iter().map(Utf8PathBuf::from).chain(of_pyenv()).collect(),
    };
    first_good(&candidates).await
}

/// The Python that runs releases of the library, and its major and minor version; it was also asked for
/// what a virtual environment is made with.
///
/// # Errors
/// When none is new enough, or the first that is cannot make one.
pub async fn usable_python() -> Result<(Utf8PathBuf, (u32, u32)), PackageError> {
    let Python { program, version } = find(None).await?;
    let mut command = Command::new(&program);
    let asked = program::run(command.args(["-I", "-c", "import ensurepip, venv"]), b"", PATIENCE);
    let reason = match asked.await {
        Ok(ended) if ended.good => return Ok((program, version)),
        Ok(ended) => ended.last_words(),
        Err(reason) => reason,
    };
    Err(PackageError::Environment { python: program, reason })
}

async fn first_good(candidates: &[Utf8PathBuf]) -> Result<Python, PackageError> {
    let mut tried = Vec::new();
    for candidate in candidates {
        match ask(candidate).await {
            Ok(python) if python.version >= OLDEST => return Ok(python),
            Ok(Python { version: (major, minor), .. }) => {
                tried.push(format!("{candidate} is {major}.{minor}"));
            }
            Err(reason) => tried.push(format!("{candidate}: {reason}")),
        }
    }
    Err(PackageError::NoPython { tried: tried.join("; ") })
}

async fn ask(candidate: &Utf8Path) -> Result<Python, String> {
    let mut command = Command::new(candidate);
    let ended = program::run(command.args(["-I", "-c", QUESTION]), b"", PATIENCE).await;
    let ended = ended.map_err(|reason| {
        if reason.contains("No such file") { "not there".to_owned() } else { reason }
    })?;
    if !ended.good {
        return Err(ended.last_words());
    }
    let mut lines = ended.stdout.lines();
    let mut number = || lines.next().and_then(|line| line.parse().ok());
    let (major, minor) = (number(), number());
    match (major, minor, lines.next()) {
        (Some(major), Some(minor), Some(program)) => {
            Ok(Python { program: program.into(), version: (major, minor) })
        }
        _ => Err("is no Python".to_owned()),
    }
}

/// Every Python pyenv holds, newest first. Its shims on the PATH answer only for the version that
/// is switched on.
fn of_pyenv() -> Vec<Utf8PathBuf> {
    let root = std::env::var_os("PYENV_ROOT").map(std::path::PathBuf::from);
    let home = || std::env::var_os("HOME").map(|home| Path::new(&home).join(".pyenv"));
    root.or_else(home).map(|root| versions_in(&root.join("versions"))).unwrap_or_default()
}

fn versions_in(folder: &Path) -> Vec<Utf8PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<(Vec<u32>, Utf8PathBuf)> = entries
        .filter_map(|entry| Utf8PathBuf::from_path_buf(entry.path()).ok())
        .filter_map(|path| {
            let numbers = path.file_name()?.split('.').map(str::parse).collect::<Result<_, _>>();
            Some((numbers.ok()?, path.join("bin/python3")))
        })
        .collect();
    found.sort_unstable_by(|a, b| b.cmp(a));
    found.into_iter().map(|(_, program)| program).collect()
}

/// Tried on the PATH, in this order. 3.14 comes late: its standard library adds a word to
/// `Accept-Encoding` that the releases were never seen to send.
const NAMES: [&str; 5] = ["python3.13", "python3.12", "python3", "python3.14", "python"];

/// The real program, because the environment made from a shim would call the shim.
const QUESTION: &str = "import sys\nprint(*sys.version_info[:2], sys.executable, sep='\\n')";

const PATIENCE: Duration = Duration::from_secs(20);

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn fake(folder: &Path, name: &str, script: &str) -> Utf8PathBuf {
        let path = folder.join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("a script");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("ours");
        Utf8PathBuf::from_path_buf(path).expect("UTF-8")
    }

    #[tokio::test]
    async fn the_first_new_enough_one_is_taken_and_shims_that_refuse_are_passed_over() {
        let folder = tempfile::tempdir().expect("a folder");
        let shim = fake(folder.path(), "shim", "echo 'pyenv: not switched on' >&2; exit 127");
        let old = fake(folder.path(), "old", "printf '3\\n11\\n/usr/bin/python3\\n'");
        let good = fake(folder.path(), "good", "printf '3\\n12\\n/opt/python3.12\\n'");
        let found = first_good(&[shim.clone(), old.clone(), good]).await.expect("the third");
        assert_eq!((found.program.as_str(), found.version), ("/opt/python3.12", (3, 12)));

        let gone = Utf8PathBuf::from("/nowhere/python3");
        let error = first_good(&[shim, old, gone]).await.expect_err("none").to_string();
        for word in ["3.12", "not switched on", "is 3.11", "not there"] {
            assert!(error.contains(word) && !error.contains('\n'), "{error}");
        }
    }

    #[test]
    fn versions_of_pyenv_come_newest_first_and_by_number() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["3.9.18", "3.12.1", "3.13.0", "system"] {
            std::fs::create_dir(folder.path().join(name)).expect("a folder");
        }
        let found = versions_in(folder.path());
        let names: Vec<_> = found.iter().filter_map(|path| path.iter().rev().nth(2)).collect();
        assert_eq!(names, ["3.13.0", "3.12.1", "3.9.18"]);
    }
}
