//! Editions: every release of the FLIP contract as one row of capabilities.
//!
//! Code asks a row what it can do (`edition.cipher`, `edition.paths`); nothing outside this module
//! compares edition names, so a new release is one new row plus the code of what is really new.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::envelope::Cipher;
use crate::kit::HUB_SHARED;

mod rows;
mod tables;

pub use rows::EDITIONS;
pub use tables::Table;

/// The name of a release of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum EditionId {
    /// Registry in the environment, trust named in the path.
    #[serde(rename = "2026.03")]
    V2026_03,
    /// Live registry, identity in replies; the edition of the deployment documents.
    #[serde(rename = "2026.06")]
    V2026_06,
    /// Typed log events, health snapshots, migrations.
    #[serde(rename = "2026.07")]
    V2026_07,
    /// A branch of 2026.07 with a payload key for each trust.
    /// Its change was closed unmerged: no release carries it, and no deployment ever switched it on.
    #[serde(rename = "trust-keys")]
    TrustKeys,
    /// Context-bound payloads, hub version and key fingerprint on the wire.
    #[serde(rename = "2026.09")]
    V2026_09,
    /// Frozen cohorts, decisions of each trust, the waiting event without a round.
    #[serde(rename = "2026.11")]
    V2026_11,
}

impl EditionId {
    /// What every command uses unless told otherwise.
    pub const DEFAULT: Self = Self::V2026_09;

    /// All ids, oldest first.
    pub const ALL: [Self; 6] = [
        Self::V2026_03,
        Self::V2026_06,
        Self::V2026_07,
        Self::TrustKeys,
        Self::V2026_09,
        Self::V2026_11,
    ];

    /// The row of capabilities behind the name.
    pub fn row(self) -> &'static Edition {
        &EDITIONS[self as usize]
    }

    /// The name as users write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::V2026_03 => "2026.03",
            Self::V2026_06 => "2026.06",
            Self::V2026_07 => "2026.07",
            Self::TrustKeys => "trust-keys",
            Self::V2026_09 => "2026.09",
            Self::V2026_11 => "2026.11",
        }
    }

    /// The name as reports show it: a branch that was never released says so.
    pub fn label(self) -> &'static str {
        match self {
            Self::TrustKeys => "trust-keys (never released)",
            _ => self.name(),
        }
    }

    /// Whether something known of `editions` is to be expected of this one: it is among them, or
    /// continues one that is ([`Edition::continues`]).
    pub fn shares_with(self, editions: &[Self]) -> bool {
        let older = self.row().continues;
        editions.contains(&self) || older.is_some_and(|older| editions.contains(&older))
    }
}

impl fmt::Display for EditionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The text names no edition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown edition {0:?}; known: 2026.03, 2026.06, 2026.07, trust-keys, 2026.09, 2026.11")]
pub struct UnknownEdition(pub String);

impl FromStr for EditionId {
    type Err = UnknownEdition;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|id| id.name() == text)
            .ok_or_else(|| UnknownEdition(text.to_owned()))
    }
}

/// One release of the contract: what its hub and its trust do on the wire (README, editions table).
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::struct_excessive_bools, reason = "each is a capability of its own")]
pub struct Edition {
    /// The name of the row.
    pub id: EditionId,
    /// The edition whose known deviations are inferred to hold here too, because this one was only
    /// read and not run; a deviation that was read to have ended names the edition it ended in.
    pub continues: Option<EditionId>,
    /// Where the hub keeps its trusts.
    pub registry: Registry,
    /// Whether `GET /api/admin/trusts` answers a list (else 405).
    pub admin_list_served: bool,
    /// Whether an empty slot pool re-reads its configured names once.
    pub slot_pool_reread: bool,
    /// How trust-facing paths name the caller.
    pub paths: TrustPaths,
    /// Whether heartbeat, poll and result replies carry `trust_id` and `trust_name`.
    pub identity: bool,
    /// Shape of the poll reply.
    pub pending_reply: PendingReply,
    /// Whether the trust compares the hub's identity with `EXPECTED_TRUST_ID`.
    pub expected_trust_id: bool,
    /// How payloads are sealed.
    pub cipher: Cipher,
    /// Whether a reader falls back to CBC for text without an envelope (unless switched off).
    pub reads_legacy_cbc: bool,
    /// Whether registering mints a payload key of the trust's own.
    pub trust_payload_keys: bool,
    /// What the trust puts into heartbeats.
    pub heartbeat_body: HeartbeatBody,
    /// Whether a heartbeat reply carries `hub_version` and `aes_key_fingerprint`.
    pub heartbeat_reports_hub: bool,
    /// Members of a metric the hub demands.
    pub metric_body: MetricBody,
    /// Members of a log the hub demands.
    pub log_body: LogBody,
    /// Model status words, in the order the hub lists them.
    pub status_words: &'static [&'static str],
    /// Words taken for another: (as sent, as stored).
    pub status_aliases: &'static [(&'static str, &'static str)],
    /// Whether the waiting event is accepted without a round.
    pub waiting_event_without_round: bool,
    /// Header names under which FL ingest takes the hub-internal key.
    pub ingest_key_headers: &'static [&'static str],
    /// Task types the hub queues.
    pub hub_task_types: &'static [TaskType],
    /// Task types the trust runs.
    pub trust_task_types: &'static [TaskType],
    /// What a failed task reports.
    pub failure_result: FailureResult,
    /// Attempts to report a result, and the pauses in seconds before the second and third.
    pub result_retry_pauses_secs: &'static [u64],
    /// Whether a trust logs a heartbeat that the hub refused as such.
    pub logs_rejected_heartbeat: bool,
    /// Member of a create_imaging result that holds the new user's sealed value.
    pub new_user_member: &'static str,
    /// How `delete_imaging` names the project at imaging-api.
    pub delete_imaging: DeleteImaging,
    /// How the hub brings its tables up to date.
    pub schema: Schema,
    /// The hub's tables, as far as releases differ in them.
    #[serde(skip)]
    pub tables: &'static [Table],
    /// What data-access-api answers for a cohort below the threshold.
    pub small_cohort: SmallCohort,
    /// What the hub counts requests by.
    pub rate_bucket: RateBucket,
    /// Whether every reply of the hub carries the security headers.
    pub security_headers: bool,
    /// Whether an empty 204 names a content type all the same.
    pub content_type_on_204: bool,
    /// What stands before a task's state in a text, such as `TaskStatus.`.
    pub task_state_prefix: &'static str,
    /// Whether the hub can withdraw a task.
    pub cancels_tasks: bool,
    /// Whether counts may carry `error` and `suppressed`; otherwise both are ignored.
    pub cohort_outcome: bool,
    /// What the hub asks of the numbers in a metric.
    pub metric_bounds: MetricBounds,
    /// Whether `GET` on a model's metrics and on a cohort query is a route of users (else 405).
    pub reads_results: bool,
    /// Members of a row of `GET /trust`.
    pub trust_list: TrustList,
    /// How the edition is known, and so what may be demanded of its hub.
    pub evidence: Evidence,
    /// Whether `/api/health` carries `version`.
    pub hub_health_version: bool,
    /// What the trust's own `/health` shows.
    pub trust_health: TrustHealth,
    /// Whether cohort-defining writes need the admin proof.
    pub cohort_admin_proof: bool,
    /// Names of Hub-shared keys in a kit beyond [`HUB_SHARED`].
    pub hub_shared_extra: &'static [&'static str],
    /// What the kit file is named after.
    pub kit_named_by: KitName,
    /// Restart policy the site's compose file gives APIs and FL client.
    pub restart_policy: Option<&'static str>,
    /// Whether a snapshot names the FL client as a seventh service where its image tag is known.
    pub fl_client_in_snapshot: bool,
    /// What the floor of a cohort counts.
    pub cohort_floor: CohortFloor,
    /// Which rows the row-level routes of data-access-api give out.
    pub row_level: RowLevel,
    /// Whether `GET /api/fl/quiesce` tells if trainings may be started.
    pub quiesce_served: bool,
    /// Who decides whether a trust takes part in a project.
    pub decided_by: DecidedBy,
    /// Whether an NVFLARE kit of the plain builders carries `signature.json` (NVFLARE 2.7).
    pub nvflare_kit_signed: bool,
    /// What the site's pre-flight says of a data directory that is missing or empty.
    pub data_directories: DataDirectories,
    /// How the password of the OMOP database stands in the kit.
    pub omop_password: OmopPassword,
    /// In which order hub and sites move to this release.
    pub upgrade_order: UpgradeOrder,
}

impl Edition {
    /// Names of the Hub-shared keys in a kit, in order (kit 1.3).
    pub fn hub_shared_keys(&self) -> impl Iterator<Item = &'static str> {
        HUB_SHARED.iter().chain(self.hub_shared_extra).copied()
    }

    /// Whether FL clients are known to the hub by their trust's display name, not by their slot.
    pub fn clients_are_trust_names(&self) -> bool {
        self.metric_body == MetricBody::TrustName
    }

    /// Whether the hub freezes cohorts: it queues `persist_cohort` and judges what comes back.
    pub fn freezes_cohorts(&self) -> bool {
        self.hub_task_types.contains(&TaskType::PersistCohort)
    }
}

/// Where the hub keeps its trusts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Registry {
    /// `TRUST_NAMES` and `TRUST_API_KEY_HASHES` in the hub's environment.
    Environment,
    /// Rows of the live database, read on every request.
    Database,
}

/// How trust-facing paths name the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrustPaths {
    /// `/trust/{name}/heartbeat`, `/tasks/{name}/pending`, `/tasks/{name}/{id}/result`.
    Named,
    /// `/trust/heartbeat`, `/tasks/pending`, `/tasks/{id}/result`; the key alone says who calls.
    Plain,
}

/// Shape of the poll reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PendingReply {
    /// A JSON list of tasks.
    BareList,
    /// An object with `tasks`.
    Object,
}

/// What the trust puts into heartbeats, and what the hub makes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum HeartbeatBody {
    /// Nothing; the hub ignores a body.
    None,
    /// Nothing or a health snapshot; a 422 is not repeated.
    Snapshot,
    /// Nothing or a health snapshot; after a 422 once more without body.
    SnapshotThenBodyless,
}

/// Members of a metric the hub demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MetricBody {
    /// `trust`, `globalRound` or `global_round`, `label`, `result`.
    TrustName,
    /// `fl_client_name`, `global_round`, `label`, `result`.
    ClientName,
    /// The same plus optional `x_value`, `x_label`.
    ClientNameWithAxis,
}

/// Members of a log the hub demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogBody {
    /// `trust`, `log`.
    TrustName,
    /// `fl_client_name`, `log`.
    ClientName,
    /// Exactly one of `log` and `event_type`; client name optional.
    Typed,
    /// The same with length caps, and `QUEUE_POSITION` refused.
    TypedWithCaps,
}

/// A kind of work the hub hands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskType {
    /// Count persons that match a query.
    CohortQuery,
    /// Make an imaging project.
    CreateImaging,
    /// Remove an imaging project.
    DeleteImaging,
    /// Count imported studies.
    GetImagingStatus,
    /// Import studies again.
    ReimportStudies,
    /// Enable or disable a site user.
    UpdateUserProfile,
    /// Freeze the cohort of a query.
    PersistCohort,
}

impl TaskType {
    /// All task types any edition knows.
    pub const ALL: [Self; 7] = [
        Self::CohortQuery,
        Self::CreateImaging,
        Self::DeleteImaging,
        Self::GetImagingStatus,
        Self::ReimportStudies,
        Self::UpdateUserProfile,
        Self::PersistCohort,
    ];

    /// The word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::CohortQuery => "cohort_query",
            Self::CreateImaging => "create_imaging",
            Self::DeleteImaging => "delete_imaging",
            Self::GetImagingStatus => "get_imaging_status",
            Self::ReimportStudies => "reimport_studies",
            Self::UpdateUserProfile => "update_user_profile",
            Self::PersistCohort => "persist_cohort",
        }
    }

    /// The task type behind a word, if any edition knows it.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == word)
    }
}

impl fmt::Display for TaskType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What a failed task reports in `result`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureResult {
    /// `{"error"}`.
    Error,
    /// `{"error"}`, but null when the payload failed authentication.
    ErrorButNullOnAuthentication,
    /// `{"error"}`, with `status_code` where the task knows one.
    ErrorWithStatus,
}

/// How `delete_imaging` names the project at imaging-api.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeleteImaging {
    /// As a query parameter, which imaging-api answers with 405.
    QueryParameter,
    /// As a path parameter.
    PathParameter,
}

/// How the hub brings its tables up to date at start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Schema {
    /// Missing tables are made, existing ones never altered.
    CreateMissingTables,
    /// Migrations run before seeding and stop the start on failure.
    Migrations,
}

/// What data-access-api answers for a cohort below the threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SmallCohort {
    /// 400.
    Refused,
    /// 200 with `record_count` 0, no data, `suppressed` true.
    Suppressed,
}

/// What the hub asks of the numbers in a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MetricBounds {
    /// The value may be NaN or infinite; a round the database cannot hold is met there.
    Unchecked,
    /// A finite value and a round of at most 31 bits.
    Checked,
}

/// Members of a row of `GET /trust`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrustList {
    /// `id`, `name`.
    Names,
    /// The same plus code, region, last heartbeat and number of projects.
    Heartbeats,
}

/// How an edition is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// Its services were run: exact texts are demanded.
    Observed,
    /// Its source or documents were read: status and shape are demanded, not the wording.
    Read,
}

/// What the hub counts requests by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RateBucket {
    /// The trust named in the path, else the peer address.
    PathName,
    /// The peer address: one bucket for all trusts behind a proxy.
    PeerAddress,
    /// The hash of the presented key.
    KeyHash,
}

/// What the trust's own `/health` shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrustHealth {
    /// `status`.
    Status,
    /// `status`, `version`, `dead_tasks`.
    Version,
    /// The same plus `hub_version`, `hub_key_match`, `hub_key_fingerprint`.
    HubKey,
}

/// What the kit file is named after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum KitName {
    /// The FL slot.
    Slot,
    /// The trust's code.
    Code,
}

/// What the floor of a cohort counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CohortFloor {
    /// Rows of the query's answer, so that one person may fill it.
    Rows,
    /// Distinct persons, by `person_id`, else through the accession id.
    Persons,
}

/// Which rows the row-level routes of data-access-api give out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RowLevel {
    /// Those of the caller's query; the project id is not opened.
    CallersQuery,
    /// Those of the stored query that are in the frozen membership; the caller's query is ignored.
    FrozenMembership,
}

/// Who decides whether a trust takes part in a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DecidedBy {
    /// An admin of the hub, for all trusts of the call.
    HubAdmin,
    /// The trust's own admin where it has one, else an admin of the hub.
    TrustAdmin,
}

/// What the site's pre-flight says of a data directory that is missing or empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DataDirectories {
    /// The node must not start.
    Demanded,
    /// A warning; only a key without a value fails.
    Advised,
}

/// How the password of the OMOP database stands in the kit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OmopPassword {
    /// Percent-encoded, as it goes into the connection URL.
    PercentEncoded,
    /// As it is: the service encodes it, and an encoded one is encoded twice.
    Raw,
}

/// In which order hub and sites move to a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum UpgradeOrder {
    /// Hub and every site in one window.
    OneWindow,
    /// The hub first, NVFLARE sites at their own pace; one window for a step of cipher or framework.
    HubFirst,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_of_the_edition_before_is_expected_of_one_that_continues_it() {
        let newest = EditionId::V2026_11;
        assert!(newest.shares_with(&[EditionId::V2026_09]) && newest.shares_with(&[newest]));
        assert!(!newest.shares_with(&[EditionId::V2026_07]));
        assert!(!EditionId::V2026_09.shares_with(&[newest, EditionId::V2026_07]));
    }

    #[test]
    fn a_branch_that_was_never_released_says_so() {
        for id in EditionId::ALL {
            assert_eq!(id.label() == id.name(), id != EditionId::TrustKeys, "{id}");
            assert!(id.label().starts_with(id.name()));
        }
    }

    #[test]
    fn every_id_finds_its_own_row_and_its_own_name() {
        for id in EditionId::ALL {
            assert_eq!(id.row().id, id);
            assert_eq!(id.name().parse(), Ok(id));
        }
    }

    #[test]
    fn an_unknown_name_lists_the_known_ones() {
        let error = "2027.01".parse::<EditionId>().expect_err("no such edition");
        assert!(EditionId::ALL.iter().all(|id| error.to_string().contains(id.name())));
    }

    #[test]
    fn aliases_lead_to_words_of_the_same_row() {
        for row in &EDITIONS {
            for (alias, word) in row.status_aliases {
                assert!(row.status_words.contains(word), "{}: {word}", row.id);
                assert!(!row.status_words.contains(alias), "{}: {alias}", row.id);
            }
        }
    }
}
