//! Our override of a site's file: what a federation of ours needs, and nothing the file must do itself.

use std::collections::{BTreeMap, HashMap};

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::{Map, Value, json};

use super::file::{ComposeFile, Service};
use crate::containers::{RunMark, SiteNetwork};

/// What stands around the site's stack.
#[derive(Clone, Copy, Debug)]
pub struct Stand<'a> {
    /// Labels of everything.
    pub mark: &'a RunMark,
    /// The network on which hub and stand-ins are reached.
    pub network: &'a SiteNetwork,
    /// Name of the project.
    pub project: &'a str,
    /// The project's own folder.
    pub folder: &'a Utf8Path,
}

/// What the poller is started with.
#[derive(Clone, Debug, Default)]
pub struct Override {
    /// The service that polls.
    pub poller: String,
    /// Its variables; none takes one away.
    pub environment: BTreeMap<String, Option<String>>,
    /// Files of ours it must be able to read, by their path in the container.
    pub files: BTreeMap<Utf8PathBuf, Utf8PathBuf>,
}

impl Override {
    /// The text of the file. JSON is YAML, and every reader agrees on what it quotes.
    ///
    /// The site's networks become private ones of the project; poller and FL client also stand where hub
    /// and stand-ins are. Folders of the host that do not exist are replaced by empty ones, so that Docker
    /// makes none. The poller is not restarted by Docker: its end must be seen.
    ///
    /// # Errors
    /// When an empty folder cannot be made.
    pub fn text(&self, site: &ComposeFile, stand: Stand<'_>) -> std::io::Result<String> {
        let mut services = Map::new();
        for service in &site.services {
            services.insert(service.name.clone(), self.service(service, stand)?);
        }
        let mut document = Map::new();
        if let Some(version) = &site.version {
            document.insert("version".to_owned(), json!(version));
        }
        document.insert("services".to_owned(), Value::Object(services));
        document.insert("networks".to_owned(), networks(site, stand));
        let volumes: Map<String, Value> = site
            .volumes
            .keys()
            .map(|name| {
                let own = format!("{}_{name}", stand.project);
                let labels = labels(stand.mark.labels("volume"));
                (name.clone(), json!({"external": false, "name": own, "labels": labels}))
            })
            .collect();
        if !volumes.is_empty() {
            document.insert("volumes".to_owned(), Value::Object(volumes));
        }
        Ok(format!("{:#}\n", escaped(Value::Object(document))))
    }

    fn service(&self, service: &Service, stand: Stand<'_>) -> std::io::Result<Value> {
        let polls = service.name == self.poller;
        let role = if polls { "trust" } else { "site" };
        let mut over = Map::new();
        over.insert("labels".to_owned(), labels(stand.mark.labels(role)));
        if service.container_name.is_some() {
            let name = format!("{}-{}", stand.project, service.name);
            over.insert("container_name".to_owned(), json!(name));
        }
        let calls_out = polls || service.name.starts_with("fl-client");
        if calls_out && service.network_mode.is_none() {
            let mut names: Vec<&str> = service.networks.iter().map(String::as_str).collect();
            if names.is_empty() {
                names.push(DEFAULT);
            }
            names.push(OURS);
            over.insert("networks".to_owned(), json!(names));
        }
        let mut mounts = substitutes(service, stand)?;
        if polls {
            over.insert("restart".to_owned(), json!("no"));
            over.insert("environment".to_owned(), json!(self.environment));
            mounts.extend(self.files.iter().map(|(there, here)| format!("{here}:{there}:ro")));
        }
        if !mounts.is_empty() {
            over.insert("volumes".to_owned(), json!(mounts));
        }
        Ok(Value::Object(over))
    }
}

/// An empty folder for every one the host lacks: Docker would make it, as root, and leave it there.
fn substitutes(service: &Service, stand: Stand<'_>) -> std::io::Result<Vec<String>> {
    let mut mounts = Vec::new();
    for (n, mount) in service.mounts.iter().enumerate() {
        let Some(source) = mount.source.as_deref().filter(|path| path.starts_with('/')) else {
            continue;
        };
        if !std::path::Path::new(source).exists() {
            let folder = stand.folder.join(format!("{}-{n}", service.name));
            std::fs::create_dir_all(&folder)?;
            mounts.push(format!("{folder}:{}", mount.target));
        }
    }
    Ok(mounts)
}

/// Every network of the file as a private one of the project, and ours beside them.
fn networks(site: &ComposeFile, stand: Stand<'_>) -> Value {
    let on_default =
        |service: &Service| service.networks.is_empty() && service.network_mode.is_none();
    let implied = site.services.iter().any(on_default).then(|| DEFAULT.to_owned());
    let names = site.networks.keys().cloned().chain(implied);
    let mut networks: Map<String, Value> = names
        .map(|name| {
            let own = format!("{}_{name}", stand.project);
            let labels = labels(stand.mark.labels("network"));
            let private = json!({
                "external": false, "name": own, "driver": "bridge", "internal": true, "labels": labels,
            });
            (name, private)
        })
        .collect();
    networks.insert(OURS.to_owned(), json!({"external": true, "name": stand.network.name}));
    Value::Object(networks)
}

fn labels(labels: HashMap<String, String>) -> Value {
    Value::Object(labels.into_iter().map(|(key, value)| (key, json!(value))).collect())
}

/// Nothing of ours is a variable.
fn escaped(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(text.replace('$', "$$")),
        Value::Array(elements) => Value::Array(elements.into_iter().map(escaped).collect()),
        Value::Object(members) => {
            Value::Object(members.into_iter().map(|(key, value)| (key, escaped(value))).collect())
        }
        other => other,
    }
}

const DEFAULT: &str = "default";
/// The run's network, as the project calls it.
const OURS: &str = "flipcheck";

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    fn over(text: &str) -> Value {
        let site = ComposeFile::parse(Utf8Path::new("site.yml"), text).expect("a file");
        let network = SiteNetwork {
            name: "flipcheck-run-x".to_owned(),
            id: "id".to_owned(),
            gateway: IpAddr::from([172, 18, 0, 1]),
            subnet: "172.18.0.0/16".to_owned(),
        };
        let folder = tempfile::tempdir().expect("a folder");
        let mark = RunMark { run: "run-x".to_owned(), home: "here".to_owned() };
        let stand = Stand {
            mark: &mark,
            network: &network,
            project: "p",
            folder: Utf8Path::from_path(folder.path()).expect("UTF-8"),
        };
        let ours = Override {
            poller: "trust-api".to_owned(),
            environment: [
                ("AES_KEY_BASE64".to_owned(), None),
                ("TRUST_API_KEY".to_owned(), Some("a$b".to_owned())),
            ]
            .into(),
            files: BTreeMap::new(),
        };
        let text = ours.text(&site, stand).expect("a text");
        assert!(ComposeFile::parse(Utf8Path::new("over.yml"), &text).is_ok(), "{text}");
        serde_json::from_str(&text).expect("JSON")
    }

    #[test]
    fn the_sites_networks_become_private_ones_of_the_project() {
        let over = over(include_str!("../../../fixtures/compose/trust.yml"));
        let network = &over["networks"]["trust-network"];
        assert_eq!(network["external"], false);
        assert_eq!(
            (&network["internal"], &network["name"]),
            (&json!(true), &json!("p_trust-network"))
        );
        assert_eq!(over["networks"]["flipcheck"]["name"], "flipcheck-run-x");
        let services = over["services"].as_object().expect("services");
        assert_eq!(services["trust-api"]["networks"], json!(["trust-network", "flipcheck"]));
        assert!(services["imaging-api"].get("networks").is_none());
        for (name, service) in services {
            assert_eq!(service["labels"]["org.flipcheck.run"], "run-x", "{name}");
        }
    }

    #[test]
    fn the_poller_gets_its_values_and_ends_for_good() {
        let over = over("version: '3.8'\nservices:\n  trust-api:\n    container_name: x\n");
        assert_eq!(over["version"], "3.8");
        let poller = &over["services"]["trust-api"];
        assert_eq!(poller["restart"], "no");
        assert_eq!(poller["container_name"], "p-trust-api");
        assert_eq!(poller["environment"]["AES_KEY_BASE64"], Value::Null);
        assert_eq!(poller["environment"]["TRUST_API_KEY"], "a$$b");
        assert!(poller["environment"].get("EXPECTED_TRUST_ID").is_none());
        assert_eq!(poller["networks"], json!(["default", "flipcheck"]));
        assert_eq!(over["networks"]["default"]["internal"], true);
    }

    #[test]
    fn folders_the_host_lacks_are_replaced() {
        let over = over(
            "services:\n  trust-api:\n    volumes: ['/nonexistent/x:/data:ro', '/tmp:/t', 'v:/v']\n\
             volumes:\n  v: {external: true}\n",
        );
        let mounts = over["services"]["trust-api"]["volumes"].as_array().expect("mounts");
        assert_eq!(mounts.len(), 1);
        assert!(mounts[0].as_str().is_some_and(|mount| mount.ends_with("trust-api-0:/data")));
        assert_eq!(over["volumes"]["v"]["external"], false);
    }
}
