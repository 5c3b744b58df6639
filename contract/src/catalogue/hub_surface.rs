//! What a hub owes in its refusals and its deployment, seen from outside.

use super::Editions::{All, OneOf, Only};
use super::Mark::{Inferred, Observed, Read};
use super::Requirement;
use super::Subject::Hub;
use super::Who::{Admin, HubDev};
use super::deviation::{BETWEEN, SEEN, in_services};
use super::requirement::{must, should};
use crate::edition::EditionId::{TrustKeys, V2026_03, V2026_06, V2026_07, V2026_09, V2026_11};

/// The rows, in catalogue order.
pub(super) const ROWS: &[Requirement] = &[
    must("HUB-ERR-01", Hub, All)
        .sentence("Each 4xx and 5xx reply is JSON with a `detail` member.")
        .observe("all refusals of the run")
        .source("hub 1")
        .deviations(&[
            in_services(
                SEEN,
                Observed,
                "a 500 nobody handled (database down, NaN, lone surrogate) is text/plain",
            ),
            in_services(BETWEEN, Inferred, "a 500 nobody handled is text/plain"),
        ])
        .hint(HubDev, "turn unexpected errors into a JSON reply"),
    must("HUB-ERR-02", Hub, All)
        .sentence(
            "Replies contain no key, stack trace, SQL or file path, and a 422 repeats no more \
             than 1 kB of what was sent.",
        )
        .observe("search all replies; a secret inside a refused body; a result of 10 MB")
        .source("hub 1, 8")
        .deviations(&[
            in_services(Only(V2026_09), Observed, "a 422 repeats the input whole"),
            in_services(
                OneOf(&[V2026_03, V2026_06, V2026_07, TrustKeys]),
                Read,
                "a 422 repeats the input",
            ),
            in_services(
                Only(V2026_09),
                Read,
                "the 500 of the status route contains the raw exception text",
            ),
        ])
        .hint(HubDev, "leave `input` out of 422 bodies and give 500 a fixed text"),
    should("HUB-ERR-03", Hub, All)
        .sentence(
            "Which trusts there are and whether they are Online is told to authenticated callers \
             only.",
        )
        .observe("GET /api/trust/health without credentials")
        .source("hub 1, 9")
        .deviations(&[in_services(Only(V2026_09), Observed, "answered without authentication")
            .ended_in(V2026_11)])
        .hint(HubDev, "demand a token"),
    must("HUB-DEPLOY-01", Hub, All)
        .sentence(
            "On the public host `/` is the UI and `/api/health` is JSON, and no path under \
             `/api/` answers with the UI page.",
        )
        .observe("GET both; content types")
        .source("S2 Architecture, Status check; hub 12")
        .hint(Admin, "deploy the UI again; look at the edge's rule for `/api/*`"),
    must("HUB-DEPLOY-02", Hub, All)
        .sentence(
            "Through the public host the configured trust key header reaches the hub, and the \
             hub-internal header does not.",
        )
        .observe("made-up keys: expect `Invalid API Key.` and `internal service key is missing.`")
        .source("network 1; B4")
        .hint(Admin, "use TRUST_API_KEY_HEADER=Authorization or make the edge forward the header"),
    must("HUB-DEPLOY-03", Hub, All)
        .sentence("API documents are not served by a hub in production.")
        .observe("`/api/docs`, `/api/redoc` and `/api/openapi.json`: none yields a JSON schema")
        .source("hub 1, 12")
        .hint(Admin, "run the hub with ENV=production"),
    must("HUB-DEPLOY-04", Hub, All)
        .sentence(
            "No public address accepts connections on port 22, to fl-api or on the FL server's \
             control ports.",
        )
        .observe("TCP connections from outside")
        .source("S2 Architecture; hub 12")
        .hint(Admin, "remove the rule that opens this port from the security group"),
    must("HUB-DEPLOY-05", Hub, All)
        .sentence(
            "The public host's certificate is trusted, matches its name and has 14 days or more \
             to run, and no API answers over plain HTTP.",
        )
        .observe("TLS handshake; GET to port 80")
        .source("S2 Status check; hub 12")
        .hint(Admin, "renew or replace the certificate"),
    should("HUB-DEPLOY-06", Hub, All)
        .sentence("While the database cannot be reached, `/api/health` reports a failure.")
        .observe("take the database away")
        .source("hub 10; B28")
        .deviations(&[in_services(Only(V2026_09), Observed, "still 200")])
        .hint(HubDev, "have the health route query the database"),
];
