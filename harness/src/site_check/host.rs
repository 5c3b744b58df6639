//! The machine: swarm, network, GPUs, data directories.

use contract::edition::DataDirectories;

use super::check::{Judgement, Owner, Ruling, SiteCheck, shown};
use super::fl_files::shell_word;
use super::{Directory, Site, Swarm};

pub(super) const ROWS: &[SiteCheck] = &[
    SiteCheck {
        id: "host.swarm",
        requirement: "HOST-SWARM-01",
        owner: Owner::SiteIt,
        sentence: "Docker responds and its swarm is active.",
        judge: swarm,
    },
    SiteCheck {
        id: "host.swarm-network",
        requirement: "HOST-SWARM-01",
        owner: Owner::SiteIt,
        sentence: "The overlay network of this trust's own slot exists.",
        judge: swarm_network,
    },
    SiteCheck {
        id: "host.gpus",
        requirement: "HOST-GPU-01",
        owner: Owner::TrustOperator,
        sentence: "NUM_AVAILABLE_GPUS is a whole number no greater than the GPUs present.",
        judge: gpus,
    },
    SiteCheck {
        id: "host.omop-dir",
        requirement: "HOST-DATA-01",
        owner: Owner::TrustOperator,
        sentence: "OMOP_DATA_DIR is set, exists and is not empty.",
        judge: |site| data_dir(site, "OMOP_DATA_DIR", "/opt/flip/omop"),
    },
    SiteCheck {
        id: "host.orthanc-dir",
        requirement: "HOST-DATA-01",
        owner: Owner::TrustOperator,
        sentence: "ORTHANC_STORAGE_DIR is set, exists and is not empty.",
        judge: |site| data_dir(site, "ORTHANC_STORAGE_DIR", "/opt/flip/orthanc"),
    },
];

fn swarm(site: &Site) -> Judgement {
    match site.host.swarm.as_ref().map_err(Clone::clone)? {
        Swarm::Active => Ok("docker responds, swarm is active".to_owned()),
        Swarm::Inactive(state) => {
            Err(Ruling::fail(format!("docker's swarm is {}", shown(state)), "docker swarm init"))
        }
        Swarm::Unreachable => Err(Ruling::fail(
            "docker does not respond",
            "sudo systemctl start docker && docker info",
        )),
        Swarm::NoPermission => Err(Ruling::fail(
            "docker does not talk to this user",
            "run again with sudo, or: sudo usermod -aG docker \"$USER\" and log in again",
        )),
    }
}

fn swarm_network(site: &Site) -> Judgement {
    let number = site.needed("FL_KIT_SLOT_NUMBER")?;
    let name = format!("deploy_trust-network-{number}");
    let networks = site.host.networks.as_ref().map_err(Clone::clone)?;
    if networks.contains(&name) {
        return Ok(format!("network {name} exists"));
    }
    let others: Vec<&str> = networks
        .iter()
        .filter_map(|network| network.strip_prefix("deploy_trust-network-"))
        .filter(|slot| !slot.is_empty() && slot.bytes().all(|byte| byte.is_ascii_digit()))
        .collect();
    let remark = if others.is_empty() {
        String::new()
    } else {
        format!("; there are networks for slot {} only", others.join(", "))
    };
    Err(Ruling::fail(
        format!(
            "network {} not found: no container of this trust will start{remark}",
            shown(&name)
        ),
        format!("docker network create --driver overlay --attachable {}", shell_word(&name)),
    ))
}

fn gpus(site: &Site) -> Judgement {
    site.kit()?;
    let Some(wanted) = site.value("NUM_AVAILABLE_GPUS") else {
        return Ok("NUM_AVAILABLE_GPUS is not set: no GPU is asked for".to_owned());
    };
    let edit = |count: u32| format!("set NUM_AVAILABLE_GPUS={count} in {}", site.kit.path);
    let Ok(wanted) = wanted.parse::<i64>() else {
        let message = format!("NUM_AVAILABLE_GPUS is {}, no whole number", shown(&wanted));
        return Err(Ruling::fail(message, edit(0)));
    };
    if wanted <= 0 {
        return Ok("no GPU is asked for".to_owned());
    }
    let present = *site.host.gpus.as_ref().map_err(Clone::clone)?;
    if wanted <= i64::from(present) {
        return Ok(format!("{wanted} of {present} GPUs"));
    }
    Err(Ruling::warn(
        format!(
            "NUM_AVAILABLE_GPUS is {wanted}, but this host has {present}: the FL client will not \
             start (`could not select device driver`)"
        ),
        edit(present),
    ))
}

fn data_dir(site: &Site, key: &str, example: &str) -> Judgement {
    site.kit()?;
    let Some(path) = site.value(key) else {
        return Err(Ruling::fail(
            format!("{key} is not set; a fresh kit has it commented out or empty"),
            format!("set {key}, such as {key}={example}, in {}", site.kit.path),
        ));
    };
    let found = site.host.directory(&path)?;
    let fill = format!("put the data there (`ls -la {}`), or correct {key}", shell_word(&path));
    match found {
        Directory::Present { entries: Some(entries), .. } if entries.is_empty() => {
            Err(no_data(site, format!("{} is empty", shown(&path)), fill))
        }
        Directory::Present { entries: Some(_), .. } => Ok(format!("{} is filled", shown(&path))),
        Directory::Present { entries: None, uid, .. } => Err(Ruling::warn(
            format!("{} belongs to user {uid} and cannot be listed", shown(&path)),
            format!("sudo ls -A {}", shell_word(&path)),
        )),
        Directory::Missing => Err(no_data(site, format!("{} does not exist", shown(&path)), fill)),
        Directory::NotADirectory => {
            Err(Ruling::fail(format!("{} is no directory", shown(&path)), fill))
        }
        Directory::Hidden(why) => Err(Ruling::warn(
            format!("{} cannot be looked at: {why}", shown(&path)),
            format!("sudo ls -ld {}", shell_word(&path)),
        )),
    }
}

/// A site may start without data since its pre-flight only warns of it (newer releases 5).
fn no_data(site: &Site, message: String, fix: String) -> Ruling {
    match site.edition.data_directories {
        DataDirectories::Demanded => Ruling::fail(message, fix),
        DataDirectories::Advised => Ruling::warn(message, fix),
    }
}
