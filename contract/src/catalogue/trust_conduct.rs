//! What a trust node owes in heartbeats, under faults, in its log and between its services.

use super::Editions::{All, OneOf, Only, Since};
use super::Mark::{Inferred, Observed, Read};
use super::Requirement;
use super::Subject::Trust;
use super::Who::{Admin, Operator, SiteIt, TrustDev};
use super::deviation::{BETWEEN, SEEN, in_scripts, in_services};
use super::requirement::{must, should};
use crate::edition::EditionId::{TrustKeys, V2026_07, V2026_09};

/// The rows, in catalogue order.
pub(super) const ROWS: &[Requirement] = &[
    must("TRUST-HB-01", Trust, Since(V2026_07))
        .sentence(
            "Once the first probe round is over, every heartbeat brings a snapshot of the six \
             services that keeps within the hub's limits.",
        )
        .observe("heartbeat bodies; one stand-in reports a version of 100 characters")
        .source("trust 7; hub 3")
        .note("2026.03 and 2026.06 never send a body")
        .hint(TrustDev, "attach the snapshot, its values cut to the limits"),
    must("TRUST-HB-02", Trust, Since(V2026_07))
        .sentence(
            "If the hub answers a snapshot with 422, one heartbeat without body, and only one, \
             follows immediately.",
        )
        .observe("arm 422 for heartbeats that have a body")
        .source("trust 4.1; B14")
        .deviations(&[in_services(
            OneOf(&[V2026_07, TrustKeys]),
            Read,
            "no second heartbeat: the trust turns Offline",
        )])
        .hint(TrustDev, "correct the snapshot or move the trust to 2026.09"),
    must("TRUST-HB-03", Trust, Since(V2026_07))
        .sentence(
            "A site service that hangs holds up neither heartbeat nor poll, and after 20 s at \
             most the outdated snapshot is no longer sent.",
        )
        .observe("let a stand-in hang; cadence and bodies in the journal")
        .source("trust 7")
        .hint(TrustDev, "probe outside the loop and limit the time of a round"),
    must("TRUST-HB-04", Trust, Since(V2026_09))
        .sentence(
            "If the hub's key fingerprint is not the trust's own, `/health` has `hub_key_match` \
             false and the log has a single warning about it.",
        )
        .observe("hub with another payload key; `/health` and log")
        .source("trust 9, 11")
        .hint(Admin, "stale kit: run sync-trust-kit, send it again, recreate"),
    should("TRUST-HB-05", Trust, All)
        .sentence(
            "`/health` is not ok while the hub refuses, the loop stands still or the payload key \
             is unusable.",
        )
        .observe("a minute of 401; a dripping reply; a short key")
        .source("trust 9")
        .deviations(&[
            in_services(SEEN, Observed, "reads `ok` in each of the three cases"),
            in_services(BETWEEN, Inferred, "reads `ok` in each of the three cases"),
        ])
        .hint(TrustDev, "derive the health status from loop, hub and key"),
    should("TRUST-HB-06", Trust, Since(V2026_09))
        .sentence(
            "A node told FL_CLIENT_IMAGE_TAG names the FL client as a seventh service `fl-client`, its \
             status unknown and its version that tag; without the tag a snapshot has no such entry.",
        )
        .observe("heartbeat bodies with the variable set and without it")
        .source("trust 7; README editions")
        .hint(TrustDev, "report the configured tag; nobody probes the client"),
    must("TRUST-ROBUST-01", Trust, All)
        .sentence(
            "A call the hub accepts but never answers is given up after 30 s, give or take 3, \
             and polling resumes.",
        )
        .observe("the hub takes the connection and stays silent")
        .source("trust 3")
        .hint(TrustDev, "limit every call to 30 s"),
    should("TRUST-ROBUST-02", Trust, All)
        .sentence("The total time of a call is bounded even if the reply comes byte by byte.")
        .observe("one byte every 5 s")
        .source("trust 3")
        .deviations(&[
            in_services(SEEN, Observed, "the loop hangs without a log line"),
            in_services(BETWEEN, Inferred, "the loop hangs without a log line"),
        ])
        .hint(TrustDev, "set a limit for the whole request"),
    must("TRUST-ROBUST-03", Trust, All)
        .sentence(
            "The process survives refused and reset connections, cut and garbled replies, an \
             array, 204, 4xx and 5xx, and completes a normal cycle within one interval once the \
             hub is back.",
        )
        .observe("three cycles of each fault; journal and process state")
        .source("trust 4")
        .hint(TrustDev, "catch errors around each call"),
    must("TRUST-ROBUST-04", Trust, All)
        .sentence(
            "However the hub refuses, also with a 429 that lacks Retry-After, one cycle sends no \
             more than one poll and one heartbeat (a second one only after 422).",
        )
        .observe("storms of 429 and 503; requests per cycle")
        .source("hub 10; trust 4")
        .hint(TrustDev, "leave repetition to the next cycle"),
    should("TRUST-ROBUST-05", Trust, All)
        .sentence(
            "The node waits as long as Retry-After says, and lengthens its pause while failures \
             continue.",
        )
        .observe("429 with Retry-After 20; pauses over 20 failing cycles")
        .source("trust 3")
        .deviations(&[
            in_services(SEEN, Observed, "the pace never changes"),
            in_services(BETWEEN, Inferred, "the pace never changes"),
        ])
        .hint(TrustDev, "obey Retry-After and back off with jitter"),
    must("TRUST-ROBUST-06", Trust, All)
        .sentence(
            "A hub whose certificate is untrusted, out of date or issued for another name \
             receives no request, while the CA that SSL_CERT_FILE names is accepted.",
        )
        .observe("one TLS listener per kind; bytes seen after the handshake")
        .source("network 5")
        .hint(
            SiteIt,
            "give the node the site's CA by SSL_CERT_FILE, or take the hub's name out of TLS \
             inspection",
        ),
    must("TRUST-ROBUST-07", Trust, All)
        .sentence("Heartbeat, poll and result never go to the place a redirect points at.")
        .observe("301 and 307 to a second listener, which must see nothing")
        .source("trust 3")
        .hint(TrustDev, "leave redirects switched off"),
    must("TRUST-ROBUST-08", Trust, All)
        .sentence("A redirect of `/cohort/results` does not carry the trust key to another origin.")
        .observe("307 to a second listener, with a key header that is not Authorization")
        .source("trust 4.4")
        .deviations(&[
            in_services(
                SEEN,
                Observed,
                "the key goes along unless its header is Authorization, and the body in any case",
            ),
            in_services(
                BETWEEN,
                Inferred,
                "the key goes along unless its header is Authorization, and the body in any case",
            ),
        ])
        .hint(TrustDev, "follow no redirect on calls to the hub"),
    must("TRUST-ROBUST-09", Trust, All)
        .sentence("A hub `Date` or `created_at` that is wrong by a day has no effect on the node.")
        .observe("move the hub clock by a day")
        .source("network 5")
        .hint(TrustDev, "base nothing on times the hub sends"),
    must("TRUST-ROBUST-10", Trust, All)
        .sentence(
            "Every reply HTTP allows is read: compressed as the trust asked for, in chunks, as \
             HTTP/1.0 up to its end, after an interim answer; a connection that was closed costs \
             no more than the call under way.",
        )
        .observe("an edge of each kind before the hub; tasks run and cycles pass")
        .source("trust 3, 4")
        .note("every request says `Accept-Encoding: gzip, deflate`")
        .hint(TrustDev, "read replies with a whole HTTP client, and ask for no more than it reads"),
    must("TRUST-ROBUST-11", Trust, All)
        .sentence(
            "A hub that cannot be reached for a while (name unknown or moved, connect unanswered, \
             first address dead) ends neither process nor loop, and a normal cycle follows within \
             one interval of its return, after the 30 s of a call under way.",
        )
        .observe("a hub known by a name whose entry changes, and an address that drops connects")
        .source("trust 1, 3")
        .hint(TrustDev, "look the name up and connect anew in each call, and catch both failures there"),
    must("TRUST-PROXY-01", Trust, All)
        .sentence(
            "HTTP_PROXY, HTTPS_PROXY and NO_PROXY of the environment are honoured: calls to the \
             hub go through the proxy, calls to hosts that NO_PROXY names do not.",
        )
        .observe("a proxy that records, with and without NO_PROXY, that refuses and that asks for a login")
        .source("trust 1; network 5")
        .hint(TrustDev, "leave proxies to the HTTP client's own reading of the environment"),
    must("TRUST-TIME-01", Trust, All)
        .sentence(
            "In whatever time zone the site lives, `collected_at` is the moment of the probes with \
             its true offset, and `created` is the date in UTC.",
        )
        .observe("time zones 14 h east and 12 h west of UTC; compared with the judge's clock")
        .source("trust 6.1, 7; network 5")
        .hint(TrustDev, "take the time in UTC, and never mark local time as UTC"),
    must("TRUST-LOG-01", Trust, All)
        .sentence("Output at INFO contains none of the keys, no opened payload and no SQL.")
        .observe("plant markers in keys, query and payload; search the output")
        .source("trust 11")
        .deviations(&[
            in_services(
                Only(V2026_09),
                Observed,
                "the HTTP client's line of a call shows its whole URL, in `encoded_query=` the SQL \
                 as base64",
            ),
            in_services(
                Only(V2026_09),
                Observed,
                "a payload refused for its form is quoted in part",
            ),
        ])
        .hint(TrustDev, "take the value out of the line that was found"),
    should("TRUST-LOG-02", Trust, All)
        .sentence("Output contains no key, SQL or e-mail address, whatever the log level.")
        .observe("search the output at LOG_LEVEL=DEBUG")
        .source("trust 11")
        .deviations(&[
            in_services(SEEN, Observed, "DEBUG shows keys, admin proof and SQL"),
            in_services(BETWEEN, Inferred, "DEBUG shows keys, admin proof and SQL"),
            in_services(Only(V2026_09), Observed, "INFO shows e-mail addresses"),
            in_scripts(All, Read, "kits are delivered with the level DEBUG"),
        ])
        .hint(TrustDev, "hide headers and bodies at DEBUG; for now set TRUST_LOG_LEVEL=INFO"),
    must("TRUST-LOG-03", Trust, All)
        .sentence(
            "Every successful poll can be seen at INFO as a line with its method, path and status.",
        )
        .observe("output of a trust without work")
        .source("S1 Onboarding step 5; trust 11")
        .hint(Operator, "put TRUST_LOG_LEVEL to INFO, then watch again"),
    must("TRUST-SVC-01", Trust, All)
        .sentence(
            "Apart from `/health`, every route of imaging-api and data-access-api refuses a \
             missing, empty or wrong site key with 401; on 2026.09 a cohort-defining write that \
             lacks the admin proof gets 403.",
        )
        .observe("call each route directly in the three ways; write without the proof")
        .source("S2 Service authentication; trust 12")
        .hint(Operator, "give the four containers the same TRUST_INTERNAL_SERVICE_KEY"),
    must("TRUST-SVC-02", Trust, All)
        .sentence(
            "Only site services ever receive the site key, and only the hub ever receives the \
             trust API key.",
        )
        .observe("look for both keys in all captured requests; redirect a local call elsewhere")
        .source("S1 Trust authentication")
        .deviations(&[in_services(
            Only(V2026_09),
            Observed,
            "redirects of local services are followed to another origin, site key included",
        )])
        .hint(TrustDev, "send each key to its own side only"),
];
