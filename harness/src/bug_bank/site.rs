//! A sample site in a play: green before the plant, and asked again after it.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Output};
use std::time::Duration;

use camino::Utf8Path;
use contract::kit::{Kit, Reader};
use tokio::time::timeout;

use super::{Bench, Bug, Catcher, Caught, Scene};
use crate::finding::{Finding, Judged, Stop};
use crate::site_check::sample::SampleSite;
use crate::site_check::{Check, FlTree, Site, SiteOutcome, find, judge};

/// A site, and what is told of it.
pub(super) struct SitePlay {
    bug: &'static Bug,
    /// The site.
    pub(super) sample: SampleSite,
    /// What is told.
    pub(super) scene: Scene,
}

impl SitePlay {
    /// Begins with a good site: everything that is to catch the bug must be green on it.
    pub(super) fn new(bench: &Bench, bug: &'static Bug, sample: SampleSite) -> Judged<Self> {
        for (name, secret) in sample.kit()?.secrets() {
            bench.guard.plant(name, secret);
        }
        let play = Self { bug, sample, scene: Scene::default() };
        let mut site = play.sample.site()?;
        if play.ids().any(|id| id.starts_with("package.")) {
            site = play.sample.packed(&play.sample.members()?)?;
        }
        for id in play.ids() {
            let check = asked(id, &site)?;
            if check.outcome != SiteOutcome::Ok {
                let words =
                    format!("{id} is {} on a good site: {}", check.outcome.word(), check.message);
                return Err(Stop::not_verified(words));
            }
        }
        Ok(play)
    }

    /// Asks every site check that is to catch the bug, and ends the play.
    pub(super) fn judged(mut self, site: &Site) -> Judged<Scene> {
        for catcher in self.bug.caught_by {
            let Catcher::SiteCheck(id) = catcher else { continue };
            let caught = self.caught(catcher, id, site)?;
            self.scene.caught(caught);
        }
        Ok(self.scene)
    }

    fn caught(&self, catcher: &Catcher, id: &str, site: &Site) -> Judged<Caught> {
        let row = find(id).ok_or_else(|| Stop::not_verified(format!("no check {id}")))?;
        let check = asked(id, site)?;
        let judged = match check.outcome {
            SiteOutcome::Ok => Ok(()),
            SiteOutcome::Warn | SiteOutcome::Fail => {
                let fix =
                    check.fix.map(|fix| format!("{}: {}", check.owner.words(), self.plain(&fix)));
                let observed = self.plain(&check.message);
                Err(Finding::new(row.requirement, row.sentence, observed).shown_by(fix).into())
            }
            SiteOutcome::NotApplicable | SiteOutcome::NotVerified => {
                Err(Stop::not_verified(format!("{id}: {}", self.plain(&check.message))))
            }
        };
        Caught::by(catcher, judged)
    }

    fn ids(&self) -> impl Iterator<Item = &'static str> {
        self.bug.caught_by.iter().filter_map(|catcher| match catcher {
            Catcher::SiteCheck(id) => Some(*id),
            _ => None,
        })
    }

    /// A text without the name of our temporary folder, so that a play reads alike each time.
    pub(super) fn plain(&self, text: &str) -> String {
        text.replace(self.sample.folder().as_str(), "/srv/site")
    }
}

fn asked(id: &str, site: &Site) -> Judged<Check> {
    let row = find(id).ok_or_else(|| Stop::not_verified(format!("no check {id}")))?;
    Ok(judge(row, site))
}

/// sync-trust-kit as built: dies on an unset value, but lets DOCKER_FL_REGISTRY be absent.
pub(super) fn sync_as_built(kit: &mut Kit, env: &Kit) -> Judged<usize> {
    let mut entries = Vec::new();
    for key in contract::kit::HUB_SHARED {
        match env.value(Reader::Sed, key).filter(|value| !value.is_empty()) {
            Some(value) => entries.push((*key, value)),
            None if *key == "DOCKER_FL_REGISTRY" => {}
            None => return Err(Stop::not_verified(format!("the env file lacks {key}"))),
        }
    }
    kit.write(&entries).map_err(Stop::not_verified)?;
    Ok(entries.len())
}

/// Runs a program to its end, in bounded time.
pub(super) async fn run(command: Command) -> io::Result<Output> {
    let mut command = tokio::process::Command::from(command);
    timeout(LIMIT, command.kill_on_drop(true).output())
        .await
        .unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::TimedOut)))
}

/// The user current images run as. Root can hand a folder to user 1000 and act as them; anybody else
/// acts as themselves and can only take the permission away, which the service sees just the same.
pub(super) struct Stranger {
    /// Who.
    pub(super) uid: u32,
    root: bool,
}

impl Stranger {
    /// User 1000 where we may become them, ourselves otherwise.
    pub(super) fn of_current_images() -> Self {
        let own = rustix::process::geteuid();
        let root = own.is_root();
        Self { uid: if root { IMAGE_USER } else { own.as_raw() }, root }
    }

    /// What the plant amounts to.
    pub(super) fn words(&self) -> &'static str {
        if self.root {
            "it is root's"
        } else {
            "it is read-only (we are not root, and cannot chown)"
        }
    }

    /// Makes a folder theirs, or makes it one they cannot write.
    pub(super) fn make_usable(&self, folder: &Utf8Path, usable: bool) -> Judged {
        let owner = if usable { self.uid } else { 0 };
        if self.root {
            return chown(folder.as_std_path(), Some(owner), Some(owner))
                .map_err(Stop::not_verified);
        }
        let mode = Permissions::from_mode(if usable { 0o755 } else { 0o555 });
        fs::set_permissions(folder, mode).map_err(Stop::not_verified)
    }

    /// Makes a whole tree theirs, where that takes anything.
    pub(super) fn own_all(&self, root: &Utf8Path) -> Judged {
        if !self.root {
            return Ok(());
        }
        let tree = FlTree::read(root).map_err(Stop::not_verified)?;
        for path in tree.entries().map(|(path, _)| root.join(path)) {
            chown(path.as_std_path(), Some(self.uid), Some(self.uid))
                .map_err(Stop::not_verified)?;
        }
        Ok(())
    }

    /// Makes a file in the folder as that user; the inner error is what the user is told.
    pub(super) async fn writes(&self, folder: &Utf8Path, name: &str) -> Judged<Result<(), String>> {
        // The folder is handed over open: the way to it may be closed to everybody but us.
        let open = fs::File::open(folder).map_err(Stop::not_verified)?;
        let mut touch = Command::new("touch");
        touch.arg(format!("/proc/self/fd/0/{name}")).env("LC_ALL", "C").stdin(open);
        if self.root {
            touch.uid(self.uid).gid(self.uid);
        }
        let done = run(touch).await.map_err(Stop::not_verified)?;
        if done.status.success() {
            return Ok(Ok(()));
        }
        let told = String::from_utf8_lossy(&done.stderr);
        Ok(Err(told.trim().rsplit(": ").next().unwrap_or_default().to_owned()))
    }
}

const LIMIT: Duration = Duration::from_secs(30);
const IMAGE_USER: u32 = 1000;
