//! FL kit mixed from two provisionings.

use contract::catalogue::Who;

use super::handshake::{Client, Pair, Server};
use super::site::SitePlay;
use super::{Bench, Bug, Catcher, Group, Play, Scene};
use crate::finding::{Judged, Stop};
use crate::site_check::sample::{HUB_HOST, Provisioning, SLOT, SampleSite, named};
use camino::Utf8Path;

pub(super) const BUG: Bug = Bug {
    id: "B33",
    title: "FL kit mixed from two provisionings",
    group: Group::Kits,
    cause: "copying skips files of equal size and time, so that old certificates stay among new ones",
    symptom: "signatures are called invalid (NVFLARE 2.7), or certificates fail to verify",
    fix: "empty the folder before copying",
    owner: Who::Operator,
    clauses: &["HOST-FLKIT-02", "ROT-FL-01"],
    caught_by: &[Catcher::SiteCheck("fl-kit.chain"), Catcher::SiteCheck("fl-kit.one-provisioning")],
    play: Play::Here {
        with: "an FL kit copied over an older one, and the FL endpoint's mutual TLS",
        play: |bench| Box::pin(play(bench)),
    },
};

async fn play(bench: &Bench) -> Judged<Scene> {
    let mut play = SitePlay::new(bench, &BUG, SampleSite::nvflare()?)?;
    let startup = play.sample.fl_kit_path().join("net-1/services").join(SLOT.0).join("startup");
    let new = provisioned_again(&startup)?;
    let pair = new.client(SLOT.0).map_err(Stop::not_verified)?;
    bench.guard.plant("key of the new FL kit", pair.key.clone());
    let files = [
        ("rootCA.pem", new.ca_pem()),
        ("client.crt", pair.certificate),
        ("client.key", pair.key.expose().to_owned()),
    ];
    let mut skipped = Vec::new();
    for (name, text) in files {
        // Equal size counts as equal; wiping first leaves nothing to be equal to.
        if bench.plants() && name == "rootCA.pem" && size(&startup.join(name)) == text.len() as u64
        {
            skipped.push(name);
        } else {
            play.sample.startup(name, 0o600, &text)?;
        }
    }
    play.scene.planted("the new FL kit is copied over the old one");
    play.scene.saw(format!("copy: {} skipped as unchanged, exit 0", skipped.len()));

    let host = format!("fl.{HUB_HOST}");
    let shown = new.signed(named(&host), &[&host]).map_err(Stop::not_verified)?;
    let ca = new.ca_pem();
    let pair = Pair { certificate: shown.certificate, key: shown.key.expose().to_owned() };
    let server = Server { host: &host, pair, client_ca: Some(&ca), client_name: None };
    let joined = server.joined_by(&Client::of_startup(&startup)?).await?;
    let told = match &joined {
        Ok(()) => "fl-client: joined".to_owned(),
        Err(why) => format!("fl-client: TLS handshake failed, {why}"),
    };
    play.scene.symptom(joined.is_err(), "a handshake that fails", told);
    let site = play.sample.site()?;
    play.judged(&site)
}

/// A CA whose certificate is as long as the one that is there; signatures vary by a byte or two.
fn provisioned_again(startup: &Utf8Path) -> Judged<Provisioning> {
    for _ in 0..TRIES {
        let new = Provisioning::new("flip").map_err(Stop::not_verified)?;
        if new.ca_pem().len() as u64 == size(&startup.join("rootCA.pem")) {
            return Ok(new);
        }
    }
    Err(Stop::not_verified("no two CA certificates are of one length"))
}

fn size(path: &Utf8Path) -> u64 {
    std::fs::metadata(path).map_or(0, |found| found.len())
}

const TRIES: usize = 200;
