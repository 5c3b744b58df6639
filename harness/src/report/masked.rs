//! Events and records in which every text is masked; what they decide stays as it is.

use super::guard::Guard;
use super::record::RunRecord;
use crate::event::{
    Event, Expected, ImageInfo, JudgedFinding, Planned, Problem, RunStarted, ScenarioResult,
    TargetInfo,
};
use crate::finding::Finding;

impl Guard {
    /// The event without secrets. It is never withheld, and no outcome in it changes.
    pub fn masked_event(&self, event: &Event) -> Event {
        match event {
            Event::RunStarted(started) => Event::RunStarted(self.masked_start(started)),
            Event::ScenarioStarted { id, at_ms } => {
                Event::ScenarioStarted { id: self.text(id), at_ms: *at_ms }
            }
            Event::ScenarioFinished(result) => Event::ScenarioFinished(self.masked_result(result)),
            Event::Problem(problem) => Event::Problem(self.masked_problem(problem)),
            Event::RunFinished(finished) => Event::RunFinished(finished.clone()),
        }
    }

    /// The record without secrets, for a report that is made from it.
    pub(super) fn masked_record(&self, record: &RunRecord) -> RunRecord {
        RunRecord {
            started: self.masked_start(&record.started),
            results: record.results.iter().map(|result| self.masked_result(result)).collect(),
            problems: record.problems.iter().map(|problem| self.masked_problem(problem)).collect(),
            finished: record.finished.clone(),
            begun: record.begun.iter().map(|(id, at_ms)| (self.text(id), *at_ms)).collect(),
            undone: record.undone.iter().map(|id| self.text(id)).collect(),
        }
    }

    fn masked_start(&self, started: &RunStarted) -> RunStarted {
        let target = &started.target;
        RunStarted {
            conduct: self.optional(started.conduct.as_ref()),
            target: TargetInfo {
                kind: self.text(&target.kind),
                version: self.optional(target.version.as_ref()),
                images: target.images.iter().map(|image| self.masked_image(image)).collect(),
                side: target.side,
            },
            expected: started
                .expected
                .iter()
                .map(|expected| self.masked_expected(expected))
                .collect(),
            planned: started.planned.iter().map(|plan| self.masked_plan(plan)).collect(),
            ..started.clone()
        }
    }

    fn masked_image(&self, image: &ImageInfo) -> ImageInfo {
        let labels = image.labels.iter();
        ImageInfo {
            reference: self.text(&image.reference),
            labels: labels.map(|(name, value)| (self.text(name), self.text(value))).collect(),
            ..image.clone()
        }
    }

    fn masked_expected(&self, expected: &Expected) -> Expected {
        Expected { reason: self.text(&expected.reason), ..expected.clone() }
    }

    fn masked_plan(&self, plan: &Planned) -> Planned {
        Planned {
            id: self.text(&plan.id),
            feature: self.text(&plan.feature),
            name: self.text(&plan.name),
            requirements: plan.requirements.clone(),
        }
    }

    pub(crate) fn masked_result(&self, result: &ScenarioResult) -> ScenarioResult {
        ScenarioResult {
            id: self.text(&result.id),
            feature: self.text(&result.feature),
            name: self.text(&result.name),
            reason: self.optional(result.reason.as_ref()),
            findings: result.findings.iter().map(|found| self.masked_finding(found)).collect(),
            step: self.optional(result.step.as_ref()),
            case: self.optional(result.case.as_ref()),
            ..result.clone()
        }
    }

    fn masked_finding(&self, found: &JudgedFinding) -> JudgedFinding {
        let finding = &found.finding;
        let masked = Finding {
            requirement: finding.requirement.clone(),
            expected: self.text(&finding.expected),
            observed: self.text(&finding.observed),
            evidence: finding.evidence.iter().map(|line| self.text(line)).collect(),
        };
        JudgedFinding { outcome: found.outcome, finding: masked }
    }

    fn masked_problem(&self, problem: &Problem) -> Problem {
        Problem {
            outcome: problem.outcome,
            message: self.text(&problem.message),
            requirement: self.optional(problem.requirement.as_ref()),
            owner: self.optional(problem.owner.as_ref()),
        }
    }

    fn text(&self, text: &str) -> String {
        self.masked(text).into_owned()
    }

    fn optional(&self, text: Option<&String>) -> Option<String> {
        text.map(|text| self.text(text))
    }
}
