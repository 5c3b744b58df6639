//! A compose file as a model: what the checks and the override need of it, in either form people write.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use contract::key::mask_text;

use super::values::expand;
use super::yaml::{Node, Value};
use crate::shorten::shorten_to;

/// A compose file. Texts still hold their `${…}` unless the file came out of [`ComposeFile::with`].
#[derive(Clone, Debug, PartialEq)]
pub struct ComposeFile {
    /// The `version` line of older files.
    pub version: Option<String>,
    /// In the order of the file.
    pub services: Vec<Service>,
    /// Declared networks, by the name services use.
    pub networks: BTreeMap<String, Network>,
    /// Declared volumes, by the name services use.
    pub volumes: BTreeMap<String, Network>,
    /// Whether it takes in other files (`include`, `extends`), which only the tool resolves.
    pub leans_on_others: bool,
    root: Node,
}

/// One service.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// Where it begins.
    pub line: u64,
    /// Reference of its image.
    pub image: Option<Text>,
    /// Whether the file would build it.
    pub builds: bool,
    /// Its environment; a name without a value takes the caller's.
    pub environment: BTreeMap<String, Option<Text>>,
    /// Files its environment also comes from.
    pub env_files: Vec<Text>,
    /// Ports it publishes.
    pub ports: Vec<Port>,
    /// Networks it names; none means the project's `default`.
    pub networks: Vec<String>,
    /// Further names it answers to, by network.
    pub aliases: BTreeMap<String, Vec<String>>,
    /// Whether it switches off the health check its image has.
    pub health_check_off: bool,
    /// `host`, `none`, `service:…`.
    pub network_mode: Option<Text>,
    /// Restart policy.
    pub restart: Option<Text>,
    /// Whether it asks for every power over the machine.
    pub privileged: bool,
    /// What it mounts.
    pub mounts: Vec<Mount>,
    /// A fixed name of its container.
    pub container_name: Option<Text>,
}

/// A text with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// From 1.
    pub line: u64,
    /// The text.
    pub text: String,
}

/// A port published on the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// Address it is bound to; none means every interface.
    pub host_ip: Option<String>,
    /// Port, or range, on the host; none means whichever is free.
    pub published: Option<String>,
    /// Port, or range, in the container.
    pub target: String,
}

/// Something mounted into a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// A path on the host, or the name of a volume; none for an anonymous one.
    pub source: Option<String>,
    /// Path in the container.
    pub target: String,
    /// Whether the container may only read.
    pub read_only: bool,
}

/// A declared network or volume.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Network {
    /// Where.
    pub line: u64,
    /// Whether somebody else makes it.
    pub external: bool,
    /// Its name in Docker, if the file gives one.
    pub name: Option<String>,
}

/// The file is no compose file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}{}: {reason}", .line.map(|line| format!(", line {line}")).unwrap_or_default())]
pub struct FileError {
    /// The file.
    pub path: Utf8PathBuf,
    /// Where in it.
    pub line: Option<u64>,
    /// What is wrong; never a value.
    pub reason: String,
}

impl FileError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        format!("correct it until `docker compose -f {} config --quiet` is content", self.path)
    }
}

impl ComposeFile {
    /// Reads a file.
    ///
    /// # Errors
    /// When it cannot be read, is no YAML, or has no services.
    pub fn read(path: &Utf8Path) -> Result<Self, FileError> {
        let wrong = |reason: String| FileError { path: path.to_owned(), line: None, reason };
        let about = std::fs::metadata(path).map_err(|error| wrong(error.to_string()))?;
        if !about.is_file() || about.len() > FILE_BYTES_MAX {
            return Err(wrong("it is no file of a compose file's size".to_owned()));
        }
        let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
        Self::parse(path, &text)
    }

    /// The same from a text; the path is for messages.
    ///
    /// # Errors
    /// When it is no YAML, or has no services.
    pub fn parse(path: &Utf8Path, text: &str) -> Result<Self, FileError> {
        let wrong = |line, reason: String| FileError {
            path: path.to_owned(),
            line,
            reason: one_line(&reason),
        };
        // `y`, `n`, `on` are names people use; only `true` and `false` are truth values.
        let options = serde_saphyr::options! { strict_booleans: true };
        let root: Node = serde_saphyr::from_str_with_options(text, options).map_err(|error| {
            let place = error.location().map(|location| location.line());
            wrong(place, format!("it is no YAML: {}", error.without_snippet()))
        })?;
        let services = root.get("services");
        let line = services.or(Some(&root)).map(|node| node.line).filter(|line| *line > 0);
        match services.map(|node| &node.value) {
            Some(Value::Map(members)) if !members.is_empty() => Ok(Self::of(root)),
            Some(_) => Err(wrong(line, "`services` must name at least one service".to_owned())),
            None => Err(wrong(line, "it has no `services`".to_owned())),
        }
    }

    /// The file with every `${…}` filled from these values. Filling a file that is filled already, such
    /// as the tool's own answer, only undoes its `$$`.
    #[must_use]
    pub fn with(&self, values: &BTreeMap<String, String>) -> Self {
        let mut filled = Self::of(self.root.map_texts(&|text| expand(text, values)));
        for service in &mut filled.services {
            for (name, value) in &mut service.environment {
                if value.is_none()
                    && let Some(held) = values.get(name)
                {
                    *value = Some(Text { line: service.line, text: held.clone() });
                }
            }
        }
        filled
    }

    /// The service of that name.
    pub fn service(&self, name: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.name == name)
    }

    fn of(root: Node) -> Self {
        let declared = |name: &str| -> BTreeMap<String, Network> {
            let members = root.get(name).map(Node::members).unwrap_or_default();
            members.iter().map(|(name, node)| (name.clone(), network(node))).collect()
        };
        let services = root.get("services").map(Node::members).unwrap_or_default();
        Self {
            version: root.get("version").and_then(Node::text).map(str::to_owned),
            leans_on_others: root.get("include").is_some()
                || services.iter().any(|(_, service)| service.get("extends").is_some()),
            services: services.iter().map(|(name, node)| service(name, node)).collect(),
            networks: declared("networks"),
            volumes: declared("volumes"),
            root,
        }
    }
}

fn service(name: &str, node: &Node) -> Service {
    let text = |member: &str| node.get(member).and_then(text_of);
    let list = |member: &str| node.get(member).map(Node::elements).unwrap_or_default();
    let networks = node.get("networks");
    let named =
        networks.map(Node::members).unwrap_or_default().iter().map(|(name, _)| name.clone());
    let listed = list("networks").into_iter().filter_map(|node| Some(node.text()?.to_owned()));
    Service {
        name: name.to_owned(),
        line: node.line,
        image: text("image"),
        builds: node.get("build").is_some(),
        environment: environment(node.get("environment")),
        env_files: list("env_file")
            .into_iter()
            .filter_map(|node| text_of(node.get("path").unwrap_or(node)))
            .collect(),
        ports: list("ports").into_iter().filter_map(port).collect(),
        networks: named.chain(listed).collect(),
        aliases: networks
            .map(Node::members)
            .unwrap_or_default()
            .iter()
            .filter_map(aliases)
            .collect(),
        health_check_off: node.get("healthcheck").is_some_and(is_off),
        network_mode: text("network_mode"),
        restart: text("restart"),
        privileged: text("privileged").is_some_and(|text| is_true(&text.text)),
        mounts: list("volumes").into_iter().filter_map(mount).collect(),
        container_name: text("container_name"),
    }
}

fn aliases((network, node): &(String, Node)) -> Option<(String, Vec<String>)> {
    let listed = node.get("aliases").map(Node::elements).unwrap_or_default();
    let texts = listed.into_iter().filter_map(|node| Some(node.text()?.to_owned()));
    let texts: Vec<String> = texts.collect();
    (!texts.is_empty()).then(|| (network.clone(), texts))
}

/// `disable: true`, or a test that is `NONE`.
fn is_off(health: &Node) -> bool {
    let disabled = health.get("disable").and_then(Node::text).is_some_and(is_true);
    let tests = health.get("test").map(Node::elements).unwrap_or_default();
    disabled || tests.first().and_then(|node| node.text()) == Some("NONE")
}

fn text_of(node: &Node) -> Option<Text> {
    Some(Text { line: node.line, text: node.text()?.to_owned() })
}

/// `NAME: value`, or a list of `NAME=value` and `NAME`.
fn environment(node: Option<&Node>) -> BTreeMap<String, Option<Text>> {
    let Some(node) = node else { return BTreeMap::new() };
    let mapped = node.members().iter().map(|(name, node)| (name.clone(), text_of(node)));
    let listed = node.elements().into_iter().filter_map(|node| {
        let entry = node.text()?;
        Some(match entry.split_once('=') {
            Some((name, value)) => {
                let text = Text { line: node.line, text: value.to_owned() };
                (name.to_owned(), Some(text))
            }
            None => (entry.to_owned(), None),
        })
    });
    mapped.chain(listed).collect()
}

/// `[[ADDRESS:]HOST:]CONTAINER[/PROTOCOL]`, or the same as a mapping.
fn port(node: &Node) -> Option<Port> {
    if let Some(target) = node.get("target") {
        let text = |name: &str| node.get(name).and_then(Node::text).map(str::to_owned);
        let target = target.text()?.to_owned();
        return Some(Port { host_ip: text("host_ip"), published: text("published"), target });
    }
    let text = node.text()?;
    let mut parts = fields(text);
    let target = parts.pop()?.split('/').next().unwrap_or_default().to_owned();
    let published = parts.pop().map(str::to_owned).filter(|text| !text.is_empty());
    let host_ip = parts.join(":").trim_matches(['[', ']']).to_owned();
    Some(Port { host_ip: Some(host_ip).filter(|ip| !ip.is_empty()), published, target })
}

/// `[SOURCE:]TARGET[:OPTIONS]`, or the same as a mapping.
fn mount(node: &Node) -> Option<Mount> {
    if let Some(target) = node.get("target") {
        let source = node.get("source").and_then(Node::text).map(str::to_owned);
        let read_only = node.get("read_only").and_then(Node::text).is_some_and(is_true);
        return Some(Mount { source, target: target.text()?.to_owned(), read_only });
    }
    let fields = fields(node.text()?);
    let read_only = fields.get(2).is_some_and(|options| options.split(',').any(|o| o == "ro"));
    Some(match fields.as_slice() {
        [target] => Mount { source: None, target: (*target).to_owned(), read_only },
        [source, target, ..] => {
            Mount { source: Some((*source).to_owned()), target: (*target).to_owned(), read_only }
        }
        [] => return None,
    })
}

/// Splits at colons that do not stand inside `${…}` or `[…]`.
fn fields(text: &str) -> Vec<&str> {
    let (mut fields, mut from, mut depth) = (Vec::new(), 0, 0_usize);
    for (at, c) in text.char_indices() {
        match c {
            '{' | '[' => depth += 1,
            '}' | ']' => depth = depth.saturating_sub(1),
            ':' if depth == 0 => {
                fields.push(&text[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    fields.push(&text[from..]);
    fields
}

/// `external: true`, or the older `external: {name: …}`.
fn network(node: &Node) -> Network {
    let external = node.get("external");
    let older = external.and_then(|external| external.get("name"));
    let name = node.get("name").or(older).and_then(Node::text).map(str::to_owned);
    let flag = external.and_then(Node::text).is_some_and(is_true);
    let mapped = external.is_some_and(|external| matches!(external.value, Value::Map(_)));
    Network { line: node.line, external: flag || mapped, name }
}

fn is_true(text: &str) -> bool {
    ["true", "yes", "on"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// The parser's words may hold a piece of the file.
fn one_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    shorten_to(&mask_text(line), REASON_CHARS_MAX)
}

const FILE_BYTES_MAX: u64 = 1 << 20;
const REASON_CHARS_MAX: usize = 160;

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<ComposeFile, FileError> {
        ComposeFile::parse(Utf8Path::new("site.yml"), text)
    }

    #[test]
    fn short_and_long_forms_are_the_same() {
        let short = "services:\n  a:\n    ports: ['127.0.0.1:80:8000/tcp', '8000', '${P:-1}:2']\n    \
                     environment: [A=1, B]\n    env_file: x.env\n    networks: [n]\n    volumes: \
                     ['${D:-/d}:/x:ro', 'v:/y', '/z']\n";
        let long = "services:\n  a:\n    ports:\n    - {target: 8000, published: 80, host_ip: \
                    127.0.0.1}\n    - target: 8000\n    - {target: 2, published: '${P:-1}'}\n    \
                    environment: {A: 1, B: }\n    env_file: [{path: x.env}]\n    networks: {n: }\n    \
                    volumes:\n    - {type: bind, source: '${D:-/d}', target: /x, read_only: true}\n    \
                    - {type: volume, source: v, target: /y}\n    - {type: volume, target: /z}\n";
        let [short, long] = [short, long].map(|text| parse(text).expect("a file"));
        let [mut short, mut long] = [short, long].map(|file| file.services[0].clone());
        for service in [&mut short, &mut long] {
            service.env_files.iter_mut().for_each(|text| text.line = 0);
            service.environment.values_mut().flatten().for_each(|text| text.line = 0);
        }
        assert_eq!(short, long);
    }

    #[test]
    fn values_fill_what_the_file_leaves_open() {
        let text = "services:\n  a:\n    image: ${R}a:${T:-v1}\n    environment:\n    - X\n    - Y=$$1\n\
                    networks:\n  n:\n    external: {name: net-$N}\n";
        let values = BTreeMap::from(
            [("R", "r/"), ("X", "x"), ("N", "7")]
                .map(|(key, value)| (key.to_owned(), value.to_owned())),
        );
        let file = parse(text).expect("a file").with(&values);
        let service = &file.services[0];
        assert_eq!((service.line, service.image.as_ref().map(|t| t.line)), (3, Some(3)));
        assert_eq!(service.image.as_ref().map(|t| t.text.as_str()), Some("r/a:v1"));
        let env = |name: &str| service.environment[name].as_ref().map(|t| t.text.as_str());
        assert_eq!((env("X"), env("Y")), (Some("x"), Some("$1")));
        assert_eq!(file.networks["n"].name.as_deref(), Some("net-7"));
        assert!(file.networks["n"].external);
    }

    #[test]
    fn anchors_and_merges_are_taken_in() {
        let text = "x-all: &all\n  restart: always\nservices:\n  a:\n    <<: *all\n    image: i\n";
        let file = parse(text).expect("a file");
        assert_eq!(file.services[0].restart.as_ref().map(|t| t.text.as_str()), Some("always"));
    }

    #[test]
    fn what_is_no_compose_file_is_told_in_one_line() {
        for (text, line, words) in [
            ("services:\n  a: [\n", true, "no YAML"),
            ("services:\n\ta: 1\n", true, "no YAML"),
            ("services: 7\n", true, "at least one"),
            ("services: {}\n", true, "at least one"),
            ("version: '3'\n", true, "no `services`"),
            ("", true, "no `services`"),
            ("services:\n  a:\n    image: x\n    image: y\n", true, "no YAML"),
        ] {
            let error = parse(text).expect_err(text);
            assert_eq!(error.line.is_some(), line, "{text}: {error}");
            assert!(error.to_string().contains(words), "{error}");
            assert!(!error.to_string().contains('\n'), "{error}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "([a-z:\\-\\[\\]{}&*<!| \n'\"]|services:\n|.){0,80}") {
            let _ = parse(&text);
        }
    }
}
