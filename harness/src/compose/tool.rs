//! Whichever docker compose is installed, run with a deadline and without our own variables.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::process::Stdio;
use std::time::Duration;

use camino::Utf8Path;
use contract::key::{Secret, mask_known, mask_text};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::Command;

use super::file::FileError;
use crate::containers::DockerError;
use crate::scratch;
use crate::shorten::shorten_to;

/// The program that reads compose files on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComposeTool {
    words: Vec<String>,
    /// As it tells, such as `1.29.2`.
    pub version: String,
    /// Which of the two it is.
    pub generation: Generation,
}

/// The two programs of that name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generation {
    /// `docker-compose`, Python.
    One,
    /// `docker compose`, a plugin of docker.
    Two,
}

/// One call of it.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// Project name, files, env file.
    pub globals: &'a [String],
    /// The command and its arguments.
    pub command: &'a [&'a str],
    /// How long it may take.
    pub limit: Duration,
    /// What must not show in what it says.
    pub secrets: &'a [(String, Secret)],
}

/// The stack cannot be brought up; says nothing about what was to be judged.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// Neither program answers.
    #[error("neither `docker compose` nor `docker-compose` is installed{}", told(.0))]
    NoTool(String),
    /// It refused.
    #[error("{tool} did not {what}{}", told(.said))]
    Refused {
        /// Which program.
        tool: String,
        /// The command.
        what: String,
        /// Its last lines, secrets replaced.
        said: String,
    },
    /// It did not come to an end.
    #[error("{tool} did not {what} within {} s", .limit.as_secs())]
    Late {
        /// Which program.
        tool: String,
        /// The command.
        what: String,
        /// How long it had.
        limit: Duration,
    },
    /// The site's file.
    #[error(transparent)]
    File(#[from] FileError),
    /// What the tool makes of it.
    #[error("no service of {path} is the trust: {reason}")]
    NoPoller {
        /// The file.
        path: String,
        /// Why none was found.
        reason: String,
    },
    /// Docker itself.
    #[error(transparent)]
    Docker(#[from] DockerError),
    /// Our own files.
    #[error("the override file could not be written: {0}")]
    Ours(#[from] std::io::Error),
}

fn told(said: &str) -> String {
    if said.is_empty() { String::new() } else { format!(": {said}") }
}

impl ComposeError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::NoTool(_) => "install the docker compose plugin, or docker-compose 1.29; \
                                --trust image:REF needs neither"
                .to_owned(),
            Self::Refused { .. } | Self::Late { .. } => {
                "bring the stack up by hand with the same file and a kit, then try again".to_owned()
            }
            Self::File(error) => error.hint(),
            Self::NoPoller { .. } => {
                "name the service that polls the hub with --compose-service".to_owned()
            }
            Self::Docker(DockerError::NoImage(_)) => {
                "build or load it, or allow --pull missing; --compose-kit FILE says which registry and \
                 tags the file's variables mean"
                    .to_owned()
            }
            Self::Docker(error) => error.hint().to_owned(),
            Self::Ours(_) => "make room in the folder for temporary files".to_owned(),
        }
    }
}

/// As people call it.
impl fmt::Display for ComposeTool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.words.join(" "), self.version)
    }
}

impl ComposeTool {
    /// Asks both programs who they are; the newer one is taken. `FLIPCHECK_COMPOSE` names another.
    ///
    /// # Errors
    /// [`ComposeError::NoTool`] when nobody answers.
    pub async fn find() -> Result<Self, ComposeError> {
        if let Some(program) = std::env::var("FLIPCHECK_COMPOSE").ok().filter(|p| !p.is_empty()) {
            return Self::at(&[program.as_str()]).await;
        }
        for words in [&["docker", "compose"][..], &["docker-compose"]] {
            if let Ok(found) = Self::at(words).await {
                return Ok(found);
            }
        }
        Err(ComposeError::NoTool(String::new()))
    }

    /// Asks one program who it is.
    ///
    /// # Errors
    /// [`ComposeError::NoTool`] when it does not tell a version.
    pub async fn at(words: &[&str]) -> Result<Self, ComposeError> {
        let mut tool = Self {
            words: words.iter().map(|word| (*word).to_owned()).collect(),
            version: String::new(),
            generation: Generation::Two,
        };
        let call =
            Call { globals: &[], command: &["version", "--short"], limit: ASK, secrets: &[] };
        let said = tool.run(call).await.map_err(|error| ComposeError::NoTool(error.to_string()))?;
        let version = said.trim().trim_start_matches('v');
        let digits = version.split('.').next().is_some_and(|major| major.parse::<u32>().is_ok());
        if !digits {
            let other = format!("{} tells no version", words.join(" "));
            return Err(ComposeError::NoTool(other));
        }
        tool.generation = if version.starts_with("1.") { Generation::One } else { Generation::Two };
        version.clone_into(&mut tool.version);
        Ok(tool)
    }

    /// Options for a project: its name, its files, its kit.
    pub fn globals(project: &str, files: &[&Utf8Path], kit: &Utf8Path) -> Vec<String> {
        let mut words = vec!["-p".to_owned(), project.to_owned()];
        for file in files {
            words.extend(["-f".to_owned(), file.to_string()]);
        }
        words.extend(["--env-file".to_owned(), kit.to_string()]);
        words
    }

    /// Runs one command to its end and gives its output.
    ///
    /// # Errors
    /// When it cannot be started, fails, or takes longer than it may.
    pub async fn run(&self, call: Call<'_>) -> Result<String, ComposeError> {
        let what = call.command.iter().take(WHAT_WORDS).copied().collect::<Vec<_>>().join(" ");
        let refused = |said: String| ComposeError::Refused {
            tool: self.words.join(" "),
            what: what.clone(),
            said: last_lines(&said, call.secrets),
        };
        let (program, args) = self.words.split_first().ok_or_else(|| refused(String::new()))?;
        let mut command = Command::new(program);
        command
            .args(args)
            .args(call.globals)
            .args(call.command)
            .env_clear()
            .envs(of_docker())
            .envs(scratch::mark())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        let child = command.spawn().map_err(|error| refused(error.to_string()))?;
        let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        let ended = tokio::time::timeout(call.limit, child.wait_with_output()).await;
        let Ok(ended) = ended else {
            if let Some(group) = group {
                // It may have ended at this very moment.
                let _ = kill_process_group(group, Signal::KILL);
            }
            let tool = self.words.join(" ");
            return Err(ComposeError::Late { tool, what, limit: call.limit });
        };
        let ended = ended.map_err(|error| refused(error.to_string()))?;
        if !ended.status.success() {
            let said = String::from_utf8_lossy(&ended.stderr).into_owned();
            return Err(refused(said));
        }
        Ok(String::from_utf8_lossy(&ended.stdout).into_owned())
    }
}

/// What the program needs of our environment. Everything else would speak into the site's file, whose
/// variables come from a kit.
fn of_docker() -> BTreeMap<OsString, OsString> {
    let kept = std::env::vars_os().filter(|(name, _)| {
        let name = name.to_string_lossy();
        ["PATH", "HOME", "XDG_RUNTIME_DIR", "TMPDIR"].contains(&name.as_ref())
            || OF_DOCKER.contains(&name.as_ref())
    });
    kept.chain([("LC_ALL".into(), "C.UTF-8".into())]).collect()
}

/// The last lines that say something, in one.
fn last_lines(said: &str, secrets: &[(String, Secret)]) -> String {
    let known: Vec<&Secret> = secrets.iter().map(|(_, secret)| secret).collect();
    let said = mask_known(said, &known);
    let lines: Vec<&str> = said.lines().map(str::trim).filter(|line| is_telling(line)).collect();
    let last = lines[lines.len().saturating_sub(SAID_LINES)..].join("; ");
    shorten_to(&mask_text(&last), SAID_CHARS_MAX)
}

/// Progress is no cause.
fn is_telling(line: &str) -> bool {
    let progress = ["Creating ", "Recreating ", "Starting ", "Removing ", "Pulling "];
    !line.is_empty() && !progress.iter().any(|word| line.starts_with(word))
}

const OF_DOCKER: &[&str] = &[
    "DOCKER_HOST",
    "DOCKER_CONFIG",
    "DOCKER_CONTEXT",
    "DOCKER_CERT_PATH",
    "DOCKER_TLS_VERIFY",
    "DOCKER_API_VERSION",
];
/// A Python program on a busy machine.
const ASK: Duration = Duration::from_secs(30);
const WHAT_WORDS: usize = 2;
const SAID_LINES: usize = 4;
const SAID_CHARS_MAX: usize = 600;

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    /// A program that answers as the script says.
    fn program(script: &str) -> (tempfile::TempDir, String) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("compose");
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).expect("allowed");
        let path = path.to_string_lossy().into_owned();
        (folder, path)
    }

    async fn tool(script: &str) -> (tempfile::TempDir, Result<ComposeTool, ComposeError>) {
        let (folder, path) = program(script);
        let tool = ComposeTool::at(&[path.as_str()]).await;
        (folder, tool)
    }

    #[tokio::test]
    async fn both_generations_are_told_apart() {
        for (said, version, generation) in [
            ("1.29.2", "1.29.2", Generation::One),
            ("v2.17.3", "2.17.3", Generation::Two),
            ("2.32.1-desktop", "2.32.1-desktop", Generation::Two),
        ] {
            let (_folder, found) = tool(&format!("echo {said}")).await;
            let found = found.expect(said);
            assert_eq!((found.version.as_str(), found.generation), (version, generation));
        }
    }

    #[tokio::test]
    async fn what_tells_no_version_is_no_tool() {
        for script in ["echo hello", "exit 1", "exit 0"] {
            let (_folder, found) = tool(script).await;
            assert!(matches!(found, Err(ComposeError::NoTool(_))), "{script}");
        }
        assert!(ComposeTool::at(&["/nonexistent/compose"]).await.is_err());
    }

    #[tokio::test]
    async fn a_refusal_is_told_without_progress_and_without_secrets() {
        let script = "[ \"$1\" = version ] && echo 1.29.2 && exit 0\n\
                      echo 'Creating x ... ' >&2\necho \"no such key planted-secret-0123456789\" >&2\nexit 7";
        let (_folder, found) = tool(script).await;
        let secret = Secret::from("planted-secret-0123456789".to_owned());
        let secrets = [("TRUST_API_KEY".to_owned(), secret)];
        let call = Call { globals: &[], command: &["up", "-d"], limit: ASK, secrets: &secrets };
        let error = found.expect("a tool").run(call).await.expect_err("refused").to_string();
        assert!(error.contains("did not up -d: no such key"), "{error}");
        assert!(!error.contains("planted-secret") && !error.contains("Creating"), "{error}");
    }

    #[tokio::test]
    async fn a_tool_that_hangs_is_ended_with_what_it_started() {
        let script = "[ \"$1\" = version ] && echo 2.0.0 && exit 0\nsleep 300 & wait";
        let (_folder, found) = tool(script).await;
        let limit = Duration::from_millis(200);
        let call = Call { globals: &[], command: &["up"], limit, secrets: &[] };
        let error = found.expect("a tool").run(call).await.expect_err("late");
        assert!(matches!(error, ComposeError::Late { .. }), "{error}");
    }
}
