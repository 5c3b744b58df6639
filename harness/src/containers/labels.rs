//! What everything carries that a run of ours makes in Docker, so that it is found again: by us at the
//! end, by the next run if this one is killed.

use std::collections::{BTreeMap, HashMap};

use crate::scratch;

/// The run that made it: the name of its folder.
pub(super) const RUN: &str = "org.flipcheck.run";
/// The folder of all runs of that user on that machine: who sweeps must be able to look whether the run
/// still lives.
pub(super) const HOME: &str = "org.flipcheck.home";
/// What it is for: `trust`, `observer`, `hub`, `network`, …
pub(super) const ROLE: &str = "org.flipcheck.role";

/// One run, as containers, networks and images name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunMark {
    /// Unique among all runs.
    pub run: String,
    /// Where its folder lies, and on which machine.
    pub home: String,
}

impl RunMark {
    /// This process's.
    pub fn current() -> Self {
        let folder = scratch::mark().map(|(_, folder)| folder);
        let own = || format!("{LOOSE}{}", uuid::Uuid::new_v4().simple());
        let name = folder.as_deref().and_then(|folder| folder.rsplit('/').next());
        Self { run: name.map_or_else(own, str::to_owned), home: home() }
    }

    /// Labels of a thing of that role.
    pub fn labels(&self, role: &str) -> HashMap<String, String> {
        [(RUN, self.run.as_str()), (HOME, self.home.as_str()), (ROLE, role)]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into()
    }

    /// The run behind labels, if they are ours.
    pub fn of(labels: &BTreeMap<String, String>) -> Option<Self> {
        Some(Self { run: labels.get(RUN)?.clone(), home: labels.get(HOME)?.clone() })
    }

    /// Whether it was made here by a run that has ended. Of runs on other machines, or of other users,
    /// nobody can tell from here.
    pub fn is_dead_here(&self) -> bool {
        self.home == home() && !self.run.starts_with(LOOSE) && !scratch::is_alive(&self.run)
    }
}

/// This machine since it was started, and the folder of this user's runs on it.
fn home() -> String {
    let machine = std::fs::read_to_string("/etc/machine-id").unwrap_or_default();
    let folder = scratch::home().map(|folder| folder.display().to_string()).unwrap_or_default();
    format!("{}:{folder}", machine.trim())
}

/// Begins the name of a run without a folder: nobody can tell when it has ended.
const LOOSE: &str = "loose-";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_found_again_by_its_labels() {
        let mark = RunMark::current();
        let labels: BTreeMap<String, String> = mark.labels("trust").into_iter().collect();
        assert_eq!(RunMark::of(&labels), Some(mark));
        assert_eq!(RunMark::of(&BTreeMap::new()), None);
    }

    #[test]
    fn only_runs_of_this_machine_can_be_dead_here() {
        let elsewhere = RunMark { run: "run-gone".to_owned(), home: "other:/tmp".to_owned() };
        assert!(!elsewhere.is_dead_here());
        assert!(RunMark { home: home(), ..elsewhere }.is_dead_here());
    }
}
