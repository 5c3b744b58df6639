//! FL client lines: the releases of the federated-learning library that differ on the wire.
//!
//! A line is one row of habits. Two programs carry the library: the FL server on the hub side, which
//! posts metrics, logs and status words to the hub, and the FL client on the trust side, which calls
//! the site services and sends its metrics *in band* to that server. Code asks the row for a habit
//! and never compares ids, so a new release is one more row.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

mod release;
mod rows;

pub use rows::FL_LINES;

/// Names one line of the FL client library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum FlLineId {
    /// Releases 0.1.0 to 0.1.4.
    #[serde(rename = "fl-0.1.4")]
    V0_1_4,
    /// Releases 0.1.5 to 0.1.8.
    #[serde(rename = "fl-0.1.8")]
    V0_1_8,
    /// The first unpublished body: client by slot, no axis.
    #[serde(rename = "fl-mid-a")]
    MidA,
    /// The second unpublished body: the same with an axis on metrics.
    #[serde(rename = "fl-mid-b")]
    MidB,
    /// Releases 0.4.1 to 0.12.0.
    #[serde(rename = "fl-0.4.1")]
    V0_4_1,
    /// Releases 0.13.0 and 0.13.1.
    #[serde(rename = "fl-0.13.1")]
    V0_13_1,
}

impl FlLineId {
    /// The newest line.
    pub const DEFAULT: Self = Self::V0_13_1;

    /// The habits of this line.
    pub fn row(self) -> &'static FlLine {
        &FL_LINES[self as usize]
    }

    /// The id as people write it, such as `fl-0.13.1`.
    pub fn name(self) -> &'static str {
        match self {
            Self::V0_1_4 => "fl-0.1.4",
            Self::V0_1_8 => "fl-0.1.8",
            Self::MidA => "fl-mid-a",
            Self::MidB => "fl-mid-b",
            Self::V0_4_1 => "fl-0.4.1",
            Self::V0_13_1 => "fl-0.13.1",
        }
    }
}

impl fmt::Display for FlLineId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The text names no FL client line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown FL client line `{0}` (known: fl-0.1.4, fl-0.1.8, fl-mid-a, fl-mid-b, fl-0.4.1, fl-0.13.1)"
)]
pub struct UnknownFlLine(pub String);

impl FromStr for FlLineId {
    type Err = UnknownFlLine;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        FL_LINES
            .iter()
            .map(|line| line.id)
            .find(|id| id.name() == text)
            .ok_or_else(|| UnknownFlLine(text.to_owned()))
    }
}

/// The habits of one line; where releases of a line differ, those of its newest release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub struct FlLine {
    /// Which line this is.
    pub id: FlLineId,
    /// The releases it stands for, in words.
    pub releases: &'static str,
    /// How sure we are of the row.
    pub known_by: KnownBy,
    /// Pinned federation framework, `None` where no release tells. Client and server must agree on
    /// the first two numbers.
    pub nvflare: Option<&'static str>,
    /// Variable that holds the base URL of the hub API.
    pub base_url_variable: &'static str,
    /// Variable that holds the hub-internal key.
    pub key_variable: &'static str,
    /// Header in which the FL server proves itself to the hub.
    pub key_header: &'static str,
    /// Members of a metric.
    pub metric_body: MetricBody,
    /// Members of a log line that reports an exception.
    pub log_body: LogBody,
    /// Whether progress is reported as typed events.
    pub typed_events: TypedEvents,
    /// Status word that says training runs.
    pub running_word: &'static str,
    /// Status word after the last failed upload of results.
    pub upload_failed_word: &'static str,
    /// Whether a job that waits for resources is reported.
    pub waiting_report: WaitingReport,
    /// What an evaluation, which has no rounds, tells the hub before its last word.
    pub evaluation_report: EvaluationReport,
    /// What is refused before it is sent, and then is lost without a trace on the hub.
    pub send_check: SendCheck,
    /// Limits on one call to the hub; `None` waits for ever.
    pub hub_limits: Option<TimeLimits>,
    /// Limits on one call to a site service; `None` waits for ever.
    pub site_limits: Option<TimeLimits>,
    /// How base URL and path are joined.
    pub url_join: UrlJoin,
    /// What a redirect does to a call.
    pub redirects: RedirectHabit,
    /// Whether a redirect carries the key to another host.
    pub redirect_key: RedirectKey,
    /// Whether a refused or unanswered post is noticed by the run.
    pub refusals: RefusalHabit,
    /// Whether the FL client shows the site key to the site services.
    pub site_key: SiteKey,
    /// Whether the reply of the dataframe service, rows included, is logged.
    pub dataframe_log: DataframeLog,
    /// What the trust half puts into an in-band metric.
    pub in_band_sent: InBandSent,
    /// The same for the oldest releases of the line, where they differ.
    pub in_band_sent_at_first: Option<InBandSent>,
    /// How the hub half reads an in-band metric.
    pub in_band_read: InBandRead,
}

/// Where a row comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum KnownBy {
    /// Seen on the wire.
    Observation,
    /// Read in source that was never published as a release; parts are inferred.
    Reading,
}

/// Members of a metric post, in wire order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MetricBody {
    /// `trust`, `globalRound`, `label`, `result`.
    Trust,
    /// `fl_client_name`, `global_round`, `label`, `result`.
    Client,
    /// As `Client`, then `x_value`, `x_label`.
    ClientWithAxis,
}

/// Members of a log post that reports an exception, in wire order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogBody {
    /// `trust`, `log`.
    Trust,
    /// `fl_client_name`, `log`.
    Client,
    /// `fl_client_name`, `log`, `event_type`, `global_round`, `details`, `success`.
    SixKeys,
}

/// Whether the line reports progress as events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TypedEvents {
    /// No events: the progress feed of the hub stays empty.
    None,
    /// One post per event, with the same six members as a log.
    Sent,
}

/// What is reported while a job waits for resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WaitingReport {
    /// Nothing.
    None,
    /// An event without a round; the ERROR status that follows a failure is tried once and then
    /// again after each of these pauses.
    Retried {
        /// Pauses before the second and later tries, in seconds.
        pauses_secs: &'static [u64],
    },
}

/// What an evaluation tells the hub before its last word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EvaluationReport {
    /// Nothing.
    None,
    /// The running word.
    Running,
    /// The running word, and after the upload each client's metrics in round 0.
    RunningAndMetrics,
}

/// What is refused before it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SendCheck {
    /// What JSON cannot say: a value that is no number.
    Json,
    /// The same, a round below 0 and an axis name longer than the hub takes.
    Schema,
}

/// Limits on one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub struct TimeLimits {
    /// Until the connection stands.
    pub connect_secs: u64,
    /// Between two pieces of the answer.
    pub read_secs: u64,
}

/// How base URL and path are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum UrlJoin {
    /// As text: a base that ends in a slash gives `//`.
    Text,
    /// Slashes at the seam are merged.
    SlashSafe,
}

impl UrlJoin {
    /// Joins `base` and a `path` that starts with a slash.
    pub fn join(self, base: &str, path: &str) -> String {
        match self {
            Self::Text => format!("{base}{path}"),
            Self::SlashSafe => {
                format!("{}/{}", base.trim_end_matches('/'), path.trim_start_matches('/'))
            }
        }
    }
}

/// What a redirect does to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RedirectHabit {
    /// 301, 302 and 303 turn a POST into a GET without body; 307 and 308 repeat it whole.
    FollowedAsGet,
    /// A redirect is an answer like any other.
    NotFollowed,
}

/// What becomes of the key header when a redirect leads to another host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RedirectKey {
    /// It goes along.
    Forwarded,
    /// It stays.
    Withheld,
}

/// What a refused or unanswered post does to the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefusalHabit {
    /// Two error lines in the server's own log; the call returns as if it had worked.
    Swallowed,
    /// The run fails.
    Raised,
}

/// Whether the FL client sends the site key to site services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SiteKey {
    /// Never: a site that demands it answers 401.
    Absent,
    /// On every call.
    Sent,
}

/// What the FL client logs of a dataframe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DataframeLog {
    /// The whole reply, rows included.
    Rows,
    /// Sizes only.
    Sizes,
}

/// What the trust half puts into an in-band metric besides label and value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum InBandSent {
    /// `round` always; 0 when the training code gave none.
    RoundAlways,
    /// `round` only when the training code gave one.
    RoundWhenGiven,
    /// `x_value` and `x_label` only when the training code gave them.
    Axis,
}

/// How the hub half reads an in-band metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub struct InBandRead {
    /// What a `round` of the client replaces.
    pub round: RoundReading,
    /// Whether an axis of the client survives.
    pub axis: AxisReading,
    /// Key suffixes that Flower metrics may carry.
    pub suffix: SuffixReading,
    /// How the name of the client is read.
    pub client: ClientReading,
}

/// What a `round` inside an in-band metric replaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RoundReading {
    /// The round of the row.
    Round,
    /// The x value of the row; its round stays the server's.
    XValue,
}

/// Whether the axis of an in-band metric survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AxisReading {
    /// It is dropped.
    Lost,
    /// It is stored.
    Kept,
}

/// Which suffix of a Flower metric key is taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SuffixReading {
    /// `name.round_N` is the round.
    RoundOnly,
    /// `name.round_N` is the x value, `name@axis.x_N` axis and x value.
    RoundAndAxis,
    /// `name@axis.x_N` only; `.round_N` stays part of the label.
    AxisOnly,
}

/// How the hub half names the client of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClientReading {
    /// `site-N` becomes `Trust_N`; a reply without a site becomes `unknown_<id>`.
    Rewritten,
    /// As given; a reply without a site is dropped with a warning.
    AsGiven,
}

/// `User-Agent` of every call of the library.
pub const FL_USER_AGENT: &str = "python-requests/2.32.5";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_finds_its_own_row_and_reads_back_from_its_name() {
        for (index, line) in FL_LINES.iter().enumerate() {
            assert_eq!(line.id as usize, index);
            assert_eq!(line.id.row(), line);
            assert_eq!(line.id.to_string().parse(), Ok(line.id));
        }
        assert_eq!(FlLineId::DEFAULT, FL_LINES[FL_LINES.len() - 1].id);
    }

    #[test]
    fn an_unknown_line_is_refused_with_the_known_ones() {
        let error = "fl-9".parse::<FlLineId>().expect_err("no such line");
        let text = error.to_string();
        assert!(FL_LINES.iter().all(|line| text.contains(line.id.name())), "{text}");
    }

    #[test]
    fn only_the_text_join_doubles_the_slash() {
        assert_eq!(UrlJoin::Text.join("http://h/api/", "/model"), "http://h/api//model");
        assert_eq!(UrlJoin::SlashSafe.join("http://h/api/", "/model"), "http://h/api/model");
        assert_eq!(UrlJoin::Text.join("http://h/api", "/model"), "http://h/api/model");
    }

    #[test]
    fn time_limits_and_typed_events_came_together() {
        for line in &FL_LINES {
            assert_eq!(line.hub_limits.is_some(), line.typed_events == TypedEvents::Sent);
            assert_eq!(line.hub_limits.is_some(), line.send_check == SendCheck::Schema);
            assert_eq!(line.site_limits, None, "{}", line.id);
        }
    }
}
