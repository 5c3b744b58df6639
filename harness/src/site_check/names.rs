//! The two names a trust calls, and whether they resolve.

use std::net::IpAddr;
use std::time::Duration;

use camino::Utf8Path;
use serde_json::Value;

use super::Site;
use super::check::{Judgement, Owner, Ruling, SiteCheck, Unseen, shown};
use super::fl_files::Slot;
use super::host_facts::Fact;

pub(super) const ROWS: &[SiteCheck] = &[
    SiteCheck {
        id: "network.fl-name",
        requirement: "NET-NAME-01",
        owner: Owner::HubAdmin,
        sentence: "The FL host is `fl.` and the hub's name, and is the one in the FL kit.",
        judge: fl_name,
    },
    SiteCheck {
        id: "network.fl-resolves",
        requirement: "NET-NAME-01",
        owner: Owner::HubAdmin,
        sentence: "The FL host the client will call resolves.",
        judge: |site| {
            let host = called_fl_host(site)?;
            resolves(site, &host, "FL host")
        },
    },
    SiteCheck {
        id: "network.hub-resolves",
        requirement: "HOST-BASE-01",
        owner: Owner::SiteIt,
        sentence: "The hub's name resolves.",
        judge: |site| {
            let host = host_of(&site.needed("CENTRAL_HUB_API_URL")?).unwrap_or_default();
            resolves(site, &host, "hub")
        },
    },
];

impl Site {
    /// The names whose resolution the checks want to know.
    pub fn names_called(&self) -> Vec<String> {
        let hub = self.value("CENTRAL_HUB_API_URL").and_then(|url| host_of(&url));
        let mut names: Vec<String> = hub.into_iter().chain(called_fl_host(self).ok()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// Host of an address, without port.
pub(super) fn host_of(url: &str) -> Option<String> {
    url::Url::parse(url).ok()?.host_str().map(str::to_owned)
}

/// NVFLARE takes the host from its signed kit, Flower from NLB_SUBDOMAIN.
fn called_fl_host(site: &Site) -> Result<String, Ruling> {
    let slot = Slot::of(site)?;
    if slot.layout.word == "nvflare"
        && let Some(host) = host_in_kit(site, &slot)
    {
        return Ok(host);
    }
    site.needed("NLB_SUBDOMAIN")
}

/// The server named in `fed_client.json`: `servers[0].service.target`, or `sp_end_point` of the
/// overseer agent in older kits.
fn host_in_kit(site: &Site, slot: &Slot) -> Option<String> {
    let tree = site.fl_kit.as_ref().ok()?;
    let path = slot.path("net-1/services/{slot}/startup/fed_client.json");
    let text = tree.entry(&path)?.text.as_ref()?;
    let config: Value = serde_json::from_str(text.expose()).ok()?;
    let end_points = [
        config.pointer("/servers/0/service/target"),
        config.pointer("/overseer_agent/args/sp_end_point"),
    ];
    let end_point = end_points.into_iter().flatten().find_map(Value::as_str)?;
    let host = end_point.split(':').next().unwrap_or_default();
    (!host.is_empty()).then(|| host.to_owned())
}

fn fl_name(site: &Site) -> Judgement {
    let hub = host_of(&site.needed("CENTRAL_HUB_API_URL")?)
        .ok_or_else(|| Ruling::not_verified("CENTRAL_HUB_API_URL holds no host"))?;
    if hub == "localhost" || hub.trim_matches(['[', ']']).parse::<IpAddr>().is_ok() {
        return Err(Ruling::not_applicable("the hub has no name of its own"));
    }
    let expected = format!("fl.{hub}");
    let slot = Slot::of(site)?;
    let in_kit = (slot.layout.word == "nvflare").then(|| host_in_kit(site, &slot)).flatten();
    let in_env = site.value("NLB_SUBDOMAIN");
    let wrong = |where_from: &str, host: &str, fix: String| {
        let message = if host == hub {
            format!("{where_from} is {}: that is the hub's API, not its FL endpoint", shown(host))
        } else {
            format!("{where_from} is {}, but the FL endpoint is {}", shown(host), shown(&expected))
        };
        Err(Ruling::warn(message, fix))
    };
    match (&in_kit, &in_env) {
        (Some(host), _) if *host != expected => {
            let fix = "the name is signed into the FL kit: ask the hub admin for a new one";
            wrong("the FL host in the FL kit", host, fix.to_owned())
        }
        (_, Some(host)) if *host != expected => {
            let fix = format!("NLB_SUBDOMAIN={expected} in the hub env file, then sync-trust-kit");
            wrong("NLB_SUBDOMAIN", host, fix)
        }
        (None, None) => Err(Ruling::not_verified("neither kit nor FL kit names the FL host")),
        _ => Ok(format!("the FL host is {}", shown(&expected))),
    }
}

fn resolves(site: &Site, host: &str, what: &str) -> Judgement {
    let found = site.host.names.get(host);
    let found = found.cloned().unwrap_or_else(|| Err(Unseen::default()))?;
    if !found.is_empty() {
        return Ok(format!("{} resolves", shown(host)));
    }
    let fix = format!("getent hosts {host}; compare the name with the hub admin's, then the DNS");
    Err(Ruling::fail(format!("the {what} {} does not resolve", shown(host)), fix))
}

/// Asks the system's resolver; `limit` bounds the question.
pub async fn look_up(host: &str, limit: Duration) -> Fact<Vec<IpAddr>> {
    match tokio::time::timeout(limit, tokio::net::lookup_host((host, 0))).await {
        Err(_) => Err(Unseen::because(format!("the resolver did not answer for {}", shown(host)))),
        Ok(Err(_)) => Ok(Vec::new()),
        Ok(Ok(found)) => Ok(found.map(|address| address.ip()).collect()),
    }
}

/// A hosts file, which stands in for the resolver where no name may be asked for.
#[derive(Clone, Debug)]
pub struct HostsFile(String);

impl HostsFile {
    /// Reads one.
    pub fn read(path: &Utf8Path) -> std::io::Result<Self> {
        std::fs::read_to_string(path).map(Self)
    }

    /// The addresses of a name; none when the file does not have it.
    pub fn look_up(&self, host: &str) -> Vec<IpAddr> {
        let lines = self.0.lines().map(|line| line.split('#').next().unwrap_or_default());
        lines
            .filter_map(|line| {
                let mut words = line.split_whitespace();
                let address = words.next()?.parse().ok()?;
                words.any(|name| name.eq_ignore_ascii_case(host)).then_some(address)
            })
            .collect()
    }
}
