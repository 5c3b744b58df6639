//! The command line. Every flag has an environment variable and one line of help.

use camino::Utf8PathBuf;
use clap::builder::FalseyValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use contract::edition::EditionId;
use harness::containers::Pull;
use harness::engine::Shard;
use harness::target::TargetSpec;

mod matrix;
mod observe;
mod shard;

pub use matrix::{MatrixArgs, MatrixFormat};
pub use observe::{ObserveArgs, ProbeArgs};

/// Judges whether the two halves of a FLIP federation keep their contract.
#[derive(Debug, Parser)]
#[command(name = "flipcheck", version, about, max_term_width = 100)]
pub struct FlipcheckArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Judge a trust (default) or a hub; exit 0 conformant, 1 not, 3 could not verify, 4 stale expectation
    Run(Box<RunArgs>),
    /// List scenarios, requirements, mutants, faults, deviations or editions
    List(ListArgs),
    /// Explain a requirement, scenario, mutant or fault
    Explain(ExplainArgs),
    /// Run the mock hub until interrupted
    Hub(Box<mock_hub::options::HubArgs>),
    /// Run the mock trust from a kit file or from the environment
    Trust(mock_trust::process::TrustArgs),
    /// Run every mutant against the suite and show who kills whom
    Mutants(MutantsArgs),
    /// Bring about a bug of a past federation and show what catches it
    Bugs(BugsArgs),
    /// Judge every pairing of hub, trust, FL server and FL client releases: the upgrade window
    Matrix(Box<MatrixArgs>),
    /// Say whether containers can be judged on this machine, and what killed runs left; exit 0 or 3
    Doctor(DoctorArgs),
    /// Run one scenario again from the case file a failed run wrote
    Replay(ReplayArgs),
    /// Tell every packet of this network namespace, as a container beside a trust
    #[command(hide = true)]
    Observe(ObserveArgs),
    /// Try the FL endpoint once from here
    #[command(hide = true)]
    Probe(ProbeArgs),
    /// Make other reports from an NDJSON event stream, or merge several streams
    Report(ReportArgs),
}

/// Which behaviour an embedded mock shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Conduct {
    /// As the real services are seen to behave, deviations included.
    AsBuilt,
    /// Every clause kept.
    Ideal,
}

impl Conduct {
    /// The word in reports and case files.
    pub fn word(self) -> &'static str {
        match self {
            Self::AsBuilt => "as-built",
            Self::Ideal => "ideal",
        }
    }
}

/// Which side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SideWord {
    /// The hospital's node.
    Trust,
    /// The cloud side.
    Hub,
}

/// `flipcheck run`.
#[derive(Clone, Debug, Args)]
pub struct RunArgs {
    /// Trust to judge: embedded, process:CMD or attach
    #[arg(long, env = "FLIPCHECK_TRUST", conflicts_with = "hub")]
    pub trust: Option<TargetSpec>,
    /// Hub to judge: embedded, process:CMD or url:URL
    #[arg(long, env = "FLIPCHECK_HUB")]
    pub hub: Option<TargetSpec>,
    /// Kits and keys for a hub that is not ours (TOML, mode 0600): kits, admin_token, internal_key, …
    #[arg(long, env = "FLIPCHECK_HUB_ACCESS", value_name = "FILE", requires = "hub")]
    pub hub_access: Option<Utf8PathBuf>,
    /// Edition to judge by
    #[arg(long, env = "FLIPCHECK_EDITION", default_value_t = EditionId::DEFAULT)]
    pub edition: EditionId,
    /// Only scenarios whose tags satisfy this expression, such as '@polling and not @slow'
    #[arg(long, env = "FLIPCHECK_TAGS", value_name = "EXPR")]
    pub tags: Option<String>,
    /// Only this scenario id; may be repeated
    #[arg(long, env = "FLIPCHECK_SCENARIO", value_name = "ID", value_delimiter = ',')]
    pub scenario: Vec<String>,
    /// Write a report, such as junit=results.xml; may be repeated
    #[arg(long, env = "FLIPCHECK_REPORT", value_name = "FMT=PATH", value_delimiter = ',')]
    pub report: Vec<String>,
    /// Known deviations (TOML): requirement, reason, owner, expires
    #[arg(long, env = "FLIPCHECK_EXPECT", value_name = "FILE")]
    pub expect: Option<Utf8PathBuf>,
    /// A broken SHOULD fails the run
    #[arg(long, env = "FLIPCHECK_STRICT", value_parser = FalseyValueParser::new())]
    pub strict: bool,
    /// Seed of keys, ids and faults
    #[arg(long, env = "FLIPCHECK_SEED", default_value_t = 1)]
    pub seed: u64,
    /// Scenarios at once
    #[arg(long, env = "FLIPCHECK_JOBS", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub jobs: Option<u16>,
    /// Run part I of N only; job/N takes I from a Kubernetes indexed Job
    #[arg(long, env = "FLIPCHECK_SHARD", value_name = "I/N", value_parser = shard::shard)]
    pub shard: Option<Shard>,
    /// Print what would run, and run nothing
    #[arg(long, env = "FLIPCHECK_PLAN", value_parser = FalseyValueParser::new())]
    pub plan: bool,
    /// Keep case files of earlier runs instead of clearing them
    #[arg(long, env = "FLIPCHECK_KEEP", value_parser = FalseyValueParser::new())]
    pub keep: bool,
    /// Conduct of an embedded target
    #[arg(long, env = "FLIPCHECK_CONDUCT", value_enum, default_value_t = Conduct::Ideal)]
    pub conduct: Conduct,
    /// Break an embedded target on purpose: a mutant of the trust or a fault of the hub
    #[arg(long, env = "FLIPCHECK_MUTANT", value_name = "NAME", value_delimiter = ',')]
    pub mutant: Vec<String>,
    /// Factor on the waits of a process or image that honours FLIPCHECK_TIME_SCALE
    #[arg(long, env = "FLIPCHECK_TIME_SCALE", value_name = "FACTOR", value_parser = time_scale)]
    pub time_scale: Option<f64>,
    /// How containers are run
    #[command(flatten)]
    pub docker: DockerArgs,
    /// Longest a single step may take, seconds; by default what the target's pace allows
    #[arg(long, env = "FLIPCHECK_STEP_LIMIT", value_name = "SECS",
        value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub step_limit: Option<u64>,
    /// Take features from this folder instead of the built-in ones
    #[arg(long, env = "FLIPCHECK_FEATURES", value_name = "DIR")]
    pub features: Option<Utf8PathBuf>,
    /// Folder for case files of failed scenarios
    #[arg(long, env = "FLIPCHECK_CASES", value_name = "DIR", default_value = ".flipcheck/cases")]
    pub cases: Utf8PathBuf,
}

/// How containers of `image:` and `compose:` targets are run.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Containers")]
pub struct DockerArgs {
    /// When images are fetched: never, or when they are missing here
    #[arg(long, env = "FLIPCHECK_PULL", value_name = "WHEN", default_value = "missing")]
    pub pull: Pull,
    /// Processors each container may use, such as 0.5
    #[arg(long, env = "FLIPCHECK_CPUS", value_name = "N", value_parser = processors)]
    pub cpus: Option<f64>,
    /// Memory each container may use, such as 512m or 2g
    #[arg(long, env = "FLIPCHECK_MEMORY", value_name = "SIZE", value_parser = memory)]
    pub memory: Option<i64>,
    /// Service of the compose file that polls the hub, where it is not called trust-api
    #[arg(long, env = "FLIPCHECK_COMPOSE_SERVICE", value_name = "NAME")]
    pub compose_service: Option<String>,
    /// Kit whose registry, tags and other settings of the site fill the compose file
    #[arg(long, env = "FLIPCHECK_COMPOSE_KIT", value_name = "FILE")]
    pub compose_kit: Option<Utf8PathBuf>,
}

impl DockerArgs {
    /// Whether containers are to be limited.
    pub fn limits(&self) -> bool {
        self.cpus.is_some() || self.memory.is_some()
    }
}

/// What to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Listing {
    /// Scenarios of both sides.
    Scenarios,
    /// The requirement catalogue.
    Requirements,
    /// Mutants of the mock trust.
    Mutants,
    /// Semantic and transport faults of the mock hub.
    Faults,
    /// Where the real services break a clause, as an expectation file.
    Deviations,
    /// Editions and their capabilities.
    Editions,
}

/// How to print a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// For people.
    Human,
    /// For programs.
    Json,
    /// For the documentation.
    Markdown,
}

/// `flipcheck list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// What to list
    #[arg(value_enum, default_value_t = Listing::Scenarios)]
    pub what: Listing,
    /// How to print it
    #[arg(long, env = "FLIPCHECK_FORMAT", value_enum, default_value_t = ListFormat::Human)]
    pub format: ListFormat,
    /// Only what concerns this edition
    #[arg(long, env = "FLIPCHECK_EDITION")]
    pub edition: Option<EditionId>,
    /// Only what concerns this side
    #[arg(long, env = "FLIPCHECK_SIDE", value_enum)]
    pub side: Option<SideWord>,
}

/// `flipcheck explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// Id of a requirement or scenario, name of a mutant or fault
    pub id: String,
}

/// `flipcheck mutants`.
#[derive(Clone, Debug, Args)]
pub struct MutantsArgs {
    /// Only mutants of this side
    #[arg(long, env = "FLIPCHECK_SIDE", value_enum)]
    pub side: Option<SideWord>,
    /// Only this mutant; may be repeated
    #[arg(long, env = "FLIPCHECK_ONLY", value_name = "NAME", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Edition to judge by; otherwise the newest it concerns in which a scenario notices it
    #[arg(long, env = "FLIPCHECK_EDITION")]
    pub edition: Option<EditionId>,
    /// How to print the result
    #[arg(long, env = "FLIPCHECK_FORMAT", value_enum, default_value_t = ListFormat::Human)]
    pub format: ListFormat,
    /// Scenarios at once
    #[arg(long, env = "FLIPCHECK_JOBS", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub jobs: Option<u16>,
    /// Seed
    #[arg(long, env = "FLIPCHECK_SEED", default_value_t = 1)]
    pub seed: u64,
}

/// `flipcheck bugs`.
#[derive(Clone, Debug, Args)]
pub struct BugsArgs {
    /// What to do with them.
    #[command(subcommand)]
    pub verb: BugsVerb,
}

/// What to do with the bug bank.
#[derive(Clone, Debug, Subcommand)]
pub enum BugsVerb {
    /// List every bug
    List {
        /// How to print it
        #[arg(long, env = "FLIPCHECK_FORMAT", value_enum, default_value_t = BugsFormat::Human)]
        format: BugsFormat,
    },
    /// Tell everything known of one bug
    Show {
        /// Its number, such as B14
        id: String,
        /// How to print it
        #[arg(long, env = "FLIPCHECK_FORMAT", value_enum, default_value_t = BugsFormat::Human)]
        format: BugsFormat,
    },
    /// Bring one about; exit 0 it appeared and was caught, 1 one of both not, 3 it cannot be had here
    Run(RunBugArgs),
}

/// `flipcheck bugs run`.
#[derive(Clone, Debug, Args)]
pub struct RunBugArgs {
    /// Its number, such as B14
    pub id: String,
    /// How to print the result
    #[arg(long, env = "FLIPCHECK_FORMAT", value_enum, default_value_t = BugsFormat::Human)]
    pub format: BugsFormat,
    /// Seed
    #[arg(long, env = "FLIPCHECK_SEED", default_value_t = 1)]
    pub seed: u64,
    /// Leave out what is planted, to see that the verdict bites
    #[arg(long, env = "FLIPCHECK_INERT", hide = true, value_parser = FalseyValueParser::new())]
    pub inert: bool,
}

/// How to print bugs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum BugsFormat {
    /// For people.
    Human,
    /// For programs.
    Json,
}

/// `flipcheck doctor`.
#[derive(Clone, Copy, Debug, Args)]
pub struct DoctorArgs {
    /// How to print it
    #[arg(long, env = "FLIPCHECK_FORMAT", value_enum, default_value_t = DoctorFormat::Human)]
    pub format: DoctorFormat,
    /// Remove what killed runs left: programs, containers, networks, images, folders
    #[arg(long, env = "FLIPCHECK_SWEEP", value_parser = FalseyValueParser::new())]
    pub sweep: bool,
}

/// How to print a diagnosis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DoctorFormat {
    /// For people.
    Human,
    /// For programs.
    Json,
}

/// `flipcheck replay`.
#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// A case file
    pub file: Utf8PathBuf,
}

/// `flipcheck report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// NDJSON files; a first word `merge` joins several
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<String>,
    /// Write this report, such as junit=results.xml; may be repeated; default: human on stdout
    #[arg(long, env = "FLIPCHECK_TO", value_name = "FMT=PATH", value_delimiter = ',')]
    pub to: Vec<String>,
}

/// A factor that leaves waits that can be waited for.
fn processors(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(count) if (0.01..=1024.0).contains(&count) => Ok(count),
        _ => Err("a number of processors, from 0.01 up".to_owned()),
    }
}

/// Bytes, as Docker reads them; below 6 MiB no container starts.
fn memory(text: &str) -> Result<i64, String> {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let number = text.strip_suffix(unit).and_then(|digits| digits.parse::<i64>().ok());
    let factor = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => Some(1),
        "k" => Some(1 << 10),
        "m" => Some(1 << 20),
        "g" => Some(1 << 30),
        _ => None,
    };
    number
        .zip(factor)
        .and_then(|(number, factor)| number.checked_mul(factor))
        .filter(|bytes| *bytes >= 6 << 20)
        .ok_or_else(|| "a size from 6m up, such as 512m or 2g".to_owned())
}

fn time_scale(text: &str) -> Result<f64, String> {
    let factor: f64 = text.parse().map_err(|_| "it is no number".to_owned())?;
    if (0.001..=100.0).contains(&factor) {
        return Ok(factor);
    }
    Err("it must lie between 0.001 and 100".to_owned())
}
