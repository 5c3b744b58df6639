//! The mock trust as a target: in a task of this process, or in a process of its own where a
//! scenario must see its sockets.

use std::sync::Arc;

use contract::edition::Edition;
use contract::envelope::Cipher;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use harness::engine::nearest;
use harness::target::{
    Capability, Exit, LogBook, ProcessTrust, RunningTrust, SiteHandle, TargetError, TrustOrder,
    TrustTarget,
};
use mock_trust::mutants;
use mock_trust::{Habits, Neighbours, Node, NodeOptions};
use parking_lot::Mutex;

use crate::args::Conduct;
use crate::failure::Failure;

/// Waits of the contract are this much shorter in an embedded trust.
const TIME_SCALE: f64 = 0.02;

/// Starts mock trusts.
#[derive(Clone)]
pub struct EmbeddedTrust {
    conduct: Conduct,
    habits: Habits,
    mutants: Vec<String>,
}

impl EmbeddedTrust {
    /// A trust of that conduct, broken by these mutants.
    pub fn new(edition: &Edition, conduct: Conduct, mutants: &[String]) -> Result<Self, Failure> {
        let mut habits = conduct_of(conduct).habits(edition.id);
        for name in mutants {
            let mutant = mutants::ALL
                .iter()
                .find(|mutant| mutant.name == name)
                .ok_or_else(|| unknown(name))?;
            (mutant.apply)(&mut habits);
        }
        Ok(Self { conduct, habits, mutants: mutants.to_vec() })
    }

    /// The same trust as a command line of this very program.
    fn as_process(&self, order: &TrustOrder) -> Result<ProcessTrust, TargetError> {
        let program = std::env::current_exe().map_err(|error| TargetError::CannotStart {
            what: "this program again".to_owned(),
            reason: error.to_string(),
        })?;
        let mut words = vec![program.to_string_lossy().into_owned(), "trust".to_owned()];
        words.extend(["--edition".to_owned(), order.edition.to_string()]);
        words.extend(["--conduct".to_owned(), self.conduct.word().to_owned()]);
        words.extend(["--port".to_owned(), "{port}".to_owned()]);
        for mutant in &self.mutants {
            words.extend(["--mutant".to_owned(), mutant.clone()]);
        }
        Ok(ProcessTrust { words, time_scale: order.time_scale })
    }
}

fn unknown(name: &str) -> Failure {
    let failure = Failure::usage(format!("no mutant is called {name:?}"));
    match nearest(name, mutants::ALL.iter().map(|mutant| mutant.name)) {
        Some(near) => failure.hint(format!("did you mean {near}?")),
        None => failure.hint("`flipcheck list mutants` shows them"),
    }
}

fn conduct_of(conduct: Conduct) -> mock_trust::Conduct {
    match conduct {
        Conduct::AsBuilt => mock_trust::Conduct::AsBuilt,
        Conduct::Ideal => mock_trust::Conduct::Ideal,
    }
}

impl TrustTarget for EmbeddedTrust {
    fn kind(&self) -> &'static str {
        "embedded"
    }

    fn can(&self, capability: Capability) -> bool {
        !matches!(
            capability,
            Capability::Control | Capability::Container | Capability::Packets | Capability::Compose
        )
    }

    fn time_scale(&self) -> f64 {
        TIME_SCALE
    }

    fn out_of_reach(&self, requirement: &str, edition: &Edition) -> Option<&'static str> {
        let ideal = self.conduct == Conduct::Ideal;
        let blind = edition.cipher == Cipher::Cbc && requirement == "TRUST-TASK-02";
        (ideal && blind).then_some("cbc does not prove who wrote a text: no reader can notice this")
    }

    fn start(
        &self,
        mut order: TrustOrder,
    ) -> BoxFuture<'_, Result<Box<dyn RunningTrust>, TargetError>> {
        async move {
            if order.own_process {
                return self.as_process(&order)?.start(order).await;
            }
            if order.own_site {
                for name in [
                    "DATA_ACCESS_API_URL",
                    "IMAGING_API_URL",
                    "XNAT_URL",
                    "OMOP_DB_HOST",
                    "OMOP_DB_PORT",
                ] {
                    order.env.remove(name);
                }
            }
            let log = Arc::new(LogBook::new(order.secrets));
            let sink = Arc::clone(&log);
            let mut options = NodeOptions::new(
                order.edition,
                conduct_of(self.conduct),
                Arc::new(move |line: &str| sink.push(line)),
            );
            options.habits = self.habits;
            options.neighbours =
                if order.own_site { Neighbours::WhereUnset } else { Neighbours::Outside };
            match Node::from_env(order.env, order.edition, options).await {
                Ok(node) => Ok(Box::new(Embedded::of(node, log)) as Box<dyn RunningTrust>),
                Err(error) => {
                    log.push(&error.to_string());
                    let exit = Exit::Code(i32::from(error.exit_code()));
                    Ok(Box::new(Embedded {
                        node: Mutex::default(),
                        ended: Some(exit),
                        log,
                        health: None,
                        site: None,
                    }) as Box<dyn RunningTrust>)
                }
            }
        }
        .boxed()
    }
}

struct Embedded {
    node: Mutex<Option<Arc<Node>>>,
    ended: Option<Exit>,
    log: Arc<LogBook>,
    health: Option<String>,
    site: Option<SiteHandle>,
}

impl Embedded {
    fn of(node: Node, log: Arc<LogBook>) -> Self {
        let node = Arc::new(node);
        // The services are the node's own and end with it.
        let site = node.site().map(|site| super::site::handle(site, Arc::new(())));
        Self {
            health: Some(node.health_url()),
            site,
            node: Mutex::new(Some(node)),
            ended: None,
            log,
        }
    }

    fn node(&self) -> Option<Arc<Node>> {
        self.node.lock().clone()
    }
}

impl RunningTrust for Embedded {
    fn health_url(&self) -> Option<String> {
        self.health.clone()
    }

    fn site(&self) -> Option<SiteHandle> {
        self.site.clone()
    }

    fn log(&self) -> Arc<LogBook> {
        Arc::clone(&self.log)
    }

    fn exited(&self) -> Option<Exit> {
        self.ended.or_else(|| self.node()?.exit().map(|exit| Exit::Code(i32::from(exit.code()))))
    }

    fn wait(&self) -> BoxFuture<'_, Exit> {
        async move {
            match (self.ended, self.node()) {
                (Some(exit), _) => exit,
                (None, Some(node)) => Exit::Code(i32::from(node.wait().await.code())),
                (None, None) => Exit::Code(0),
            }
        }
        .boxed()
    }

    fn terminate(&self) -> Result<(), TargetError> {
        if let Some(node) = self.node() {
            node.terminate();
        }
        Ok(())
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        // Dropping a node ends every task of it.
        drop(self.node.lock().take());
        futures::future::ready(()).boxed()
    }
}
