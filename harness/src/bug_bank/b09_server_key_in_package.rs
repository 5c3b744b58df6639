//! Server key in a site's package.

use contract::catalogue::Who;

use super::handshake::{Client, Pair, Server};
use super::site::SitePlay;
use super::{Bench, Bug, Catcher, Group, Play, Scene};
use crate::finding::{Judged, Stop};
use crate::site_check::sample::{HUB_HOST, SampleSite, named};

pub(super) const BUG: Bug = Bug {
    id: "B9",
    title: "server key in a site's package",
    group: Group::Kits,
    cause: "the whole directory of certificates was packed, the FL server's private key with it",
    symptom: "whoever reads the package can pose as the FL server",
    fix: "pack the CA certificate and the site's own key only; make the server's key anew",
    owner: Who::Admin,
    clauses: &["KIT-PACKAGE-02"],
    caught_by: &[Catcher::SiteCheck("package.private-keys")],
    play: Play::Here {
        with: "a package of a Flower site with the whole certificates directory, and a TLS server made from it",
        play: |bench| Box::pin(play(bench)),
    },
};

async fn play(bench: &Bench) -> Judged<Scene> {
    let mut play = SitePlay::new(bench, &BUG, SampleSite::flower()?)?;
    let host = format!("fl.{HUB_HOST}");
    let server =
        play.sample.provisioning.signed(named(&host), &[&host]).map_err(Stop::not_verified)?;
    bench.guard.plant("key of the FL server", server.key.clone());
    let mut members = play.sample.members()?;
    let folder = "fl-kit/net-1/certificates";
    if bench.plants() {
        let certificate = server.certificate.clone().into_bytes();
        members.insert(format!("{folder}/server.crt"), (0o644, certificate));
        let key = server.key.expose().as_bytes().to_vec();
        members.insert(format!("{folder}/server.key"), (0o600, key));
    }
    play.scene.planted("the whole directory of certificates is packed");
    let site = play.sample.packed(&members)?;
    play.scene.saw_all(members.keys().filter(|name| name.starts_with(folder)));

    // Whoever reads the package tries to be the FL server for another site.
    let text = |name: &str| {
        let member = members.get(&format!("{folder}/{name}"));
        member.map(|(_, content)| String::from_utf8_lossy(content).into_owned())
    };
    let victim = Client { ca: play.sample.provisioning.ca_pem(), pair: None };
    let told = match (text("server.crt"), text("server.key")) {
        (Some(certificate), Some(key)) => {
            let pair = Pair { certificate, key };
            let impostor = Server { host: &host, pair, client_ca: None, client_name: None };
            impostor.joined_by(&victim).await?
        }
        _ => Err("no key to pose with".to_owned()),
    };
    let line = match &told {
        Ok(()) => format!("another site joins a server made from the package as {host}"),
        Err(why) => format!("another site is safe: {why}"),
    };
    play.scene.symptom(told.is_ok(), "a stranger taken for the FL server", line);
    play.judged(&site)
}
