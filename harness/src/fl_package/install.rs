//! Filling an environment: the package without its dependencies, then the few that make requests.

use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};
use tokio::process::Command;

use super::cache;
use super::error::PackageError;
use super::find_python::Python;
use super::program::{self, Ended};
use super::spec::PackageSpec;

/// A release's environment.
#[derive(Clone, Debug)]
pub(super) struct Environment {
    /// Its Python.
    pub(super) python: Utf8PathBuf,
    /// What is in it, as `name==version`.
    pub(super) installed: Vec<String>,
}

/// Written last: what says so is whole.
#[derive(Serialize, Deserialize)]
struct Ready {
    recipe: u32,
    installed: Vec<String>,
}

/// The environment of a release below `home`, made now if it is not there.
pub(super) async fn environment(
    home: &Utf8Path,
    spec: &PackageSpec,
    python: &Python,
) -> Result<Environment, PackageError> {
    let (major, minor) = python.version;
    let name = format!("{spec}-py{major}.{minor}").replace("==", "-");
    let is_whole = |folder: &Utf8Path| ready(folder).is_some();
    let make = async |folder: Utf8PathBuf| fill(&folder, spec, python).await;
    let folder = cache::ready_folder(home, &name, is_whole, make).await?;
    let ready = ready(&folder).ok_or_else(|| PackageError::Cache {
        folder: folder.clone(),
        reason: "the environment was removed while it was looked at".to_owned(),
    })?;
    Ok(Environment { python: python_of(&folder), installed: ready.installed })
}

/// What is in the environment, when it is whole, of the present recipe and its Python still there.
fn ready(folder: &Utf8Path) -> Option<Ready> {
    let text = std::fs::read_to_string(folder.join(READY)).ok()?;
    let ready: Ready = serde_json::from_str(&text).ok()?;
    (ready.recipe == RECIPE && python_of(folder).exists()).then_some(ready)
}

async fn fill(folder: &Utf8Path, spec: &PackageSpec, python: &Python) -> Result<(), PackageError> {
    let no_environment =
        |reason| PackageError::Environment { python: python.program.clone(), reason };
    let mut venv = Command::new(&python.program);
    let made = program::run(quiet(&mut venv).args(["-m", "venv", folder.as_str()]), b"", PATIENCE);
    let made = made.await.map_err(no_environment)?;
    if !made.good {
        return Err(no_environment(made.last_words()));
    }
    let python = python_of(folder);
    let what = spec.to_string();
    pip(&python, &what, &["--no-deps", &what]).await?;
    let needs = ask(&python, NEEDS, &what).await?;
    let needs: Vec<&str> = needs.lines().collect();
    pip(&python, &needs.join(" "), &needs).await?;
    let installed = ask(&python, INSTALLED, &what).await?;
    let ready = Ready { recipe: RECIPE, installed: installed.lines().map(str::to_owned).collect() };
    let text = serde_json::to_string(&ready).unwrap_or_default();
    std::fs::write(folder.join(READY), text).map_err(|error| PackageError::Cache {
        folder: folder.to_owned(),
        reason: error.to_string(),
    })
}

async fn pip(python: &Utf8Path, what: &str, words: &[&str]) -> Result<(), PackageError> {
    let failed = |reason| PackageError::Install { what: what.to_owned(), reason };
    let mut command = Command::new(python);
    quiet(&mut command).args(PIP).args(words);
    let ended = program::run(&mut command, b"", PATIENCE).await.map_err(failed)?;
    match ended {
        Ended { good: true, .. } => Ok(()),
        ended if is_unknown(&ended) => {
            Err(PackageError::NotOnIndex { what: what.to_owned(), reason: ended.last_words() })
        }
        ended => Err(failed(ended.last_words())),
    }
}

/// pip says the same last words when it reached no index at all; only one that was reached has other
/// releases to name.
fn is_unknown(ended: &Ended) -> bool {
    let versions = ended.stderr.split_once("(from versions: ").map(|(_, rest)| rest);
    versions.is_some_and(|versions| !versions.starts_with("none"))
}

async fn ask(python: &Utf8Path, question: &str, what: &str) -> Result<String, PackageError> {
    let failed = |reason| PackageError::Install { what: what.to_owned(), reason };
    let mut command = Command::new(python);
    quiet(&mut command).args(["-I", "-c", question]);
    let ended = program::run(&mut command, b"", PATIENCE).await.map_err(failed)?;
    if ended.good { Ok(ended.stdout) } else { Err(failed(ended.last_words())) }
}

/// The user's own settings of pip hold (an index, a proxy); what would steer Python elsewhere does not.
fn quiet(command: &mut Command) -> &mut Command {
    for name in ["PIP_TARGET", "PIP_USER", "PIP_PREFIX", "PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV"]
    {
        command.env_remove(name);
    }
    command
}

fn python_of(folder: &Utf8Path) -> Utf8PathBuf {
    folder.join("bin/python")
}

const PIP: [&str; 7] = [
    "-m",
    "pip",
    "install",
    "--disable-pip-version-check",
    "--no-input",
    "--quiet",
    "--prefer-binary",
];

/// What the release itself asks for of the libraries its calls are made with, one a line.
const NEEDS: &str = r"
import importlib.metadata as m, re
wanted = ('requests', 'pydantic', 'pydantic-settings')
for line in m.requires('flip-utils'):
    if ';' not in line and re.match(r'[\w.-]+', line)[0].lower() in wanted:
        print(line)
";

/// Everything in the environment but the installer.
const INSTALLED: &str = r"
import importlib.metadata as m
found = sorted((d.metadata['Name'].lower(), d.version) for d in m.distributions())
print(*(f'{n}=={v}' for n, v in found if n not in ('pip', 'setuptools', 'wheel')), sep='\n')
";

/// Raised when what is installed changes, so that older environments are made anew.
const RECIPE: u32 = 1;

const READY: &str = "flipcheck-ready.json";

/// One step of a cold installation, over a slow line.
const PATIENCE: Duration = Duration::from_mins(4);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_that_was_not_reached_is_told_from_one_that_lacks_the_release() {
        let said = |versions: &str| {
            let stderr = format!(
                "ERROR: Could not find a version that satisfies the requirement flip-utils==0.2.0 \
                 (from versions: {versions})\nERROR: No matching distribution found\n"
            );
            is_unknown(&Ended { good: false, stdout: String::new(), stderr })
        };
        assert!(said("0.1.0, 0.1.1, 0.13.1"));
        assert!(!said("none"));
    }
}
