//! What a hub edition keeps of what an FL line sends (fl 5), worked out from the two rows alone.

use contract::edition::{Edition, LogBody, MetricBody};
use contract::fl_line::{
    FL_LINES, FlLine, LogBody as LineLog, MetricBody as LineMetric, TypedEvents,
};

/// Posts of a training, or rows of it, by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    /// Metrics.
    pub metrics: usize,
    /// Typed events.
    pub events: usize,
}

/// What a pairing comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Everything that was sent is stored.
    Complete,
    /// Rows are missing although the run ended as if all were well.
    SilentLoss,
    /// Rows are missing, and the run says so.
    LoudLoss,
}

/// A training of so many rounds, clients and labels.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    /// Rounds.
    pub rounds: usize,
    /// Clients.
    pub clients: usize,
    /// Curves.
    pub labels: usize,
}

/// What the line sends in such a training.
pub fn sent(line: &FlLine, extent: Extent) -> Rows {
    let per_round = 2 + extent.clients;
    let events = if line.typed_events == TypedEvents::Sent { extent.rounds * per_round } else { 0 };
    Rows { metrics: extent.rounds * extent.clients * extent.labels, events }
}

/// What the edition's hub keeps of it.
pub fn kept(edition: &Edition, line: &FlLine, extent: Extent) -> Rows {
    let sent = sent(line, extent);
    let opens = edition.ingest_key_headers.contains(&line.key_header);
    let metrics = opens && takes_metric(edition, line);
    let events = opens && takes_events(edition);
    Rows {
        metrics: if metrics { sent.metrics } else { 0 },
        events: if events { sent.events } else { 0 },
    }
}

/// The word the model has in the middle of a run, none when the hub refuses the line's own.
pub fn running_word(edition: &Edition, line: &FlLine) -> Option<&'static str> {
    if !edition.ingest_key_headers.contains(&line.key_header) {
        return None;
    }
    let own = edition.status_words.iter().find(|word| **word == line.running_word);
    let alias = edition.status_aliases.iter().find(|(alias, _)| *alias == line.running_word);
    own.copied().or(alias.map(|(_, word)| *word))
}

/// The newest line of which this edition keeps everything.
pub fn line_of(edition: &Edition) -> Option<&'static FlLine> {
    FL_LINES.iter().rev().find(|line| {
        writes_metric_of(edition, line)
            && takes_log(edition, line)
            && edition.ingest_key_headers.contains(&line.key_header)
            && (line.typed_events == TypedEvents::None || takes_events(edition))
            && running_word(edition, line).is_some()
    })
}

/// The verdict over a run.
pub fn verdict(sent: Rows, stored: Rows, ended: &str) -> Verdict {
    if stored == sent {
        Verdict::Complete
    } else if ended == "RESULTS_UPLOADED" {
        Verdict::SilentLoss
    } else {
        Verdict::LoudLoss
    }
}

/// Whether the line's metric is the edition's own, no member more or less.
fn writes_metric_of(edition: &Edition, line: &FlLine) -> bool {
    matches!(
        (edition.metric_body, line.metric_body),
        (MetricBody::TrustName, LineMetric::Trust)
            | (MetricBody::ClientName, LineMetric::Client)
            | (MetricBody::ClientNameWithAxis, LineMetric::ClientWithAxis)
    )
}

fn takes_metric(edition: &Edition, line: &FlLine) -> bool {
    matches!(
        (edition.metric_body, line.metric_body),
        (MetricBody::TrustName, LineMetric::Trust)
            | (
                MetricBody::ClientName | MetricBody::ClientNameWithAxis,
                LineMetric::Client | LineMetric::ClientWithAxis
            )
    )
}

fn takes_log(edition: &Edition, line: &FlLine) -> bool {
    match edition.log_body {
        LogBody::TrustName => line.log_body == LineLog::Trust,
        LogBody::ClientName => line.log_body == LineLog::Client,
        LogBody::Typed | LogBody::TypedWithCaps => line.log_body == LineLog::SixKeys,
    }
}

fn takes_events(edition: &Edition) -> bool {
    matches!(edition.log_body, LogBody::Typed | LogBody::TypedWithCaps)
}

#[cfg(test)]
mod tests {
    use contract::edition::EditionId;

    use super::*;

    const RUN: Extent = Extent { rounds: 2, clients: 2, labels: 1 };

    /// Lines in order, editions in order: metrics kept of 4, events kept.
    const TABLE: [[(usize, usize); 6]; 6] = [
        [(0, 0), (0, 0), (0, 0), (0, 0), (0, 0), (0, 0)],
        [(4, 0), (0, 0), (0, 0), (0, 0), (0, 0), (0, 0)],
        [(0, 0), (4, 0), (4, 0), (4, 0), (4, 0), (4, 0)],
        [(0, 0), (4, 0), (4, 0), (4, 0), (4, 0), (4, 0)],
        [(0, 0), (4, 0), (4, 8), (4, 8), (4, 8), (4, 8)],
        [(0, 0), (4, 0), (4, 8), (4, 8), (4, 8), (4, 8)],
    ];

    #[test]
    fn the_pairings_come_out_as_the_table_has_them() {
        for (line, row) in FL_LINES.iter().zip(TABLE) {
            for (edition, (metrics, events)) in EditionId::ALL.into_iter().zip(row) {
                let kept = kept(edition.row(), line, RUN);
                assert_eq!(kept, Rows { metrics, events }, "{} on {edition}", line.id);
            }
        }
    }

    #[test]
    fn every_edition_has_a_line_that_fits_it() {
        let fitting = EditionId::ALL.map(|id| line_of(id.row()).map(|line| line.id.name()));
        let newest = Some("fl-0.13.1");
        assert_eq!(fitting, [Some("fl-0.1.8"), Some("fl-mid-a"), newest, newest, newest, newest]);
    }

    #[test]
    fn missing_rows_after_a_good_end_are_silent() {
        let sent = Rows { metrics: 4, events: 8 };
        let less = Rows { metrics: 4, events: 0 };
        assert_eq!(verdict(sent, sent, "RESULTS_UPLOADED"), Verdict::Complete);
        assert_eq!(verdict(sent, less, "RESULTS_UPLOADED"), Verdict::SilentLoss);
        assert_eq!(verdict(sent, less, "RESULTS_UPLOAD_FAILED"), Verdict::LoudLoss);
    }
}
