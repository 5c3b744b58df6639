//! What the network between site and hub owes.

use super::Editions::{All, Only};
use super::Mark::Read;
use super::Requirement;
use super::Subject::Network;
use super::Who::{Admin, Operator, SiteIt};
use super::deviation::{in_document, in_scripts, in_services};
use super::requirement::{must, should};
use crate::edition::EditionId::V2026_03;

/// The rows, in catalogue order.
pub(super) const ROWS: &[Requirement] = &[
    must("NET-EGRESS-01", Network, All)
        .sentence(
            "In normal operation the stack connects to two outside hosts and no more, the hub \
             API and the FL endpoint, under two different names.",
        )
        .observe("connections over ten cycles and one training")
        .source("S1 Network requirements; network 1")
        .hint(SiteIt, "permit hub name:443 and FL name:8002; normal operation needs no more"),
    must("NET-INBOUND-01", Network, All)
        .sentence(
            "The host publishes no container port, and no connection from outside reaches the \
             node.",
        )
        .observe("scan the host's ports while the trust stays Online")
        .source("S1 Architecture, Network requirements")
        .deviations(&[in_scripts(
            All,
            Read,
            "APIs, OMOP, Orthanc, Loki, Grafana and XNAT are published (D1)",
        )])
        .hint(Operator, "remove published ports or bind them to loopback"),
    must("NET-NLB-01", Network, All)
        .sentence(
            "To an address that is not on the allow-list the FL endpoint is silent: connecting \
             times out and is not refused.",
        )
        .observe("TCP connect from a listed and from an unlisted address")
        .source("S1 Onboarding step 5; network 2")
        .note(
            "the self-contained estate only: at the landing-zone estate the edge admits any address and \
             the certificate decides, port 8002 for production and 8003 for staging, so that a time-out \
             there is the site's own firewall or a wrong port",
        )
        .hint(Admin, "have a rule for each site"),
    must("NET-NLB-02", Network, All)
        .sentence(
            "The probe reports time-out, refusal, broken handshake and success as different \
             results, each with the person who acts.",
        )
        .observe("each of the eight states an FL endpoint can be in")
        .source("S1 Troubleshooting; network 2")
        .hint(
            SiteIt,
            "on a time-out ask the admin for the allow-list or look for a drop rule here; on a \
             refusal see the site firewall; on a broken handshake the kit or a proxy",
        ),
    must("NET-NLB-03", Network, All)
        .sentence("A second site on the allow-list does not cut off the first.")
        .observe("add B, then probe from A and from B")
        .source("B11")
        .deviations(&[in_services(
            Only(V2026_03),
            Read,
            "the new rule takes the place of the old one",
        )])
        .hint(Admin, "hold the addresses as a list"),
    must("NET-NLB-04", Network, All)
        .sentence(
            "The verb fails visibly and changes nothing for an address missing from the list of \
             record, and does nothing for one that is open already.",
        )
        .observe("run it with a new and with a known address")
        .source("S1 Onboarding step 5; kit 9; B42")
        .deviations(&[in_document(All, Read, "the `TF_VAR_…` form does nothing and exits 0")])
        .hint(
            Admin,
            "add it to LOCAL_TRUST_PUBLIC_IPS, then run `make allow-local-trust-nlb \
             LOCAL_TRUST_IP=<ip> PROD=true`",
        ),
    must("NET-NLB-05", Network, All)
        .sentence(
            "When the site's public address changes, the trust remains Online but its FL \
             connections time out, and the report states exactly that.",
        )
        .observe("use another source address")
        .source("S1 Network requirements; network 2")
        .hint(Operator, "tell the admin the new address"),
    must("NET-ONLINE-01", Network, All)
        .sentence(
            "\"Able to train\" is said of a trust only when a TCP connection and a TLS hello \
             from its own egress to the FL endpoint have gone through.",
        )
        .observe("trust Online with its FL port blocked: preflight is red")
        .source("network 2")
        .deviations(&[in_scripts(All, Read, "the readiness checklist is green")])
        .hint(Operator, "let the FL port through and probe once more"),
    should("NET-NAME-01", Network, All)
        .sentence(
            "The name of the FL host resolves, is not the hub's, and is the one inside the FL \
             kit if that holds a name.",
        )
        .observe("a wrong name and one that does not resolve")
        .source("network 1; B37")
        .hint(Admin, "take `fl.` plus the hub's name; on NVFLARE issue a new kit"),
];
