//! Cucumber, and no more than needed of it: it runs steps of parsed scenarios, many at once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use cucumber::{Cucumber, cli, event, parser, runner, writer};
use futures::FutureExt as _;
use futures::stream;
use gherkin::{Feature, Scenario};
use parking_lot::Mutex;

use super::feature_set::Case;
use super::run::Engine;
use super::steps::StepTable;
use crate::world::{RunContext, World};

/// Runs these scenarios of the engine's features, which hears of the beginning and the end of each.
pub(super) async fn drive(engine: &Arc<Engine>, cases: &[Case], context: &Arc<RunContext>) {
    let set = engine.features();
    let by_place: BTreeMap<Key, Case> = cases
        .iter()
        .map(|case| {
            let feature = &set.features[case.place.0];
            (key(feature, &feature.scenarios[case.place.1]), case.clone())
        })
        .collect();
    let cases_in = Arc::new(by_place);
    let cases_out = Arc::clone(&cases_in);
    let (entering, leaving) = (Arc::clone(engine), Arc::clone(engine));
    let context = Arc::clone(context);
    let begun: Arc<Mutex<BTreeMap<String, Instant>>> = Arc::default();
    let ended = Arc::clone(&begun);
    let runner = runner::Basic::<World>::default()
        .steps(StepTable::known().collection())
        .max_concurrent_scenarios(engine.jobs().most())
        .which_scenario(|_, _, _| runner::basic::ScenarioType::Concurrent)
        .before(move |feature, _, scenario, world| {
            let case = cases_in.get(&key(feature, scenario)).cloned();
            let (engine, context) = (Arc::clone(&entering), Arc::clone(&context));
            let begun = Arc::clone(&begun);
            async move {
                if let Some(case) = case {
                    world.enter(context, case.clone());
                    // Waiting for others is no part of a scenario, nor of its first step.
                    world.wait_for_turn().await;
                    world.wait_for_room().await;
                    begun.lock().insert(case.id.clone(), Instant::now());
                    engine.begin(&case);
                }
            }
            .boxed_local()
        })
        .after(move |feature, _, scenario, finished, world| {
            let case = cases_out.get(&key(feature, scenario)).cloned();
            let engine = Arc::clone(&leaving);
            let ended = Arc::clone(&ended);
            async move {
                if let Some(case) = case {
                    let since = ended.lock().get(&case.id).copied();
                    let took = since.map(|at| at.elapsed()).unwrap_or_default();
                    engine.conclude(&case, finished, world, took).await;
                }
            }
            .boxed_local()
        });
    let opts = cli::Opts {
        re_filter: None,
        tags_filter: None,
        parser: cli::Empty,
        runner: runner::basic::Cli::default(),
        writer: cli::Empty,
        custom: cli::Empty,
    };
    let features =
        if engine.jobs().most() > 1 { set.longest_first(cases) } else { set.only(cases) };
    Cucumber::<_, _, (), _, _, cli::Empty>::custom(Parsed(features), runner, Quiet)
        .with_cli::<cli::Empty>(opts)
        .run(())
        .await;
}

type Key = (Option<std::path::PathBuf>, usize, usize);

fn key(feature: &Feature, scenario: &Scenario) -> Key {
    (feature.path.clone(), scenario.position.line, scenario.position.col)
}

/// Hands over features that are parsed already.
struct Parsed(Vec<Feature>);

impl cucumber::Parser<()> for Parsed {
    type Cli = cli::Empty;
    type Output = stream::Iter<std::vec::IntoIter<parser::Result<Feature>>>;

    fn parse(self, (): (), _: cli::Empty) -> Self::Output {
        stream::iter(self.0.into_iter().map(Ok).collect::<Vec<_>>())
    }
}

/// Prints nothing: the engine's own events say everything.
struct Quiet;

impl cucumber::Writer<World> for Quiet {
    type Cli = cli::Empty;

    async fn handle_event(
        &mut self,
        _: parser::Result<cucumber::Event<event::Cucumber<World>>>,
        _: &Self::Cli,
    ) {
    }
}

impl writer::Normalized for Quiet {}
