//! `compose:FILE`: a site's own compose file, brought up beside a federation of ours.
//!
//! The file is used as it is, with an override of ours ([`Override`]) and the kit of a fresh registration
//! as its env file. The first start brings up every service; each later one recreates the poller only,
//! with the values of its own registration. Hub and stand-ins stay in this process; the poller is pointed
//! at the stand-ins, so that the same suite applies, and the file's own services run beside it.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use contract::edition::Edition;
use contract::kit::{Form, KEYS, Kit, Reader, Section, holds_placeholder};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use parking_lot::Mutex;

use super::child::cannot;
use super::{Capability, Exit, Grip, LogBook, RunningTrust, TargetError, TrustOrder, TrustTarget};
use crate::compose::{
    Call, ComposeError, ComposeFile, ComposeTool, FileError, Generation, Override, SiteFile, Stand,
    judge_file, sample_values,
};
use crate::containers::{Followed, Pull, Yard, image};
use crate::event::ImageInfo;
use crate::site_check::Check;

mod around;
mod stack;

use stack::Stack;

/// A trust that is a service of a compose file.
#[derive(Debug)]
pub struct ComposeTrust {
    shared: Arc<Shared>,
    checks: Vec<Check>,
    images: Vec<ImageInfo>,
    time_scale: f64,
}

/// How a compose file is to be used.
#[derive(Clone, Debug, Default)]
pub struct ComposeOptions {
    /// The service that polls, where its name does not tell.
    pub service: Option<String>,
    /// A kit of the site: where images come from, and whatever else is the site's own.
    pub kit: Option<Utf8PathBuf>,
    /// When images are fetched.
    pub pull: Pull,
    /// Factor on the poller's waits.
    pub time_scale: f64,
}

/// What every start has in common.
#[derive(Debug)]
struct Shared {
    yard: Arc<Yard>,
    tool: ComposeTool,
    path: Utf8PathBuf,
    /// As the tool resolved it with the values below.
    site: ComposeFile,
    poller: String,
    pull: Pull,
    /// The kit's values that are not the hub's.
    values: BTreeMap<String, String>,
    folder: tempfile::TempDir,
    idle: Mutex<Vec<Stack>>,
    count: AtomicUsize,
}

impl ComposeTrust {
    /// Reads and judges the file, and finds its images. Starts nothing.
    ///
    /// # Errors
    /// When no tool is installed, the file is none or none the tool accepts, no service polls, or an
    /// image is neither here nor to be had.
    pub async fn new(
        yard: Arc<Yard>,
        path: &Utf8Path,
        edition: &Edition,
        options: ComposeOptions,
    ) -> Result<Self, ComposeError> {
        let path = path.canonicalize_utf8().unwrap_or_else(|_| path.to_owned());
        let written = ComposeFile::read(&path)?;
        let tool = ComposeTool::find().await?;
        let folder = tempfile::tempdir()?;
        let here = utf8(folder.path())?;
        let sample = sample_values();
        let judged = SiteFile {
            resolved: resolve(&tool, &path, here, &sample).await?,
            path: path.clone(),
            written,
            whole: true,
            values: sample,
            poller: options.service.clone(),
            around: around::look(&path, options.kit.as_deref())?,
        };
        let Some(poller) = judged.poller().map(|service| service.name.clone()) else {
            let reason = match &options.service {
                Some(name) => format!("it has no service {name:?}"),
                None => "none is called trust-api, and not exactly one is told the hub's address"
                    .to_owned(),
            };
            return Err(ComposeError::NoPoller { path: path.into_string(), reason });
        };
        let values = values_of(options.kit.as_deref(), here)?;
        let site = resolve(&tool, &path, here, &values).await?;
        let mut images = Vec::new();
        for service in &site.services {
            let Some(reference) = &service.image else {
                let reason = format!("{} has no image, and nothing is built here", service.name);
                return Err(ComposeError::Refused {
                    tool: "flipcheck".to_owned(),
                    what: "bring the file up".to_owned(),
                    said: reason,
                });
            };
            let info = image::find(yard.docker(), &reference.text, options.pull).await?;
            images.push(ImageInfo { service: Some(service.name.clone()), ..info });
        }
        Ok(Self {
            checks: judge_file(&judged, edition),
            images,
            time_scale: options.time_scale,
            shared: Arc::new(Shared {
                yard,
                tool,
                path,
                site,
                poller,
                pull: options.pull,
                values,
                folder,
                idle: Mutex::default(),
                count: AtomicUsize::new(0),
            }),
        })
    }

    /// What reports say of the images of its services.
    pub fn images(&self) -> &[ImageInfo] {
        &self.images
    }

    /// Ends every stack, as `down -v` does. What is missed is removed with the run's other things.
    pub async fn close(&self) {
        let stacks = std::mem::take(&mut *self.shared.idle.lock());
        for stack in stacks {
            stack.down(&self.shared).await;
        }
    }
}

/// The file as the tool understands it with these values.
async fn resolve(
    tool: &ComposeTool,
    path: &Utf8Path,
    folder: &Utf8Path,
    values: &BTreeMap<String, String>,
) -> Result<ComposeFile, ComposeError> {
    let kit = folder.join("kit.env");
    write_private(&kit, &kit_text(values))?;
    let globals = ComposeTool::globals("flipcheck", &[path], &kit);
    let call = Call { globals: &globals, command: &["config"], limit: CONFIG, secrets: &[] };
    let text = tool.run(call).await?;
    Ok(ComposeFile::parse(path, &text)?.with(&BTreeMap::new()))
}

/// A kit's values that are not the hub's. Ports are whichever are free, folders empty ones of ours, and no
/// GPU is asked for: a stack that is judged must not touch the one that works.
fn values_of(
    kit: Option<&Utf8Path>,
    folder: &Utf8Path,
) -> Result<BTreeMap<String, String>, ComposeError> {
    let mut values = sample_values();
    if let Some(path) = kit {
        let text = std::fs::read(path).map_err(|error| unreadable(path, &error))?;
        let kit = plain_kit(path, &text)?;
        for spec in KEYS.iter().filter(|spec| !spec.secret) {
            let value = kit.value(Reader::Compose, spec.name);
            if let Some(value) = value.filter(|v| !v.is_empty() && !holds_placeholder(v)) {
                values.insert(spec.name.to_owned(), value);
            }
        }
    }
    for spec in KEYS.iter().filter(|spec| spec.section == Section::HostLocal) {
        match spec.form {
            Form::Port => drop(values.insert(spec.name.to_owned(), "0".to_owned())),
            Form::AbsolutePath => {
                let own = folder.join(spec.name.to_lowercase());
                std::fs::create_dir_all(&own)?;
                values.insert(spec.name.to_owned(), own.into_string());
            }
            _ => {}
        }
    }
    values.insert("NUM_AVAILABLE_GPUS".to_owned(), "0".to_owned());
    Ok(values)
}

/// A kit every reader sees alike: what they see differently would be judged as somebody else's fault.
fn plain_kit(path: &Utf8Path, text: &[u8]) -> Result<Kit, ComposeError> {
    let kit = Kit::parse(text).map_err(|error| unreadable(path, &error))?;
    let hidden = kit.hidden().into_iter().next();
    hidden.map_or(Ok(kit), |hidden| {
        let line = Some(hidden.line as u64);
        Err(FileError { path: path.to_owned(), line, reason: format!("it {}", hidden.what) }.into())
    })
}

fn unreadable(path: &Utf8Path, reason: &dyn std::fmt::Display) -> ComposeError {
    FileError { path: path.to_owned(), line: None, reason: reason.to_string() }.into()
}

/// The env file, with quotes where a value needs them.
fn kit_text(values: &BTreeMap<String, String>) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=@+,".contains(c);
    let line = |(name, value): (&String, &String)| {
        if value.chars().all(plain) {
            format!("{name}={value}\n")
        } else {
            format!("{name}='{}'\n", value.replace('\'', "\\'"))
        }
    };
    values.iter().map(line).collect()
}

fn write_private(path: &Utf8Path, text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut how = std::fs::OpenOptions::new();
    how.write(true).create(true).truncate(true).mode(0o600);
    how.open(path)?.write_all(text.as_bytes())
}

fn utf8(path: &std::path::Path) -> std::io::Result<&Utf8Path> {
    Utf8Path::from_path(path).ok_or_else(|| std::io::Error::other("the folder's name is no UTF-8"))
}

impl TrustTarget for ComposeTrust {
    fn kind(&self) -> &'static str {
        "compose"
    }

    fn can(&self, capability: Capability) -> bool {
        match capability {
            Capability::Restart
            | Capability::Logs
            | Capability::ExitCode
            | Capability::Signals
            | Capability::Health
            | Capability::Container
            | Capability::Packets
            | Capability::Compose => true,
            Capability::Process
            | Capability::SiteServices
            | Capability::FlClient
            | Capability::Control
            | Capability::Loopback => false,
        }
    }

    fn time_scale(&self) -> f64 {
        self.time_scale
    }

    fn listen_ip(&self) -> IpAddr {
        self.shared.yard.network().gateway
    }

    fn lanes(&self) -> usize {
        LANES
    }

    fn promises(&self) -> Option<&[Check]> {
        Some(&self.checks)
    }

    fn start(
        &self,
        order: TrustOrder,
    ) -> BoxFuture<'_, Result<Box<dyn RunningTrust>, TargetError>> {
        async move {
            let what = format!("the stack of {}", self.shared.path);
            let idle = self.shared.idle.lock().pop();
            let stack = match idle {
                Some(stack) => stack,
                None => Stack::new(&self.shared).map_err(|error| cannot(&what, &error))?,
            };
            let up = stack.up(&self.shared, order).await.map_err(|error| cannot(&what, &error))?;
            Ok(Box::new(up) as Box<dyn RunningTrust>)
        }
        .boxed()
    }
}

/// Stacks that scenarios share.
const LANES: usize = 1;
/// How long the tool may take to read a file.
const CONFIG: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kit_of_the_site_says_where_images_come_from_and_nothing_of_the_hub() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = utf8(folder.path()).expect("UTF-8");
        let kit = folder.join("kit");
        let text = "DOCKER_REGISTRY=mirror.example/\nDOCKER_TAG=<run-make-register-trust>\n\
                    TRUST_API_KEY=real\nTRUST_API_PORT=8020\nOMOP_DATA_DIR=/srv/omop\n";
        std::fs::write(&kit, text).expect("written");
        let values = values_of(Some(&kit), folder).expect("values");
        assert_eq!(values["DOCKER_REGISTRY"], "mirror.example/");
        assert_eq!(values["DOCKER_TAG"], sample_values()["DOCKER_TAG"]);
        assert_ne!(values["TRUST_API_KEY"], "real");
        assert_eq!(values["TRUST_API_PORT"], "0");
        assert!(values["OMOP_DATA_DIR"].starts_with(folder.as_str()));
    }

    #[test]
    fn a_kit_nobody_reads_alike_is_refused_with_its_line() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = utf8(folder.path()).expect("UTF-8");
        let kit = folder.join("kit");
        std::fs::write(&kit, "\u{feff}DOCKER_REGISTRY=mirror.example/\n").expect("written");
        let error = values_of(Some(&kit), folder).expect_err("a byte order mark").to_string();
        assert!(error.contains("kit, line 1: it begins with a byte order mark"), "{error}");
    }

    #[test]
    fn an_env_file_quotes_what_needs_it() {
        let values = BTreeMap::from([("A", "x/y="), ("B", "Alpha Hospital"), ("C", "a$b")])
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        assert_eq!(kit_text(&values), "A=x/y=\nB='Alpha Hospital'\nC='a$b'\n");
    }
}
