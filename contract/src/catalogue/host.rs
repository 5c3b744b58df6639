//! What a site host owes before its node starts.

use super::Editions::{All, OneOf, Since};
use super::Mark::Read;
use super::Requirement;
use super::Subject::Host;
use super::Who::{Admin, Operator, SiteIt};
use super::deviation::in_scripts;
use super::requirement::{may, must, should};
use crate::edition::EditionId::{TrustKeys, V2026_06, V2026_07, V2026_09};

/// The rows, in catalogue order.
pub(super) const ROWS: &[Requirement] = &[
    must("HOST-SWARM-01", Host, All)
        .sentence(
            "Docker responds, swarm mode is active, and the slot's network is there or can be \
             made.",
        )
        .observe("docker info; say which of inactive, unreachable and no permission it is")
        .source("kit 6 row 1; B18")
        .hint(SiteIt, "run `docker swarm init` and create the slot's overlay network"),
    must("HOST-KIT-01", Host, All)
        .sentence(
            "The kit file is present with mode 0600, and its 12 shared and 5 credential keys, \
             EXPECTED_TRUST_ID among them, have values.",
        )
        .observe("kits with one defect each; the report has key names, never values")
        .source("kit 6 rows 2, 3, 5, 6")
        .hint(Admin, "register-trust or sync-trust-kit, send the kit again; `chmod 600`"),
    must("HOST-KEY-01", Host, Since(V2026_09))
        .sentence(
            "The running trust's `/health` confirms that the kit's payload key is the hub's: a \
             mismatch fails, an unknown state only warns.",
        )
        .observe("stand in for the trust with hub_key_match true, false and null")
        .source("kit 6 row 4; B2")
        .hint(
            Admin,
            "sync-trust-kit and send the kit again; the site replaces its Hub-shared block and \
             recreates",
        ),
    should("HOST-AUTH-01", Host, Since(V2026_06))
        .sentence(
            "Whether the kit's key authenticates is found out without side effect: `{}` posted \
             to `/cohort/results` gets 422 with a good key and 401 with a bad one.",
        )
        .observe("the hub journal shows neither a heartbeat nor a dispatched task")
        .source("hub 2, 7")
        .hint(Admin, "check the trust's registration and send a new kit"),
    must("HOST-FLKIT-01", Host, All)
        .sentence(
            "FL_KIT_DIR is absolute and an existing directory with the tree of its backend, in \
             which no needed file is missing or empty.",
        )
        .observe("break one part of the tree at a time; empty `startup`")
        .source("kit 4, 6 rows 7 to 9")
        .deviations(&[in_scripts(
            All,
            Read,
            "does not look into the directories, and takes an unknown backend for Flower",
        )])
        .hint(Operator, "extract anew with `net-1/` and give FL_KIT_DIR as an absolute path"),
    must("HOST-FLKIT-02", Host, All)
        .sentence(
            "The FL certificate is within its dates, is issued by the kit's CA, belongs to the \
             private key and has FL_KIT_SLOT as CN; on Flower the key number is the slot's.",
        )
        .observe("kits out of date, mixed from two, and of another slot")
        .source("kit 4; B33, B34")
        .hint(
            Admin,
            "make a new package for this slot; the site wipes its old FL kit before extracting",
        ),
    should("HOST-FLKIT-03", Host, All)
        .sentence(
            "The FL kit and the images directory have the owner and modes that the user of the \
             client image needs.",
        )
        .observe("`local/` owned by root; a key that others can read")
        .source("kit 4; B24, B25")
        .hint(Operator, "`chown -R 1000:1000` (Flower 49999), keys 0600 or 0640"),
    must("HOST-GPU-01", Host, All)
        .sentence("NUM_AVAILABLE_GPUS is a whole number no greater than the GPUs present.")
        .observe("1 without a GPU warns; a word fails")
        .source("kit 6 row 10; B23")
        .hint(Operator, "enter the number of GPUs, 0 for none"),
    must("HOST-POLICY-01", Host, Since(V2026_07))
        .sentence("If a site privacy policy is set, it is valid and the backend is NVFLARE.")
        .observe("an invalid percentile; a policy with Flower")
        .source("kit 6 row 11")
        .hint(Operator, "fix or remove FL_SITE_PRIVACY_*"),
    must("HOST-PASS-01", Host, All)
        .sentence("Every trust-local password differs from its template.")
        .observe("kit named by CODE with admin/admin")
        .source("kit 6 row 12; B22")
        .deviations(&[in_scripts(All, Read, "reported as passed although skipped")])
        .hint(Operator, "set passwords of your own before the first start"),
    must("HOST-DATA-01", Host, All)
        .sentence(
            "The OMOP and Orthanc directories are configured, present and filled; one that \
             cannot be read only warns.",
        )
        .observe("missing, empty, owned by somebody else")
        .note("from 2026.09 on a directory that is missing or empty only warns")
        .source("kit 6 rows 13, 14; B20")
        .hint(Operator, "point OMOP_DATA_DIR and ORTHANC_STORAGE_DIR at filled directories"),
    should("HOST-PORTS-01", Host, All)
        .sentence(
            "The kit's host ports differ from each other, and each is free or in use by this \
             trust's own containers.",
        )
        .observe("occupy one; give XNAT the same port twice")
        .source("kit 7; B39")
        .hint(SiteIt, "release the port or choose another in the kit"),
    should("HOST-BASE-01", Host, All)
        .sentence(
            "The root disk can hold the images (some 100 GB), the clock agrees with the hub's \
             `Date` to 60 s, and both endpoints have DNS answers.",
        )
        .observe("values supplied by the test")
        .source("kit 2; network 4, 5")
        .hint(SiteIt, "enlarge the disk; synchronise the clock; repair DNS"),
    should("HOST-IMAGE-01", Host, All)
        .sentence(
            "Each image under the kit's tags is on the host or can be pulled, and a tag that \
             floats brings a warning.",
        )
        .observe("registry stub that answers 404 for one image; tag `stag`")
        .source("network 4; B40")
        .hint(Operator, "let the registry through or load images by hand; pin the tag"),
    may("HOST-IMAGE-02", Host, Since(V2026_09))
        .sentence(
            "DOCKER_TAG and DOCKER_FL_TAG are of the release the hub reports; otherwise the \
             report says what the gap breaks: payload format, FL bodies or the framework's minor \
             version.",
        )
        .observe("kit tags beside the version in `/api/health`")
        .source("S2 FL image compatibility; fl 8; rotation 2")
        .hint(Operator, "set both tags to the release of the hub, together"),
    must("HOST-GUARD-01", Host, Since(V2026_06))
        .sentence(
            "EXPECTED_TRUST_ID and the present kit values are in force in the trust-api \
             container, and APIs and fl-client come back after a reboot.",
        )
        .observe("resolved compose file; running container beside the kit file")
        .source("kit 7; B12, B26")
        .deviations(&[
            in_scripts(Since(V2026_06), Read, "EXPECTED_TRUST_ID is not passed on"),
            in_scripts(
                OneOf(&[V2026_06, V2026_07, TrustKeys]),
                Read,
                "APIs and fl-client have no restart policy",
            ),
        ])
        .hint(
            Operator,
            "hand EXPECTED_TRUST_ID on in compose, recreate, use restart policy unless-stopped",
        ),
];
