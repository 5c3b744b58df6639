//! The result of a run for machines; its schema is `docs/schema/run.schema.json`.

use std::collections::BTreeMap;
use std::io::{self, Write};

use contract::edition::EditionId;
use serde::Serialize;

use super::diagnosis::{replay_command, worst_finding};
use super::format::{Content, Format, Options};
use super::record::RunRecord;
use crate::event::{
    JudgedFinding, Problem, RequirementResult, SCHEMA_VERSION, ScenarioResult, TargetInfo,
};
use crate::outcome::{Outcome, Verdict};

/// The row of this format.
pub(super) const FORMAT: Format = Format {
    name: "json",
    sentence: "the whole result as one JSON document",
    content: Content::Json,
    write,
};

#[derive(Serialize)]
struct Document<'r> {
    schema_version: u32,
    verdict: Verdict,
    exit_code: u8,
    seed: u64,
    edition: EditionId,
    target: &'r TargetInfo,
    started: &'r str,
    duration_ms: u64,
    counts: BTreeMap<Outcome, usize>,
    scenarios: Vec<Scenario<'r>>,
    requirements: Vec<RequirementResult>,
    flipcheck: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    conduct: Option<&'r str>,
    cut_short: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<Problem>,
}

#[derive(Serialize)]
struct Scenario<'r> {
    id: &'r str,
    feature: &'r str,
    name: &'r str,
    requirements: &'r [String],
    outcome: Outcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<&'r str>,
    duration_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    observed: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<&'r [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replay: Option<String>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    findings: &'r [JudgedFinding],
}

fn write(record: &RunRecord, out: &mut dyn Write, _: &Options) -> io::Result<()> {
    let (started, sum) = (&record.started, record.summary());
    let document = Document {
        schema_version: SCHEMA_VERSION,
        verdict: sum.verdict,
        exit_code: sum.exit_code,
        seed: started.seed,
        edition: started.edition,
        target: &started.target,
        started: &started.started,
        duration_ms: sum.duration_ms,
        counts: sum.counts,
        scenarios: record.results.iter().map(scenario).collect(),
        requirements: sum.requirements,
        flipcheck: &started.flipcheck,
        conduct: started.conduct.as_deref(),
        cut_short: record.is_cut_short(),
        problems: record.problems(),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    out.write_all(b"\n")
}

fn scenario(result: &ScenarioResult) -> Scenario<'_> {
    let worst = worst_finding(result).map(|found| &found.finding);
    Scenario {
        id: &result.id,
        feature: &result.feature,
        name: &result.name,
        requirements: &result.requirements,
        outcome: result.outcome,
        reason: result.reason.as_deref(),
        because: result.because.as_deref(),
        duration_ms: result.duration_ms,
        expected: worst.map(|finding| finding.expected.as_str()),
        observed: worst.map(|finding| finding.observed.as_str()),
        evidence: worst.map(|finding| finding.evidence.as_slice()).filter(|e| !e.is_empty()),
        step: result.step.as_deref(),
        replay: result.case.as_deref().map(replay_command),
        findings: &result.findings,
    }
}
