//! Powers over the host that lead to other containers' keys.

use super::{FileCheck, SiteFile, is_fl_client};
use crate::compose::file::{Mount, Service};
use crate::site_check::{Judgement, Owner, Ruling, listed};

pub(super) const ROWS: &[FileCheck] = &[
    FileCheck {
        id: "compose.docker-socket",
        requirement: "TRUST-SVC-02",
        owner: Owner::TrustOperator,
        sentence: "Docker's socket is mounted read-only, by the log collector and nobody else.",
        judge: docker_socket,
    },
    FileCheck {
        id: "compose.privileged",
        requirement: "FL-CLIENT-02",
        owner: Owner::TrustOperator,
        sentence: "No service is privileged, the FL client least of all.",
        judge: privileged,
    },
];

/// Who may ask Docker reads the environment of every container, the trust API key among it.
fn docker_socket(file: &SiteFile) -> Judgement {
    let (mut foreign, mut writing, mut count) = (Vec::new(), Vec::new(), 0);
    for service in &file.resolved.services {
        for mount in service.mounts.iter().filter(|mount| is_socket(mount)) {
            count += 1;
            if !collects_logs(service) {
                foreign.push(file.place(service));
            } else if !mount.read_only {
                writing.push(file.place(service));
            }
        }
    }
    if !foreign.is_empty() {
        return Err(Ruling::fail(
            format!("{} can read every container's keys through Docker's socket", listed(&foreign)),
            "take the mount of docker.sock out",
        ));
    }
    if !writing.is_empty() {
        return Err(Ruling::warn(
            format!("{} mounts Docker's socket for writing", listed(&writing)),
            "end that mount with `:ro`",
        ));
    }
    Ok(if count == 0 { "nobody mounts it" } else { "only the log collector, read-only" }.to_owned())
}

fn is_socket(mount: &Mount) -> bool {
    [mount.source.as_deref(), Some(&mount.target)]
        .into_iter()
        .flatten()
        .any(|path| path.ends_with("/docker.sock"))
}

fn collects_logs(service: &Service) -> bool {
    let image = service.image.as_ref().map_or("", |text| text.text.as_str());
    COLLECTORS.iter().any(|name| service.name.contains(name) || image.contains(name))
}

fn privileged(file: &SiteFile) -> Judgement {
    let all: Vec<&Service> = file.resolved.services.iter().filter(|s| s.privileged).collect();
    let names: Vec<String> = all.iter().map(|service| file.place(service)).collect();
    let fix = "take `privileged` out; a GPU needs a device reservation only";
    if all.iter().any(|service| is_fl_client(service)) {
        let told = format!(
            "{}: the FL client runs code from outside and could read the kit off the host",
            listed(&names)
        );
        return Err(Ruling::fail(told, fix));
    }
    if names.is_empty() {
        return Ok("no service is privileged".to_owned());
    }
    Err(Ruling::warn(format!("privileged: {}", listed(&names)), fix))
}

const COLLECTORS: &[&str] = &["alloy", "promtail", "fluent", "vector"];
