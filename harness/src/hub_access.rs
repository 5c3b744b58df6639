//! What a run may show to a hub that has no control API of ours: kits of trusts registered there, and
//! the keys of the other callers. Written by people as one TOML file, read strictly.

use std::os::unix::fs::PermissionsExt as _;

use camino::{Utf8Path, Utf8PathBuf};
use contract::key::Secret;
use contract::kit::{Kit, Reader, is_invisible};
use contract::wire::TRUST_KEY_HEADER;
use serde::Deserialize;

use crate::control::Registration;

/// The file as people write it. Paths of kits are relative to it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct AccessFile {
    /// Kit files of trusts that are registered on the hub.
    #[serde(default)]
    kits: Vec<Utf8PathBuf>,
    /// Token of a user who may register trusts.
    admin_token: Option<Secret>,
    /// Token of a user who may not.
    user_token: Option<Secret>,
    /// The hub-internal key.
    internal_key: Option<Secret>,
    /// Whether calls that leave something behind (heartbeats, polls, registrations) may be made.
    #[serde(default)]
    allow_changes: bool,
}

/// What a run holds for one hub.
#[derive(Clone, Debug, Default)]
pub struct HubAccess {
    trusts: Vec<Registration>,
    /// File names of their kits.
    kits: Vec<String>,
    key_header: Option<String>,
    admin_token: Option<Secret>,
    user_token: Option<Secret>,
    internal_key: Option<Secret>,
    allow_changes: bool,
}

/// A file that gives no access. Values are not repeated.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// Cannot be read.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: Utf8PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Others than its owner may read it.
    #[error("{0} holds keys and can be read by others (chmod 600 {0})")]
    Open(Utf8PathBuf),
    /// Is no file of this kind.
    #[error("{path}, line {line}: no such member, or a value of the wrong kind")]
    Malformed {
        /// The file.
        path: Utf8PathBuf,
        /// Line of the first fault, from 1.
        line: usize,
    },
    /// Something that nobody sees in an editor.
    #[error("{path}: line {line} {what}")]
    Hidden {
        /// The file.
        path: Utf8PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is there; never a value.
        what: String,
    },
    /// A kit without something the judge needs.
    #[error("{path}: the kit has no {key}")]
    Incomplete {
        /// The kit.
        path: Utf8PathBuf,
        /// The key.
        key: &'static str,
    },
}

impl HubAccess {
    /// Reads the file and the kits it names.
    pub fn read(path: &Utf8Path) -> Result<Self, AccessError> {
        let text = private_text(path)?;
        if let Some((line, what)) = unseen(&text) {
            return Err(AccessError::Hidden { path: path.to_owned(), line, what });
        }
        let file: AccessFile = toml::from_str(&text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            let line = text.get(..start).map_or(1, |before| before.split('\n').count());
            AccessError::Malformed { path: path.to_owned(), line }
        })?;
        let folder = path.parent().unwrap_or(Utf8Path::new("."));
        let mut access = Self {
            admin_token: file.admin_token,
            user_token: file.user_token,
            internal_key: file.internal_key,
            allow_changes: file.allow_changes,
            ..Self::default()
        };
        for kit in file.kits {
            access.add_kit(&folder.join(kit))?;
        }
        Ok(access)
    }

    fn add_kit(&mut self, path: &Utf8Path) -> Result<(), AccessError> {
        let kit = Kit::new(private_text(path)?);
        if let Some(hidden) = kit.hidden().into_iter().next() {
            let (path, line) = (path.to_owned(), hidden.line);
            return Err(AccessError::Hidden { path, line, what: hidden.what });
        }
        let value = |key: &'static str| {
            let value = kit.value(Reader::Compose, key);
            value.filter(|value| !value.is_empty() && !contract::kit::holds_placeholder(value))
        };
        let need = |key: &'static str| {
            value(key).ok_or_else(|| AccessError::Incomplete { path: path.to_owned(), key })
        };
        let shared = ["AES_KEY_BASE64", "TRUST_AES_KID", "TRUST_AES_KEY_BASE64"];
        let header = value("TRUST_API_KEY_HEADER");
        self.key_header = self.key_header.take().or(header);
        self.kits.push(path.file_name().unwrap_or_default().to_owned());
        self.trusts.push(Registration {
            id: value("EXPECTED_TRUST_ID").unwrap_or_default(),
            name: need("TRUST_NAME")?,
            slot: value("FL_KIT_SLOT").unwrap_or_default(),
            slot_number: value("FL_KIT_SLOT_NUMBER")
                .and_then(|number| number.parse().ok())
                .unwrap_or_default(),
            trust_api_key: Secret::new(need("TRUST_API_KEY")?),
            site_key: Secret::new(value("TRUST_INTERNAL_SERVICE_KEY").unwrap_or_default()),
            hub_shared: shared
                .into_iter()
                .filter_map(|key| Some((key.to_owned(), value(key)?)))
                .collect(),
        });
        Ok(())
    }

    /// The trust of the kit at that place, from 0.
    pub fn trust(&self, at: usize) -> Option<&Registration> {
        self.trusts.get(at)
    }

    /// Every kit by the name of its file, and its trust.
    pub fn kits(&self) -> impl Iterator<Item = (&str, &Registration)> {
        self.kits.iter().map(String::as_str).zip(&self.trusts)
    }

    /// Header in which the kits show their keys.
    pub fn key_header(&self) -> &str {
        self.key_header.as_deref().unwrap_or(TRUST_KEY_HEADER)
    }

    /// A user token of that meaning: `admin` or `user`.
    pub fn token(&self, meaning: &str) -> Option<&Secret> {
        match meaning {
            "admin" => self.admin_token.as_ref(),
            "user" => self.user_token.as_ref(),
            _ => None,
        }
    }

    /// The hub-internal key.
    pub fn internal_key(&self) -> Option<&Secret> {
        self.internal_key.as_ref()
    }

    /// Whether calls may leave something behind.
    pub fn allows_changes(&self) -> bool {
        self.allow_changes
    }
}

/// A byte order mark or an invisible character, and its line: it would be part of a key.
fn unseen(text: &str) -> Option<(usize, String)> {
    if text.starts_with('\u{feff}') {
        return Some((1, "begins with a byte order mark".to_owned()));
    }
    let (number, c) = text
        .lines()
        .enumerate()
        .find_map(|(number, line)| Some((number + 1, line.chars().find(|c| is_invisible(*c))?)))?;
    Some((number, format!("holds an invisible character (U+{:04X})", c as u32)))
}

/// The text of a file that only its owner may read.
fn private_text(path: &Utf8Path) -> Result<String, AccessError> {
    let failed = |source| AccessError::Io { path: path.to_owned(), source };
    let mode = std::fs::metadata(path).map_err(failed)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(AccessError::Open(path.to_owned()));
    }
    std::fs::read_to_string(path).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIT: &str = "TRUST_NAME=Alpha Hospital\nTRUST_API_KEY=worthless\nEXPECTED_TRUST_ID=id\n\
                       FL_KIT_SLOT=Trust_7\nFL_KIT_SLOT_NUMBER=7\n";

    fn write(folder: &Utf8Path, name: &str, text: &str, mode: u32) -> Utf8PathBuf {
        let path = folder.join(name);
        std::fs::write(&path, text).expect("written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("set");
        path
    }

    fn read(access: &str, kit: &str, mode: u32) -> Result<HubAccess, AccessError> {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = Utf8Path::from_path(folder.path()).expect("text");
        write(folder, "a.env", kit, 0o600);
        HubAccess::read(&write(folder, "access.toml", access, mode))
    }

    #[test]
    fn kits_are_found_beside_the_file() {
        let access = read("kits = [\"a.env\"]\nallow_changes = true\n", KIT, 0o600).expect("read");
        let trust = access.trust(0).expect("a trust");
        assert_eq!((trust.slot.as_str(), trust.slot_number), ("Trust_7", 7));
        assert!(access.allows_changes() && access.trust(1).is_none());
    }

    #[test]
    fn a_fault_is_told_by_its_line_and_never_by_its_value() {
        let error = read("internal_key = \"s3cret\"\nadmin = \"s3cret\"\n", KIT, 0o600);
        let text = error.expect_err("an unknown member").to_string();
        assert!(text.contains("line 2") && !text.contains("s3cret"), "{text}");
    }

    #[test]
    fn what_nobody_sees_in_an_editor_is_refused_with_its_line() {
        for (access, kit, words) in [
            (
                "kits = [\"a.env\"]",
                format!("\u{feff}{KIT}"),
                "a.env: line 1 begins with a byte order mark",
            ),
            (
                "kits = [\"a.env\"]",
                KIT.replace("worthless", "worthless\u{200b}"),
                "line 2 holds an invisible",
            ),
            (
                "kits = [\"a.env\"]",
                format!("{KIT}TRUST_API_KEY=old\n"),
                "line 6 sets TRUST_API_KEY again, after line 2",
            ),
            ("\u{feff}user_token = \"x\"", KIT.to_owned(), "access.toml: line 1 begins with"),
            ("\nuser_token = \"x\u{200b}\"", KIT.to_owned(), "access.toml: line 2 holds"),
        ] {
            let error = read(access, &kit, 0o600).expect_err(words).to_string();
            assert!(error.contains(words) && !error.contains("worthless"), "{error}");
        }
    }

    #[test]
    fn a_file_others_may_read_and_a_kit_without_its_key_are_refused() {
        assert!(matches!(read("", KIT, 0o644), Err(AccessError::Open(_))));
        let unfilled = "TRUST_NAME=A\nTRUST_API_KEY=<run-make-register-trust>\n";
        let error = read("kits = [\"a.env\"]", unfilled, 0o600).expect_err("no key").to_string();
        assert!(error.ends_with("the kit has no TRUST_API_KEY"), "{error}");
    }
}
