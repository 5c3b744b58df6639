//! What stays true across an upgrade.

use super::Editions::{All, OneOf, Only, Since};
use super::Mark::Read;
use super::Requirement;
use super::Subject::{FlServer, Hub, Kit, Trust};
use super::Who::{Admin, HubDev, Operator};
use super::deviation::{in_scripts, in_services};
use super::requirement::{must, should};
use crate::edition::EditionId::{V2026_03, V2026_06, V2026_07, V2026_09};

/// The rows, in catalogue order.
pub(super) const ROWS: &[Requirement] = &[
    must("UPG-SCHEMA-01", Hub, All)
        .sentence(
            "A release started on a database without its schema either migrates it or stops; it \
             does not serve.",
        )
        .observe("newer edition on an older state file")
        .source("S2 Applying schema changes; B28")
        .deviations(&[in_services(
            OneOf(&[V2026_03, V2026_06]),
            Read,
            "starts, answers 500 `column does not exist` at run time, while `/api/health` stays \
             200",
        )])
        .hint(Admin, "recreate the database, which orphans the kits, or go to 2026.07 or later"),
    must("UPG-SCHEMA-02", Hub, Since(V2026_07))
        .sentence("Migration loses no row of registry, tasks or metrics.")
        .observe("rows before and after")
        .source("rotation 2")
        .hint(HubDev, "back up first, migrate, then count rows"),
    must("UPG-RECREATE-01", Hub, Since(V2026_06))
        .sentence(
            "With a recreated database every earlier kit is refused, and registering again gives \
             each trust a new id and new keys.",
        )
        .observe("start trusts on their old kits after the reset, then register them")
        .source("S2 Applying schema changes; B29")
        .hint(Admin, "register-trusts, then sync, package and send all kits"),
    must("UPG-RECREATE-02", Kit, Since(V2026_06))
        .sentence(
            "If re-registration moved a trust to a slot its FL kit was not made for, that kit is \
             reported.",
        )
        .observe("register in a different order")
        .source("rotation 2; B29")
        .hint(Admin, "also ship the FL kit that belongs to the new slot"),
    must("UPG-CIPHER-01", Trust, All)
        .sentence(
            "When hub and trust differ in cipher, each task ends as failed with a reason: none \
             runs on garbled text, none disappears.",
        )
        .observe("every hub edition against every trust edition")
        .source("B32; rotation 2")
        .note("a trust of trust-keys opens the cbc of an older hub, on purpose")
        .hint(
            Admin,
            "upgrade hub and all trusts in one window; without a step of cipher or framework the hub \
             goes first and NVFLARE sites follow at their own pace",
        ),
    must("UPG-PATH-01", Trust, All)
        .sentence(
            "At a hub that lacks its paths the node keeps running, logs `Unexpected status 404 \
             polling for tasks`, and resumes when the paths are back.",
        )
        .observe("hub 2026.03 with trust 2026.06, and the other way round")
        .source("rotation 2")
        .hint(Admin, "bring the older side up to date"),
    must("UPG-ORDER-01", FlServer, All)
        .sentence(
            "A plan with training while hub and FL images are of different lines is reported \
             together with the rows it would lose; moving both in one window loses nothing.",
        )
        .observe("ordered plans over the matrix, rollbacks too")
        .source("S2 FL image compatibility; fl 5")
        .hint(Admin, "one window for hub and FL images, no training before it closes"),
    must("UPG-VERSION-01", Hub, Since(V2026_09))
        .sentence(
            "Hub, trust and site services tell their build, and `/api/health` and heartbeat \
             replies have the same string for it.",
        )
        .observe("compare what each of them reports")
        .source("rotation 2; hub 11")
        .hint(HubDev, "put the release into every image at build time"),
    must("UPG-VERB-01", Kit, Since(V2026_09))
        .sentence(
            "The upgrade verb accepts a tag of form `vX.Y.Z` or `sha-<7 hex>` only, refuses a \
             downgrade or a missing image, never changes one tag without the other and leaves \
             site data alone.",
        )
        .observe("exit codes 0 and 2 to 6; kit file afterwards")
        .source("rotation 2; B27, B40")
        .note(
            "4 also says that it stopped to move to a newer release the hub already runs, 5 that the \
             registry could not be asked, 6 that git could not read the checkout (ownership under sudo)",
        )
        .deviations(&[in_scripts(Only(V2026_09), Read, "up in place of the verb resets XNAT")])
        .hint(Operator, "upgrade with the verb, not with up"),
    should("UPG-DRAIN-01", Hub, All)
        .sentence(
            "If the hub is redeployed during a training, no model remains in a running state for \
             ever.",
        )
        .observe("cut off the FL server in mid-run")
        .source("B30")
        .deviations(&[in_services(All, Read, "stuck until somebody resets it")])
        .hint(HubDev, "end trainings before a redeploy; afterwards reset stuck models"),
    must("UPG-DRAIN-02", Hub, Since(V2026_09))
        .sentence(
            "GET /api/fl/quiesce tells a user, and nobody without a token, whether trainings run: \
             `fl_quiesced` is false while a net is BUSY and true when none is.",
        )
        .observe("before, during and after a training; without a token")
        .source("B30; README editions")
        .note("the check to make before a redeploy; read in source of July 2026")
        .hint(HubDev, "count nets with a running job"),
];
