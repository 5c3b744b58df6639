//! What a hub owes about tasks, heartbeats, sealing and cohort counts.

use super::Editions::{All, Only, Since};
use super::Mark::{Inferred, Observed, Read};
use super::Requirement;
use super::Subject::Hub;
use super::Who::{Admin, HubDev, TrustDev};
use super::deviation::{BETWEEN, SEEN, in_services};
use super::requirement::{must, should};
use crate::edition::EditionId::{V2026_03, V2026_06, V2026_07, V2026_09, V2026_11};

/// The rows, in catalogue order.
pub(super) const ROWS: &[Requirement] = &[
    must("HUB-TASK-01", Hub, Since(V2026_06))
        .sentence(
            "The replies to heartbeat, poll and result name the caller in trust_id and trust_name.",
        )
        .observe("all such replies in every scenario")
        .source("S1 Trust authentication; hub 3 to 5")
        .note("2026.03 replies have no such members")
        .hint(HubDev, "include the identity in all three replies"),
    must("HUB-TASK-02", Hub, All)
        .sentence(
            "A poll hands out the caller's own PENDING tasks, oldest first and no more than 50, \
             and leaves the rest for the polls after it.",
        )
        .observe("53 tasks come as 50, then 3; another trust's and a cancelled task never appear")
        .source("hub 4")
        .hint(HubDev, "sort by creation and cut at 50"),
    must("HUB-TASK-03", Hub, All)
        .sentence(
            "Between polls in sequence a dispatched task is held back for 30 min, and handed out \
             again after stale recovery.",
        )
        .observe("poll with the clock 29, 31 and 41 min after dispatch")
        .source("hub 6")
        .hint(HubDev, "record the dispatch time and recover by age"),
    must("HUB-TASK-04", Hub, All)
        .sentence(
            "A task delivered four times without a result ends FAILED with `{\"error\": \
             \"Exceeded maximum retries (3)\"}`.",
        )
        .observe("let four deliveries expire")
        .source("hub 6")
        .hint(HubDev, "keep a delivery count; the fourth expiry makes the task FAILED"),
    should("HUB-TASK-05", Hub, All)
        .sentence("Polls that run at the same time under one key hand out no task twice.")
        .observe("30 tasks, six polls in parallel")
        .source("hub 4")
        .deviations(&[in_services(
            Only(V2026_09),
            Observed,
            "240 of 360 deliveries were duplicates",
        )])
        .hint(HubDev, "lock rows while dispatching; until then one poller per trust"),
    must("HUB-TASK-06", Hub, All)
        .sentence(
            "The first report on a task, good or bad, settles it: any further one gets 409 and \
             alters nothing.",
        )
        .observe("two reports with different bodies; stored result")
        .source("hub 5")
        .hint(HubDev, "take reports in state IN_PROGRESS only"),
    must("HUB-TASK-07", Hub, All)
        .sentence("Reporting on a task id that does not exist gets 404.")
        .observe("result for a random UUID")
        .source("hub 5")
        .hint(HubDev, "refuse unknown ids with 404"),
    must("HUB-TASK-08", Hub, All)
        .sentence("Reporting on a task of another trust gets 403, whatever its state.")
        .observe("foreign task in state PENDING, IN_PROGRESS and COMPLETED")
        .source("hub 5")
        .hint(HubDev, "check the owner first, then the state"),
    must("HUB-TASK-09", Hub, All)
        .sentence(
            "A report gets 409 with the state in its text when the task is CANCELLED, finished \
             or PENDING, also when re-queueing made it PENDING and the result is merely late.",
        )
        .observe("report after re-queueing; the task is delivered again")
        .source("hub 5, 6")
        .hint(HubDev, "refuse with 409 and put the state into the text"),
    must("HUB-TASK-10", Hub, All)
        .sentence(
            "A `result` that is not text, is longer than 10,000,000 characters or cannot be \
             stored gets 4xx and leaves the task IN_PROGRESS.",
        )
        .observe("an object; 10,000,001 characters; U+0000; a lone surrogate")
        .source("hub 5")
        .deviations(&[
            in_services(SEEN, Observed, "U+0000 and a lone surrogate get 500"),
            in_services(BETWEEN, Inferred, "U+0000 and a lone surrogate get 500"),
        ])
        .hint(HubDev, "check the text before it is stored"),
    must("HUB-TASK-11", Hub, All)
        .sentence(
            "If sealing fails, the poll answers 5xx, its tasks remain PENDING and no payload \
             leaves unsealed.",
        )
        .observe("hub with a payload key of 15 bytes, and of 31")
        .source("hub 4, 10")
        .hint(Admin, "give the hub a 32-byte payload key and redeploy"),
    must("HUB-HB-01", Hub, All)
        .sentence(
            "A heartbeat without body is recorded; from 2026.07 on one with JSON null or a valid \
             snapshot as well.",
        )
        .observe("trust list after each kind")
        .source("hub 3")
        .hint(HubDev, "record the hub's own time on each accepted heartbeat"),
    must("HUB-HB-02", Hub, Since(V2026_07))
        .sentence("A snapshot that breaks a limit gets 422 and does not count as a heartbeat.")
        .observe(
            "0 and 17 services, bad service name, unknown status word, version of 65 characters, \
             response_ms -1 and 1,000,001",
        )
        .source("hub 3")
        .hint(HubDev, "validate first, record after"),
    must("HUB-HB-03", Hub, Since(V2026_07))
        .sentence(
            "Additional members do no harm, and `collected_at` has no say in how fresh a trust \
             looks.",
        )
        .observe("snapshots with extra members; `collected_at` a year early and a year late")
        .source("hub 3")
        .hint(HubDev, "take freshness from the hub's clock"),
    must("HUB-HB-04", Hub, All)
        .sentence(
            "Online means that the newest accepted heartbeat is no older than 30 s; a poll does \
             not make a trust Online.",
        )
        .observe("29 s, 31 s, and polls without heartbeat")
        .source("hub 3; B16")
        .hint(HubDev, "use one window, fed by heartbeats alone"),
    must("HUB-HB-05", Hub, Since(V2026_09))
        .sentence(
            "A heartbeat reply holds hub_version and, as fingerprint, the first 12 hex digits of \
             the SHA-256 of the decoded payload key, or null for an unusable key.",
        )
        .observe("compute it from the key; a second hub with a short key")
        .source("hub 3")
        .hint(HubDev, "hash the decoded key, not its base64"),
    must("HUB-ENC-01", Hub, All)
        .sentence(
            "Every delivered payload is sealed: it does not parse as JSON, and the cipher and \
             key of the edition open it to the very text that was queued.",
        )
        .observe("all delivered payloads")
        .source("S1 Trust authentication; trust 8")
        .hint(HubDev, "seal each payload at dispatch"),
    must("HUB-ENC-02", Hub, Since(V2026_09))
        .sentence(
            "The envelope of a payload has version 1, kid `shared` and an iv of 12 bytes, and \
             opens under the context `task:<task_type>` only.",
        )
        .observe("open it with that context and with others")
        .source("trust 8")
        .hint(HubDev, "seal with the task type as context"),
    must("HUB-ENC-03", Hub, All)
        .sentence("Among all deliveries no iv occurs more than once.")
        .observe("1,000 deliveries of one plaintext; count distinct ivs")
        .source("trust 8")
        .hint(HubDev, "take ivs from the operating system's randomness"),
    must("HUB-RATE-01", Hub, All)
        .sentence(
            "Within a minute a trust's 31st heartbeat and its 31st poll get 429, while other \
             trusts and other routes go on.",
        )
        .observe("two trusts from one address")
        .source("hub 10; B13")
        .deviations(&[
            in_services(
                Only(V2026_03),
                Observed,
                "the 13th call gets 429, and calls count for the trust named in the path, \
                 whoever makes them",
            ),
            in_services(Only(V2026_06), Inferred, "behind a proxy all trusts share one allowance"),
        ])
        .hint(HubDev, "count by key hash instead of by address"),
    should("HUB-RATE-02", Hub, All)
        .sentence(
            "A refusal for rate states Retry-After, result reports share one limit per trust, \
             and requests that fail to authenticate are limited as well.",
        )
        .observe("headers of a 429; reports on 63 ids; 40 bad keys")
        .source("hub 10")
        .deviations(&[
            in_services(
                SEEN,
                Observed,
                "no Retry-After; reports are limited per task id; bad keys not at all",
            ),
            in_services(
                BETWEEN,
                Inferred,
                "no Retry-After; reports are limited per task id; bad keys not at all",
            ),
        ])
        .hint(HubDev, "add Retry-After, count reports per trust and bad keys too"),
    must("HUB-WEAR-01", Hub, All)
        .sentence(
            "Callers that hang up in mid-call, refused calls in a burst, long bodies and slow \
             readers leave nothing behind: the next honest call is answered as quickly as before.",
        )
        .observe("an honest call, timed; fifteen calls of one kind; the same honest call again")
        .source("hub 10")
        .hint(HubDev, "give session, connection and lock back on every way out of a call"),
    must("HUB-COHORT-01", Hub, All)
        .sentence(
            "New counts of a trust for a query supersede its previous ones, and the aggregate \
             adds up the trusts.",
        )
        .observe("the same trust twice, then a second trust")
        .source("hub 7")
        .hint(HubDev, "store one row per query and trust, and add those up"),
    must("HUB-COHORT-02", Hub, All)
        .sentence("Counts whose trust_id is not the caller's get 403.")
        .observe("A sends counts as B")
        .source("hub 7")
        .hint(HubDev, "check the body's trust against the key's"),
    should("HUB-COHORT-03", Hub, All)
        .sentence(
            "Counts for a query that does not exist or does not address the trust, and negative \
             counts, are refused with 4xx.",
        )
        .observe("one post of each kind")
        .source("hub 7")
        .deviations(&[
            in_services(SEEN, Observed, "an unknown query gets 500, a negative count 200"),
            in_services(
                Only(V2026_03),
                Observed,
                "a query that does not address the trust gets 200",
            ),
            in_services(Only(V2026_09), Read, "a query that does not address the trust gets 200"),
            in_services(
                BETWEEN,
                Inferred,
                "an unknown query gets 500, a negative count 200, and so does a query that does \
                 not address the trust",
            ),
        ])
        .hint(
            HubDev,
            "check that the query exists and addresses the caller, and that no count is negative",
        ),
    must("HUB-COHORT-04", Hub, All)
        .sentence(
            "For a failed trust the aggregate holds query_failed, query_timeout or \
             internal_error, and nothing of the text the trust sent.",
        )
        .observe("report an error that contains a table name")
        .source("hub 7")
        .note("a hub of 2026.03 ignores the member error: to it no trust fails")
        .hint(HubDev, "map every error to one of the three categories"),
    must("HUB-FREEZE-01", Hub, Since(V2026_11))
        .sentence(
            "For an approved project the hub queues persist_cohort for each of its trusts, before \
             create_imaging and also without imaging; a project without a query is refused with 409.",
        )
        .observe("approve a project with and without imaging, and one without a query")
        .source("hub 6; README editions")
        .hint(HubDev, "queue and commit the freeze before the imaging project"),
    must("HUB-FREEZE-02", Hub, Since(V2026_11))
        .sentence(
            "A persist_cohort success counts only as an object with row_count of at least 0, \
             has_accessions true or false, query_hash a text and snapshot_at a date-time, further \
             members ignored; anything else gets 200 and ends FAILED with `Malformed cohort snapshot \
             result`.",
        )
        .observe("one result of each kind; the stored task")
        .source("hub 5; README editions")
        .hint(TrustDev, "report the reply of data-access-api whole; an old trust must be upgraded"),
    must("HUB-FREEZE-03", Hub, Since(V2026_11))
        .sentence(
            "For each trust of a project the hub tells whether its cohort is frozen, pending or failed \
             and tells failures apart by their status_code (403, then 400 and 422, then spent \
             retries); asking again queues what failed.",
        )
        .observe("GET and POST /api/projects/{id}/cohort-snapshots after each kind of report")
        .source("hub 5, 6; README editions")
        .hint(HubDev, "read status_code out of the failure"),
];
