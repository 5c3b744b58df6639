//! One port, two meanings.

use contract::catalogue::Who;
use contract::kit::Reader;

use super::site::SitePlay;
use super::{Bench, Bug, Catcher, Group, Play, Scene};
use crate::finding::{Judged, Stop};
use crate::site_check::sample::SampleSite;
use std::net::TcpListener;

pub(super) const BUG: Bug = Bug {
    id: "B39",
    title: "one port, two meanings",
    group: Group::Kits,
    cause: "a single variable was used for the imaging web page and for DICOM",
    symptom: "images are not retrieved, or two services want one port",
    fix: "give the web page its own XNAT_WEB_PORT",
    owner: Who::Operator,
    clauses: &["HOST-PORTS-01"],
    caught_by: &[Catcher::SiteCheck("kit.ports")],
    play: Play::Here {
        with: "two services on the ports of the kit, bound on loopback",
        play: |bench| Box::pin(std::future::ready(play(bench))),
    },
};

fn play(bench: &Bench) -> Judged<Scene> {
    let mut play = SitePlay::new(bench, &BUG, SampleSite::nvflare()?)?;
    let (first, second) = free_ports().map_err(Stop::not_verified)?;
    let web = if bench.plants() { first } else { second };
    play.sample.set(&[("XNAT_PORT", &first.to_string()), ("XNAT_WEB_PORT", &web.to_string())])?;
    play.scene.planted("web page and DICOM of XNAT share one port");
    let kit = play.sample.kit()?;
    let port = |key: &str| -> Judged<u16> {
        let value = kit.value(Reader::Compose, key).unwrap_or_default();
        value.parse().map_err(Stop::not_verified)
    };
    let dicom = TcpListener::bind(("127.0.0.1", port("XNAT_PORT")?)).map_err(Stop::not_verified)?;
    let page = TcpListener::bind(("127.0.0.1", port("XNAT_WEB_PORT")?));
    let told = match &page {
        Ok(_) => "xnat: web page and DICOM are up".to_owned(),
        Err(error) => format!("xnat: the web page does not start beside DICOM, {error}"),
    };
    play.scene.symptom(page.is_err(), "two services that want one port", told);
    drop(dicom);
    let site = play.sample.site()?;
    play.judged(&site)
}

/// Two ports nobody listens at.
fn free_ports() -> std::io::Result<(u16, u16)> {
    let (one, two) = (TcpListener::bind("127.0.0.1:0")?, TcpListener::bind("127.0.0.1:0")?);
    Ok((one.local_addr()?.port(), two.local_addr()?.port()))
}
