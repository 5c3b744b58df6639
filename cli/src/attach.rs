//! Handing a kit to whoever starts an attached trust.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use harness::target::{OnShow, ShowKit, TargetError};

use crate::output::say;

/// Puts the kit where its operator can fetch it, in two forms, and says how to use them.
pub fn show_kit() -> ShowKit {
    Arc::new(|order| {
        let failed = |error: std::io::Error| TargetError::CannotStart {
            what: "the kit file for the attached trust".to_owned(),
            reason: format!("{error}; run flipcheck in a folder you may write to"),
        };
        let kit = KitFile::place("env", &order.kit).map_err(failed)?;
        let shell = KitFile::place("sh", &exports(&order.env)).map_err(failed)?;
        say(&format!(
            "start the trust with this kit, and keep it running until the verdict:\n  \
             a container  docker run --network host --env-file {} …\n  \
             a program    . {} && …\n\
             waiting for its first call",
            kit.path, shell.path
        ));
        Ok(Box::new([kit, shell]) as OnShow)
    })
}

/// The environment as a shell reads it.
fn exports(env: &BTreeMap<String, String>) -> String {
    let mut text = String::new();
    for (name, value) in env {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "export {name}='{}'", value.replace('\'', r"'\''"));
    }
    text
}

/// A file with the keys of a kit, for this user alone, removed with the run.
struct KitFile {
    path: Utf8PathBuf,
}

impl KitFile {
    /// Named after this process, so that two runs in one folder keep apart.
    fn place(form: &str, text: &str) -> std::io::Result<Self> {
        let folder = Utf8Path::new(FOLDER);
        fs_err::create_dir_all(folder)?;
        remove_orphans(folder);
        let name = format!("{PREFIX}{}.{form}", std::process::id());
        let path = folder.canonicalize_utf8()?.join(name);
        write_private(&path, text)?;
        Ok(Self { path })
    }
}

impl Drop for KitFile {
    fn drop(&mut self) {
        // What stays although it should not, the next run removes.
        let _ = fs_err::remove_file(&self.path);
        let _ = fs_err::remove_dir(FOLDER);
    }
}

/// Kits of runs that were killed.
fn remove_orphans(folder: &Utf8Path) {
    let Ok(entries) = folder.read_dir_utf8() else { return };
    for entry in entries.flatten() {
        let stem = entry.path().file_stem().and_then(|stem| stem.strip_prefix(PREFIX));
        let pid = stem.and_then(|pid| pid.parse::<u32>().ok());
        if pid.is_some_and(|pid| !Utf8Path::new(&format!("/proc/{pid}")).exists()) {
            let _ = fs_err::remove_file(entry.path());
        }
    }
}

fn write_private(path: &Utf8Path, text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(path)?;
    // The file may be an older one with other permissions.
    file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    file.write_all(text.as_bytes())
}

const FOLDER: &str = ".flipcheck";
const PREFIX: &str = "attach-";
