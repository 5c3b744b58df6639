//! From what was seen to what is said of it, and whether containers can be judged here.

use serde::Serialize;

use super::facts::{Facts, Remnant};
use crate::containers::EngineFacts;
use crate::event::SCHEMA_VERSION;

/// Everything a doctor says.
#[derive(Clone, Debug, Serialize)]
pub struct Diagnosis {
    /// Of this document.
    pub schema_version: u32,
    /// Which targets can be judged here.
    pub targets: Targets,
    /// 0 when all of them can, 3 otherwise.
    pub exit_code: u8,
    /// What the engine says of itself, if there is one.
    pub engine: Option<EngineFacts>,
    /// One line a thing looked at, in a fixed order.
    pub lines: Vec<Line>,
    /// What dead runs left, in the order in which it goes.
    pub leftovers: Vec<Remnant>,
    /// Whether that was removed; otherwise it is only named.
    pub swept: bool,
}

/// Which kinds of containers can be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Targets {
    /// `--trust image:REF`.
    pub image: bool,
    /// `--trust compose:FILE`.
    pub compose: bool,
}

/// One thing looked at.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// Never changed: `docker`, `reach`, `compose`, `python`, `scratch`, `leftovers`.
    pub id: &'static str,
    /// How it stands.
    pub standing: Standing,
    /// What was seen.
    pub told: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// How something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// As it should.
    Good,
    /// Worth knowing; no container needs it.
    Note,
    /// Something cannot be judged here.
    Missing,
}

impl Standing {
    /// The word for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Note => "note",
            Self::Missing => "missing",
        }
    }
}

/// Judges what was seen.
pub fn diagnose(seen: &Facts) -> Diagnosis {
    let lines = vec![
        docker(seen),
        reach(seen),
        compose(seen),
        python(seen),
        scratch(seen),
        leftovers(seen),
    ];
    let stands = |id| !lines.iter().any(|l: &Line| l.id == id && l.standing == Standing::Missing);
    let image = stands("docker") && stands("reach") && stands("scratch");
    let targets = Targets { image, compose: image && stands("compose") };
    Diagnosis {
        schema_version: SCHEMA_VERSION,
        exit_code: if targets.image && targets.compose { 0 } else { 3 },
        targets,
        engine: seen.engine.as_ref().ok().cloned(),
        lines,
        leftovers: seen.leftovers.clone(),
        swept: seen.swept,
    }
}

fn docker(seen: &Facts) -> Line {
    match &seen.engine {
        Ok(EngineFacts { version, api_version, platform, rootless }) => {
            let told = format!("engine {version}, API {api_version}, {platform}");
            match rootless {
                false => good("docker", told),
                true => missing(
                    "docker",
                    format!("{told}, rootless"),
                    "use an engine that runs as root: a rootless one's networks are not this machine's",
                ),
            }
        }
        Err(error) => missing("docker", error.to_string(), without_self(error.hint())),
    }
}

/// Hints elsewhere name this very command.
fn without_self(hint: &str) -> String {
    let parts = hint.split("; ").filter(|part| !part.contains("flipcheck doctor"));
    parts.collect::<Vec<_>>().join("; ")
}

fn reach(seen: &Facts) -> Line {
    match &seen.network {
        Some(Ok(network)) => {
            let told = format!(
                "a private network was made and removed; on it containers find this program at {}",
                network.gateway
            );
            good("reach", told)
        }
        Some(Err(error)) => missing("reach", error.to_string(), without_self(error.hint())),
        None => missing("reach", "not looked at: there is no engine", "see docker above"),
    }
}

fn compose(seen: &Facts) -> Line {
    match &seen.compose {
        Ok(told) => good("compose", told),
        Err(told) => missing(
            "compose",
            told,
            "install the compose plugin of Docker or docker-compose; image: targets need neither",
        ),
    }
}

fn python(seen: &Facts) -> Line {
    match &seen.python {
        Ok(told) => good("python", told),
        Err((told, hint)) => Line {
            id: "python",
            standing: Standing::Note,
            told: told.clone(),
            hint: Some(format!("{hint}; only --fl pip:… needs it")),
        },
    }
}

fn scratch(seen: &Facts) -> Line {
    match &seen.scratch {
        Ok(folder) => good("scratch", folder.display()),
        Err(told) => missing(
            "scratch",
            told,
            "let TMPDIR name a folder this user may write to; what a killed run leaves could not be told from what lives",
        ),
    }
}

fn leftovers(seen: &Facts) -> Line {
    let Facts { leftovers, unswept, swept, .. } = seen;
    let count = leftovers.len();
    let things = if count == 1 { "1 thing" } else { &format!("{count} things") };
    if let Some(first) = unswept.first() {
        let told = format!("{things} of dead runs; {first}");
        return note("leftovers", told, "look at it by hand: docker ps -a, docker network ls");
    }
    match (count, swept) {
        (0, _) => good("leftovers", "dead runs left nothing"),
        (_, true) => good("leftovers", format!("{things} of dead runs removed")),
        (_, false) => note(
            "leftovers",
            format!("{things} of dead runs"),
            "the next run removes them, or now: flipcheck doctor --sweep",
        ),
    }
}

fn good(id: &'static str, told: impl ToString) -> Line {
    Line { id, standing: Standing::Good, told: told.to_string(), hint: None }
}

fn note(id: &'static str, told: impl ToString, hint: impl ToString) -> Line {
    let (told, hint) = (told.to_string(), Some(hint.to_string()));
    Line { id, standing: Standing::Note, told, hint }
}

fn missing(id: &'static str, told: impl ToString, hint: impl ToString) -> Line {
    Line { standing: Standing::Missing, ..note(id, told, hint) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::containers::{DockerError, SiteNetwork};

    fn usable() -> Facts {
        let network = SiteNetwork {
            name: "flipcheck-run-a".to_owned(),
            id: "0".to_owned(),
            gateway: [172, 18, 0, 1].into(),
            subnet: "172.18.0.0/16".to_owned(),
        };
        Facts {
            engine: Ok(EngineFacts {
                version: "20.10.24".to_owned(),
                api_version: "1.41".to_owned(),
                platform: "linux/amd64".to_owned(),
                rootless: false,
            }),
            network: Some(Ok(network)),
            compose: Ok("docker-compose 1.29.2".to_owned()),
            python: Ok("Python 3.13, /usr/bin/python3.13".to_owned()),
            scratch: Ok("/tmp/flipcheck-0".into()),
            leftovers: Vec::new(),
            unswept: Vec::new(),
            swept: false,
        }
    }

    fn remnant() -> Remnant {
        let [name, run] = ["flipcheck-trust-0a", "run-b"].map(str::to_owned);
        Remnant { kind: "container", name, run }
    }

    /// The one line that does not stand well, after a change.
    fn ailing(change: impl Fn(&mut Facts)) -> (Diagnosis, Line) {
        let mut seen = usable();
        change(&mut seen);
        let told = diagnose(&seen);
        let ill = told.lines.iter().find(|line| line.standing != Standing::Good);
        let ill = ill.cloned().expect("a line that is not good");
        (told, ill)
    }

    #[test]
    fn a_machine_that_has_everything_is_usable() {
        let told = diagnose(&usable());
        assert_eq!((told.exit_code, told.targets), (0, Targets { image: true, compose: true }));
        assert!(told.lines.iter().all(|line| line.standing == Standing::Good), "{told:?}");
    }

    #[test]
    fn each_thing_that_is_missing_is_named_with_what_to_do() {
        type Change<'a> = &'a dyn Fn(&mut Facts);
        let gone = || DockerError::Unreachable("no socket".to_owned());
        let cases: [(&str, bool, bool, Change<'_>); 5] = [
            ("docker", false, false, &|seen| {
                (seen.engine, seen.network) = (Err(gone()), None);
            }),
            ("docker", false, false, &|seen| {
                seen.engine = seen.engine.clone().map(|e| EngineFacts { rootless: true, ..e });
            }),
            ("reach", false, false, &|seen| {
                seen.network = Some(Err(DockerError::Elsewhere("far".to_owned())));
            }),
            ("compose", true, false, &|seen| seen.compose = Err("none".to_owned())),
            ("scratch", false, false, &|seen| seen.scratch = Err("read-only".to_owned())),
        ];
        for (id, image, compose, change) in cases {
            let (told, ill) = ailing(change);
            assert_eq!((ill.id, ill.standing), (id, Standing::Missing), "{told:?}");
            assert_eq!((told.exit_code, told.targets), (3, Targets { image, compose }), "{id}");
            let missing = told.lines.iter().filter(|line| line.standing == Standing::Missing);
            assert!(missing.clone().count() > 0, "{id}");
            for line in missing {
                let hint = line.hint.as_deref().unwrap_or_default();
                assert!(!hint.is_empty() && !hint.contains("flipcheck doctor"), "{line:?}");
            }
        }
    }

    #[test]
    fn what_no_container_needs_is_a_note() {
        let (told, ill) = ailing(|seen| seen.python = Err(("none".into(), "install it".into())));
        assert_eq!((told.exit_code, ill.id, ill.standing), (0, "python", Standing::Note));
    }

    #[test]
    fn leftovers_are_told_until_they_are_swept() {
        let (told, ill) = ailing(|seen| seen.leftovers.push(remnant()));
        assert_eq!((told.exit_code, ill.id, ill.standing), (0, "leftovers", Standing::Note));
        assert!(ill.hint.is_some_and(|hint| hint.contains("--sweep")));
        let mut seen = Facts { leftovers: vec![remnant()], swept: true, ..usable() };
        assert_eq!(diagnose(&seen).lines[5].told, "1 thing of dead runs removed");
        seen.unswept.push("Docker did not remove the container x: in use".to_owned());
        let told = diagnose(&seen);
        assert_eq!(told.lines[5].standing, Standing::Note);
        assert!(told.lines[5].told.contains("in use"), "{told:?}");
    }
}
