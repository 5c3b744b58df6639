//! Two admins, two truths.

use contract::catalogue::Who;
use contract::edition::EditionId;
use contract::envelope::{KeyRing, ReadOptions, SealRequest, key_bytes, open, seal, task_context};
use contract::key::mint_payload_key;
use contract::kit::{Kit, Reader};

use super::site::{SitePlay, sync_as_built};
use super::{Bench, Bug, Catcher, Group, Play, Scene};
use crate::finding::{Judged, Stop};
use crate::site_check::sample::SampleSite;
use rand::SeedableRng as _;
use rand::rngs::StdRng;

pub(super) const BUG: Bug = Bug {
    id: "B3",
    title: "two admins, two truths",
    group: Group::Kits,
    cause: "the env files on two machines disagree and the wrong one was used to hand out values",
    symptom: "every site is refused with 401 at once, or a sync hands out a stale value",
    fix: "keep one env file of record and sync from that one only",
    owner: Who::Admin,
    clauses: &["KIT-SYNC-02"],
    caught_by: &[Catcher::SiteCheck("hub.shared-values"), Catcher::SiteCheck("hub.payload-key")],
    play: Play::Here {
        with: "a kit synced from a second env file, opposite a payload the hub sealed",
        play: |bench| Box::pin(std::future::ready(play(bench))),
    },
};

fn play(bench: &Bench) -> Judged<Scene> {
    let mut play = SitePlay::new(bench, &BUG, SampleSite::nvflare()?)?;
    let read = |path| std::fs::read_to_string(path).map(Kit::new).map_err(Stop::not_verified);
    let hub_env = read(play.sample.hub_env_path())?;
    let mut second = hub_env.clone();
    if bench.plants() {
        let stale = mint_payload_key(&mut StdRng::seed_from_u64(bench.seed ^ 0xb3));
        bench.guard.plant("payload key on the second laptop", stale.clone());
        let entries =
            [("AES_KEY_BASE64", stale.expose()), ("TRUST_API_KEY_HEADER", "X-Trust-API-Key")];
        second.write(&entries).map_err(Stop::not_verified)?;
    }
    play.scene.planted("a second admin syncs the kit from an env file of their own");
    let mut kit = play.sample.kit()?;
    let written = sync_as_built(&mut kit, &second)?;
    play.scene.saw(format!("sync-trust-kit: {written} shared values refreshed, exit 0"));
    play.sample.put(".env.KCH.production", 0o600, kit.expose())?;

    let opened = opens(&hub_env, &kit)?;
    let told = match &opened {
        Ok(()) => "site: the hub's task opens".to_owned(),
        Err(why) => format!("site: Invalid payload: {why}"),
    };
    play.scene.symptom(opened.is_err(), "a task of the hub that the site cannot open", told);
    let header = |kit: &Kit| kit.value(Reader::Compose, "TRUST_API_KEY_HEADER");
    let told = format!(
        "the site sends its key as {}, the hub reads {}",
        header(&kit).unwrap_or_default(),
        header(&hub_env).unwrap_or_default()
    );
    play.scene.symptom(header(&kit) != header(&hub_env), "a key under a name nobody reads", told);
    let site = play.sample.site()?;
    play.judged(&site)
}

/// Whether a task sealed with the key of one env file opens with that of the other.
fn opens(hub: &Kit, site: &Kit) -> Judged<Result<(), String>> {
    let key = |kit: &Kit| {
        let text = kit.value(Reader::Compose, "AES_KEY_BASE64").unwrap_or_default();
        key_bytes(&text).map_err(Stop::not_verified)
    };
    let (cipher, context) = (EDITION.row().cipher, task_context("update_user_profile"));
    let (hub, site) = (key(hub)?, key(site)?);
    let request = SealRequest::new(cipher, &hub, b"{}").context(&context);
    let sealed = seal(request, &mut StdRng::seed_from_u64(3)).map_err(Stop::not_verified)?;
    let ring = KeyRing::shared(site.to_vec());
    let opened = open(cipher, &ring, &context, &sealed, ReadOptions::default());
    Ok(opened.map(drop).map_err(|error| error.to_string()))
}

const EDITION: EditionId = EditionId::DEFAULT;
