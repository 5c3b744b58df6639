//! The bug bank in short: bugs of past federations, so that a failure can name the one it resembles.

/// One bug that a real federation had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bug {
    /// Its row in the bug bank, such as `B14`.
    pub id: &'static str,
    /// What people call it; a fragment.
    pub title: &'static str,
    /// Why it happened; a fragment without full stop.
    pub cause: &'static str,
}

/// The bug with this exact id.
pub fn bug(id: &str) -> Option<&'static Bug> {
    BUGS.iter().find(|bug| bug.id == id)
}

const BUGS: &[Bug] = &[
    row(
        "B1",
        "metrics lost between releases",
        "the hub wants fl_client_name in every metric and an FL image of an older line sends none",
    ),
    row(
        "B2",
        "payload key changed behind a site's back",
        "the hub was deployed with another payload key while the site kept its kit",
    ),
    row(
        "B3",
        "two admins, two truths",
        "the env files on two machines disagree and the wrong one was used to hand out values",
    ),
    row(
        "B4",
        "internal key lost at the edge",
        "the FL server calls the public address, where a proxy removes the internal key header",
    ),
    row(
        "B5",
        "registration looks for a local hub",
        "the verb waits for a hub container on the admin's own machine",
    ),
    row(
        "B6",
        "remote command refused",
        "the role that should run commands in the hub's container lacks the grant",
    ),
    row(
        "B7",
        "kit copied from nowhere, and green",
        "a doubled slash in the source prefix matches no file and nothing counts the files",
    ),
    row(
        "B8",
        "decryption not granted",
        "the store moved to a key that the reading role may not use",
    ),
    row(
        "B9",
        "server key in a site's package",
        "the whole directory of certificates was packed, the FL server's private key with it",
    ),
    row(
        "B10",
        "one site holds everybody's keys",
        "the key directory was copied whole, not just the site's own key",
    ),
    row(
        "B11",
        "second site cuts off the first",
        "the allow-list keeps one address, so that adding a site replaces the one before",
    ),
    row(
        "B12",
        "wrong-kit guard not connected",
        "EXPECTED_TRUST_ID never reaches the container, and an empty value switches the guard off",
    ),
    row(
        "B13",
        "one rate limit for all sites",
        "requests are counted by the address of the proxy in front of the hub",
    ),
    row(
        "B14",
        "heartbeats refused, polling fine",
        "the trust takes a 4xx answer to a heartbeat for a success",
    ),
    row(
        "B15",
        "status stuck at green",
        "one loop does the work and the heartbeats, so a long task silences them, and the page \
         keeps what it last saw",
    ),
    row(
        "B16",
        "site behind NAT shown as dead",
        "liveness was probed from outside, towards a site that accepts no connection",
    ),
    row(
        "B17",
        "FL client turned away at its own site",
        "an old FL image calls the local services without the site's key",
    ),
    row("B18", "third slot cannot start", "site networks were made for two slots only"),
    row(
        "B19",
        "registry setting missing half-way",
        "one verb treats DOCKER_FL_REGISTRY as optional and a later one refuses to go on without",
    ),
    row(
        "B20",
        "fresh kit is never ready",
        "the template comments out OMOP_DATA_DIR and the checklist insists on it",
    ),
    row(
        "B21",
        "literal $HOME in a path",
        "a printed hint was taken over as it stands and nothing expands it",
    ),
    row(
        "B22",
        "default passwords pass the check",
        "the check compares with a template that does not exist for this kit's name, and skips",
    ),
    row("B23", "GPU asked of a machine without", "the template reserves one GPU"),
    row(
        "B24",
        "image folder belongs to root",
        "the container engine made the missing folder itself, as root",
    ),
    row(
        "B25",
        "FL client may not write its own folder",
        "the image runs as an ordinary user now and files of root are left from before",
    ),
    row(
        "B26",
        "half a node after a reboot",
        "the APIs and the FL client have no restart policy, their neighbours do",
    ),
    row(
        "B27",
        "start taken for an upgrade",
        "the start verb resets the imaging archive, which an upgrade must not",
    ),
    row(
        "B28",
        "database older than the code",
        "start-up creates missing tables only and changes none that exist",
    ),
    row(
        "B29",
        "kits orphaned by a new database",
        "recreating the database deleted every registration the kits belong to",
    ),
    row(
        "B30",
        "hub redeployed during a training",
        "the FL server keeps its state in memory and nothing asks whether a job is running",
    ),
    row(
        "B31",
        "hub half deployed",
        "one service failed to move after others had, so that releases are mixed",
    ),
    row(
        "B32",
        "payload format changed overnight",
        "the new envelope has no reading side for the old one, so both must change in one window",
    ),
    row(
        "B33",
        "FL kit mixed from two provisionings",
        "copying skips files of equal size and time, so that old certificates stay among new ones",
    ),
    row(
        "B34",
        "hand-made FL kit never joins",
        "its certificate lacks the alternative name, or its signature file has another form",
    ),
    row("B35", "no slot left", "the list of slots is fixed and every slot is taken"),
    row(
        "B36",
        "FL client under its display name",
        "SUPERNODE_NAME holds the name people see instead of the slot",
    ),
    row(
        "B37",
        "wrong FL host in the guide",
        "the firewall was opened for a name that nothing answers to",
    ),
    row(
        "B38",
        "firewall rule by group",
        "the traffic leaves through NAT, where a rule that names a group does not match",
    ),
    row(
        "B39",
        "one port, two meanings",
        "a single variable was used for the imaging web page and for DICOM",
    ),
    row(
        "B40",
        "one image lacks the release",
        "images are built only when their sources change, so that a tag need not exist for each",
    ),
    row(
        "B41",
        "registered, but the keys never arrived",
        "the registration is committed before the keys are handed over, and running it again \
         changes nothing",
    ),
    row(
        "B42",
        "old command for a new address",
        "the single-address variable it sets is not read any more",
    ),
];

const fn row(id: &'static str, title: &'static str, cause: &'static str) -> Bug {
    Bug { id, title, cause }
}

#[cfg(test)]
mod tests {
    use contract::catalogue;

    use super::*;

    #[test]
    fn every_bug_the_catalogue_names_is_known() {
        for clause in &catalogue::REQUIREMENTS {
            for id in clause.bugs() {
                assert!(bug(id).is_some(), "{} names {id}", clause.id);
            }
        }
    }

    #[test]
    fn ids_count_up_and_texts_are_fragments() {
        for (place, bug) in BUGS.iter().enumerate() {
            assert_eq!(bug.id, format!("B{}", place + 1));
            for text in [bug.title, bug.cause] {
                assert!(!text.is_empty() && !text.ends_with('.'), "{}", bug.id);
            }
        }
    }
}
