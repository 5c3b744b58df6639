//! Event streams of any shape: whole, cut short, contradictory, full of hostile text.

use contract::catalogue::REQUIREMENTS;
use contract::edition::EditionId;
use harness::event::{
    Event, JudgedFinding, Planned, Problem, RunFinished, RunStarted, SCHEMA_VERSION,
    ScenarioResult, Side, TargetInfo,
};
use harness::finding::Finding;
use harness::outcome::{Outcome, Verdict};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// A stream that begins with a run.
pub(crate) fn events() -> impl Strategy<Value = Vec<Event>> {
    let scenarios = vec((scenario(), any::<bool>(), option::weighted(0.8, result())), 0..6);
    let problems = vec(problem(), 0..3);
    let finished = option::weighted(0.7, (select(&VERDICTS[..]), 0..1_000_000_u64));
    (started(), scenarios, problems, finished, any::<bool>()).prop_map(
        |(mut started, scenarios, problems, finished, unplanned)| {
            let mut after = Vec::new();
            let count = scenarios.len();
            for (place, (mut plan, begun, result)) in scenarios.into_iter().enumerate() {
                plan.id = format!("{}/{place}", plan.id);
                if begun {
                    after.push(Event::ScenarioStarted { id: plan.id.clone(), at_ms: 7 });
                }
                if let Some(result) = result {
                    after.push(Event::ScenarioFinished(of_plan(result, &plan)));
                }
                if !(unplanned && place + 1 == count) {
                    started.planned.push(plan);
                }
            }
            after.extend(problems.into_iter().map(Event::Problem));
            after.extend(finished.map(|(verdict, duration_ms)| finish(verdict, duration_ms)));
            std::iter::once(Event::RunStarted(started)).chain(after).collect()
        },
    )
}

fn problem() -> impl Strategy<Value = Problem> {
    let clause = option::of(select(&REQUIREMENTS[..]).prop_map(|row| row.id.to_owned()));
    (select(&Outcome::ALL[..]), text(), clause, option::of(text())).prop_map(
        |(outcome, message, requirement, owner)| Problem { outcome, message, requirement, owner },
    )
}

/// Text as a hostile target would send it.
pub(crate) fn text() -> impl Strategy<Value = String> {
    let nasty = select(vec![
        "\u{1b}[2J",
        "]]>",
        "<!--",
        "| a | b |",
        "```",
        "``",
        "\r\n",
        "\n1..0\n",
        "# TODO",
        "\\",
        "\u{0}",
        "\u{fffe}",
        "\u{202e}",
        "</details>",
        "\"}",
        "...\n",
        "- x: y",
        "{{",
        "not ok 1",
        KEY,
        PAYLOAD_KEY,
        SECRET,
        "Y29ycmVjdCBob3JzZSBiYXR0ZXJ5",
        "aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3",
        " ",
    ]);
    vec(prop_oneof![2 => ".{0,60}".boxed(), 1 => nasty.prop_map(str::to_owned).boxed()], 0..5)
        .prop_map(|pieces| pieces.concat())
}

/// Nobody's key, in the form of one.
pub(crate) const KEY: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO-_";
const PAYLOAD_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
/// A secret to plant; it comes plain and as base64.
pub(crate) const SECRET: &str = "correct horse battery";

fn started() -> impl Strategy<Value = RunStarted> {
    let target = (select(vec![Side::Trust, Side::Hub]), text(), option::of(text()));
    (any::<u64>(), select(&EditionId::ALL[..]), target, option::of(text())).prop_map(
        |(seed, edition, (side, kind, version), conduct)| RunStarted {
            schema_version: SCHEMA_VERSION,
            flipcheck: "0.1.0".to_owned(),
            seed,
            edition,
            conduct,
            target: TargetInfo { side, kind, version, images: Vec::new() },
            started: "2026-09-14T08:30:00Z".to_owned(),
            shard: None,
            expected: Vec::new(),
            planned: Vec::new(),
        },
    )
}

fn scenario() -> impl Strategy<Value = Planned> {
    (text(), text(), text(), vec(requirement(), 0..3))
        .prop_map(|(id, feature, name, requirements)| Planned { id, feature, name, requirements })
}

fn result() -> impl Strategy<Value = ScenarioResult> {
    let told = (option::of(text()), option::of(text()), option::of(text()));
    let because = option::weighted(0.3, requirement());
    (select(&Outcome::ALL[..]), any::<u32>(), vec(finding(), 0..3), told, because).prop_map(
        |(outcome, duration_ms, findings, (reason, step, case), because)| ScenarioResult {
            id: String::new(),
            feature: String::new(),
            name: String::new(),
            requirements: Vec::new(),
            outcome,
            reason,
            because,
            duration_ms: duration_ms.into(),
            findings,
            step,
            case,
        },
    )
}

fn finding() -> impl Strategy<Value = JudgedFinding> {
    (select(&Outcome::ALL[..]), requirement(), text(), text(), vec(text(), 0..3)).prop_map(
        |(outcome, requirement, expected, observed, evidence)| {
            let finding = Finding::new(requirement, expected, observed).shown_by(evidence);
            JudgedFinding { outcome, finding }
        },
    )
}

/// One of a few more often than any: what is the cause here is red there.
fn requirement() -> impl Strategy<Value = String> {
    prop_oneof![0..3_usize, 0..REQUIREMENTS.len()]
        .prop_map(|place| REQUIREMENTS[place].id.to_owned())
}

fn of_plan(result: ScenarioResult, plan: &Planned) -> ScenarioResult {
    let Planned { id, feature, name, requirements } = plan.clone();
    ScenarioResult { id, feature, name, requirements, ..result }
}

fn finish(verdict: Verdict, duration_ms: u64) -> Event {
    Event::RunFinished(RunFinished {
        verdict,
        exit_code: verdict.exit_code(),
        duration_ms,
        counts: std::collections::BTreeMap::new(),
        requirements: Vec::new(),
    })
}

const VERDICTS: [Verdict; 4] =
    [Verdict::Conformant, Verdict::NotConformant, Verdict::StaleExpectation, Verdict::NotVerified];
