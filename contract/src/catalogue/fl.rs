//! What FL ingest and the FL clients owe.

use super::Editions::{All, OneOf, Only, Since};
use super::Mark::{Inferred, Observed, Read};
use super::Requirement;
use super::Subject::{FlServer, Hub, Trust};
use super::Who::{Admin, FlDev, HubDev, Operator};
use super::deviation::{BETWEEN, EVERY_LINE, in_fl_lines, in_services};
use super::requirement::{must, should};
use crate::edition::EditionId::{TrustKeys, V2026_03, V2026_06, V2026_07, V2026_09, V2026_11};
use crate::fl_line::FlLineId::{MidA, MidB, V0_1_4, V0_1_8, V0_4_1, V0_13_1};

/// The rows, in catalogue order.
pub(super) const ROWS: &[Requirement] = &[
    must("FL-METRIC-01", Hub, Since(V2026_06))
        .sentence(
            "A metric that lacks fl_client_name is refused with 422, the field named in its \
             `loc`, and leaves no row.",
        )
        .observe("body of fl-0.1.8; a current body with the member removed")
        .source("S2 FL image compatibility; fl 5; B1")
        .hint(HubDev, "release hub and FL images together"),
    must("FL-METRIC-02", Hub, All)
        .sentence(
            "Each metric accepted with 204 is stored as one row holding what was sent; from \
             2026.07 a missing x is the round and its label `Global Rounds`.",
        )
        .observe("rows after each post")
        .source("hub 8")
        .hint(HubDev, "insert one row per accepted post"),
    must("FL-METRIC-03", Hub, Since(V2026_06))
        .sentence(
            "A metric is refused with 400 and not stored if its client name is not an assigned \
             slot or that slot's trust has no part in the model.",
        )
        .observe("unknown slot, free slot, display name, slot of a trust outside the model")
        .source("hub 8; B36")
        .hint(HubDev, "take slots only as client names; SUPERNODE_NAME must be FL_KIT_SLOT"),
    should("FL-METRIC-04", Hub, Since(V2026_06))
        .sentence("A metric with NaN or Infinity is refused with 422.")
        .observe("bodies written as raw JSON")
        .source("hub 8")
        .deviations(&[
            in_services(Only(V2026_09), Observed, "500 as text/plain"),
            in_services(BETWEEN, Inferred, "500 as text/plain"),
        ])
        .note("2026.03 takes such a metric and stores it")
        .hint(HubDev, "reject such values before the reply is encoded"),
    must("FL-LOG-01", Hub, Only(V2026_06))
        .sentence("A log that lacks fl_client_name is refused with 422.")
        .observe("log body of fl-0.1.8")
        .source("S2 FL image compatibility")
        .note("from 2026.07 on it is accepted as a row attributed to the hub")
        .hint(HubDev, "release hub and FL images together"),
    must("FL-LOG-02", Hub, Since(V2026_07))
        .sentence(
            "A log is accepted with either `log` or `event_type`, never both or neither, and an \
             event only with a round of at least 1; everything else gets 422.",
        )
        .observe(
            "both; neither; event without round; round 0; event word of 65 characters; details \
             of 8193 bytes",
        )
        .source("hub 8")
        .note("from 2026.11 on the waiting event needs no round (FL-LOG-04)")
        .hint(
            HubDev,
            "check which of the two is set, the round, the word's length and the size of details",
        ),
    must("FL-LOG-03", Hub, Since(V2026_07))
        .sentence(
            "A `{trust, log}` body is either refused or kept as that client's row with success \
             not true.",
        )
        .observe("exception log of fl-0.1.8; the row it leaves")
        .source("fl 5")
        .deviations(&[
            in_services(
                OneOf(&[V2026_07, TrustKeys]),
                Read,
                "kept with no client and success true",
            ),
            in_services(Only(V2026_09), Observed, "kept with no client and success true"),
        ])
        .hint(HubDev, "reject unknown members or read `trust` as the client"),
    must("FL-LOG-04", Hub, Since(V2026_11))
        .sentence(
            "The waiting event `JOB_WAITING_FOR_RESOURCES` needs no round, and is stored with its \
             details (attempt, max_attempts, final, requested).",
        )
        .observe("the event without a round; the row it leaves")
        .source("README editions; fl 2")
        .note("the sender was read, that the hub takes it is inferred")
        .hint(HubDev, "excuse this one event from the round"),
    must("FL-STATUS-01", Hub, All)
        .sentence(
            "All status words of the edition are taken, from 2026.07 TRAINING_STARTED in the \
             sense of RUNNING; other words get 422 and unknown models 404.",
        )
        .observe("each word; one in lower case; a random model")
        .source("hub 8")
        .hint(HubDev, "keep the alias as long as old images are in use"),
    must("FL-STATUS-02", Hub, Since(V2026_07))
        .sentence("A model that is STOPPED stays so, whatever status word comes afterwards.")
        .observe(
            "STOPPED, then PREPARED, RUNNING, ERROR, RESULTS_UPLOADED and RESULTS_UPLOAD_FAILED",
        )
        .source("hub 8")
        .note("the ignored words are nevertheless answered 200 `status set` (2026.09, observed)")
        .hint(HubDev, "treat STOPPED as final"),
    must("FL-LOSS-01", FlServer, All)
        .sentence(
            "Each metric, log and event a run produces is one row at the hub when it has ended, \
             neither missing nor doubled.",
        )
        .observe("stored rows counted against rounds × clients × labels")
        .source("S2 FL image compatibility; fl 5")
        .deviations(&[
            in_fl_lines(
                &[V0_1_4],
                Only(V2026_03),
                Observed,
                "its key header opens nothing: everything is refused with 401 and missing",
            ),
            in_fl_lines(
                &[V0_1_4, V0_1_8],
                Since(V2026_06),
                Observed,
                "metrics are refused with 422 and missing",
            ),
            in_fl_lines(
                &[V0_4_1, V0_13_1],
                OneOf(&[V2026_03, V2026_06]),
                Observed,
                "events are refused with 422 and missing, on 2026.03 the metrics too",
            ),
            in_fl_lines(
                &[MidA, MidB],
                Only(V2026_03),
                Inferred,
                "metrics are refused with 422 and missing",
            ),
        ])
        .note("the waiting event of fl-0.13.1 has no round: hubs before 2026.11 refuse it")
        .hint(Admin, "put hub and FL images on one release and train again"),
    must("FL-LOSS-02", FlServer, All)
        .sentence(
            "A run of which even one post was refused or left without answer ends as something \
             other than a success.",
        )
        .observe("ingest that answers 401, 422, 500 or nothing; last status and exit")
        .source("fl 4; B1")
        .deviations(&[in_fl_lines(
            EVERY_LINE,
            All,
            Observed,
            "the failure is swallowed and the run ends RESULTS_UPLOADED",
        )])
        .hint(FlDev, "make the run fail when a post fails"),
    must("FL-LOSS-03", FlServer, All)
        .sentence("When a client fails, the stored row names that client and has success false.")
        .observe("crash of one client; the row it leaves")
        .source("fl 5")
        .deviations(&[
            in_services(
                Only(V2026_03),
                Observed,
                "every log is stored with success true and without client",
            ),
            in_fl_lines(
                &[V0_1_8],
                Since(V2026_07),
                Observed,
                "stored with success true and without client",
            ),
            in_fl_lines(&[MidA, MidB], Since(V2026_07), Inferred, "stored with success true"),
        ])
        .hint(Admin, "raise the FL images and look at the client that failed"),
    must("FL-LOSS-04", FlServer, All)
        .sentence("If the ingest redirects, no body gets lost and the key reaches no second host.")
        .observe("301, 302 and 307 towards another host")
        .source("fl 4")
        .deviations(&[in_fl_lines(
            EVERY_LINE,
            All,
            Observed,
            "POST turns into GET without its body, and the key goes along",
        )])
        .hint(FlDev, "follow no redirects"),
    must("FL-CLIENT-01", FlServer, All)
        .sentence(
            "Calls to the hub and to site services stop waiting for an answer after at most 60 s.",
        )
        .observe("listener that never answers")
        .source("fl 4")
        .deviations(&[
            in_fl_lines(&[V0_1_4, V0_1_8], All, Observed, "calls to the hub wait for ever"),
            in_fl_lines(EVERY_LINE, All, Observed, "calls to site services wait for ever"),
        ])
        .hint(FlDev, "limit the time for connecting and for reading"),
    must("FL-CLIENT-02", Trust, All)
        .sentence(
            "The FL client at the trust has no hub credential and connects only to the FL \
             endpoint and, with the site key, to site services.",
        )
        .observe("container environment; captured connections")
        .source("kit 4; B17")
        .deviations(&[in_fl_lines(
            &[V0_1_4],
            All,
            Observed,
            "no site key is sent and the call gets 401; release 0.1.5, which opens the next \
             line, does the same",
        )])
        .hint(Operator, "use a newer DOCKER_FL_TAG; keep hub variables out of that container"),
    should("FL-CLIENT-03", Trust, All)
        .sentence("FL client logs show no rows of a cohort.")
        .observe("plant a value in a dataframe, search the log")
        .source("fl 3")
        .deviations(&[in_fl_lines(
            EVERY_LINE,
            All,
            Observed,
            "the dataframe reply is logged complete at INFO",
        )])
        .hint(FlDev, "log counts and sizes"),
    should("FL-CONF-01", FlServer, All)
        .sentence(
            "An FL server started without base URL or without key stops, rather than posting to \
             nowhere.",
        )
        .observe("leave out each; base URL under the name another version uses; trailing slash")
        .source("fl 7")
        .deviations(&[in_fl_lines(
            EVERY_LINE,
            All,
            Observed,
            "posts go to `localhost:8000` or with an empty header, and nobody hears of the failure",
        )])
        .hint(FlDev, "refuse to start unless both are set"),
    must("FL-COMPAT-01", FlServer, All)
        .sentence(
            "A hub edition and a client line together store what the compatibility table gives \
             for them, and a pair that stores less than it was sent is named as silent loss.",
        )
        .observe("every pair of the matrix")
        .source("S2 FL image compatibility; fl 5, 6; B31")
        .hint(Admin, "upgrade hub and FL images together, then kits and trusts, in one window"),
];
