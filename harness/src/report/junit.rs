//! JUnit XML, for CI servers.

use std::io::{self, Write};
use std::time::Duration;

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

use super::diagnosis::{diagnosis, headline};
use super::format::{Content, Format, Options};
use super::plain_text::visible;
use super::record::RunRecord;
use crate::event::ScenarioResult;
use crate::outcome::Outcome;

/// The row of this format.
pub(super) const FORMAT: Format = Format {
    name: "junit",
    sentence: "JUnit XML, a test suite for each theme",
    content: Content::Text,
    write,
};

/// What does not conform is a failure; what could not be tested, or is stale, is an error. What is
/// wrong with the run itself is a suite of its own, so that a consumer is red exactly when flipcheck
/// is.
fn write(record: &RunRecord, out: &mut dyn Write, _: &Options) -> io::Result<()> {
    let mut report = Report::new("flipcheck");
    report.set_time(Duration::from_millis(record.summary().duration_ms));
    for (theme, scenarios) in record.themes() {
        let mut suite = suite(record, &visible(theme));
        let total_ms =
            scenarios.iter().map(|result| result.duration_ms).fold(0, u64::saturating_add);
        suite.set_time(Duration::from_millis(total_ms));
        suite.add_test_cases(scenarios.into_iter().map(|result| case(record, result)));
        report.add_test_suite(suite);
    }
    if let Some(complaint) = record.complaint() {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_type(record.summary().verdict.word()).set_message(&*visible(&complaint));
        let mut suite = suite(record, "the run itself");
        suite.add_test_case(TestCase::new("the run itself", status));
        report.add_test_suite(suite);
    }
    report.serialize(out).map_err(io::Error::other)
}

fn suite(record: &RunRecord, name: &str) -> TestSuite {
    let (run, sum) = (&record.started, record.summary());
    let mut suite = TestSuite::new(name);
    let facts = [
        ("verdict", sum.verdict.word().to_owned()),
        ("exit_code", sum.exit_code.to_string()),
        ("seed", run.seed.to_string()),
        ("edition", run.edition.to_string()),
        ("target", run.target.words()),
        ("conduct", run.conduct.clone().unwrap_or_default()),
        ("flipcheck", run.flipcheck.clone()),
        ("started", run.started.clone()),
    ];
    for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
        suite.add_property(Property::new(name, &*visible(value)));
    }
    for image in &run.target.images {
        suite.add_property(Property::new("image", &*visible(&image.words())));
    }
    suite
}

fn case(record: &RunRecord, result: &ScenarioResult) -> TestCase {
    let text = text(record, result);
    let headline = headline(result);
    let mut status = match result.outcome {
        Outcome::Passed | Outcome::KnownDeviation | Outcome::Warned => TestCaseStatus::success(),
        Outcome::Disabled | Outcome::NotApplicable => TestCaseStatus::skipped(),
        Outcome::Failed => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Outcome::UnexpectedPass | Outcome::NotVerified => {
            TestCaseStatus::non_success(NonSuccessKind::Error)
        }
    };
    let is_success = matches!(status, TestCaseStatus::Success { .. });
    if !is_success {
        status.set_type(result.outcome.word()).set_message(headline);
    }
    if result.outcome >= Outcome::Failed {
        status.set_description(&text);
    }
    let mut case = TestCase::new(&*visible(&result.name), status);
    let parent = result.id.rsplit_once('/').map_or("", |(parent, _)| parent);
    case.set_classname(&*visible(&parent.replace('/', ".")));
    case.set_time(Duration::from_millis(result.duration_ms));
    case.add_property(Property::new("id", &*visible(&result.id)));
    case.add_property(Property::new("requirements", &*visible(&result.requirements.join(" "))));
    if is_success && !text.is_empty() {
        case.set_system_out(format!("{}\n{text}", result.outcome));
    }
    case
}

/// Everything there is to say, a line each.
fn text(record: &RunRecord, result: &ScenarioResult) -> String {
    let parts = diagnosis(result, record.started.edition);
    let lines = parts
        .iter()
        .flat_map(|part| part.lines.iter().map(|line| format!("{}: {line}", part.label.words())));
    lines.collect::<Vec<_>>().join("\n")
}
