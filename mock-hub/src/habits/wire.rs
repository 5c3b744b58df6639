//! Heartbeats, limits, the shape of refusals, the edge, and what is broken around the hub.

use super::Duty;

/// Habits of heartbeats and the Online window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeartbeatHabits {
    /// A heartbeat without body is accepted.
    pub take_bodyless: Duty,
    /// An accepted heartbeat is recorded.
    pub stamp: Duty,
    /// When a snapshot is checked.
    pub snapshot_check: SnapshotCheck,
    /// The time of a heartbeat is the hub's, not the sender's.
    pub own_clock: Duty,
    /// Unknown members of a snapshot are ignored.
    pub ignore_unknown: Duty,
    /// A trust is Online for 30 s, no longer.
    pub online_window: Duty,
    /// Heartbeats tell who is Online, and nothing that connects inwards does.
    pub heartbeats_decide: Duty,
    /// A poll is no heartbeat.
    pub polls_do_not_count: Duty,
    /// What the reply says about the payload key.
    pub fingerprint: Fingerprint,
    /// The reply names the hub's version.
    pub report_version: Duty,
    /// The reply and `/api/health` name the same version.
    pub one_version: Duty,
}

/// When a snapshot is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SnapshotCheck {
    /// Before anything is recorded.
    BeforeStamp,
    /// After the heartbeat was recorded.
    AfterStamp,
    /// Never.
    Never,
}

/// What the heartbeat reply says about the payload key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fingerprint {
    /// Digest of the decoded key; null when it is unusable.
    OfBytes,
    /// Digest of the base64 text.
    OfText,
    /// Digest of the decoded key, unusable or not.
    EvenOfBadKey,
}

/// Habits of rate limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateHabits {
    /// Heartbeats and polls are limited.
    pub limit: Duty,
    /// A trust may call thirty times a minute.
    pub full_allowance: Duty,
    /// What heartbeats and polls are counted by.
    pub bucket: Bucket,
    /// What reports are counted by.
    pub reports: ReportBucket,
    /// A refusal says when to come back.
    pub retry_after: Duty,
    /// Unknown keys are limited.
    pub limit_bad_keys: Duty,
}

/// What heartbeats and polls are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bucket {
    /// The caller's key.
    Key,
    /// The address the request comes from.
    Peer,
    /// The trust named in the path, before anybody asks whose key it is (editions with named paths).
    PathName,
}

/// What reports are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportBucket {
    /// The caller.
    Trust,
    /// The task id in the path.
    TaskId,
}

/// What a call leaves behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WearHabits {
    /// A call whose caller hung up leaves no session behind.
    pub hung_up: Duty,
    /// Neither does a refused one.
    pub refused: Duty,
    /// Nor one with a long body.
    pub long_body: Duty,
}

/// Habits of refusals, and of what is open to anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorHabits {
    /// An unhandled fault is answered in JSON.
    pub json_500: Duty,
    /// A lone surrogate in a text is refused as invalid.
    pub refuse_surrogate: Duty,
    /// NaN and Infinity are refused as invalid.
    pub refuse_nan: Duty,
    /// A 422 does not repeat what was sent.
    pub spare_input: Duty,
    /// A 500 of the status route has a fixed text.
    pub fixed_status_text: Duty,
    /// A refusal has a member `detail`.
    pub detail: Duty,
    /// A 500 shows nothing of the hub's inside.
    pub hide_inside: Duty,
    /// The online list needs a user token.
    pub guard_trust_health: Duty,
    /// `/api/health` fails while the database is away.
    pub health_asks_database: Duty,
}

/// Habits of what stands in front of a public hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EdgeHabits {
    /// Paths below `/api/` reach the API, not the UI.
    pub api_below_api: Duty,
    /// The trust key header passes.
    pub pass_trust_key: Duty,
    /// The hub-internal header does not.
    pub drop_internal_key: Duty,
    /// In production the API documents are not served.
    pub hide_docs: Duty,
}

/// What is broken around the hub. None of it breaks a clause by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conditions {
    /// The database.
    pub database: Database,
    /// Writing a model's status fails with an error nobody foresaw.
    pub status_write: Duty,
}

/// State of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    /// Answers.
    Up,
    /// Does not answer.
    Away,
}

impl HeartbeatHabits {
    pub(super) const IDEAL: Self = Self {
        take_bodyless: Duty::Kept,
        stamp: Duty::Kept,
        snapshot_check: SnapshotCheck::BeforeStamp,
        own_clock: Duty::Kept,
        ignore_unknown: Duty::Kept,
        online_window: Duty::Kept,
        heartbeats_decide: Duty::Kept,
        polls_do_not_count: Duty::Kept,
        fingerprint: Fingerprint::OfBytes,
        report_version: Duty::Kept,
        one_version: Duty::Kept,
    };
}

impl RateHabits {
    pub(super) const IDEAL: Self = Self {
        limit: Duty::Kept,
        full_allowance: Duty::Kept,
        bucket: Bucket::Key,
        reports: ReportBucket::Trust,
        retry_after: Duty::Kept,
        limit_bad_keys: Duty::Kept,
    };
}

impl WearHabits {
    pub(crate) const IDEAL: Self =
        Self { hung_up: Duty::Kept, refused: Duty::Kept, long_body: Duty::Kept };
}

impl ErrorHabits {
    pub(super) const IDEAL: Self = Self {
        json_500: Duty::Kept,
        refuse_surrogate: Duty::Kept,
        refuse_nan: Duty::Kept,
        spare_input: Duty::Kept,
        fixed_status_text: Duty::Kept,
        detail: Duty::Kept,
        hide_inside: Duty::Kept,
        guard_trust_health: Duty::Kept,
        health_asks_database: Duty::Kept,
    };
}

impl EdgeHabits {
    pub(super) const IDEAL: Self = Self {
        api_below_api: Duty::Kept,
        pass_trust_key: Duty::Kept,
        drop_internal_key: Duty::Kept,
        hide_docs: Duty::Kept,
    };
}

impl Conditions {
    pub(super) const NONE: Self = Self { database: Database::Up, status_write: Duty::Kept };
}
