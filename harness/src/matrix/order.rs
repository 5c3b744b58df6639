//! Orders in which a federation may be upgraded, with ways back, and what each step loses
//! (UPG-ORDER-01).

use std::collections::BTreeMap;

use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use serde::{Deserialize, Serialize};

use super::cell::{Cell, Kind, Verdict};
use super::gate::Window;
use super::release::{Part, Release, ReleaseError};
use crate::event::SCHEMA_VERSION;

/// Plans for one window, as they are written down and read back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// Version of this shape.
    pub schema_version: u32,
    /// Seed of the random orders, and of the pairings' keys.
    pub seed: u64,
    /// What is live, such as `hub=2026.06,fl=0.1.8`.
    pub live: String,
    /// What shall be.
    pub candidate: String,
    /// How many trusts there are.
    pub trusts: usize,
    /// The plans.
    pub plans: Vec<Plan>,
}

/// One order of steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Its name.
    pub name: String,
    /// Its steps.
    pub steps: Vec<Step>,
}

/// One step, after which work goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What is moved; several parts at once are one window in which nothing runs.
    pub moves: Vec<Move>,
}

/// One part that is moved, forwards or back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// Which part.
    pub part: Part,
    /// Which trust it is at, from 1; none for the hub's parts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trust: Option<usize>,
    /// Whether it goes back to what is live.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub rollback: bool,
}

/// What the steps of one plan come to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Name of the plan.
    pub plan: String,
    /// What each step leads to.
    pub steps: Vec<Reached>,
    /// What is lost along the way, a training and a round of tasks after each step.
    pub lost: u64,
    /// What is to be said of it.
    pub findings: Vec<OrderFinding>,
}

/// What is to be said of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderFinding {
    /// Id of the requirement it concerns.
    pub requirement: String,
    /// In words.
    pub sentence: String,
}

/// The federation after a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reached {
    /// What was moved.
    pub step: Step,
    /// The worst verdict over the trusts.
    pub verdict: Verdict,
    /// Lost or wrong, by kind, over all trusts.
    pub lost: BTreeMap<Kind, u64>,
    /// What is found, each sentence once.
    pub findings: Vec<String>,
}

impl Order {
    /// The one-window plan, where sites may follow at their own pace that one too, and so many random
    /// ones.
    pub fn new(window: &Window, trusts: usize, random: usize, seed: u64) -> Self {
        let moves = moves(window, trusts);
        let whole =
            Plan { name: ONE_WINDOW.to_owned(), steps: vec![Step { moves: moves.clone() }] };
        let paced = window
            .lets_sites_follow()
            .then(|| Plan { name: HUB_FIRST.to_owned(), steps: hub_first(&moves) });
        let mut rng = StdRng::seed_from_u64(seed);
        let random = (1..=random)
            .map(|n| Plan { name: format!("random {n}"), steps: shuffled(&moves, &mut rng) });
        Self {
            schema_version: SCHEMA_VERSION,
            seed,
            live: window.live.to_string(),
            candidate: window.candidate.to_string(),
            trusts,
            plans: std::iter::once(whole).chain(paced).chain(random).collect(),
        }
    }

    /// The window the plans are for.
    pub fn window(&self) -> Result<Window, ReleaseError> {
        let live = Release::live(&self.live)?;
        let candidate = Release::candidate(&self.candidate, &live)?;
        Ok(Window { live, candidate })
    }

    /// What is wrong with a plan that somebody wrote, if anything.
    pub fn flaw(&self) -> Option<String> {
        let all =
            self.plans.iter().flat_map(|plan| plan.steps.iter().map(move |step| (plan, step)));
        for (plan, step) in all {
            if step.moves.is_empty() {
                return Some(format!("plan {:?} has a step without moves", plan.name));
            }
            for one in &step.moves {
                let of_site = matches!(one.part, Part::Trust | Part::FlClient);
                if of_site != one.trust.is_some_and(|n| (1..=self.trusts).contains(&n)) {
                    let what =
                        if of_site { "needs `trust` from 1 to" } else { "has no `trust` of" };
                    return Some(format!(
                        "plan {:?}: a move of {} {what} {}",
                        plan.name, one.part, self.trusts
                    ));
                }
            }
        }
        None
    }

    /// Every release some trust is in after some step, each once.
    pub fn releases(&self, window: &Window) -> Vec<Release> {
        let mut found: Vec<Release> = Vec::new();
        for plan in &self.plans {
            for state in states(window, plan, self.trusts) {
                for release in state {
                    if !found.contains(&release) {
                        found.push(release);
                    }
                }
            }
        }
        found
    }

    /// What every plan comes to, from the judged pairings by release.
    pub fn outcomes(&self, window: &Window, cells: &[(Release, Cell)]) -> Vec<Outcome> {
        let cell_of =
            |release: &Release| cells.iter().find(|(of, _)| of == release).map(|(_, cell)| cell);
        let outcome = |plan: &Plan| {
            let after = states(window, plan, self.trusts);
            let steps: Vec<Reached> = plan
                .steps
                .iter()
                .zip(after)
                .map(|(step, state)| {
                    let cells: Vec<&Cell> = state.iter().filter_map(cell_of).collect();
                    reached(step, &cells)
                })
                .collect();
            let lost = steps.iter().flat_map(|step| step.lost.values()).sum();
            let findings = loses(&steps, lost).into_iter().collect();
            Outcome { plan: plan.name.clone(), steps, lost, findings }
        };
        self.plans.iter().map(outcome).collect()
    }
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let words: Vec<String> = self.moves.iter().map(Move::to_string).collect();
        match words.as_slice() {
            [one] => f.write_str(one),
            many => write!(f, "in one window: {}", many.join(", ")),
        }
    }
}

impl std::fmt::Display for Move {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let part = self.part;
        let back = if self.rollback { " back" } else { "" };
        match (part, self.trust) {
            (Part::FlClient, Some(n)) => write!(f, "fl-client of trust {n}{back}"),
            (_, Some(n)) => write!(f, "{part} {n}{back}"),
            (_, None) => write!(f, "{part}{back}"),
        }
    }
}

/// Every part that changes, one move each.
fn moves(window: &Window, trusts: usize) -> Vec<Move> {
    let mut moves = Vec::new();
    for part in window.candidate.differs_from(&window.live) {
        let of_site = matches!(part, Part::Trust | Part::FlClient);
        let places = if of_site { (1..=trusts).map(Some).collect() } else { vec![None] };
        moves.extend(places.into_iter().map(|trust| Move { part, trust, rollback: false }));
    }
    moves
}

/// The hub's parts in one window, then each site by itself.
fn hub_first(moves: &[Move]) -> Vec<Step> {
    let mut places: Vec<Option<usize>> = moves.iter().map(|one| one.trust).collect();
    places.sort_unstable();
    places.dedup();
    let of =
        |place| Step { moves: moves.iter().filter(|one| one.trust == place).copied().collect() };
    places.into_iter().map(of).collect()
}

/// The moves in a random order, one of them taken back and made again.
fn shuffled(moves: &[Move], rng: &mut StdRng) -> Vec<Step> {
    let mut order = moves.to_vec();
    order.shuffle(rng);
    let again = rng.random_range(0..order.len());
    let back = Move { rollback: true, ..order[again] };
    let at = rng.random_range(again..order.len()) + 1;
    order.insert(at, back);
    let later = rng.random_range(at..order.len()) + 1;
    order.insert(later, order[again]);
    order.into_iter().map(|one| Step { moves: vec![one] }).collect()
}

/// Which release each trust is in after each step.
fn states(window: &Window, plan: &Plan, trusts: usize) -> Vec<Vec<Release>> {
    let mut now = vec![window.live.clone(); trusts];
    let mut all = Vec::new();
    for step in &plan.steps {
        for one in &step.moves {
            let to = if one.rollback { &window.live } else { &window.candidate };
            for (at, release) in now.iter_mut().enumerate() {
                if one.trust.is_none_or(|trust| trust == at + 1) {
                    *release = release.with(&[one.part], to);
                }
            }
        }
        all.push(now.clone());
    }
    all
}

/// What is lost over all trusts: a pairing was judged with two trusts of its kind.
fn reached(step: &Step, cells: &[&Cell]) -> Reached {
    let mut lost = BTreeMap::new();
    for kind in [Kind::Metrics, Kind::Events, Kind::Tasks] {
        let of_cell = |cell: &&Cell| {
            let tally = cell.counts.get(&kind).copied().unwrap_or_default();
            tally.sent.saturating_sub(tally.stored) / 2
        };
        lost.insert(kind, cells.iter().map(of_cell).sum());
    }
    let failures = |cell: &&&Cell| cell.findings.iter().any(|trace| trace.kind == Kind::Logs);
    lost.insert(Kind::Logs, cells.iter().filter(failures).count() as u64);
    lost.retain(|_, count| *count > 0);
    let mut findings: Vec<String> = Vec::new();
    for trace in cells.iter().flat_map(|cell| &cell.findings) {
        if !findings.contains(&trace.sentence) {
            findings.push(trace.sentence.clone());
        }
    }
    let verdict = cells.iter().map(|cell| cell.verdict).max().unwrap_or_default();
    Reached { step: step.clone(), verdict, lost, findings }
}

/// A plan that lets work go on while the parts do not fit is reported with what it loses.
fn loses(steps: &[Reached], lost: u64) -> Option<OrderFinding> {
    let bad = steps.iter().filter(|step| !step.lost.is_empty()).count();
    (lost > 0).then(|| OrderFinding {
        requirement: "UPG-ORDER-01".to_owned(),
        sentence: format!(
            "work goes on while the parts do not fit: {lost} rows and tasks lost after {bad} of {} \
             steps",
            steps.len()
        ),
    })
}

/// Name of the plan that moves everything while nothing runs.
const ONE_WINDOW: &str = "one window";
/// Name of the plan in which sites move at their own pace, where the release lets them.
const HUB_FIRST: &str = "hub first, sites follow";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites_follow_at_their_own_pace_where_no_cipher_changes() {
        let live = Release::live("hub=2026.09,fl=0.13.1").expect("a release");
        let candidate = Release::candidate("hub=2026.11,trust=2026.11", &live).expect("one");
        let order = Order::new(&Window { live, candidate }, 2, 1, 7);
        let paced = order.plans.iter().find(|plan| plan.name == HUB_FIRST).expect("a plan");
        let words: Vec<String> = paced.steps.iter().map(Step::to_string).collect();
        assert_eq!(words, ["hub", "trust 1", "trust 2"]);
        let flag_day = Order::new(&window(), 2, 1, 7);
        assert!(flag_day.plans.iter().all(|plan| plan.name != HUB_FIRST));
    }

    fn window() -> Window {
        let live = Release::live("hub=2026.06").expect("a release");
        let to = "hub=2026.09,trust=2026.09,fl=0.13.1";
        let candidate = Release::candidate(to, &live).expect("a candidate");
        Window { live, candidate }
    }

    #[test]
    fn one_seed_gives_one_set_of_plans_and_the_one_window_plan_is_among_them() {
        let order = Order::new(&window(), 3, 4, 7);
        assert_eq!(order, Order::new(&window(), 3, 4, 7));
        assert_ne!(order, Order::new(&window(), 3, 4, 8));
        assert_eq!(order.plans.len(), 5);
        assert_eq!(order.plans[0].name, ONE_WINDOW);
        assert_eq!(order.plans[0].steps[0].moves.len(), 2 + 2 * 3);
        assert_eq!(order.flaw(), None);
        assert_eq!(order.window().expect("it reads back").live, window().live);
    }

    #[test]
    fn every_plan_ends_where_the_candidate_is_and_one_move_was_taken_back() {
        let order = Order::new(&window(), 3, 20, 1);
        for plan in &order.plans {
            let last = states(&window(), plan, 3).pop().expect("steps");
            assert!(last.iter().all(|release| *release == window().candidate), "{}", plan.name);
            let back = plan.steps.iter().flat_map(|step| &step.moves).filter(|one| one.rollback);
            assert_eq!(back.count(), usize::from(plan.name != ONE_WINDOW), "{}", plan.name);
        }
    }

    #[test]
    fn a_written_plan_that_makes_no_sense_is_refused() {
        let mut order = Order::new(&window(), 2, 0, 1);
        order.plans[0].steps[0].moves[0].trust = Some(1);
        assert!(order.flaw().is_some_and(|flaw| flaw.contains("a move of hub")));
        order.plans[0].steps =
            vec![Step { moves: vec![Move { part: Part::Trust, trust: Some(3), rollback: false }] }];
        assert!(order.flaw().is_some_and(|flaw| flaw.contains("from 1 to 2")));
    }
}
