//! What a hub owes about keys and the registry of trusts.

use super::Editions::{All, Only, Since};
use super::Mark::{Inferred, Observed};
use super::Requirement;
use super::Subject::Hub;
use super::Who::{Admin, HubDev};
use super::deviation::{BETWEEN, SEEN, in_services};
use super::requirement::{must, should};
use crate::edition::EditionId::{V2026_03, V2026_06, V2026_09, V2026_11};

/// The rows, in catalogue order.
pub(super) const ROWS: &[Requirement] = &[
    must("HUB-AUTH-01", Hub, All)
        .sentence(
            "A trust route called with no key header or an empty one answers 401 `Not \
             authenticated: API key is missing.` with `WWW-Authenticate: ApiKey`.",
        )
        .observe("heartbeat, poll, result and cohort results")
        .source("hub 2")
        .hint(HubDev, "answer a missing key with 401 and name the scheme"),
    must("HUB-AUTH-02", Hub, All)
        .sentence(
            "A key the registry does not know gets 401 `Invalid API Key.`, whether it was \
             deleted or never existed.",
        )
        .observe("one random key, one of a deleted trust; equal texts")
        .source("hub 2")
        .hint(HubDev, "do not distinguish kinds of unknown key"),
    must("HUB-AUTH-03", Hub, All)
        .sentence("A valid key that follows the word `Bearer ` does not authenticate and gets 401.")
        .observe("header name Authorization, value with the prefix")
        .source("hub 2")
        .hint(HubDev, "treat the header value, prefix included, as the key"),
    must("HUB-AUTH-04", Hub, All)
        .sentence(
            "The key is read from the configured header alone, whose name is not case-sensitive.",
        )
        .observe("good key under a different name; configured name in lower case")
        .source("hub 2; S1 Trust authentication")
        .hint(Admin, "use one TRUST_API_KEY_HEADER on the hub and in every kit"),
    must("HUB-AUTH-05", Hub, All)
        .sentence("Without valid authentication the answer is 401, no matter what the body is.")
        .observe("missing and wrong key, each with `{}`, wrong members and broken JSON")
        .source("hub 2")
        .deviations(&[
            in_services(SEEN, Observed, "broken JSON is answered with 422"),
            in_services(BETWEEN, Inferred, "broken JSON is answered with 422"),
        ])
        .hint(HubDev, "check the key before parsing"),
    must("HUB-AUTH-06", Hub, All)
        .sentence(
            "The trust key, the hub-internal key and the user token each work on their own group \
             of routes and are refused on the two others.",
        )
        .observe("every proof on every group, nine cases")
        .source("S2 Service authentication; hub 2")
        .hint(HubDev, "give each group of routes a check of its own"),
    must("HUB-AUTH-07", Hub, Only(V2026_03))
        .sentence("A trust that calls a path with another trust's name gets 403.")
        .observe("key of A on the paths of B")
        .source("hub 2")
        .hint(HubDev, "compare the key's trust with the name in the path"),
    must("HUB-AUTH-08", Hub, Since(V2026_11))
        .sentence(
            "What a trust decides on is told to the admin of that trust alone: an admin of the hub, an \
             admin of another trust and any other user get 403, and an unknown trust 404.",
        )
        .observe("GET /api/trust/{id}/decisions under each kind of token")
        .source("hub 2; README editions")
        .hint(HubDev, "ask for authority at the trust, not for the admin right"),
    must("HUB-REG-01", Hub, Since(V2026_06))
        .sentence(
            "A registration is answered with 201, an id, a slot and its number, and two unlike \
             keys of 43 URL-safe characters.",
        )
        .observe("POST /admin/trusts; no value repeats over 100 registrations")
        .source("S1 Onboarding step 2; hub 9")
        .hint(HubDev, "draw 32 random bytes per key"),
    must("HUB-REG-02", Hub, Since(V2026_06))
        .sentence(
            "Keys are readable in the registration reply and nowhere after it, be it a reply, a \
             list, a log or what the hub stores; and no list shows a hash.",
        )
        .observe("search all later output and the state file for the keys")
        .source("S2 Service authentication; hub 9")
        .hint(HubDev, "keep only the hash"),
    must("HUB-REG-03", Hub, Since(V2026_06))
        .sentence(
            "A freshly issued key works at once, with neither restart nor redeploy in between.",
        )
        .observe("register, then send a heartbeat with the new key")
        .source("S1 Hub-side prerequisites")
        .hint(HubDev, "look the key up in the registry per request"),
    must("HUB-REG-04", Hub, Since(V2026_06))
        .sentence("After a trust is deleted the next request with its key is refused.")
        .observe("heartbeat before, delete, heartbeat less than 1 s later")
        .source("hub 2")
        .hint(HubDev, "check against the stored row, not a cache"),
    must("HUB-REG-05", Hub, Since(V2026_06))
        .sentence(
            "However many registrations use one name, together or in turn, one is answered 201 \
             and all others 409.",
        )
        .observe("ten rounds of four parallel creates")
        .source("hub 9")
        .deviations(&[in_services(
            Only(V2026_09),
            Observed,
            "4 of 10 rounds gave more than one 201; a name in another letter case counts as new",
        )])
        .hint(HubDev, "make the name unique in the database"),
    must("HUB-REG-06", Hub, Since(V2026_06))
        .sentence(
            "A blank name or code is refused with 400, a code that is absent or empty with 422, \
             and blanks around a value are cut off.",
        )
        .observe(
            "six bodies: blank name, blank code, no code, empty code, padded name, padded code",
        )
        .source("hub 9")
        .hint(Admin, "pass a name and a code"),
    must("HUB-REG-07", Hub, Since(V2026_06))
        .sentence(
            "The slot of a new trust is the free one with the lowest number, and a slot has at \
             most one holder.",
        )
        .observe("parallel creates under distinct names; slots without a number come last")
        .source("hub 9")
        .hint(HubDev, "lock the slot's row while claiming it"),
    must("HUB-REG-08", Hub, Since(V2026_06))
        .sentence(
            "When all slots are taken, registration answers 409 with a text that begins `No FL \
             kit slots available`, and creates no trust.",
        )
        .observe(
            "register until the pool is spent, then once more; compare lists; on 2026.09 slots \
             added later are used without restart",
        )
        .source("hub 9; B35")
        .hint(Admin, "enlarge the pool of FL kits, then repeat"),
    must("HUB-REG-09", Hub, Since(V2026_06))
        .sentence(
            "A second registration under a registered name hands out no key and leaves id and \
             slot as they are.",
        )
        .observe("kit written by the second run; the first key still authenticates")
        .source("S1 Rotation; kit D4")
        .note("the deployment document says that this rotates the key")
        .hint(Admin, "rotate by delete-trust followed by register-trust"),
    should("HUB-REG-10", Hub, Since(V2026_06))
        .sentence(
            "While the former holder of a freed slot may still have its FL credentials, the slot \
             goes to no other trust.",
        )
        .observe("delete a trust, register another name; the slots differ")
        .source("kit 5")
        .deviations(&[in_services(
            Only(V2026_09),
            Observed,
            "a freed slot is the first to be given out",
        )])
        .hint(HubDev, "keep freed slots aside until the old credentials are void"),
    must("HUB-REG-11", Hub, Since(V2026_06))
        .sentence(
            "A registration is refused with 401 when the user token is invalid or absent and \
             with 403 when its user lacks the admin right, and changes nothing.",
        )
        .observe("no token, garbage, expired, foreign; token of a researcher; list afterwards")
        .source("hub 2, 9")
        .hint(HubDev, "check token, right and body in this order"),
];
