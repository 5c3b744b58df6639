//! One project of a site's file: up once, its poller recreated for every start.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use parking_lot::Mutex;
use testcontainers::bollard::query_parameters::ListContainersOptionsBuilder;

use super::{
    Call, ComposeError, ComposeTool, Exit, Followed, Generation, Grip, LogBook, Override, Pull,
    RunningTrust, Shared, Stand, TargetError, TrustOrder, kit_text, utf8, write_private,
};
use crate::containers::{Docker, DockerError};

/// A project that is not in use.
#[derive(Debug)]
pub(super) struct Stack {
    project: String,
    folder: Utf8PathBuf,
    is_up: bool,
}

impl Stack {
    pub(super) fn new(shared: &Shared) -> Result<Self, ComposeError> {
        let number = shared.count.fetch_add(1, Ordering::Relaxed);
        let unique = uuid::Uuid::new_v4().simple().to_string();
        let folder = utf8(shared.folder.path())?.join(format!("stack-{number}"));
        std::fs::create_dir(&folder)?;
        Ok(Self { project: format!("flipcheck-{}", &unique[..12]), folder, is_up: false })
    }

    /// Brings the project up, or its poller only where the rest is up already.
    pub(super) async fn up(
        mut self,
        shared: &Arc<Shared>,
        order: TrustOrder,
    ) -> Result<RunningStack, ComposeError> {
        self.write(shared, &order)?;
        let globals = self.globals(shared);
        let mut command = vec!["up", "-d", "--no-build"];
        if shared.tool.generation == Generation::Two {
            let when = if shared.pull == Pull::Never { "never" } else { "missing" };
            command.extend(["--pull", when]);
        }
        if self.is_up {
            command.extend(["--no-deps", "--force-recreate", shared.poller.as_str()]);
        }
        let call =
            Call { globals: &globals, command: &command, limit: UP, secrets: &order.secrets };
        let upped = shared.tool.run(call).await;
        if let Err(error) = upped {
            self.down(shared).await;
            return Err(error);
        }
        self.is_up = true;
        let log = Arc::new(LogBook::new(order.secrets));
        let docker = shared.yard.docker();
        let (mut poller, mut others) = (None, Vec::new());
        for (service, id) in containers(docker, &self.project).await? {
            if service == shared.poller {
                poller = Some(id);
            } else {
                others.push((service, id));
            }
        }
        let network = &shared.yard.network().name;
        let id = poller.ok_or_else(|| ComposeError::NoPoller {
            path: shared.path.to_string(),
            reason: format!("{} has no container although the stack is up", shared.poller),
        })?;
        let followed = Followed::new(docker, &id, network, Arc::clone(&log), "").await?;
        let mut beside = Vec::new();
        for (service, id) in others {
            let prefix = format!("{service} | ");
            beside.push(Followed::from_now(docker, &id, network, Arc::clone(&log), &prefix).await?);
        }
        let stack = Mutex::new(Some(self));
        Ok(RunningStack { followed, beside, stack, shared: Arc::clone(shared) })
    }

    /// Ends everything of the project. Whatever is refused is removed with the run.
    pub(super) async fn down(&self, shared: &Shared) {
        let globals = self.globals(shared);
        let command = ["down", "-v", "--remove-orphans", "-t", "1"];
        let call = Call { globals: &globals, command: &command, limit: DOWN, secrets: &[] };
        let _ = shared.tool.run(call).await;
    }

    fn globals(&self, shared: &Shared) -> Vec<String> {
        let (over, kit) = (self.folder.join(OVERRIDE), self.folder.join(KIT));
        ComposeTool::globals(&self.project, &[&shared.path, &over], &kit)
    }

    /// Writes the kit and the override, both for this user's eyes only.
    fn write(&self, shared: &Shared, order: &TrustOrder) -> Result<(), ComposeError> {
        let mut values = shared.values.clone();
        for key in OF_HUB {
            values.remove(*key);
        }
        values.extend(order.env.iter().map(|(name, value)| (name.clone(), value.clone())));
        if let Some((host, port)) = order.env.get("FL_ENDPOINT").and_then(|at| at.rsplit_once(':'))
        {
            values.insert("NLB_SUBDOMAIN".to_owned(), host.to_owned());
            values.insert("FL_SERVER_PORT".to_owned(), port.to_owned());
        }
        write_private(&self.folder.join(KIT), &kit_text(&values))?;
        let over = Override {
            poller: shared.poller.clone(),
            environment: environment(&order.env),
            files: self.carried(&order.env)?,
        };
        let stand = Stand {
            mark: shared.yard.mark(),
            network: shared.yard.network(),
            project: &self.project,
            folder: &self.folder,
        };
        write_private(&self.folder.join(OVERRIDE), &over.text(&shared.site, stand)?)?;
        Ok(())
    }

    /// Files of ours that a variable names, readable for whoever the image runs as.
    fn carried(
        &self,
        env: &BTreeMap<String, String>,
    ) -> Result<BTreeMap<Utf8PathBuf, Utf8PathBuf>, ComposeError> {
        use std::os::unix::fs::PermissionsExt as _;
        let mut files = BTreeMap::new();
        for (name, value) in env {
            let path = Utf8Path::new(value);
            // Only what we made ourselves: a variable that happens to name a file is no order.
            if path.is_absolute()
                && path.as_std_path().starts_with(std::env::temp_dir())
                && path.is_file()
            {
                let copy = self.folder.join(name.to_lowercase());
                std::fs::copy(path, &copy)?;
                std::fs::set_permissions(&copy, std::fs::Permissions::from_mode(0o644))?;
                files.insert(path.to_owned(), copy);
            }
        }
        Ok(files)
    }
}

/// What the poller gets by the override: everything but the identity guard, which the file must pass
/// itself (kit 7). What a start needs and this one lacks on purpose is taken away.
fn environment(env: &BTreeMap<String, String>) -> BTreeMap<String, Option<String>> {
    let mut given: BTreeMap<String, Option<String>> =
        env.iter().map(|(name, value)| (name.clone(), Some(value.clone()))).collect();
    given.remove(GUARD);
    for name in OF_HUB.iter().filter(|name| **name != GUARD) {
        given.entry((*name).to_owned()).or_insert(None);
    }
    given
}

/// Service and id of every container of a project.
async fn containers(docker: &Docker, project: &str) -> Result<Vec<(String, String)>, DockerError> {
    let label = format!("com.docker.compose.project={project}");
    let filters: HashMap<&str, Vec<&str>> = HashMap::from([("label", vec![label.as_str()])]);
    let asked = ListContainersOptionsBuilder::new().all(true).filters(&filters).build();
    let found = docker.client().list_containers(Some(asked)).await;
    let found = found.map_err(DockerError::refused("list containers"))?;
    let services = found.into_iter().filter_map(|container| {
        let service = container.labels?.remove("com.docker.compose.service")?;
        Some((service, container.id?))
    });
    Ok(services.collect())
}

/// A project in use: the poller is the trust, the others run beside it.
pub(super) struct RunningStack {
    followed: Followed,
    beside: Vec<Followed>,
    stack: Mutex<Option<Stack>>,
    shared: Arc<Shared>,
}

impl RunningTrust for RunningStack {
    fn health_url(&self) -> Option<String> {
        Some(format!("http://{}:{HEALTH_PORT}/health", self.followed.ip()))
    }

    fn log(&self) -> Arc<LogBook> {
        self.followed.log()
    }

    fn grip(&self) -> Option<&dyn Grip> {
        Some(&self.followed)
    }

    fn exited(&self) -> Option<Exit> {
        self.followed.exited()
    }

    fn wait(&self) -> BoxFuture<'_, Exit> {
        self.followed.wait().boxed()
    }

    fn terminate(&self) -> Result<(), TargetError> {
        self.followed.terminate();
        Ok(())
    }

    /// Ends the poller; the others stay up for whoever needs the stack next.
    fn stop(&self) -> BoxFuture<'_, ()> {
        async move {
            self.followed.remove().await;
            self.beside.iter().for_each(Followed::let_go);
            if let Some(stack) = self.stack.lock().take() {
                self.shared.idle.lock().push(stack);
            }
        }
        .boxed()
    }
}

const GUARD: &str = "EXPECTED_TRUST_ID";
/// What only a registration brings.
const OF_HUB: &[&str] = &[
    "CENTRAL_HUB_API_URL",
    "TRUST_API_KEY",
    "TRUST_API_KEY_HEADER",
    "AES_KEY_BASE64",
    "TRUST_INTERNAL_SERVICE_KEY",
    GUARD,
];
const OVERRIDE: &str = "override.yml";
const KIT: &str = "kit.env";
/// Port of `/health` in the container (trust 1).
const HEALTH_PORT: u16 = 8000;
/// Every container of a site, on a busy machine, images here or nearly.
const UP: Duration = Duration::from_secs(300);
const DOWN: Duration = Duration::from_secs(120);
