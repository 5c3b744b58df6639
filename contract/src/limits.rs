//! Numbers both sides keep (contract README, constants; hub 3 to 10; trust 1 to 7).

/// Pause between two trust cycles, seconds.
pub const POLL_INTERVAL_SECS: u64 = 5;
/// Limit of each phase of a trust's call to the hub, seconds.
pub const HUB_CALL_SECS: u64 = 30;
/// How long an idle connection to the hub is kept, seconds.
pub const KEEP_ALIVE_SECS: u64 = 5;
/// Limit of a call to a site service, seconds.
pub const SITE_CALL_SECS: u64 = 30;
/// Limit of a cohort or snapshot call, seconds.
pub const COHORT_CALL_SECS: u64 = 300;
/// A site service's error text is cut after so many characters.
pub const SITE_ERROR_CHARS_MAX: usize = 1000;
/// A refused heartbeat's body is cut in the log after so many characters.
pub const HEARTBEAT_LOG_CHARS_MAX: usize = 200;
/// A refused snapshot's body is cut in the log after so many characters.
pub const SNAPSHOT_LOG_CHARS_MAX: usize = 500;

/// Limit of one health probe, seconds.
pub const PROBE_SECS: u64 = 5;
/// Limit of one round of probes, seconds.
pub const PROBE_ROUND_SECS: u64 = 15;
/// Pause between two rounds of probes, seconds.
pub const PROBE_PAUSE_SECS: u64 = 30;
/// A probe slower than this is degraded, milliseconds.
pub const PROBE_DEGRADED_MS: u64 = 1000;

/// Services in a snapshot, most.
pub const SNAPSHOT_SERVICES_MAX: usize = 16;
/// Characters of a service's version, most.
pub const SERVICE_VERSION_CHARS_MAX: usize = 64;
/// Largest response time a snapshot may hold, milliseconds.
pub const RESPONSE_MS_MAX: i64 = 1_000_000;
/// Form of a service's name in a snapshot.
pub const SERVICE_NAME_PATTERN: &str = "^[a-z0-9-]{1,32}$";

/// A trust is Online while its last heartbeat is at most this old, seconds.
pub const ONLINE_SECS: i64 = 30;
/// Tasks in one poll reply, most.
pub const BATCH_TASKS_MAX: usize = 50;
/// A task without result goes back to the queue after this long, minutes.
pub const STALE_MINUTES: i64 = 30;
/// How often the recovery job looks, minutes.
pub const RECOVERY_EVERY_MINUTES: i64 = 10;
/// Redeliveries before a task is given up.
pub const TASK_RETRIES_MAX: u32 = 3;
/// Characters of a task result, most.
pub const RESULT_CHARS_MAX: usize = 10_000_000;

/// Heartbeats of one trust a minute.
pub const HEARTBEATS_PER_MINUTE: u32 = 30;
/// Polls of one trust a minute.
pub const POLLS_PER_MINUTE: u32 = 30;
/// Reports of one task a minute.
pub const RESULTS_PER_MINUTE: u32 = 60;
/// How long the hub may remember which trust a key belongs to, seconds.
pub const KEY_CACHE_SECS: u64 = 60;

/// Characters of a cohort query, most.
pub const SQL_CHARS_MAX: usize = 10_240;
/// Cohorts smaller than this do not leave a site.
pub const COHORT_THRESHOLD: u64 = 10;

/// Characters of an event word, most.
pub const EVENT_CHARS_MAX: usize = 64;
/// Characters of an x-axis label, most.
pub const X_LABEL_CHARS_MAX: usize = 64;
/// Serialised size of an event's details, most, bytes.
pub const DETAILS_BYTES_MAX: usize = 8192;
/// Largest round.
pub const ROUND_MAX: i64 = 2_147_483_647;
/// x-axis label when a metric names none.
pub const X_LABEL_DEFAULT: &str = "Global Rounds";

/// Characters of a minted key.
pub const KEY_CHARS: usize = 43;
/// Bytes of a payload key.
pub const PAYLOAD_KEY_BYTES: usize = 32;
/// Bytes of a GCM iv.
pub const GCM_IV_BYTES: usize = 12;
/// Bytes of a GCM tag.
pub const GCM_TAG_BYTES: usize = 16;
/// Bytes of a CBC iv, and of a block.
pub const CBC_IV_BYTES: usize = 16;
/// Hex digits of a key's fingerprint.
pub const FINGERPRINT_CHARS: usize = 12;
/// Sort key of a slot whose name ends in no digits.
pub const SLOT_NUMBER_NONE: i64 = 10_000;
/// Default port of the FL endpoint.
pub const FL_PORT: u16 = 8002;
