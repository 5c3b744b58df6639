//! What files an FL kit must hold, and must not.

use camino::{Utf8Path, Utf8PathBuf};

use super::check::{Judgement, Owner, Ruling, SiteCheck, Unseen, listed, shown};
use super::{Directory, EntryKind, FlTree, Site};

pub(super) const ROWS: &[SiteCheck] = &[
    SiteCheck {
        id: "fl-kit.directory",
        requirement: "HOST-FLKIT-01",
        owner: Owner::TrustOperator,
        sentence: "FL_KIT_DIR is a directory on this host.",
        judge: directory,
    },
    SiteCheck {
        id: "fl-kit.complete",
        requirement: "HOST-FLKIT-01",
        owner: Owner::TrustOperator,
        sentence: "The FL kit holds everything its backend needs, and nothing of it is empty.",
        judge: complete,
    },
    SiteCheck {
        id: "fl-kit.foreign-keys",
        requirement: "KIT-PACKAGE-02",
        owner: Owner::HubAdmin,
        sentence: "The FL kit holds no private key but this slot's.",
        judge: foreign_keys,
    },
];

/// One federated-learning framework's layout of an FL kit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    /// The word in FL_BACKEND.
    pub(super) word: &'static str,
    /// Directories and files that must be there; `{slot}` and `{number}` are replaced.
    directories: &'static [&'static str],
    files: &'static [&'static str],
    /// The private key of the slot.
    key: &'static str,
    /// What only this backend's kits have.
    mark: &'static str,
}

pub(super) const LAYOUTS: &[Layout] = &[
    Layout {
        word: "nvflare",
        directories: &[
            "net-1/services/{slot}/startup",
            "net-1/services/{slot}/local",
            "net-1/services/{slot}/transfer",
        ],
        files: &[
            "net-1/services/{slot}/startup/client.crt",
            "net-1/services/{slot}/startup/client.key",
            "net-1/services/{slot}/startup/rootCA.pem",
            "net-1/services/{slot}/startup/fed_client.json",
            "net-1/services/{slot}/startup/sub_start.sh",
        ],
        key: "net-1/services/{slot}/startup/client.key",
        mark: "net-1/services",
    },
    Layout {
        word: "flower",
        directories: &["net-1/certificates", "net-1/keys"],
        files: &["net-1/certificates/ca.crt", "net-1/keys/supernode_credentials_{number}"],
        key: "net-1/keys/supernode_credentials_{number}",
        mark: "net-1/certificates",
    },
];

/// The slot an FL kit is for and how its backend lays it out.
pub(super) struct Slot {
    pub(super) layout: &'static Layout,
    pub(super) name: String,
    pub(super) number: String,
}

impl Slot {
    pub(super) fn of(site: &Site) -> Result<Self, Ruling> {
        let backend = site.needed("FL_BACKEND")?;
        let layout = LAYOUTS.iter().find(|layout| layout.word == backend).ok_or_else(|| {
            let words = format!("FL_BACKEND is {}, neither nvflare nor flower", shown(&backend));
            Ruling::fail(words, format!("make sync-trust-kit KIT={} PROD=true", site.code()))
                .by(Owner::HubAdmin)
        })?;
        let (name, number) = (site.needed("FL_KIT_SLOT")?, site.needed("FL_KIT_SLOT_NUMBER")?);
        Ok(Self { layout, name, number })
    }

    pub(super) fn path(&self, pattern: &str) -> Utf8PathBuf {
        pattern.replace("{slot}", &self.name).replace("{number}", &self.number).into()
    }

    pub(super) fn key(&self) -> Utf8PathBuf {
        self.path(self.layout.key)
    }
}

fn directory(site: &Site) -> Judgement {
    let path = site.needed("FL_KIT_DIR")?;
    let fix = format!(
        "extract the package, then sudo mkdir -p {0} && sudo cp -a fl-kit/. {0}/",
        shell_word(&path)
    );
    match site.host.directory(&path)? {
        Directory::Present { .. } => Ok(format!("{} is a directory", shown(&path))),
        Directory::Missing => {
            Err(Ruling::fail(format!("FL_KIT_DIR {} does not exist", shown(&path)), fix))
        }
        Directory::NotADirectory => {
            Err(Ruling::fail(format!("FL_KIT_DIR {} is no directory", shown(&path)), fix))
        }
        Directory::Hidden(why) => Err(Unseen::because(format!("{path}: {why}")).into()),
    }
}

fn complete(site: &Site) -> Judgement {
    let slot = Slot::of(site)?;
    let tree = site.fl_kit.as_ref().map_err(Clone::clone)?;
    let wrong = incomplete(tree, &slot);
    if wrong.is_empty() {
        return Ok(format!("complete for {} and slot {}", slot.layout.word, shown(&slot.name)));
    }
    let other = LAYOUTS.iter().find(|layout| {
        layout.word != slot.layout.word
            && tree.entry(layout.mark).is_some()
            && tree.entry(slot.layout.mark).is_none()
    });
    let remark = other.map_or_else(String::new, |other| {
        format!(
            "; the files are those of a {} kit, but FL_BACKEND is {}",
            other.word, slot.layout.word
        )
    });
    Err(Ruling::fail(
        format!("{} {}{remark}", tree.root, listed(&wrong)),
        format!("wipe {} and extract the package again, `net-1/` included", tree.root),
    ))
}

/// What is missing or empty, in words.
pub(super) fn incomplete(tree: &FlTree, slot: &Slot) -> Vec<String> {
    let kind = |path: &Utf8Path| tree.entry(path).map(|entry| entry.kind);
    let mut wrong = Vec::new();
    for path in slot.layout.directories.iter().map(|pattern| slot.path(pattern)) {
        match kind(&path) {
            Some(EntryKind::Directory) => {}
            // Archives need not list the directories of the files they hold.
            None if tree.below(&path).next().is_some() => {}
            None => wrong.push(format!("lacks {path}/")),
            Some(_) => wrong.push(format!("has something else than a directory at {path}")),
        }
    }
    for path in slot.layout.files.iter().map(|pattern| slot.path(pattern)) {
        match tree.entry(&path) {
            Some(entry) if entry.is_filled() => {}
            Some(entry) if entry.kind == EntryKind::File => {
                wrong.push(format!("has an empty {path}"));
            }
            Some(_) => wrong.push(format!("has something else than a file at {path}")),
            None => wrong.push(format!("lacks {path}")),
        }
    }
    wrong
}

fn foreign_keys(site: &Site) -> Judgement {
    let slot = Slot::of(site)?;
    let tree = site.fl_kit.as_ref().map_err(Clone::clone)?;
    let foreign = private_keys_besides(tree, &slot.key());
    if foreign.is_empty() {
        return Ok("no private key but this slot's".to_owned());
    }
    Err(Ruling::fail(
        format!("{} holds private keys of others: {}", tree.root, listed(&foreign)),
        "remove them from every site that got them, package again, and rotate what leaked",
    ))
}

/// Files that are private keys by name or by content, except the slot's own.
pub(super) fn private_keys_besides(tree: &FlTree, own: &Utf8Path) -> Vec<String> {
    let is_key = |path: &Utf8Path, text: Option<&str>| {
        let named = path.file_name().is_some_and(|name| name.starts_with("supernode_credentials_"));
        let by_name = path.extension() == Some("key") || (named && path.extension() != Some("pub"));
        by_name || text.is_some_and(|text| text.contains("PRIVATE KEY-----"))
    };
    tree.entries()
        .filter(|(path, entry)| {
            let text = entry.text.as_ref().map(contract::key::Secret::expose);
            entry.kind != EntryKind::Directory && *path != own && is_key(path, text)
        })
        .map(|(path, _)| path.to_string())
        .collect()
}

/// A path as a shell takes it.
pub(super) fn shell_word(path: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    if path.chars().all(plain) {
        path.to_owned()
    } else {
        format!("'{}'", path.replace('\'', "'\\''"))
    }
}
