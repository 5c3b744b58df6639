//! Wrong FL host in the guide.

use contract::catalogue::Who;

use super::site::SitePlay;
use super::{Bench, Bug, Catcher, Group, Play, Scene};
use crate::finding::{Judged, Stop};
use crate::site_check::HostsFile;
use crate::site_check::sample::{HUB_HOST, SampleSite, fed_client};

pub(super) const BUG: Bug = Bug {
    id: "B37",
    title: "wrong FL host in the guide",
    group: Group::Network,
    cause: "the firewall was opened for a name that nothing answers to",
    symptom: "the firewall is open and the FL endpoint cannot be reached",
    fix: "name the FL host of the hub: fl. and the hub's own host",
    owner: Who::SiteIt,
    clauses: &["NET-NAME-01"],
    caught_by: &[Catcher::SiteCheck("network.fl-name"), Catcher::SiteCheck("network.fl-resolves")],
    play: Play::Here {
        with: "the host of the guide in kit and FL kit, and a hosts file without it",
        play: |bench| Box::pin(std::future::ready(play(bench))),
    },
};

fn play(bench: &Bench) -> Judged<Scene> {
    let mut play = SitePlay::new(bench, &BUG, SampleSite::nvflare()?)?;
    let right = format!("fl.{HUB_HOST}");
    let named = if bench.plants() { GUIDE } else { right.as_str() };
    play.sample.set(&[("NLB_SUBDOMAIN", named)])?;
    play.sample.startup("fed_client.json", 0o644, &fed_client(named))?;
    play.scene.planted(format!("the guide's host {GUIDE} goes into kit and firewall"));
    let hosts = format!("192.0.2.1 {HUB_HOST}\n192.0.2.2 {right}\n");
    play.sample.put("hosts", 0o644, &hosts)?;
    let hosts = HostsFile::read(&play.sample.folder().join("hosts")).map_err(Stop::not_verified)?;
    let mut site = play.sample.site()?;
    for name in site.names_called() {
        let found = hosts.look_up(&name);
        site.host.names.insert(name, Ok(found));
    }
    let called = hosts.look_up(named);
    let told = match called.first() {
        None => format!("fl-client: target_unreachable, {named} is no known name"),
        Some(_) => format!("fl-client: {named} is a known name"),
    };
    play.scene.symptom(called.is_empty(), "an FL endpoint that cannot be reached", told);
    play.judged(&site)
}

/// As a guide had it: without the hub's own first part.
const GUIDE: &str = "fl.flip.example.org";
