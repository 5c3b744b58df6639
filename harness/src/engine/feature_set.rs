//! Feature files, from the binary or from a folder, and the scenarios they hold.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use contract::catalogue::{self, Requirement};
use cucumber::feature::Ext as _;
use gherkin::{Feature, GherkinEnv, Scenario, Step, StepType};
use include_dir::{Dir, include_dir};
use serde::Serialize;

use super::steps::StepTable;
use crate::event::{Planned, Side};
use crate::target::Capability;

static EMBEDDED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../features");

/// Where feature files come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum FeatureSource {
    /// Those built into the binary.
    #[default]
    Embedded,
    /// Every `*.feature` file below a folder.
    Folder(Utf8PathBuf),
}

/// Feature files that cannot be used, with what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum FeatureError {
    /// The folder, or a file in it, cannot be read.
    #[error("read features from {path}: {source}")]
    Unreadable {
        /// What was to be read.
        path: Utf8PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// A file is no Gherkin, or an example lacks a column.
    #[error("{path}: {reason}")]
    Malformed {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A scenario asks nothing that could be answered with no.
    #[error(
        "{path}:{line}: the scenario {scenario:?} has no Then that can fail: it would count as a proof \
         and prove nothing"
    )]
    AsksNothing {
        /// The file.
        path: String,
        /// Line of the scenario.
        line: usize,
        /// Its name.
        scenario: String,
    },
    /// There is no feature file at all.
    #[error("no *.feature file below {0}")]
    Empty(Utf8PathBuf),
}

/// One scenario, ready to be selected and run.
#[derive(Clone, Debug, Serialize)]
pub struct Case {
    /// `theme/capability/name`, stable as long as those are.
    pub id: String,
    /// Name of the feature.
    pub feature: String,
    /// Name of the scenario, placeholders filled.
    pub name: String,
    /// Which half of the federation it judges: `trust`, `hub` or `both`.
    pub side: CaseSide,
    /// Ids of the requirements it proves.
    pub requirements: Vec<String>,
    /// All other tags, without the at sign.
    pub tags: Vec<String>,
    /// Position among all scenarios of the set: (feature, scenario).
    #[serde(skip)]
    pub place: (usize, usize),
}

/// Which half of the federation a scenario judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CaseSide {
    /// The trust.
    Trust,
    /// The hub.
    Hub,
    /// Either, or what the two do together.
    Both,
}

impl CaseSide {
    /// Whether the scenario is run when that side is judged.
    pub fn judges(self, side: Side) -> bool {
        matches!(
            (self, side),
            (Self::Both, _) | (Self::Trust, Side::Trust) | (Self::Hub, Side::Hub)
        )
    }
}

impl Case {
    /// Whether the scenario carries that tag, requirement ids included.
    pub fn is_tagged(&self, tag: &str) -> bool {
        self.tags.iter().chain(&self.requirements).any(|own| own == tag)
    }

    /// Whether it wants a newly started target: it says so, or it changes how the target is started or
    /// ends it.
    pub fn wants_fresh_target(&self) -> bool {
        let ending = [Capability::Restart, Capability::ExitCode, Capability::Signals];
        self.is_tagged("fresh")
            || self
                .tag_value("needs")
                .filter_map(Capability::parse)
                .any(|need| ending.contains(&need))
    }

    /// The longest wait the contract allows a target in it, seconds of the contract, where that is
    /// more than a moment: from its tag `@waits:SECS`.
    pub fn waits_secs(&self) -> u32 {
        self.tag_value("waits").filter_map(|secs| secs.parse().ok()).max().unwrap_or(0)
    }

    /// The value of a tag `name:value`.
    pub fn tag_value<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.tags.iter().filter_map(move |tag| tag.strip_prefix(name)?.strip_prefix(':'))
    }

    /// The rows of the catalogue behind its requirement ids.
    pub fn clauses(&self) -> impl Iterator<Item = &'static Requirement> {
        self.requirements.iter().filter_map(|id| catalogue::find(id))
    }

    /// What a report announces of it.
    pub fn planned(&self) -> Planned {
        Planned {
            id: self.id.clone(),
            feature: self.feature.clone(),
            name: self.name.clone(),
            requirements: self.requirements.clone(),
        }
    }
}

/// Every feature of a source, outlines expanded.
#[derive(Debug)]
pub struct FeatureSet {
    /// Parsed features, examples expanded, in path order.
    pub features: Vec<Feature>,
    /// Every scenario in them, in order.
    pub cases: Vec<Case>,
}

impl FeatureSet {
    /// Reads and parses everything; one bad file spoils the whole set, so that none is left unread.
    pub fn load(source: &FeatureSource) -> Result<Self, FeatureError> {
        let texts = match source {
            FeatureSource::Embedded => embedded_texts(&EMBEDDED),
            FeatureSource::Folder(folder) => folder_texts(folder)?,
        };
        if texts.is_empty() {
            let place = match source {
                FeatureSource::Embedded => Utf8PathBuf::from("(embedded features)"),
                FeatureSource::Folder(folder) => folder.clone(),
            };
            return Err(FeatureError::Empty(place));
        }
        let mut features = Vec::with_capacity(texts.len());
        let mut cases = Vec::new();
        let mut taken = BTreeMap::new();
        for (path, text) in &texts {
            let feature = parse(path, text)?;
            for (at, scenario) in feature.scenarios.iter().enumerate() {
                let place = (features.len(), at);
                cases.push(case(path, &feature, scenario, place, &mut taken)?);
            }
            features.push(feature);
        }
        let set = Self { features, cases };
        match source {
            FeatureSource::Embedded => set.asks(&StepTable::judging_in(&set.features))?,
            FeatureSource::Folder(_) => set.asks(StepTable::judging())?,
        }
        Ok(set)
    }

    /// Every scenario must have a step after its Then that judges. One without steps, or with one that
    /// nobody knows, is told of when it is to run.
    fn asks(&self, judging: &BTreeSet<usize>) -> Result<(), FeatureError> {
        for feature in &self.features {
            for scenario in &feature.scenarios {
                let row = |step: &Step| StepTable::known().row_of(&step.value);
                let unreadable = scenario.steps.iter().any(|step| row(step).is_none());
                let thens = scenario.steps.iter().filter(|step| step.ty == StepType::Then);
                let asks = thens.filter_map(row).any(|row| judging.contains(&row));
                if asks || unreadable || scenario.steps.is_empty() {
                    continue;
                }
                let path = feature.path.as_ref();
                return Err(FeatureError::AsksNothing {
                    path: path.map(|path| path.display().to_string()).unwrap_or_default(),
                    line: scenario.position.line,
                    scenario: scenario.name.clone(),
                });
            }
        }
        Ok(())
    }

    /// Every tag any scenario carries.
    pub fn tags(&self) -> BTreeSet<&str> {
        self.cases
            .iter()
            .flat_map(|case| case.tags.iter().chain(&case.requirements))
            .map(String::as_str)
            .collect()
    }

    /// The features with only the given scenarios in them.
    pub fn only(&self, cases: &[Case]) -> Vec<Feature> {
        self.holding(&cases.iter().collect::<Vec<_>>())
    }

    /// The same, the longest waits first: where many run at once, what takes longest must not begin
    /// last.
    pub fn longest_first(&self, cases: &[Case]) -> Vec<Feature> {
        let mut by_wait: BTreeMap<Reverse<u32>, Vec<&Case>> = BTreeMap::new();
        for case in cases {
            by_wait.entry(Reverse(case.waits_secs())).or_default().push(case);
        }
        by_wait.values().flat_map(|cases| self.holding(cases)).collect()
    }

    fn holding(&self, cases: &[&Case]) -> Vec<Feature> {
        let wanted: BTreeSet<_> = cases.iter().map(|case| case.place).collect();
        let mut kept: Vec<Feature> = Vec::new();
        for (index, feature) in self.features.iter().enumerate() {
            let mut feature = feature.clone();
            let scenarios = std::mem::take(&mut feature.scenarios);
            feature.scenarios = scenarios
                .into_iter()
                .enumerate()
                .filter(|(at, _)| wanted.contains(&(index, *at)))
                .map(|(_, scenario)| scenario)
                .collect();
            if !feature.scenarios.is_empty() {
                kept.push(feature);
            }
        }
        kept
    }
}

fn parse(path: &str, text: &str) -> Result<Feature, FeatureError> {
    let malformed = |reason: String| FeatureError::Malformed { path: path.to_owned(), reason };
    let mut feature = Feature::parse(text, GherkinEnv::default())
        .map_err(|error| malformed(error.to_string()))?;
    feature.path = Some(path.into());
    if !feature.rules.is_empty() {
        return Err(malformed("rules are not used here: write plain scenarios".to_owned()));
    }
    let mut feature = feature.expand_examples().map_err(|error| malformed(error.to_string()))?;
    for scenario in &mut feature.scenarios {
        scenario.examples.clear();
    }
    if feature.scenarios.is_empty() {
        return Err(malformed("holds no scenario".to_owned()));
    }
    Ok(feature)
}

fn case(
    path: &str,
    feature: &Feature,
    scenario: &Scenario,
    place: (usize, usize),
    taken: &mut BTreeMap<String, usize>,
) -> Result<Case, FeatureError> {
    let stem = format!("{}/{}", path.trim_end_matches(".feature"), slug(&scenario.name));
    let count = taken.entry(stem.clone()).and_modify(|n| *n += 1).or_insert(1_usize);
    let id = if *count == 1 { stem } else { format!("{stem}-{count}") };
    let theme = path.split('/').next().unwrap_or_default();
    let (mut requirements, mut tags) =
        (Vec::new(), vec![theme.trim_end_matches(".feature").to_owned()]);
    for tag in feature.tags.iter().chain(&scenario.tags) {
        let list = if catalogue::find(tag).is_some() { &mut requirements } else { &mut tags };
        if !list.contains(tag) {
            list.push(tag.clone());
        }
    }
    if let Some(typo) = tags.iter().find(|tag| looks_like_requirement(tag)) {
        return Err(FeatureError::Malformed {
            path: path.to_owned(),
            reason: format!(
                "scenario {:?} names {typo}, which no catalogue row has",
                scenario.name
            ),
        });
    }
    let side = match (tags.iter().any(|t| t == "trust"), tags.iter().any(|t| t == "hub")) {
        (true, false) => CaseSide::Trust,
        (false, true) => CaseSide::Hub,
        _ => CaseSide::Both,
    };
    Ok(Case {
        id,
        feature: feature.name.clone(),
        name: scenario.name.clone(),
        side,
        requirements,
        tags,
        place,
    })
}

fn looks_like_requirement(tag: &str) -> bool {
    tag.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-')
        && tag.matches('-').count() >= 2
}

/// Lower case letters and digits, everything else a single hyphen.
fn slug(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    for c in name.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() || c == '.' {
            slug.push(c);
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

fn embedded_texts(dir: &'static Dir<'static>) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    let mut open = vec![dir];
    while let Some(dir) = open.pop() {
        open.extend(dir.dirs());
        for file in dir.files() {
            if let (Some(path), Some(text)) = (file.path().to_str(), file.contents_utf8())
                && is_feature(Utf8Path::new(path))
            {
                texts.insert(path.to_owned(), text.to_owned());
            }
        }
    }
    texts
}

fn folder_texts(folder: &Utf8Path) -> Result<BTreeMap<String, String>, FeatureError> {
    let unreadable =
        |path: &Utf8Path, source| FeatureError::Unreadable { path: path.to_owned(), source };
    let mut texts = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(dir) = open.pop() {
        let entries = dir.read_dir_utf8().map_err(|source| unreadable(&dir, source))?;
        for entry in entries {
            let entry = entry.map_err(|source| unreadable(&dir, source))?;
            let path = entry.path().to_owned();
            let kind = entry.file_type().map_err(|source| unreadable(&path, source))?;
            if kind.is_dir() {
                open.push(path);
            } else if is_feature(&path) {
                let text =
                    std::fs::read_to_string(&path).map_err(|source| unreadable(&path, source))?;
                let name = path.strip_prefix(folder).unwrap_or(&path).to_string();
                texts.insert(name, text);
            }
        }
    }
    Ok(texts)
}

fn is_feature(path: &Utf8Path) -> bool {
    path.extension() == Some("feature")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> (tempfile::TempDir, FeatureSource) {
        let dir = tempfile::tempdir().expect("temp folder");
        for (name, text) in files {
            std::fs::write(dir.path().join(name), text).expect("write feature");
        }
        let path = Utf8PathBuf::from_path_buf(dir.path().to_owned()).expect("utf-8 path");
        (dir, FeatureSource::Folder(path))
    }

    #[test]
    fn an_empty_folder_is_no_feature_set() {
        let (_dir, source) = folder(&[("README.md", "nothing here")]);
        assert!(matches!(FeatureSet::load(&source), Err(FeatureError::Empty(_))));
    }

    #[test]
    fn a_missing_folder_is_unreadable() {
        let source = FeatureSource::Folder("/nonexistent/features".into());
        assert!(matches!(FeatureSet::load(&source), Err(FeatureError::Unreadable { .. })));
    }

    #[test]
    fn a_requirement_tag_no_catalogue_row_has_is_an_error() {
        let text = "@trust @TRUST-NOPE-99\nFeature: f\n  Scenario: s\n    Given x\n";
        let (_dir, source) = folder(&[("a.feature", text)]);
        let error = FeatureSet::load(&source).expect_err("unknown requirement");
        assert!(error.to_string().contains("TRUST-NOPE-99"), "{error}");
    }

    #[test]
    fn a_scenario_that_asks_nothing_is_an_error_with_its_line() {
        let head = "@trust @TRUST-POLL-01\nFeature: f\n  Scenario: only a given\n    Given ";
        let alone = "the trust is running\n";
        let unable = "the trust is running\n    Then the hub answers again\n";
        let arranged = "the trust is running\n    Then a \"cohort_query\" task is queued\n";
        for steps in [alone, arranged] {
            let (_dir, source) = folder(&[("a.feature", &format!("{head}{steps}"))]);
            let error = FeatureSet::load(&source).expect_err("nothing is asked").to_string();
            assert!(error.starts_with("a.feature:3: the scenario \"only a given\""), "{error}");
        }
        // A step nobody knows is another error, told when it is to run.
        let (_dir, source) = folder(&[("a.feature", &format!("{head}{unable}"))]);
        assert!(FeatureSet::load(&source).is_ok());
    }

    #[test]
    fn every_embedded_scenario_asks_something() {
        let set = FeatureSet::load(&FeatureSource::Embedded).expect("embedded features parse");
        assert!(set.asks(StepTable::judging()).is_ok());
        assert!(set.asks(&BTreeSet::new()).is_err());
    }

    #[test]
    fn outlines_become_scenarios_with_ids_of_their_own() {
        let text = "@trust\nFeature: f\n  Scenario Outline: takes <n>\n    Then x\n    \
                    Examples:\n      | n |\n      | 1 |\n      | 2 |\n";
        let (_dir, source) = folder(&[("a.feature", text)]);
        let set = FeatureSet::load(&source).expect("loads");
        let ids: Vec<_> = set.cases.iter().map(|case| case.id.as_str()).collect();
        assert_eq!(ids, ["a/takes-1", "a/takes-2"]);
        assert_eq!(set.only(&set.cases[1..])[0].scenarios.len(), 1);
    }

    #[test]
    fn slow_scenarios_come_first() {
        let text = "@trust\nFeature: f\n  Scenario: quick\n    Then x\n\n  @waits:30\n  \
                    Scenario: long\n    Then x\n";
        let (_dir, source) = folder(&[("a.feature", text)]);
        let set = FeatureSet::load(&source).expect("loads");
        let order = set.longest_first(&set.cases);
        let names: Vec<_> =
            order.iter().flat_map(|f| &f.scenarios).map(|s| s.name.as_str()).collect();
        assert_eq!(names, ["long", "quick"]);
    }

    #[test]
    fn the_embedded_features_load_and_have_distinct_ids() {
        let set = FeatureSet::load(&FeatureSource::Embedded).expect("embedded features parse");
        let ids: BTreeSet<_> = set.cases.iter().map(|case| &case.id).collect();
        assert_eq!(ids.len(), set.cases.len());
    }
}
