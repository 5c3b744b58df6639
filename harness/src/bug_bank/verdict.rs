//! What a play amounts to: a bug that did not appear and one that nobody caught are both red.

use std::time::{Duration, Instant};

use serde::Serialize;

use super::{Bench, Bug, Caught, Play, Scene};
use crate::finding::Stop;

/// What became of one bug.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It appeared, and everything that should catch it turned red.
    Caught,
    /// It was planted, and its symptom was not seen.
    DidNotAppear,
    /// It appeared, and something that should catch it stayed green.
    NotCaught,
    /// It could not be tried.
    NotVerified,
}

impl Verdict {
    /// The process exit code.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Caught => 0,
            Self::DidNotAppear | Self::NotCaught => 1,
            Self::NotVerified => 3,
        }
    }

    /// The word in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Caught => "caught",
            Self::DidNotAppear => "did-not-appear",
            Self::NotCaught => "not-caught",
            Self::NotVerified => "not-verified",
        }
    }
}

/// One bug, played.
#[derive(Clone, Debug)]
pub struct Played {
    /// The row.
    pub bug: &'static Bug,
    /// What it amounts to.
    pub verdict: Verdict,
    /// Why it is not simply caught.
    pub reason: Option<String>,
    /// What happened.
    pub scene: Scene,
    /// How long it took.
    pub took: Duration,
}

/// Plants the bug, looks for its symptom, and runs what catches it.
pub async fn play(bug: &'static Bug, bench: &Bench) -> Played {
    let begun = Instant::now();
    let done =
        |verdict, reason, scene| Played { bug, verdict, reason, scene, took: begun.elapsed() };
    let Play::Here { play, .. } = bug.play else {
        let why_not = bug.play.why_not().map(str::to_owned);
        return done(Verdict::NotVerified, why_not, Scene::default());
    };
    match tokio::time::timeout(LIMIT, play(bench)).await {
        Err(_) => {
            let told = format!("it did not end within {} s", LIMIT.as_secs());
            done(Verdict::NotVerified, Some(told), Scene::default())
        }
        Ok(Err(Stop::Broken(finding))) => {
            // A play judges by catchers; a clause broken outside them says our scene is not as meant.
            let told =
                format!("the scene broke {} by itself: {}", finding.requirement, finding.observed);
            done(Verdict::NotVerified, Some(told), Scene::default())
        }
        Ok(Err(stop)) => done(Verdict::NotVerified, Some(stop.to_string()), Scene::default()),
        Ok(Ok(mut scene)) => {
            if bench.inert {
                scene.planted = vec!["nothing: the plant was left out".to_owned()];
            }
            let (verdict, reason) = weigh(bug, &scene);
            done(verdict, reason, scene)
        }
    }
}

fn weigh(bug: &Bug, scene: &Scene) -> (Verdict, Option<String>) {
    if scene.seen.is_empty() {
        return (Verdict::NotVerified, Some("the play looked at nothing".to_owned()));
    }
    if !scene.missing.is_empty() {
        let told = format!("not seen: {}", scene.missing.join("; "));
        return (Verdict::DidNotAppear, Some(told));
    }
    if bug.caught_by.is_empty() {
        return (Verdict::NotCaught, Some("nothing is said to catch it".to_owned()));
    }
    let is_red = |caught: &&Caught| caught.red;
    let missed: Vec<String> = bug
        .caught_by
        .iter()
        .map(ToString::to_string)
        .filter(|name| !scene.caught.iter().filter(is_red).any(|caught| caught.by == *name))
        .collect();
    if missed.is_empty() {
        return (Verdict::Caught, None);
    }
    (Verdict::NotCaught, Some(format!("stayed green: {}", missed.join(", "))))
}

/// Longer than any play takes on a busy machine.
const LIMIT: Duration = Duration::from_secs(180);

#[cfg(test)]
mod tests {
    use super::super::Catcher;
    use super::*;

    fn bug(caught_by: &'static [Catcher]) -> Bug {
        Bug { caught_by, ..*super::super::ALL[0] }
    }

    fn scene(missing: &[&str], red: bool) -> Scene {
        let caught = Caught { by: "oracle:x".to_owned(), red, told: Vec::new() };
        let missing = missing.iter().map(|text| (*text).to_owned()).collect();
        Scene { missing, seen: vec!["line".to_owned()], caught: vec![caught], ..Scene::default() }
    }

    #[test]
    fn only_what_appeared_and_was_caught_is_good() {
        let bug = bug(&[Catcher::Oracle("x")]);
        let verdict = |scene: &Scene| weigh(&bug, scene).0;
        assert_eq!(verdict(&scene(&[], true)), Verdict::Caught);
        assert_eq!(verdict(&scene(&[], false)), Verdict::NotCaught);
        assert_eq!(verdict(&scene(&["rows missing"], true)), Verdict::DidNotAppear);
        assert_eq!(verdict(&Scene::default()), Verdict::NotVerified);
        assert_eq!(weigh(&self::bug(&[]), &scene(&[], true)).0, Verdict::NotCaught);
    }

    #[test]
    fn a_catcher_that_was_never_asked_has_caught_nothing() {
        let bug = bug(&[Catcher::Oracle("x"), Catcher::Cell("hub=2026.09")]);
        let (verdict, reason) = weigh(&bug, &scene(&[], true));
        assert_eq!(verdict, Verdict::NotCaught);
        assert_eq!(reason.as_deref(), Some("stayed green: matrix:hub=2026.09"));
    }
}
