//! Owners and modes, against the user the FL client's image runs as.

use super::check::{Judgement, Owner, Ruling, SiteCheck, listed, shown};
use super::fl_files::{Slot, shell_word};
use super::{Directory, EntryKind, FlTree, Site};

pub(super) const ROWS: &[SiteCheck] = &[
    SiteCheck {
        id: "fl-kit.owner",
        requirement: "HOST-FLKIT-03",
        owner: Owner::TrustOperator,
        sentence: "The user of the FL client's image owns the files it must read and write.",
        judge: owner,
    },
    SiteCheck {
        id: "fl-kit.key-mode",
        requirement: "HOST-FLKIT-03",
        owner: Owner::TrustOperator,
        sentence: "The FL private key is closed to others, and open to the client.",
        judge: key_mode,
    },
    SiteCheck {
        id: "host.images-dir",
        requirement: "HOST-FLKIT-03",
        owner: Owner::TrustOperator,
        sentence: "BASE_IMAGES_DOWNLOAD_DIR is there and writable for user 1000.",
        judge: images_dir,
    },
];

/// The user of current images when the image itself was not asked. Old NVFLARE images ran as root,
/// who may do everything, so a tree that suits current images suits them too.
fn client_user(site: &Site, slot: &Slot) -> u32 {
    site.host.client_user.clone().unwrap_or(match slot.layout.word {
        "flower" => FLOWER_USER,
        _ => NVFLARE_USER,
    })
}

fn owner(site: &Site) -> Judgement {
    let slot = Slot::of(site)?;
    let tree = site.fl_kit.as_ref().map_err(Clone::clone)?;
    let user = client_user(site, &slot);
    let read_only = slot.layout.word == "flower";
    let wrong = out_of_reach(tree, user, read_only);
    if wrong.is_empty() {
        return Ok(format!("everything is within reach of user {user}"));
    }
    let fix = format!("sudo chown -R {user}:{user} {}", shell_word(tree.root.as_str()));
    let what = if read_only { "read" } else { "write" };
    let message = format!("user {user} of the FL client cannot {what} {}", listed(&wrong));
    Err(Ruling::warn(message, fix))
}

/// What user and group `user` cannot use: read everything, and write where the client writes.
fn out_of_reach(tree: &FlTree, user: u32, read_only: bool) -> Vec<String> {
    if user == 0 {
        return Vec::new();
    }
    let allowed = |uid: u32, gid: u32, mode: u32, bit: u32| {
        let shift = if uid == user {
            6
        } else if gid == user {
            3
        } else {
            0
        };
        mode >> shift & bit == bit
    };
    tree.entries()
        .filter(|(path, entry)| {
            let written = !read_only && (is_written(path.as_str()));
            let need = match (entry.kind, written) {
                (EntryKind::Directory, true) => 0o7,
                (EntryKind::Directory, false) => 0o5,
                (_, true) => 0o6,
                (_, false) => 0o4,
            };
            !allowed(entry.uid, entry.gid, entry.mode, need)
        })
        .map(|(path, _)| path.to_string())
        .collect()
}

/// Below `local/` and `transfer/` the client makes files of its own.
fn is_written(path: &str) -> bool {
    let mut parts = path.split('/').skip_while(|part| *part != "services").skip(2);
    matches!(parts.next(), Some("local" | "transfer"))
}

fn key_mode(site: &Site) -> Judgement {
    let slot = Slot::of(site)?;
    let tree = site.fl_kit.as_ref().map_err(Clone::clone)?;
    let path = slot.key();
    let Some(entry) = tree.entry(&path) else {
        return Err(Ruling::not_verified(format!("{} lacks {path}", tree.root)));
    };
    let (most, words) =
        if slot.layout.word == "flower" { (0o640, "0640") } else { (0o600, "0600") };
    if entry.mode & !most == 0 {
        return Ok(format!("mode {:04o}", entry.mode));
    }
    let message =
        format!("{path} has mode {:04o}: others can use this site's FL identity", entry.mode);
    let fix = format!("sudo chmod {words} {}", shell_word(tree.root.join(&path).as_str()));
    Err(Ruling::warn(message, fix))
}

/// Docker makes a bind source that is missing, and makes it root's.
fn images_dir(site: &Site) -> Judgement {
    let path = site.needed("BASE_IMAGES_DOWNLOAD_DIR")?;
    let word = shell_word(&path);
    let user = site.host.imaging_user.clone().unwrap_or(IMAGING_USER);
    let fix = format!("sudo mkdir -p {word} && sudo chown {user}:{user} {word}");
    match site.host.directory(&path)? {
        Directory::Present { .. } if user == 0 => Ok(format!("{} is there", shown(&path))),
        Directory::Present { uid, mode, .. } if *uid == user && mode & 0o300 == 0o300 => {
            Ok(format!("{} belongs to user {user}", shown(&path)))
        }
        Directory::Present { mode, .. } if mode & 0o003 == 0o003 => {
            Ok(format!("{} is writable for everybody", shown(&path)))
        }
        Directory::Present { uid, mode, .. } => Err(Ruling::warn(
            format!(
                "{} belongs to user {uid}, mode {mode:04o}: user {user} cannot write into it, and \
                 image downloads end with 500",
                shown(&path)
            ),
            fix,
        )),
        Directory::Missing => Err(Ruling::warn(
            format!("{} does not exist: docker would make it, owned by root", shown(&path)),
            fix,
        )),
        Directory::NotADirectory => {
            Err(Ruling::fail(format!("{} is no directory", shown(&path)), fix))
        }
        Directory::Hidden(why) => Err(Ruling::not_verified(format!("{path}: {why}"))),
    }
}

/// User of NVFLARE client images that are not root's.
const NVFLARE_USER: u32 = 1000;
/// User of the imaging service.
const IMAGING_USER: u32 = 1000;
/// User and group of Flower's images.
const FLOWER_USER: u32 = 49_999;
