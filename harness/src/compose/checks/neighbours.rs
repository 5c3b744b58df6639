//! Whether a call to a neighbour's name reaches that neighbour and nobody else.

use std::collections::{BTreeMap, BTreeSet};

use super::{FileCheck, SiteFile, is_fl_client, is_site_service};
use crate::compose::file::Service;
use crate::site_check::{Judgement, Owner, Ruling, listed, shown};

pub(super) const ROWS: &[FileCheck] = &[
    FileCheck {
        id: "compose.names",
        requirement: "TRUST-SVC-02",
        owner: Owner::TrustOperator,
        sentence: "Each name on a network is answered by one service.",
        judge: names,
    },
    FileCheck {
        id: "compose.proxy",
        requirement: "TRUST-SVC-02",
        owner: Owner::TrustOperator,
        sentence: "A proxy for the way out is not used for calls inside the site.",
        judge: proxy,
    },
];

/// Docker's name service answers with either of the two, in turn: calls, and the site key with them, go
/// now to one and now to the other.
fn names(file: &SiteFile) -> Judgement {
    let mut answering: BTreeMap<(&str, &str), Vec<(String, &str)>> = BTreeMap::new();
    for service in &file.resolved.services {
        for network in networks(service) {
            for (name, how) in names_on(service, network) {
                let entry = answering.entry((network, name)).or_default();
                if !entry.iter().any(|(known, _)| *known == file.place(service)) {
                    entry.push((file.place(service), how));
                }
            }
        }
    }
    let count = answering.len();
    let shared = answering.into_iter().filter(|(_, services)| services.len() > 1);
    let mut told: Vec<String> = shared.map(|((_, name), by)| doubled(name, &by)).collect();
    told.dedup();
    if told.is_empty() {
        return Ok(format!("{count} names, each of one service"));
    }
    Err(Ruling::fail(
        listed(&told),
        "take the alias or container name out: a service answers to its own name only",
    ))
}

fn doubled(name: &str, services: &[(String, &str)]) -> String {
    let taken = services.iter().filter(|(_, how)| !how.is_empty());
    let taken: Vec<String> =
        taken.map(|(place, how)| format!("{place} takes it as {how}")).collect();
    format!("{} services answer to {} ({})", services.len(), shown(name), taken.join(", "))
}

/// The networks a service stands on; the project's own when it names none.
fn networks(service: &Service) -> Vec<&str> {
    if service.networks.is_empty() {
        return vec!["default"];
    }
    service.networks.iter().map(String::as_str).collect()
}

/// Its names on one network, and what makes them its names beside being a service.
fn names_on<'s>(service: &'s Service, network: &str) -> Vec<(&'s str, &'static str)> {
    let mut names = vec![(service.name.as_str(), "")];
    let aliases = service.aliases.get(network).into_iter().flatten();
    names.extend(aliases.map(|alias| (alias.as_str(), "alias")));
    names
        .extend(service.container_name.as_ref().map(|name| (name.text.as_str(), "container name")));
    names
}

/// Calls inside the site are plain HTTP: `HTTP_PROXY` and `ALL_PROXY` take them, `HTTPS_PROXY` does not.
fn proxy(file: &SiteFile) -> Judgement {
    let poller = file.poller().map(|service| service.name.clone());
    let mut exposed = Vec::new();
    let mut behind_proxy = 0;
    for service in &file.resolved.services {
        let calls = Some(&service.name) == poller.as_ref()
            || is_site_service(service)
            || is_fl_client(service);
        if !calls {
            continue;
        }
        let environment = file.environment(service)?;
        let Some((variable, proxy)) = proxy_of(&environment) else { continue };
        behind_proxy += 1;
        let exempt = exempt(&environment);
        let open: Vec<&str> = neighbours(file, service)
            .into_iter()
            .filter(|name| !is_exempt(name, &exempt))
            .collect();
        if !open.is_empty() {
            let no_proxy =
                if exempt.is_empty() { "no NO_PROXY" } else { "a NO_PROXY without them" };
            exposed.push(format!(
                "{} has {variable} and {no_proxy}: calls to {}, the site key with them, go to {}",
                file.place(service),
                open.join(", "),
                shown(host_of(proxy))
            ));
        }
    }
    if exposed.is_empty() {
        return Ok(match behind_proxy {
            0 => "no proxy is set for calls inside the site".to_owned(),
            count => format!("{count} services have a proxy that calls inside the site pass by"),
        });
    }
    let names: BTreeSet<&str> = file.resolved.services.iter().map(|s| s.name.as_str()).collect();
    let names: Vec<&str> = names.into_iter().filter(|name| CALLED.contains(name)).collect();
    Err(Ruling::fail(listed(&exposed), format!("set NO_PROXY={}", names.join(","))))
}

fn proxy_of(environment: &BTreeMap<String, String>) -> Option<(&str, &str)> {
    let found = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"];
    found.into_iter().find_map(|name| {
        let (name, value) = environment.get_key_value(name)?;
        (!value.is_empty()).then_some((name.as_str(), value.as_str()))
    })
}

fn exempt(environment: &BTreeMap<String, String>) -> Vec<String> {
    let lists = ["no_proxy", "NO_PROXY"].into_iter().filter_map(|name| environment.get(name));
    let parts = lists.flat_map(|list| list.split(','));
    parts
        .map(|part| part.trim().trim_start_matches('.').to_owned())
        .filter(|p| !p.is_empty())
        .collect()
}

fn is_exempt(name: &str, exempt: &[String]) -> bool {
    exempt.iter().any(|part| part == "*" || part.split(':').next() == Some(name))
}

/// The services of the file that this one calls by name.
fn neighbours<'f>(file: &'f SiteFile, service: &Service) -> Vec<&'f str> {
    let names = file.resolved.services.iter().map(|other| other.name.as_str());
    names.filter(|name| *name != service.name && SPOKEN_HTTP.contains(name)).collect()
}

/// The host of a proxy's URL: it may hold a login.
fn host_of(proxy: &str) -> &str {
    let rest = proxy.split_once("://").map_or(proxy, |(_, rest)| rest);
    let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    rest.split(['/', '?']).next().unwrap_or_default()
}

/// Services that are called over HTTP inside a site.
const SPOKEN_HTTP: &[&str] = &["data-access-api", "imaging-api", "xnat-web"];
/// The same and the database, for the line to write.
const CALLED: &[&str] = &["data-access-api", "imaging-api", "xnat-web", "omop-db"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_told_by_its_host_without_its_login() {
        for (proxy, host) in [
            ("http://proxy.example:3128", "proxy.example:3128"),
            ("http://me:hunter2@proxy.example:3128/", "proxy.example:3128"),
            ("proxy.example", "proxy.example"),
        ] {
            assert_eq!(host_of(proxy), host);
        }
    }

    #[test]
    fn a_name_is_exempt_whole_or_by_a_star() {
        let exempt =
            |list: &str| exempt(&BTreeMap::from([("NO_PROXY".to_owned(), list.to_owned())]));
        assert!(is_exempt("imaging-api", &exempt("localhost, imaging-api")));
        assert!(is_exempt("imaging-api", &exempt("*")));
        assert!(!is_exempt("imaging-api", &exempt("data-access-api,api")));
    }
}
