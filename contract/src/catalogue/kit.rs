//! What a kit and the verbs that make it owe.

use super::Editions::{All, Since};
use super::Mark::{Inferred, Read};
use super::Requirement;
use super::Subject::Kit;
use super::Who::{Admin, Operator};
use super::deviation::in_scripts;
use super::requirement::must;
use crate::edition::EditionId::V2026_06;

/// The rows, in catalogue order.
pub(super) const ROWS: &[Requirement] = &[
    must("KIT-SCAFFOLD-01", Kit, Since(V2026_06))
        .sentence(
            "new-trust creates `trust/.env.<CODE>.<env>` with mode 0600, all five sections and \
             placeholders in the two managed blocks; without its arguments, or if the file \
             exists, it refuses and changes nothing.",
        )
        .observe("a second run for the same CODE; mode and content")
        .source("S1 Onboarding step 1; kit 1, 2")
        .hint(Admin, "`make new-trust TRUST_CODE=<CODE> TRUST_NAME=\"…\" PROD=true`"),
    must("KIT-REGISTER-01", Kit, Since(V2026_06))
        .sentence(
            "After register-trust the 12 shared and 5 credential keys have values, and \
             EXPECTED_TRUST_ID is the id known to the hub.",
        )
        .observe("kit file after a single run")
        .source("S1 Onboarding step 2; kit 9")
        .deviations(&[in_scripts(
            Since(V2026_06),
            Read,
            "only those shared keys get values that the hub's own environment holds (D3)",
        )])
        .hint(Admin, "run `make register-trust KIT=<CODE> PROD=true`, afterwards sync-trust-kit"),
    must("KIT-REGISTER-02", Kit, Since(V2026_06))
        .sentence("A further registration changes neither of the two secrets in a filled kit.")
        .observe("compare bytes before and after")
        .source("S1 Onboarding step 2")
        .hint(Admin, "write a secret only when this run minted it"),
    must("KIT-REGISTER-03", Kit, Since(V2026_06))
        .sentence(
            "If the secrets are placeholders after a registration, the verb reports an error and \
             exits non-zero.",
        )
        .observe("drop the first reply, register again")
        .source("B41")
        .deviations(&[in_scripts(Since(V2026_06), Inferred, "exit 0")])
        .hint(Admin, "remove the trust with delete-trust and register it anew"),
    must("KIT-REGISTER-04", Kit, Since(V2026_06))
        .sentence(
            "When the hub is unreachable or refuses, register-trust ends with a failure in at \
             most 180 s and the kit is as before.",
        )
        .observe("no hub; hub answering 409; hub answering 500")
        .source("B5; kit 2")
        .hint(Admin, "start the hub or take the cloud variant"),
    must("KIT-SYNC-01", Kit, Since(V2026_06))
        .sentence(
            "sync-trust-kit touches the 12 shared keys alone, and of these only the values: all \
             other bytes, the order and the comments are as before.",
        )
        .observe("compare bytes outside the 12 lines")
        .source("S1 Rotation; kit 2")
        .hint(Admin, "replace values in their place"),
    must("KIT-SYNC-02", Kit, Since(V2026_06))
        .sentence(
            "A source without a value for one of the keys makes sync name that key and stop with \
             the file unchanged, and a production kit whose hub URL is localhost brings at least \
             a warning.",
        )
        .observe("leave out each of the 12 in turn")
        .source("kit 2; B3")
        .deviations(&[in_scripts(
            Since(V2026_06),
            Read,
            "DOCKER_FL_REGISTRY may be missing, and packaging refuses later (B19)",
        )])
        .hint(Admin, "fill the hub env file completely, DOCKER_FL_REGISTRY as well"),
    must("KIT-PACKAGE-01", Kit, Since(V2026_06))
        .sentence(
            "Packaging stops on a placeholder, an empty required value or an FL kit source that \
             is empty or incomplete, says which, and leaves the kit as it is.",
        )
        .observe("leave one placeholder; empty the source prefix; remove a key file")
        .source("S1 Onboarding step 3; kit 2, 3; B7")
        .hint(Admin, "fill the kit by register and sync, and verify the FL kit date"),
    must("KIT-PACKAGE-02", Kit, Since(V2026_06))
        .sentence(
            "A package contains the FL credentials of its own slot, and no private key besides \
             them.",
        )
        .observe("member list; parse each key")
        .source("S1 Onboarding step 3; B9, B10")
        .deviations(&[in_scripts(
            Since(V2026_06),
            Read,
            "on Flower the FL server's `server.key` is shipped",
        )])
        .hint(Admin, "take out foreign keys, package anew, rotate what was shipped"),
    must("KIT-PACKAGE-03", Kit, Since(V2026_06))
        .sentence(
            "Mode 0600 holds for the archive and the kit in it, the kit is still named by CODE, \
             and a CODE unlike the slot is no obstacle.",
        )
        .observe("package CODE KCH with slot Trust_7")
        .source("S1 Onboarding step 3; kit 9")
        .deviations(&[in_scripts(
            Since(V2026_06),
            Read,
            "refuses unless slot and KIT are equal (D8)",
        )])
        .hint(Admin, "do not mix up CODE and slot"),
    must("KIT-FORM-01", Kit, All)
        .sentence(
            "Every value is well formed: keys of 43 characters, payload key base64 of 32 bytes, \
             trust id a UUID, slot number the digits of its slot, hub URL with `/api` at its end \
             and no slash after it, dates as YYYYMMDD, all ports different, poll interval 2 or \
             more.",
        )
        .observe("lint kits that break one form each")
        .source("kit 1.3, 9")
        .deviations(&[in_scripts(All, Read, "no form is checked")])
        .hint(Operator, "fix the value named; managed values come from the admin"),
    must("KIT-FORM-02", Kit, All)
        .sentence(
            "A kit reads alike in make, compose, the checklist and the shell scripts: no key \
             twice, no CR, no blank next to `=`, no unquoted `#`, and no `$`, `~` or backtick.",
        )
        .observe("lint with the four parsers side by side")
        .source("kit 1.2; B21")
        .hint(
            Operator,
            "take out what the four readers disagree on: the second line, quote, blank or CR",
        ),
    must("KIT-READY-01", Kit, Since(V2026_06))
        .sentence(
            "The checklist changes nothing, works before the kit is in place, and declares the \
             host ready if and only if no row is failed or pending.",
        )
        .observe("watch for writes and connections; break each row once")
        .source("S1 Onboarding step 4; kit 6")
        .deviations(&[in_scripts(
            Since(V2026_06),
            Read,
            "answers `Kit file MISSING` for KIT=CODE (D9)",
        )])
        .hint(Operator, "repair every red row and repeat"),
    must("KIT-READY-02", Kit, Since(V2026_06))
        .sentence("While any readiness check fails, up-onprem-trust starts nothing.")
        .observe("break one row; no container appears")
        .source("S1 Onboarding step 4; kit 8")
        .deviations(&[in_scripts(
            Since(V2026_06),
            Read,
            "fixtures and networks precede the checks",
        )])
        .hint(Operator, "let every check pass before anything is started"),
    must("KIT-FLOW-01", Kit, Since(V2026_06))
        .sentence(
            "A kit that is scaffolded, registered, packaged and extracted, with only its \
             host-local section edited by hand, passes the checklist and brings its trust Online \
             and polling no later than 60 s after start.",
        )
        .observe("full onboarding at a hub without trusts; time of the first contact")
        .source("S1 Onboarding steps 1 to 5")
        .deviations(&[in_scripts(Since(V2026_06), Read, "breaks at D2, D3, D8 and D9")])
        .hint(
            Admin,
            "keep to the onboarding order; the first red requirement shows the broken step",
        ),
];
