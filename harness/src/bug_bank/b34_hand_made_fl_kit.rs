//! Hand-made FL kit never joins.

use contract::catalogue::Who;

use super::handshake::{Client, Pair, Server};
use super::site::SitePlay;
use super::{Bench, Bug, Catcher, Group, Play, Scene};
use crate::finding::{Judged, Stop};
use crate::site_check::sample::{HUB_HOST, SLOT, SampleSite, named};

pub(super) const BUG: Bug = Bug {
    id: "B34",
    title: "hand-made FL kit never joins",
    group: Group::Kits,
    cause: "its certificate lacks the alternative name, or its signature file has another form",
    symptom: "the FL client never joins",
    fix: "add the client with the official command",
    owner: Who::Admin,
    clauses: &["HOST-FLKIT-02"],
    caught_by: &[Catcher::SiteCheck("fl-kit.san"), Catcher::SiteCheck("fl-kit.signature")],
    play: Play::Here {
        with: "an FL kit with a certificate made by hand, and the FL endpoint's mutual TLS",
        play: |bench| Box::pin(play(bench)),
    },
};

async fn play(bench: &Bench) -> Judged<Scene> {
    let mut play = SitePlay::new(bench, &BUG, SampleSite::nvflare()?)?;
    if bench.plants() {
        let pair =
            play.sample.provisioning.signed(named(SLOT.0), &[]).map_err(Stop::not_verified)?;
        bench.guard.plant("key of a hand-made kit", pair.key.clone());
        play.sample.startup("client.crt", 0o644, &pair.certificate)?;
        play.sample.startup("client.key", 0o600, pair.key.expose())?;
        play.sample.startup("signature.json", 0o644, r#"{"signature": "by hand"}"#)?;
    }
    play.scene.planted("certificate and signature file are made by hand");

    let startup = play.sample.fl_kit_path().join("net-1/services").join(SLOT.0).join("startup");
    let host = format!("fl.{HUB_HOST}");
    let shown =
        play.sample.provisioning.signed(named(&host), &[&host]).map_err(Stop::not_verified)?;
    let ca = play.sample.provisioning.ca_pem();
    let pair = Pair { certificate: shown.certificate, key: shown.key.expose().to_owned() };
    let server = Server { host: &host, pair, client_ca: Some(&ca), client_name: Some(SLOT.0) };
    let joined = server.joined_by(&Client::of_startup(&startup)?).await?;
    let told = match &joined {
        Ok(()) => "fl-server: the client joins".to_owned(),
        Err(why) => format!("fl-server: the client never joins, {why}"),
    };
    play.scene.symptom(joined.is_err(), "a client that never joins", told);
    let site = play.sample.site()?;
    play.judged(&site)
}
