//! A release that is ready to train.

use camino::{Utf8Path, Utf8PathBuf};
use contract::fl_line::FlLine;
use serde_json::Value;
use std::time::Duration;
use tokio::process::Command;

use super::error::PackageError;
use super::order::TrainingOrder;
use super::program;
use super::script::Script;
use super::spec::PackageSpec;
use super::{cache, find_python, install};
use crate::finding::{Judged, Stop};

/// A release of the published FL library in an environment of its own.
#[derive(Clone, Debug)]
pub struct Package {
    spec: PackageSpec,
    python: Utf8PathBuf,
    installed: Vec<String>,
}

impl Package {
    /// Makes the release ready: `spec` is `flip-utils==0.1.8`, `python` the one to use. Without one,
    /// the first Python that is new enough is taken: from the PATH, then from pyenv's folder.
    ///
    /// The first time it is installed from the user's package index, below the user's cache folder;
    /// later times need no network.
    pub async fn prepare(spec: &str, python: Option<&Utf8Path>) -> Result<Self, PackageError> {
        Self::prepare_in(&cache::home(), PackageSpec::parse(spec)?, python).await
    }

    /// The same below another folder.
    pub async fn prepare_in(
        home: &Utf8Path,
        spec: PackageSpec,
        python: Option<&Utf8Path>,
    ) -> Result<Self, PackageError> {
        let python = find_python::find(python).await?;
        let environment = install::environment(home, &spec, &python).await?;
        Ok(Self { spec, python: environment.python, installed: environment.installed })
    }

    /// Which release.
    pub fn spec(&self) -> &PackageSpec {
        &self.spec
    }

    /// The line it belongs to.
    pub fn line(&self) -> &'static FlLine {
        self.spec.line()
    }

    /// What was installed for it, as `name==version`, sorted.
    pub fn installed(&self) -> &[String] {
        &self.installed
    }

    /// Runs one training through the release's own code. The report has the shape of the hub stand-in's
    /// `POST /control/training`; refused posts are findings in it, not errors.
    ///
    /// Not verified when the release's code does not run at all.
    pub async fn train(&self, order: &TrainingOrder) -> Judged<Value> {
        self.attempt(order).await.map_err(Stop::from)
    }

    async fn attempt(&self, order: &TrainingOrder) -> Result<Value, PackageError> {
        let failed = |reason| PackageError::Driver { what: self.spec.to_string(), reason };
        let folder = driver_folder().map_err(|error| failed(error.to_string()))?;
        let script = Script::new(order, self.line());
        let script = serde_json::to_vec(&script).map_err(|error| failed(error.to_string()))?;
        let mut command = Command::new(&self.python);
        command.args(["-s", "-B"]).arg(folder.path()).current_dir(folder.path());
        command.env_clear().envs(environment(order));
        let patience = order.deadline + GRACE;
        let ended = program::run(&mut command, &script, patience).await.map_err(failed)?;
        let report = serde_json::from_str(&ended.stdout);
        report.map_err(|_| failed(ended.last_words()))
    }
}

/// The container environment of an FL server, under the names of every release: each reads its own
/// (fl 1). `LOCAL_DEV` is true unless it says otherwise, and nothing would be sent.
fn environment(order: &TrainingOrder) -> Vec<(&'static str, String)> {
    let path = std::env::var("PATH").unwrap_or_default();
    let mut variables = vec![
        ("PATH", path),
        ("LANG", "C.UTF-8".to_owned()),
        ("LOCAL_DEV", "false".to_owned()),
        ("CENTRAL_HUB_API_URL", order.base_url.clone()),
        ("FLIP_API_INTERNAL_URL", order.base_url.clone()),
    ];
    if let Some(key) = &order.key {
        variables.extend(
            ["INTERNAL_SERVICE_KEY", "PRIVATE_API_KEY"].map(|name| (name, key.expose().to_owned())),
        );
    }
    if let Some(header) = &order.key_header {
        variables.extend(
            ["INTERNAL_SERVICE_KEY_HEADER", "PRIVATE_API_KEY_HEADER"]
                .map(|name| (name, header.clone())),
        );
    }
    variables
}

fn driver_folder() -> std::io::Result<tempfile::TempDir> {
    let folder = tempfile::tempdir()?;
    for (name, text) in DRIVER {
        std::fs::write(folder.path().join(name), text)?;
    }
    Ok(folder)
}

/// The driver: a folder that Python runs.
const DRIVER: [(&str, &str); 6] = [
    ("__main__.py", include_str!("driver/__main__.py")),
    ("flare.py", include_str!("driver/flare.py")),
    ("flower.py", include_str!("driver/flower.py")),
    ("framework.py", include_str!("driver/framework.py")),
    ("stubs.py", include_str!("driver/stubs.py")),
    ("wire.py", include_str!("driver/wire.py")),
];

/// Start of Python and imports, on a busy machine.
const GRACE: Duration = Duration::from_secs(30);
