//! Every check is green on a good site and red on a planted defect of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use contract::key::Secret;
use contract::kit::{Reader, spec};
use rcgen::date_time_ymd;

use super::sample::{Members, Provisioning, SLOT, SampleSite, fed_client, named};
use super::*;

fn outcome(site: &Site, id: &str) -> SiteOutcome {
    judge(find(id).expect(id), site).outcome
}

#[test]
fn ids_are_distinct_and_every_clause_exists() {
    let ids: BTreeSet<&str> = all().map(|row| row.id).collect();
    assert_eq!(ids.len(), all().count());
    for row in all() {
        assert!(catalogue::find(row.requirement).is_some(), "{}", row.id);
        assert!(row.id.contains('.') && row.sentence.ends_with('.'), "{}", row.id);
    }
}

#[test]
fn a_good_site_is_green_on_everything_that_applies() {
    for (sample, not_applicable) in [
        (SampleSite::nvflare().expect("a site"), &[][..]),
        (SampleSite::flower().expect("a site"), FLOWER_LACKS),
    ] {
        let members = sample.members().expect("members");
        let site = sample.packed(&members).expect("a package");
        let checks = examine(&site);
        for check in &checks {
            let expected = if not_applicable.contains(&check.id) {
                SiteOutcome::NotApplicable
            } else {
                SiteOutcome::Ok
            };
            assert_eq!(check.outcome, expected, "{}: {}", check.id, check.message);
        }
        assert!(ready(&checks));
    }
}

const FLOWER_LACKS: &[&str] = &[
    "fl-kit.key-pair",
    "fl-kit.chain",
    "fl-kit.one-provisioning",
    "fl-kit.san",
    "fl-kit.signature",
];

type Plant = fn(&SampleSite, &mut Site);

/// Check, what is planted into a good site, how. Facts are changed after files were looked at.
const DEFECTS: &[(&str, Plant)] = &[
    ("host.swarm", |_, site| site.host.swarm = Ok(Swarm::Inactive("inactive".to_owned()))),
    ("host.swarm", |_, site| site.host.swarm = Ok(Swarm::NoPermission)),
    ("host.swarm", |_, site| site.host.swarm = Ok(Swarm::Unreachable)),
    ("host.swarm-network", |_, site| {
        site.host.networks = Ok(["deploy_trust-network-1".to_owned()].into());
    }),
    ("host.gpus", |sample, site| kit(sample, site, &[("NUM_AVAILABLE_GPUS", "1")])),
    ("host.gpus", |sample, site| kit(sample, site, &[("NUM_AVAILABLE_GPUS", "one")])),
    ("host.omop-dir", |sample, site| kit(sample, site, &[("OMOP_DATA_DIR", "")])),
    ("host.orthanc-dir", |sample, site| {
        fs::remove_file(sample.folder().join("orthanc/index")).expect("removed");
        refresh(sample, site);
    }),
    ("host.images-dir", |_, site| site.host.imaging_user = Ok(4711)),
    ("host.images-dir", |sample, site| {
        kit(sample, site, &[("BASE_IMAGES_DOWNLOAD_DIR", "/nowhere/at/all")]);
    }),
    ("kit.exists", |sample, site| {
        fs::remove_file(sample.kit_path()).expect("removed");
        site.kit = KitFile::read(&sample.kit_path());
    }),
    ("kit.mode", |sample, site| {
        let mode = fs::Permissions::from_mode(0o640);
        fs::set_permissions(sample.kit_path(), mode).expect("changed");
        site.kit = KitFile::read(&sample.kit_path());
    }),
    ("kit.placeholders", |sample, site| {
        kit(sample, site, &[("XNAT_DATASOURCE_PASSWORD", "<run-make-generate-xnat-credentials>")]);
    }),
    ("kit.hub-shared", |sample, site| kit(sample, site, &[("FLARE_KIT_DATE", "")])),
    ("kit.credentials", |sample, site| kit(sample, site, &[("EXPECTED_TRUST_ID", "")])),
    ("kit.readers", |sample, site| kit(sample, site, &[("TRUST_REGION", "a#b")])),
    ("kit.forms", |sample, site| kit(sample, site, &[("POLL_INTERVAL_SECONDS", "1")])),
    ("kit.forms", |sample, site| kit(sample, site, &[("TRUST_CODE", "")])),
    ("kit.fl-registry", |sample, site| kit(sample, site, &[("DOCKER_FL_REGISTRY", "")])),
    ("kit.hub-local", |sample, site| {
        kit(sample, site, &[("CENTRAL_HUB_API_URL", "http://localhost:8080/api")]);
    }),
    ("kit.fl-kit-dir", |sample, site| kit(sample, site, &[("FL_KIT_DIR", "~/fl-kit")])),
    ("kit.fl-kit-dir", |sample, site| kit(sample, site, &[("FL_KIT_DIR", "fl-kit")])),
    ("kit.fl-kit-dir", |sample, site| kit(sample, site, &[("FL_KIT_DIR", "")])),
    ("kit.ports", |sample, site| kit(sample, site, &[("LOKI_PORT", "3000")])),
    ("kit.ports", |sample, site| kit(sample, site, &[("LOKI_PORT", "70000")])),
    ("kit.estate", |sample, site| {
        let mirror = "123456789012.dkr.ecr.eu-west-2.amazonaws.com/flip/";
        kit(sample, site, &[("DOCKER_FL_REGISTRY", mirror)]);
    }),
    ("kit.mock-data", |sample, site| {
        fs::remove_file(sample.folder().join("omop/PG_VERSION")).expect("removed");
        refresh(sample, site);
    }),
    ("kit.omop-password", |sample, site| {
        kit(sample, site, &[("DATA_ACCESS_POSTGRES_PASSWORD", "made-up@secret")]);
    }),
    ("kit.passwords", |sample, site| kit(sample, site, &[("GRAFANA_ADMIN_PASSWORD", "admin")])),
    ("fl-kit.directory", |sample, site| kit(sample, site, &[("FL_KIT_DIR", "/nowhere/at/all")])),
    ("fl-kit.complete", |sample, site| {
        sample.startup("sub_start.sh", 0o755, "").expect("emptied");
        refresh(sample, site);
    }),
    ("fl-kit.complete", |sample, site| kit(sample, site, &[("FL_BACKEND", "flower")])),
    ("fl-kit.foreign-keys", |sample, site| {
        sample.put("fl-kit/net-1/services/server/startup/server.key", 0o600, "x").expect("put");
        refresh(sample, site);
    }),
    ("fl-kit.slot", |sample, site| client(sample, site, "Trust_8", |_| {})),
    ("fl-kit.key-pair", |sample, site| {
        let pair = sample.provisioning.client(SLOT.0).expect("a pair");
        sample.startup("client.key", 0o600, pair.key.expose()).expect("put");
        refresh(sample, site);
    }),
    ("fl-kit.chain", |sample, site| foreign_ca(sample, site)),
    ("fl-kit.one-provisioning", |sample, site| foreign_ca(sample, site)),
    ("fl-kit.dates", |sample, site| {
        client(sample, site, SLOT.0, |params| params.not_after = date_time_ymd(2021, 1, 1));
    }),
    ("fl-kit.dates", |sample, site| {
        client(sample, site, SLOT.0, |params| params.not_before = date_time_ymd(2999, 1, 1));
    }),
    ("fl-kit.san", |sample, site| {
        let pair = sample.provisioning.signed(named(SLOT.0), &[]).expect("a pair");
        sample.startup("client.crt", 0o644, &pair.certificate).expect("put");
        refresh(sample, site);
    }),
    ("fl-kit.signature", |sample, site| {
        sample.startup("signature.json", 0o644, "{\"signature\":\"abc\"}").expect("put");
        refresh(sample, site);
    }),
    ("fl-kit.owner", |_, site| site.host.client_user = Ok(4711)),
    ("fl-kit.key-mode", |sample, site| {
        let text = "-----BEGIN PRIVATE KEY-----";
        sample.startup("client.key", 0o644, text).expect("put");
        refresh(sample, site);
    }),
    ("container.identity-guard", |_, site| {
        environment(site).remove("EXPECTED_TRUST_ID");
    }),
    ("container.identity-guard", |_, site| {
        environment(site).insert("EXPECTED_TRUST_ID".to_owned(), Secret::from("another"));
    }),
    ("container.restart-policy", |_, site| {
        let containers = site.host.containers.as_mut().expect("containers");
        containers[0].restart_policy = "no".to_owned();
    }),
    ("container.in-force", |sample, site| {
        sample.set(&[("POLL_INTERVAL_SECONDS", "7")]).expect("written");
        site.kit = KitFile::read(&sample.kit_path());
    }),
    ("images.pinned", |sample, site| kit(sample, site, &[("DOCKER_TAG", "stag")])),
    ("images.manifests", |_, site| {
        let image = site.images.keys().next().expect("an image").clone();
        site.images.insert(image, Ok(Presence::Missing));
    }),
    ("network.fl-name", |sample, site| kit(sample, site, &[("NLB_SUBDOMAIN", "fl.flip.example")])),
    ("network.fl-name", |sample, site| {
        sample.startup("fed_client.json", 0o644, &fed_client("elsewhere.example")).expect("put");
        refresh(sample, site);
    }),
    ("network.fl-resolves", |_, site| nowhere(site, "fl.app.flip.example.org")),
    ("network.hub-resolves", |_, site| nowhere(site, "app.flip.example.org")),
    ("hub.payload-key", |_, site| site.hub.fingerprint = Some("000000000000".to_owned())),
    ("hub.payload-key", |_, site| {
        site.hub = HubFacts::from_reply(&serde_json::json!({ "hub_key_match": false }));
    }),
    ("hub.shared-values", |sample, site| {
        let header = [("TRUST_API_KEY_HEADER", "X-Trust-API-Key")];
        kit(sample, site, &header);
    }),
    ("hub.release", |_, site| site.hub.version = Some("v0.9.3".to_owned())),
    ("package.kit", |sample, site| packed(sample, site, |members| rename(members, ".env.RVH"))),
    ("package.mode", |sample, site| {
        packed(sample, site, |members| members.values_mut().for_each(|member| member.0 = 0o644));
    }),
    ("package.filled", |sample, site| {
        packed(sample, site, |members| {
            let (_, kit) = members.get_mut(KIT).expect("the kit");
            kit.extend(b"XNAT_ACTIVEMQ_PASSWORD=<run-make-x>\n");
        });
    }),
    ("package.fl-kit", |sample, site| {
        packed(sample, site, |members| members.retain(|name, _| !name.ends_with("client.crt")));
    }),
    ("package.private-keys", |sample, site| {
        packed(sample, site, |members| {
            members.insert("fl-kit/net-1/certificates/server.key".to_owned(), (0o600, vec![1]));
        });
    }),
    ("package.members", |sample, site| {
        packed(sample, site, |members| {
            members.insert("notes.txt".to_owned(), (0o600, vec![1]));
        });
    }),
];

const KIT: &str = ".env.KCH.production";

fn kit(sample: &SampleSite, site: &mut Site, entries: &[(&str, &str)]) {
    sample.set(entries).expect("written");
    let hub = std::mem::take(&mut site.hub);
    refresh(sample, site);
    site.hub = hub;
}

fn refresh(sample: &SampleSite, site: &mut Site) {
    *site = sample.site().expect("facts");
}

fn client(
    sample: &SampleSite,
    site: &mut Site,
    slot: &str,
    change: fn(&mut rcgen::CertificateParams),
) {
    let mut params = named(slot);
    change(&mut params);
    let pair = sample.provisioning.signed(params, &[slot]).expect("a pair");
    sample.startup("client.crt", 0o644, &pair.certificate).expect("put");
    sample.startup("client.key", 0o600, pair.key.expose()).expect("put");
    refresh(sample, site);
}

fn foreign_ca(sample: &SampleSite, site: &mut Site) {
    let other = Provisioning::new("flip").expect("a CA");
    sample.startup("rootCA.pem", 0o644, &other.ca_pem()).expect("put");
    refresh(sample, site);
}

fn environment(site: &mut Site) -> &mut BTreeMap<String, Secret> {
    &mut site.host.containers.as_mut().expect("containers")[0].environment
}

fn nowhere(site: &mut Site, name: &str) {
    let known = site.host.names.insert(name.to_owned(), Ok(Vec::new()));
    assert!(known.is_some(), "{name} is among the names called");
}

fn packed(sample: &SampleSite, site: &mut Site, change: fn(&mut Members)) {
    let mut members = sample.members().expect("members");
    change(&mut members);
    *site = sample.packed(&members).expect("a package");
}

fn rename(members: &mut Members, name: &str) {
    let kit = members.remove(KIT).expect("the kit");
    members.insert(name.to_owned(), kit);
}

#[test]
fn every_check_turns_red_on_a_defect_of_its_own_and_shows_no_secret() {
    let mut caught = BTreeSet::new();
    for (number, (id, plant)) in DEFECTS.iter().enumerate() {
        let sample = SampleSite::nvflare().expect("a site");
        let mut site = sample.site().expect("facts");
        let secrets: Vec<Secret> =
            sample.kit().expect("a kit").secrets().into_iter().map(|(_, secret)| secret).collect();
        plant(&sample, &mut site);
        let check = judge(find(id).expect(id), &site);
        assert!(check.outcome.is_red(), "{number} {id}: {:?} {}", check.outcome, check.message);
        assert!(check.fix.is_some(), "{id}: {}", check.message);
        let report = serde_json::to_string(&examine(&site)).expect("JSON");
        for secret in &secrets {
            assert!(!report.contains(secret.expose()), "{number} {id}: {report}");
        }
        caught.insert(*id);
    }
    let unproven: Vec<&str> = all().map(|row| row.id).filter(|id| !caught.contains(id)).collect();
    assert_eq!(unproven, [""; 0]);
}

#[test]
fn what_was_not_looked_at_is_never_ok() {
    let sample = SampleSite::nvflare().expect("a site");
    let site =
        Site::new(contract::edition::EditionId::DEFAULT.row(), KitFile::read(&sample.kit_path()));
    for check in examine(&site) {
        let pure =
            check.id.starts_with("kit.") || check.id == "images.pinned" || check.id == "host.gpus";
        let pure = pure && check.id != "kit.mock-data";
        // The FL host of an NVFLARE kit is looked up in the environment when there is no FL kit.
        let named = check.id == "network.fl-name";
        assert_eq!(
            check.outcome == SiteOutcome::Ok,
            pure || named,
            "{}: {}",
            check.id,
            check.message
        );
    }
}

#[test]
fn a_flower_kit_is_told_by_the_number_of_its_key() {
    let sample = SampleSite::flower().expect("a site");
    let keys = sample.fl_kit_path().join("net-1/keys");
    let own = keys.join("supernode_credentials_7");
    fs::copy(&own, keys.join("supernode_credentials_9")).expect("copied");
    let site = sample.site().expect("facts");
    assert_eq!(outcome(&site, "fl-kit.slot"), SiteOutcome::Ok);
    assert_eq!(outcome(&site, "fl-kit.foreign-keys"), SiteOutcome::Fail);
    fs::remove_file(&own).expect("removed");
    let site = sample.site().expect("facts");
    assert_eq!(outcome(&site, "fl-kit.slot"), SiteOutcome::Fail);
    assert_eq!(outcome(&site, "fl-kit.complete"), SiteOutcome::Fail);
}

#[test]
fn a_kit_is_signed_where_its_nvflare_signs_and_nowhere_else() {
    let old = contract::edition::EditionId::V2026_06.row();
    let sample = SampleSite::nvflare().expect("a site");
    let plain = |edition| outcome(&sample.site_in(edition).expect("facts"), "fl-kit.signature");
    assert_eq!(plain(old), SiteOutcome::Fail);
    assert_eq!(plain(contract::edition::EditionId::V2026_07.row()), SiteOutcome::Ok);
    sample.sign().expect("signed");
    assert_eq!(plain(old), SiteOutcome::Ok);
    assert_eq!(plain(contract::edition::EditionId::V2026_11.row()), SiteOutcome::Warn);
    for text in ["[]", r#"{"client.crt":"abc"}"#, r#"{"client.crt":7}"#] {
        sample.startup("signature.json", 0o644, text).expect("put");
        assert_eq!(plain(old), SiteOutcome::Fail, "{text}");
    }
}

#[test]
fn a_site_without_data_is_warned_of_it_where_its_release_lets_it_start() {
    let sample = SampleSite::nvflare().expect("a site");
    fs::remove_file(sample.folder().join("omop/PG_VERSION")).expect("removed");
    for (edition, expected) in [
        (contract::edition::EditionId::V2026_07, SiteOutcome::Fail),
        (contract::edition::EditionId::V2026_09, SiteOutcome::Warn),
        (contract::edition::EditionId::V2026_11, SiteOutcome::Warn),
    ] {
        let site = sample.site_in(edition.row()).expect("facts");
        assert_eq!(outcome(&site, "host.omop-dir"), expected, "{edition}");
    }
    sample.set(&[("OMOP_DATA_DIR", "")]).expect("written");
    assert_eq!(outcome(&sample.site().expect("facts"), "host.omop-dir"), SiteOutcome::Fail);
}

#[test]
fn the_estate_of_a_kit_file_has_its_own_fl_port() {
    let sample = SampleSite::nvflare().expect("a site");
    let with = |name: &str, port: &str| {
        sample.set(&[("FL_SERVER_PORT", port)]).expect("written");
        let mut site = sample.site().expect("facts");
        site.kit.path = site.kit.path.with_file_name(name);
        outcome(&site, "kit.estate")
    };
    assert_eq!(with(".env.KCH.lza-stag", "8003"), SiteOutcome::Ok);
    assert_eq!(with(".env.KCH.lza-stag", "8002"), SiteOutcome::Fail);
    assert_eq!(with(".env.KCH.lza-prod", "8002"), SiteOutcome::Ok);
    assert_eq!(with(".env.KCH.lza-prod", "8003"), SiteOutcome::Fail);
    assert_eq!(with(".env.KCH.production", "9000"), SiteOutcome::Ok);
}

#[test]
fn a_password_is_read_as_the_release_reads_it() {
    let sample = SampleSite::nvflare().expect("a site");
    let (old, new) = (
        contract::edition::EditionId::V2026_09.row(),
        contract::edition::EditionId::V2026_11.row(),
    );
    for (password, of_old, of_new) in [
        ("made-up", SiteOutcome::Ok, SiteOutcome::Ok),
        ("made%40up", SiteOutcome::Ok, SiteOutcome::Warn),
        ("made@up", SiteOutcome::Warn, SiteOutcome::Ok),
        ("100%sure", SiteOutcome::Warn, SiteOutcome::Ok),
    ] {
        sample.set(&[("DATA_ACCESS_POSTGRES_PASSWORD", password)]).expect("written");
        let of = |edition| outcome(&sample.site_in(edition).expect("facts"), "kit.omop-password");
        assert_eq!((of(old), of(new)), (of_old, of_new), "{password}");
    }
}

#[test]
fn old_editions_know_no_identity_and_no_fingerprint() {
    let sample = SampleSite::nvflare().expect("a site");
    let oldest = contract::edition::EditionId::V2026_03.row();
    let site = sample.site_in(oldest).expect("facts");
    assert_eq!(outcome(&site, "container.identity-guard"), SiteOutcome::NotApplicable);
    assert_eq!(outcome(&site, "hub.payload-key"), SiteOutcome::NotApplicable);
    assert_eq!(outcome(&site, "kit.credentials"), SiteOutcome::Ok);
}

#[test]
fn the_templates_passwords_are_known_whatever_the_kit_is_named_after() {
    let fresh = contract::kit::scaffold("KCH", "x", contract::kit::KitEnv::Production);
    let fresh = fresh.expect("a kit");
    let sample = SampleSite::nvflare().expect("a site");
    sample.put(KIT, 0o600, fresh.expose()).expect("put");
    let site = sample.site().expect("facts");
    let check = judge(find("kit.passwords").expect("a row"), &site);
    assert_eq!(check.outcome, SiteOutcome::Warn);
    let shown = fresh.value(Reader::Compose, "OMOP_POSTGRES_PASSWORD").expect("the template's");
    assert!(
        spec("OMOP_POSTGRES_PASSWORD").is_some() && !check.message.contains(&format!(" {shown} "))
    );
}
