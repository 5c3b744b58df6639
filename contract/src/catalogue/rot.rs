//! What stays true while a key is rotated.

use super::Editions::{All, Only, Since};
use super::Mark::Read;
use super::Requirement;
use super::Subject::{Host, Hub, Kit, Trust};
use super::Who::{Admin, HubDev, Operator};
use super::deviation::{in_scripts, in_services};
use super::requirement::{must, should};
use crate::edition::EditionId::{V2026_06, V2026_09};

/// The rows, in catalogue order.
pub(super) const ROWS: &[Requirement] = &[
    must("ROT-APIKEY-01", Hub, Since(V2026_06))
        .sentence(
            "Deleting a trust and registering it anew makes a new id and new keys; from the next \
             request only the new key works, and the former trust's tasks, metrics and logs are \
             gone.",
        )
        .observe("both keys before and after; rows of the old trust")
        .source("S1 Onboarding step 2; hub 9; rotation 1")
        .hint(Admin, "delete-trust, then register-trust, and send the new kit"),
    must("ROT-APIKEY-02", Trust, Since(V2026_06))
        .sentence(
            "A trust given the new key beside its former EXPECTED_TRUST_ID ends with exit code \
             2, and runs once it has the complete new block.",
        )
        .observe("a mixed and a complete kit")
        .source("rotation 1")
        .hint(Operator, "copy all five credential values and recreate"),
    must("ROT-SITE-01", Trust, All)
        .sentence(
            "While site keys differ, any task in need of a local service ends as failed, \
             carrying the text of the 401 and no data; with one key throughout, every task \
             works.",
        )
        .observe("three ways of mixing")
        .source("S2 Service authentication; rotation 1")
        .hint(Operator, "same value in the four containers, recreated together"),
    must("ROT-AES-01", Trust, All)
        .sentence(
            "A trust that still has the hub's former payload key executes nothing, reports every \
             task as failed and remains Online.",
        )
        .observe("change the hub's key, queue five tasks")
        .source("S1 Rotation; B2")
        .hint(Admin, "run sync-trust-kit for all trusts while the change is under way"),
    should("ROT-AES-02", Hub, Since(V2026_09))
        .sentence(
            "A stale key costs no work: tasks that failed through it are queued again, or not \
             handed out while the fingerprints are known to differ.",
        )
        .observe("change the hub's key, then correct the kit; the five tasks get done")
        .source("rotation 1")
        .deviations(&[in_services(Only(V2026_09), Read, "they stay FAILED")])
        .hint(HubDev, "re-queue those tasks once the kits are delivered"),
    must("ROT-INTERNAL-01", Hub, All)
        .sentence(
            "Once the hub-internal key is rotated the former one gets 401 on every ingest route, \
             and generating a key again without FORCE alters nothing.",
        )
        .observe("old and new key; two runs of the verb")
        .source("S2 Service authentication; rotation 1")
        .hint(Admin, "flip-api and fl-server must be redeployed at the same time"),
    must("ROT-FL-01", Kit, All)
        .sentence(
            "An FL kit with files of two provisionings is detected before it starts, and a \
             client that is added does not invalidate the others.",
        )
        .observe("two CAs in one kit; add a client")
        .source("rotation 1; B33")
        .hint(Admin, "wipe first, then extract a single provisioning"),
    must("ROT-RECREATE-01", Host, All)
        .sentence(
            "Changes made to a kit after its container was created are reported as not yet \
             effective.",
        )
        .observe("edit the kit; running environment beside it")
        .source("rotation 1 rule 3")
        .hint(Operator, "recreate the containers: a restart keeps the old values"),
    must("ROT-LEAK-01", Kit, All)
        .sentence(
            "The secrets a kit or rotation verb handles are afterwards in the kit file and the \
             package only, not on the screen, in logs or in other files.",
        )
        .observe("search output and directories")
        .source("S1 Onboarding step 3")
        .deviations(&[in_scripts(
            All,
            Read,
            "packaging leaves its staging directory with secrets behind",
        )])
        .hint(Admin, "remove staging directories and keep secrets out of the output"),
];
