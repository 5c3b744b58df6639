//! The table of steps, and the one adapter between it and cucumber.
//!
//! A step is a row: a pattern and a thin function. The adapter gives every step a deadline, keeps
//! what it returned in the world as data, and tells cucumber no more than "passed" or "failed".

use std::collections::BTreeSet;
use std::panic::resume_unwind;
use std::sync::LazyLock;
use std::time::Duration;

use cucumber::step::{Collection, Context};
use futures::FutureExt as _;
use futures::future::LocalBoxFuture;
use gherkin::{Feature, StepType};
use regex::Regex;

use super::feature_set::{FeatureSet, FeatureSource};
use crate::finding::{Judged, Stop};
use crate::world::World;

/// What a step function is.
pub type StepFn = for<'a> fn(&'a mut World, Args) -> LocalBoxFuture<'a, Judged>;

/// One step: a pattern over the whole text, and what it does.
///
/// A text may begin with `[ID]`, which names the clause the step judges when a scenario proves
/// several; otherwise it is the scenario's first.
#[derive(Clone, Copy)]
pub struct StepRow {
    /// Regular expression; capture groups become [`Args`].
    pub pattern: &'static str,
    /// The function.
    pub run: StepFn,
}

/// Builds a slice of [`StepRow`]s from `pattern => function` pairs.
#[macro_export]
macro_rules! steps {
    ($($pattern:literal => $run:path),* $(,)?) => {
        &[$($crate::engine::StepRow {
            pattern: $pattern,
            run: |world, args| Box::pin($run(world, args)),
        }),*]
    };
}

/// What a step's text and its attachments say.
#[derive(Clone, Debug, Default)]
pub struct Args {
    groups: Vec<String>,
    /// Text below the step.
    pub text: Option<String>,
    /// Table below the step, header first.
    pub table: Vec<Vec<String>>,
}

impl Args {
    /// The capture group, from 0; empty when an optional one is absent.
    pub fn group(&self, at: usize) -> &str {
        self.groups.get(at).map_or("", String::as_str)
    }

    /// The capture group as a number.
    pub fn number<N: std::str::FromStr>(&self, at: usize) -> Judged<N> {
        self.group(at)
            .parse()
            .map_err(|_| Stop::not_verified(format!("{:?} is no number", self.group(at))))
    }

    /// The text below the step.
    pub fn body(&self) -> Judged<&str> {
        self.text.as_deref().ok_or_else(|| Stop::not_verified("the step needs a text below it"))
    }
}

/// A step that ended a scenario early, as cucumber's panic payload.
pub(super) struct StepEnded;

/// Every known step, compiled once.
pub(super) struct StepTable {
    rows: Vec<(Regex, StepFn)>,
}

impl StepTable {
    /// The table of all themes.
    pub(super) fn known() -> &'static Self {
        static TABLE: LazyLock<StepTable> = LazyLock::new(|| {
            let themes = crate::steps::ALL.iter().flat_map(|side| side.iter());
            let rows = themes.flat_map(|theme| theme.iter());
            StepTable { rows: rows.map(|row| (compile(row.pattern), row.run)).collect() }
        });
        &TABLE
    }

    /// How many rows match a text: one is right.
    pub(super) fn matches(&self, text: &str) -> usize {
        self.rows.iter().filter(|(pattern, _)| pattern.is_match(text)).count()
    }

    /// The row of a text, if any matches.
    pub(super) fn row_of(&self, text: &str) -> Option<usize> {
        self.rows.iter().position(|(pattern, _)| pattern.is_match(text))
    }

    /// Rows that judge: those our own features say right after a Then, and those they say among its
    /// further conditions only. What they say before a Then as well sets a scene.
    pub(super) fn judging() -> &'static BTreeSet<usize> {
        static JUDGING: LazyLock<BTreeSet<usize>> = LazyLock::new(|| {
            let own = FeatureSet::load(&FeatureSource::Embedded);
            own.map(|set| StepTable::judging_in(&set.features)).unwrap_or_default()
        });
        &JUDGING
    }

    /// The rows that judge, by what these features say.
    pub(super) fn judging_in(features: &[Feature]) -> BTreeSet<usize> {
        let scenarios = features.iter().flat_map(|feature| &feature.scenarios);
        let (mut first, mut further, mut before) =
            (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for step in scenarios.flat_map(|scenario| &scenario.steps) {
            let rows = match step.ty {
                StepType::Then if step.keyword.trim() == "Then" => &mut first,
                StepType::Then => &mut further,
                StepType::Given | StepType::When => &mut before,
            };
            rows.extend(Self::known().row_of(&step.value));
        }
        first.extend(further.difference(&before));
        first
    }

    /// The same rows for cucumber, under every keyword.
    pub(super) fn collection(&self) -> Collection<World> {
        self.rows.iter().fold(Collection::new(), |all, (pattern, _)| {
            all.given(None, pattern.clone(), adapter).when(None, pattern.clone(), adapter).then(
                None,
                pattern.clone(),
                adapter,
            )
        })
    }

    fn find(&self, text: &str) -> Option<(StepFn, Option<String>, Vec<String>)> {
        let (pattern, run) = self.rows.iter().find(|(pattern, _)| pattern.is_match(text))?;
        let found = pattern.captures(text)?;
        let clause = found.name("clause").map(|m| m.as_str().to_owned());
        let groups = found
            .iter()
            .skip(2)
            .map(|group| group.map_or_else(String::new, |m| m.as_str().to_owned()))
            .collect();
        Some((*run, clause, groups))
    }
}

fn compile(pattern: &str) -> Regex {
    let inner = pattern.trim_start_matches('^').trim_end_matches('$');
    let whole = format!(r"^(?:\[(?P<clause>[A-Z]+-[A-Z]+-\d+)\] )?(?:{inner})$");
    Regex::new(&whole).unwrap_or_else(|error| panic!("step pattern {pattern:?}: {error}"))
}

fn adapter(world: &mut World, context: Context) -> LocalBoxFuture<'_, ()> {
    async move {
        let text = context.step.value.clone();
        let Some((run, clause, groups)) = StepTable::known().find(&text) else {
            world.stop(&text, Stop::not_verified("no step has this text"));
            resume_unwind(Box::new(StepEnded));
        };
        let args = Args {
            groups,
            text: context.step.docstring.map(|text| text.trim_matches('\n').to_owned()),
            table: context.step.table.map(|table| table.rows).unwrap_or_default(),
        };
        world.judge_next(clause);
        let limit = world.step_limit();
        let judged = match tokio::time::timeout(limit, run(world, args)).await {
            Ok(judged) => judged,
            Err(_) => Err(hung(limit)),
        };
        if let Err(stop) = judged {
            let stop = world.of_scene(context.step.ty, stop);
            world.stop(&text, stop);
            resume_unwind(Box::new(StepEnded));
        }
    }
    .boxed_local()
}

/// Something of ours that took longer than anything may.
pub(super) fn hung(limit: Duration) -> Stop {
    Stop::not_verified(format!("the step did not end within its limit of {} s", limit.as_secs()))
}
