//! What a trust node owes while it starts, polls and works.

use super::Editions::{All, OneOf, Only, Since};
use super::Mark::{Inferred, Observed, Read};
use super::Requirement;
use super::Subject::Trust;
use super::Who::{Admin, Operator, TrustDev};
use super::deviation::{BETWEEN, SEEN, in_services};
use super::requirement::{may, must, should};
use crate::edition::EditionId::{TrustKeys, V2026_03, V2026_06, V2026_07, V2026_09, V2026_11};

/// The rows, in catalogue order.
pub(super) const ROWS: &[Requirement] = &[
    must("TRUST-BOOT-01", Trust, All)
        .sentence(
            "Without any one of CENTRAL_HUB_API_URL, TRUST_API_KEY, TRUST_API_KEY_HEADER and \
             AES_KEY_BASE64, or with an empty one, the node ends with exit code 1 before it has \
             sent anything.",
        )
        .observe(
            "remove or empty one of the four variables per start; exit code each time, hub journal \
             stays empty",
        )
        .source("S1 Trust authentication; trust 1")
        .deviations(&[in_services(
            Only(V2026_09),
            Observed,
            "a variable that is set but empty is taken for given and the node starts",
        )])
        .hint(Operator, "enter the variable the log names in the kit file and recreate trust-api"),
    must("TRUST-BOOT-02", Trust, All)
        .sentence(
            "Within 10 s of its start the node has sent a heartbeat, even if every site service \
             is unreachable.",
        )
        .observe("start while no neighbour listens; arrival time in the hub journal")
        .source("trust 2")
        .hint(TrustDev, "let the poller run without waiting for the neighbours' probes"),
    should("TRUST-BOOT-03", Trust, All)
        .sentence(
            "A start with an AES_KEY_BASE64 that does not decode to 32 bytes ends with exit code \
             1.",
        )
        .observe("start with a 16-byte key and read the exit code")
        .source("trust 1")
        .deviations(&[
            in_services(
                SEEN,
                Observed,
                "the node starts all the same, fails every task and logs `Cannot fingerprint this \
             trust's AES key` in each cycle",
            ),
            in_services(
                BETWEEN,
                Inferred,
                "the node starts all the same, fails every task and logs `Cannot fingerprint this \
             trust's AES key` in each cycle",
            ),
        ])
        .hint(TrustDev, "test the key length while starting; until then lint the kit"),
    must("TRUST-BOOT-04", Trust, All)
        .sentence("SIGTERM ends the process in at most 10 s, whether or not a task is running.")
        .observe(
            "send SIGTERM while a local call hangs; time to exit, and whether a result of that \
             task arrived",
        )
        .source("trust 3")
        .note("2026.09 stops without reporting the running task (observed)")
        .hint(TrustDev, "on SIGTERM stop the running work and report it as failed"),
    must("TRUST-ID-01", Trust, Since(V2026_06))
        .sentence(
            "If the first identity in a hub reply differs from EXPECTED_TRUST_ID, the node logs \
             `Wrong kit deployed to this host? Exiting.`, executes no task and ends with exit \
             code 2 in at most 5 s.",
        )
        .observe(
            "let the hub name another trust id; exit code, log line, no local call and no result \
             in the journal",
        )
        .source("S1 Trust authentication; trust 5")
        .hint(
            Operator,
            "the kit on this host belongs to another trust: install the right one and recreate",
        ),
    must("TRUST-ID-02", Trust, Since(V2026_06))
        .sentence("If heartbeat replies brought no identity, the one in a poll reply is compared.")
        .observe(
            "put the foreign identity into the poll reply alone, beside a task; exit code 2 and \
             no result",
        )
        .source("trust 5")
        .hint(TrustDev, "check every reply that carries an identity"),
    must("TRUST-ID-03", Trust, Since(V2026_06))
        .sentence(
            "Refusals beforehand, however many, do not skip the comparison: the first reply the \
             hub grants is compared.",
        )
        .observe("three cycles of 401, then another trust's id; exit code 2")
        .source("trust 5")
        .hint(TrustDev, "tie the comparison to the first granted reply, not to the first request"),
    must("TRUST-ID-04", Trust, Since(V2026_06))
        .sentence(
            "An equal or an empty EXPECTED_TRUST_ID leaves the node running, with a single \
             `Authenticated to hub as trust` in its log.",
        )
        .observe("ten cycles with the equal id, ten with none; count the line")
        .source("S1 Trust authentication; trust 5")
        .hint(TrustDev, "an empty value switches the check off; log the identity one time"),
    may("TRUST-ID-05", Trust, Since(V2026_06))
        .sentence("Two UUIDs that differ in letter case only are one identity.")
        .observe("the hub answers the expected id in upper case; the node goes on")
        .source("trust 5")
        .deviations(&[in_services(
            Only(V2026_09),
            Observed,
            "taken for a foreign identity: exit code 2",
        )])
        .hint(TrustDev, "parse both values before comparing them"),
    should("TRUST-ID-06", Trust, Since(V2026_06))
        .sentence(
            "While EXPECTED_TRUST_ID is set, no task starts before an identity has been \
             compared, and a foreign identity at any later time ends the node too.",
        )
        .observe(
            "reply without trust_name beside a task; in a second run change the id after some \
             cycles",
        )
        .source("trust 5")
        .deviations(&[in_services(
            Only(V2026_09),
            Observed,
            "tasks run although nothing was compared, and an id that changes later goes unseen",
        )])
        .hint(
            TrustDev,
            "hold tasks back until the comparison is made, and repeat it on each reply",
        ),
    must("TRUST-POLL-01", Trust, All)
        .sentence(
            "A cycle is one heartbeat followed by one poll, and at least POLL_INTERVAL_SECONDS \
             (5 unless set) pass between its end and the next heartbeat.",
        )
        .observe("ten cycles; order and gaps in the journal")
        .source("S1 Architecture; trust 3")
        .hint(
            TrustDev,
            "send the heartbeat before the poll and sleep the full interval after the work",
        ),
    must("TRUST-POLL-02", Trust, All)
        .sentence(
            "The tasks of a poll reply run in the order given, each after the previous one has \
             ended.",
        )
        .observe("three tasks, the first local call slow; order of local calls and of results")
        .source("trust 3")
        .hint(TrustDev, "run tasks serially"),
    must("TRUST-POLL-03", Trust, All)
        .sentence("Fifty tasks in one reply lead to fifty results, one for each id.")
        .observe("50 tasks of mixed types; count the results per id")
        .source("trust 3")
        .hint(TrustDev, "report every task of a batch, and only once"),
    should("TRUST-POLL-04", Trust, All)
        .sentence("An entry of `tasks` that is no task leaves the entries around it unharmed.")
        .observe(
            "reply with a good task, a non-object and a good task; both good ones are reported",
        )
        .source("trust 4.2")
        .deviations(&[
            in_services(
                SEEN,
                Observed,
                "the remaining entries are lost and stay IN_PROGRESS at the hub",
            ),
            in_services(
                BETWEEN,
                Inferred,
                "the remaining entries are lost and stay IN_PROGRESS at the hub",
            ),
        ])
        .hint(TrustDev, "handle each entry behind its own error guard"),
    must("TRUST-POLL-05", Trust, All)
        .sentence(
            "When recovery hands the same task out a second time, the node answers that delivery \
             with a report too.",
        )
        .observe(
            "lose the first report, move the hub clock past recovery, poll again; a second \
             report arrives",
        )
        .source("hub 6; trust 3")
        .hint(TrustDev, "do not skip an id because it was handled before"),
    should("TRUST-POLL-06", Trust, All)
        .sentence(
            "A long-running task does not interrupt the heartbeats: the trust remains Online.",
        )
        .observe("local call of 40 s; no two heartbeats more than 30 s apart")
        .source("trust 3; B15")
        .deviations(&[
            in_services(
                SEEN,
                Observed,
                "no heartbeat until the task is over, which may take 300 s",
            ),
            in_services(
                BETWEEN,
                Inferred,
                "no heartbeat until the task is over, which may take 300 s",
            ),
        ])
        .hint(TrustDev, "move the heartbeat out of the loop that does the work"),
    must("TRUST-TASK-01", Trust, All)
        .sentence(
            "For a task type the node does not know it calls no local service and reports a \
             failure with `Unknown task type: <type>`.",
        )
        .observe("queue a task of a made-up type")
        .source("trust 6")
        .hint(Admin, "this trust is older than its hub: upgrade it"),
    must("TRUST-TASK-02", Trust, All)
        .sentence("A payload changed on the way is not executed, and its task ends as failed.")
        .observe("turn over one bit each in iv, ciphertext and tag")
        .source("S1 Trust authentication; trust 6, 8")
        .deviations(&[in_services(
            OneOf(&[V2026_03, V2026_06, V2026_07]),
            Read,
            "cbc carries no tag: a change in the iv alters the first block and nobody notices",
        )])
        .hint(TrustDev, "reject before parsing; use gcm-context"),
    must("TRUST-TASK-03", Trust, All)
        .sentence(
            "A payload encrypted under a key the trust does not hold is not executed, and its \
             task ends as failed.",
        )
        .observe("seal a task with another key of 32 bytes")
        .source("S1 Trust authentication; B2")
        .hint(
            Admin,
            "run `make sync-trust-kit KIT=<CODE>` and send the kit again; the site replaces its \
             Hub-shared block and recreates",
        ),
    must("TRUST-TASK-04", Trust, Since(V2026_09))
        .sentence("A payload whose seal names one task type is refused under any other type.")
        .observe(
            "deliver a sealed payload with its task_type exchanged; the failure says `failed \
             authentication`",
        )
        .source("trust 8")
        .hint(TrustDev, "make the task type part of the associated data"),
    must("TRUST-TASK-05", Trust, All)
        .sentence(
            "A payload that is not in the trust's own format (kid not held, version not 1, \
             cipher of another edition, unsealed JSON) is not executed, and the failed task \
             gives the text the service has for that case.",
        )
        .observe(
            "deliver each reading of the encryption vectors as a payload; result text per case",
        )
        .source("trust 6, 8; B32")
        .note("trust-keys opens cbc as well, on purpose")
        .hint(TrustDev, "reject every format but the own one, each with its text"),
    should("TRUST-TASK-06", Trust, All)
        .sentence(
            "A sealed payload recorded earlier is rejected when it comes back with another task \
             id.",
        )
        .observe("one sealed text under two task ids; the second task fails")
        .source("trust 8")
        .deviations(&[in_services(
            All,
            Read,
            "executed again: nothing ties a payload to a task id, a trust or a time",
        )])
        .hint(TrustDev, "let the associated data name the task id or a time"),
    must("TRUST-TASK-07", Trust, All)
        .sentence(
            "For a cohort_query all payload members go unaltered to `/cohort`, and the task is a \
             success only once `/cohort/results` has accepted the counts, each `value` sent as \
             text.",
        )
        .observe("body at the stand-in, counts at the hub; let the hub refuse the counts")
        .source("trust 6, 6.1")
        .hint(TrustDev, "pass the payload on complete; report success after the hub's reply"),
    must("TRUST-TASK-08", Trust, All)
        .sentence(
            "Every other task type leads to its one local call, with the method, path and body \
             of that type, and returns what that type returns: the reply as JSON text, or null.",
        )
        .observe("one task per type against stand-ins; calls and results")
        .source("trust 6")
        .deviations(&[
            in_services(
                Only(V2026_03),
                Observed,
                "delete_imaging passes its id as a query parameter and always gets 405 (#963)",
            ),
            in_services(
                BETWEEN,
                Read,
                "delete_imaging passes its id as a query parameter and always gets 405 (#963)",
            ),
        ])
        .hint(
            TrustDev,
            "make the call the type prescribes; a trust whose DELETE has no path parameter needs \
             an upgrade",
        ),
    must("TRUST-TASK-09", Trust, All)
        .sentence(
            "When the local service refuses the connection, exceeds its time limit, or answers \
             with a non-2xx status or without JSON, the task ends as failed.",
        )
        .observe(
            "stand-in faults, 204 and redirects among them; limits 30 s, for cohort calls 300 s",
        )
        .source("trust 6")
        .deviations(&[in_services(
            Only(V2026_09),
            Observed,
            "a status from 300 to 399 with a JSON body counts as a success",
        )])
        .hint(Operator, "examine the site service the error names, and its site key"),
    must("TRUST-RESULT-01", Trust, All)
        .sentence(
            "A result body has two members and no others: `success` is a bool, `result` is null \
             or JSON in text form.",
        )
        .observe("every result in the journal")
        .source("hub 5; trust 4.3")
        .hint(TrustDev, "put text or null into `result` and add no further member"),
    must("TRUST-RESULT-02", Trust, All)
        .sentence(
            "A report that gets no 200 is sent again 2 s later and once more 4 s after that; if \
             the third fails too, the node logs `Failed to report result for task` and continues \
             its loop.",
        )
        .observe("500 for ever on one id with another task behind it; send times to 0.5 s")
        .source("trust 4.3")
        .note("2026.09 drops the result after the third attempt (observed)")
        .hint(TrustDev, "stop after three attempts and go on with the next task"),
    should("TRUST-RESULT-03", Trust, All)
        .sentence("A report answered with 403, 404 or 409 is not sent a second time.")
        .observe("the hub answers each of the three; count the reports")
        .source("trust 4.3")
        .deviations(&[
            in_services(SEEN, Observed, "sent again like any other failure"),
            in_services(BETWEEN, Inferred, "sent again like any other failure"),
        ])
        .hint(TrustDev, "give up when the refusal is final"),
    must("TRUST-RESULT-04", Trust, All)
        .sentence(
            "The result of a failed task is `{\"error\": <text>}` with a text that is not empty; \
             for get_imaging_status it has a `status_code` too from 2026.09 on.",
        )
        .observe("make a task of each type fail")
        .source("trust 4.3; README editions")
        .deviations(&[in_services(
            Only(TrustKeys),
            Read,
            "null when the payload failed authentication",
        )])
        .hint(TrustDev, "give a reason with every failure"),
    must("TRUST-RESULT-05", Trust, Since(V2026_11))
        .sentence(
            "The failure of persist_cohort has the `status_code` of the local answer beside its text: \
             the hub tells a refused cohort from a failed one by it.",
        )
        .observe("the stand-in answers /cohort/snapshot with 403, 422 and 500")
        .source("trust 4.3, 6; README editions")
        .note("that a reader exists was read, that the sender follows is inferred")
        .hint(TrustDev, "put the local status into the failure"),
    must("TRUST-COHORT-01", Trust, Since(V2026_07))
        .sentence(
            "Of a cohort under the threshold the hub learns record_count 0, data [] and \
             suppressed true, and no other figure.",
        )
        .observe(
            "suppressed reply at the stand-in; with a whole site, a query that matches 9 persons",
        )
        .source("trust 6.1, 12")
        .hint(TrustDev, "suppress inside the site, before the report"),
    must("TRUST-COHORT-02", Trust, All)
        .sentence(
            "When a cohort query fails, the hub gets an error record under the query_id and \
             trust_id of the payload, and after it the failed result.",
        )
        .observe("500 from the stand-in; order in the journal")
        .source("trust 6.1")
        .deviations(&[in_services(Only(V2026_03), Observed, "no error record is sent")])
        .hint(TrustDev, "send the error record with the ids of the payload"),
    should("TRUST-COHORT-03", Trust, All)
        .sentence(
            "The error text in that record reads `<status>: <category>`, which lets the hub \
             display the category.",
        )
        .observe("the stand-in fails with detail `query_failed`; category in the hub's aggregate")
        .source("trust 6.1; hub 7")
        .deviations(&[
            in_services(Only(V2026_03), Observed, "no error record is sent"),
            in_services(
                Only(V2026_09),
                Observed,
                "the raw JSON follows the colon, so the hub displays internal_error; good counts \
                 refused by the hub with 5xx lead to an error record as well",
            ),
        ])
        .hint(TrustDev, "send status and category instead of the body"),
    must("TRUST-COHORT-04", Trust, Since(V2026_11))
        .sentence(
            "Row-level routes give out rows of the frozen cohort only: without one they answer 403, and \
             the caller's own query has no effect.",
        )
        .observe("/cohort/dataframe before and after a freeze, with the frozen query and another")
        .source("trust 12; README editions")
        .hint(TrustDev, "run the stored query and keep rows of the frozen membership"),
    must("TRUST-COHORT-05", Trust, Since(V2026_11))
        .sentence("A row-level call whose project id does not open under the site's key gets 400.")
        .observe("/cohort/dataframe and /cohort/accession-ids with an id sealed under another key")
        .source("trust 8, 12; README editions")
        .hint(Operator, "same payload key in trust-api, data-access-api and fl-client, recreated together"),
    must("TRUST-COHORT-06", Trust, Since(V2026_09))
        .sentence("The floor of a cohort counts distinct persons, however many rows they have.")
        .observe("with a whole site, a query of 60 rows of 3 persons")
        .source("trust 12; README editions")
        .hint(TrustDev, "count person_id, or persons through the accession id"),
];
