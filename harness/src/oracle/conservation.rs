//! What every trust run must keep, whatever its scenario is about: a report for each delivery and no
//! more, reports of the right form, no repetition inside a cycle.

use std::collections::BTreeMap;

use contract::capture::Exchange;

use super::cycles::repetitions;
use super::deliveries::{delivered, reported};
use super::results::malformed;
use crate::control::JournalFilter;
use crate::finding::{Finding, Judged};
use crate::steps::tasks::{line, starved};
use crate::world::World;

/// Judges the work of the trust in this scenario so far and notes what it broke.
///
/// Says nothing when no federation was set up. A trust that was killed, whose reports were dropped or
/// whose tasks were handed out again is judged by what was handed out to it, not by what came back.
pub async fn standing_work(world: &mut World) -> Judged {
    if !world.has_stage() {
        return Ok(());
    }
    let stage = world.staged()?;
    let control = &stage.hub_control;
    let of_route = |route: &str, after| JournalFilter {
        after,
        route: Some(route.to_owned()),
        ..JournalFilter::default()
    };
    let polls = control.control.journal(&of_route("pending", 0)).await?;
    let reports = control.control.journal(&of_route("result", stage.mark.hub)).await?;
    let counts = control
        .tasks(&stage.registration.id)
        .await?
        .into_iter()
        .map(|task| (task.id, task.deliveries))
        .collect();
    let mut seen = world.hub_seen(Some("heartbeat")).await?;
    seen.extend(polls.iter().filter(|poll| poll.seq > stage.mark.hub).cloned());
    let apart_ms = stage.poll_interval_ms(world.time_scale()) / 2.0;

    let repeated = repetitions(&seen, apart_ms).into_iter().next().map(|flaw| {
        Finding::new("TRUST-ROBUST-04", "one heartbeat and one poll a cycle", flaw.what)
            .shown_by(flaw.shown_by.into_iter().map(|at| line(&seen[at])))
    });
    // A trust that never saw its report acknowledged repeats it with good reason.
    let starved = starved(world, None).await?;
    let found = [
        misreported(&Deliveries { polls: &polls, counts }, &reports).filter(|_| !starved),
        misshapen(&reports),
        repeated,
    ];
    found.into_iter().flatten().for_each(|finding| world.note(finding));
    Ok(())
}

/// What was handed out: as captured, and as the hub counts it.
pub struct Deliveries<'a> {
    /// Captured polls.
    pub polls: &'a [Exchange],
    /// Deliveries by task, the hub's own count: it knows of those whose reply was lost on its way.
    pub counts: BTreeMap<String, u32>,
}

impl Deliveries<'_> {
    /// How often a task had been handed out at a moment, at most.
    fn until(&self, id: &str, at_ms: f64) -> usize {
        let captured: usize = self
            .polls
            .iter()
            .filter(|poll| poll.at_ms <= at_ms)
            .map(|poll| delivered(poll).iter().filter(|other| *other == id).count())
            .sum();
        let counted = self.counts.get(id).copied().unwrap_or_default();
        captured.max(usize::try_from(counted).unwrap_or(usize::MAX))
    }
}

/// Reports of what was never handed out, and reports repeated although one was accepted; one finding
/// for all of them.
pub fn misreported(deliveries: &Deliveries<'_>, reports: &[Exchange]) -> Option<Finding> {
    let mut by_task: BTreeMap<&str, Vec<&Exchange>> = BTreeMap::new();
    for report in reports {
        // A task without id is reported as this by contract.
        if let Some(id) = reported(report).filter(|id| *id != "unknown") {
            by_task.entry(id).or_default().push(report);
        }
    }
    let mut bad: Vec<(&str, Misreport, Vec<&Exchange>)> = Vec::new();
    for (id, mut reports) in by_task {
        reports.sort_by(|a, b| a.at_ms.total_cmp(&b.at_ms));
        if let Some(flaw) = misreport(deliveries, id, &reports) {
            bad.push((id, flaw, reports));
        }
    }
    let (id, flaw, reports) = bad.first()?;
    let expected = match flaw {
        Misreport::NeverHandedOut => "reports of tasks that were handed out only",
        Misreport::Repeated => "one accepted report a delivery, never repeated",
    };
    let others =
        if bad.len() > 1 { format!("; so {} tasks more", bad.len() - 1) } else { String::new() };
    let observed = format!("task {id}: {} reports{others}", reports.len());
    let lines = bad.iter().flat_map(|(_, _, reports)| reports.iter().map(|report| line(report)));
    Some(Finding::new("TRUST-POLL-03", expected, observed).shown_by(lines))
}

#[derive(Clone, Copy)]
enum Misreport {
    NeverHandedOut,
    Repeated,
}

fn misreport(deliveries: &Deliveries<'_>, id: &str, reports: &[&Exchange]) -> Option<Misreport> {
    let mut accepted = 0;
    for report in reports {
        let handed_out = deliveries.until(id, report.at_ms);
        if handed_out == 0 {
            return Some(Misreport::NeverHandedOut);
        }
        if accepted >= handed_out {
            return Some(Misreport::Repeated);
        }
        // A reply shaped by a fault may never have reached the trust.
        if report.status == 200 && report.fault.is_none() {
            accepted += 1;
        }
    }
    None
}

/// Reports of another form than the contract's; one finding for all of them.
pub fn misshapen(reports: &[Exchange]) -> Option<Finding> {
    let bad: Vec<(&Exchange, String)> = reports
        .iter()
        // A report without any reply may have been cut off by the end of its sender.
        .filter(|report| report.status != 0)
        .filter_map(|report| Some((report, malformed(report)?)))
        .collect();
    let (_, what) = bad.first()?;
    let finding = Finding::new(
        "TRUST-RESULT-01",
        "`success` as a bool, `result` as JSON text or null, nothing else",
        format!("{what}, in {} reports", bad.len()),
    );
    Some(finding.shown_by(bad.iter().map(|(report, _)| line(report))))
}

#[cfg(test)]
mod tests {
    use super::super::fabricated::exchange;
    use super::*;

    fn poll(ids: &[&str], at_ms: f64) -> Exchange {
        let tasks: Vec<String> = ids.iter().map(|id| format!(r#"{{"id":"{id}"}}"#)).collect();
        Exchange {
            at_ms,
            response_body: format!(r#"{{"tasks":[{}]}}"#, tasks.join(",")),
            ..exchange("pending", 200)
        }
    }

    fn report(id: &str, status: u16, at_ms: f64) -> Exchange {
        let body = r#"{"success":true,"result":null}"#.to_owned();
        Exchange {
            at_ms,
            path: format!("/api/tasks/{id}/result"),
            request_body_bytes: body.len() as u64,
            request_body: body,
            ..exchange("result", status)
        }
    }

    fn found(polls: &[Exchange], counts: &[(&str, u32)], reports: &[Exchange]) -> Option<Finding> {
        let counts = counts.iter().map(|(id, count)| ((*id).to_owned(), *count)).collect();
        misreported(&Deliveries { polls, counts }, reports)
    }

    #[test]
    fn repeated_attempts_and_redeliveries_are_in_order() {
        let polls = [poll(&["a"], 0.0), poll(&["a"], 100.0)];
        let reports = [
            report("a", 500, 10.0),
            report("a", 200, 20.0),
            report("a", 200, 110.0),
            report("unknown", 404, 111.0),
        ];
        assert_eq!(found(&polls, &[("a", 2)], &reports), None);
    }

    #[test]
    fn a_report_after_an_accepted_one_is_a_finding() {
        let reports = [report("a", 200, 10.0), report("a", 409, 20.0)];
        let finding = found(&[poll(&["a"], 0.0)], &[("a", 1)], &reports).expect("repeated");
        assert_eq!(finding.requirement, "TRUST-POLL-03");
        assert_eq!(finding.evidence.len(), 2);
    }

    #[test]
    fn an_acknowledgement_that_a_fault_may_have_eaten_does_not_count() {
        let eaten = Exchange { fault: Some("truncate".to_owned()), ..report("a", 200, 10.0) };
        let reports = [eaten, report("a", 409, 20.0)];
        assert_eq!(found(&[poll(&["a"], 0.0)], &[("a", 1)], &reports), None);
    }

    #[test]
    fn a_report_of_nothing_handed_out_is_a_finding_unless_the_hub_counted_it() {
        let reports = [report("a", 404, 10.0)];
        assert!(found(&[], &[], &reports).is_some());
        assert_eq!(found(&[], &[("a", 1)], &reports), None);
        assert!(found(&[poll(&["a"], 50.0)], &[], &reports).is_some(), "reported before");
    }

    #[test]
    fn misshapen_reports_are_one_finding_and_unanswered_ones_none() {
        let bare = |status| Exchange {
            request_body: "{}".to_owned(),
            request_body_bytes: 2,
            ..report("a", status, 0.0)
        };
        assert!(misshapen(&[report("a", 200, 0.0), bare(0)]).is_none());
        let finding = misshapen(&[bare(422), bare(422)]).expect("misshapen");
        assert_eq!(finding.evidence.len(), 2);
    }
}
