//! The rows. Each line is written as the difference from the one it grew out of.

use super::{
    AxisReading, ClientReading, DataframeLog, EvaluationReport, FlLine, FlLineId, InBandRead,
    InBandSent, KnownBy, LogBody, MetricBody, RedirectHabit, RedirectKey, RefusalHabit,
    RoundReading, SendCheck, SiteKey, SuffixReading, TimeLimits, TypedEvents, UrlJoin,
    WaitingReport,
};

/// Every line, oldest first, in the order of [`FlLineId`].
pub const FL_LINES: [FlLine; 6] = [
    FlLine {
        id: FlLineId::V0_1_4,
        releases: "0.1.0 to 0.1.4",
        base_url_variable: "CENTRAL_HUB_API_URL",
        key_variable: "PRIVATE_API_KEY",
        key_header: "X-API-Key",
        site_key: SiteKey::Absent,
        in_band_sent_at_first: Some(InBandSent::RoundAlways),
        ..FIRST
    },
    FIRST,
    FlLine {
        id: FlLineId::MidA,
        releases: "unpublished, between 0.1.8 and 0.4.1",
        known_by: KnownBy::Reading,
        nvflare: None,
        metric_body: MetricBody::Client,
        log_body: LogBody::Client,
        ..FIRST
    },
    FlLine {
        id: FlLineId::MidB,
        releases: "unpublished, between fl-mid-a and 0.4.1",
        known_by: KnownBy::Reading,
        nvflare: None,
        metric_body: MetricBody::ClientWithAxis,
        log_body: LogBody::Client,
        in_band_sent: InBandSent::Axis,
        in_band_read: InBandRead {
            round: RoundReading::XValue,
            axis: AxisReading::Kept,
            suffix: SuffixReading::RoundAndAxis,
            client: ClientReading::AsGiven,
        },
        ..FIRST
    },
    SECOND,
    FlLine {
        id: FlLineId::V0_13_1,
        releases: "0.13.0, 0.13.1",
        nvflare: Some("2.9.0"),
        waiting_report: WaitingReport::Retried { pauses_secs: &WAITING_PAUSES_SECS },
        evaluation_report: EvaluationReport::RunningAndMetrics,
        in_band_read: InBandRead { suffix: SuffixReading::AxisOnly, ..SECOND.in_band_read },
        ..SECOND
    },
];

/// How long the newer lines wait for a connection to the hub, and between two pieces of its answer.
const HUB_LIMITS: TimeLimits = TimeLimits { connect_secs: 5, read_secs: 30 };

/// Pauses between the tries of an ERROR status for a job that waited too long, seconds.
const WAITING_PAUSES_SECS: [u64; 3] = [5, 15, 40];

const FIRST: FlLine = FlLine {
    id: FlLineId::V0_1_8,
    releases: "0.1.5 to 0.1.8",
    known_by: KnownBy::Observation,
    nvflare: Some("2.7.1"),
    base_url_variable: "FLIP_API_INTERNAL_URL",
    key_variable: "INTERNAL_SERVICE_KEY",
    key_header: "X-Internal-Service-Key",
    metric_body: MetricBody::Trust,
    log_body: LogBody::Trust,
    typed_events: TypedEvents::None,
    running_word: "TRAINING_STARTED",
    upload_failed_word: "ERROR",
    waiting_report: WaitingReport::None,
    evaluation_report: EvaluationReport::None,
    send_check: SendCheck::Json,
    hub_limits: None,
    site_limits: None,
    url_join: UrlJoin::Text,
    redirects: RedirectHabit::FollowedAsGet,
    redirect_key: RedirectKey::Forwarded,
    refusals: RefusalHabit::Swallowed,
    site_key: SiteKey::Sent,
    dataframe_log: DataframeLog::Rows,
    in_band_sent: InBandSent::RoundWhenGiven,
    in_band_sent_at_first: None,
    in_band_read: InBandRead {
        round: RoundReading::Round,
        axis: AxisReading::Lost,
        suffix: SuffixReading::RoundOnly,
        client: ClientReading::Rewritten,
    },
};

const SECOND: FlLine = FlLine {
    id: FlLineId::V0_4_1,
    releases: "0.4.1 to 0.12.0",
    nvflare: Some("2.8.0"),
    metric_body: MetricBody::ClientWithAxis,
    log_body: LogBody::SixKeys,
    typed_events: TypedEvents::Sent,
    running_word: "RUNNING",
    upload_failed_word: "RESULTS_UPLOAD_FAILED",
    evaluation_report: EvaluationReport::Running,
    send_check: SendCheck::Schema,
    hub_limits: Some(HUB_LIMITS),
    url_join: UrlJoin::SlashSafe,
    in_band_sent: InBandSent::Axis,
    in_band_read: InBandRead {
        round: RoundReading::XValue,
        axis: AxisReading::Kept,
        suffix: SuffixReading::RoundAndAxis,
        client: ClientReading::AsGiven,
    },
    ..FIRST
};
