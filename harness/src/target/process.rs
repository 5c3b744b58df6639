//! `process:CMD`: any program that behaves like a trust, in a process group of its own.

use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use rustix::process::Signal;

use super::child::{Started, cannot};
use super::own_names::with_names;
use super::port::Port;
use super::{Capability, Exit, LogBook, RunningTrust, TargetError, TrustOrder, TrustTarget};

/// A trust that is a command; `{port}`, `{kit}` and `{workdir}` in its words are replaced.
#[derive(Clone, Debug)]
pub struct ProcessTrust {
    /// The command, split into words.
    pub words: Vec<String>,
    /// Factor it applies to its waits when told so by `FLIPCHECK_TIME_SCALE`; 1 for a real trust.
    pub time_scale: f64,
}

impl TrustTarget for ProcessTrust {
    fn kind(&self) -> &'static str {
        "process"
    }

    fn can(&self, capability: Capability) -> bool {
        matches!(
            capability,
            Capability::Restart
                | Capability::Logs
                | Capability::ExitCode
                | Capability::Signals
                | Capability::Health
                | Capability::Process
                | Capability::Loopback
        )
    }

    fn time_scale(&self) -> f64 {
        self.time_scale
    }

    fn start(
        &self,
        order: TrustOrder,
    ) -> BoxFuture<'_, Result<Box<dyn RunningTrust>, TargetError>> {
        async move {
            let workdir = tempfile::tempdir().map_err(|error| cannot("a work folder", &error))?;
            let kit = workdir.path().join(".env.SITE.production");
            write_private(&kit, &order.kit).map_err(|error| cannot("a kit file", &error))?;
            let port = Port::lease().map_err(|error| cannot("a port for /health", &error))?;
            let number = port.number().to_string();
            let mut env = order.env;
            env.insert("TRUST_API_PORT".to_owned(), number.clone());
            let health_url = format!("http://127.0.0.1:{number}/health");
            let places = [
                ("{port}", number),
                ("{kit}", kit.to_string_lossy().into_owned()),
                ("{workdir}", workdir.path().to_string_lossy().into_owned()),
            ];
            let log = Arc::new(LogBook::new(order.secrets));
            let mut words = fill(&self.words, &places);
            if let Some(hosts) = &order.hosts {
                words = with_names(words, hosts);
            }
            let started = Started::spawn(&words, &env, &log)?;
            let trust = RunningProcess { started, log, health_url, _workdir: workdir, _port: port };
            Ok(Box::new(trust) as Box<dyn RunningTrust>)
        }
        .boxed()
    }
}

struct RunningProcess {
    started: Started,
    log: Arc<LogBook>,
    health_url: String,
    // Given back in this order: the process first.
    _workdir: tempfile::TempDir,
    _port: Port,
}

impl RunningTrust for RunningProcess {
    fn health_url(&self) -> Option<String> {
        Some(self.health_url.clone())
    }

    fn log(&self) -> Arc<LogBook> {
        Arc::clone(&self.log)
    }

    fn pid(&self) -> Option<u32> {
        Some(self.started.pid)
    }

    fn exited(&self) -> Option<Exit> {
        *self.started.exit.borrow()
    }

    fn wait(&self) -> BoxFuture<'_, Exit> {
        self.started.wait().boxed()
    }

    fn terminate(&self) -> Result<(), TargetError> {
        self.started.signal(Signal::TERM)
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        self.started.stop().boxed()
    }
}

fn fill(words: &[String], places: &[(&str, String)]) -> Vec<String> {
    words
        .iter()
        .map(|word| {
            places.iter().fold(word.clone(), |word, (place, value)| word.replace(place, value))
        })
        .collect()
}

fn write_private(path: &std::path::Path, text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?
        .write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use super::*;

    fn order() -> TrustOrder {
        TrustOrder {
            env: BTreeMap::new(),
            kit: "TRUST_NAME=Alpha\n".to_owned(),
            edition: contract::edition::EditionId::DEFAULT,
            secrets: Vec::new(),
            time_scale: 1.0,
            own_process: false,
            own_site: false,
            disk_full: false,
            hosts: None,
            namespace: None,
        }
    }

    async fn start(script: &str) -> Box<dyn RunningTrust> {
        let words = ["sh", "-c", script].map(str::to_owned).to_vec();
        ProcessTrust { words, time_scale: 1.0 }.start(order()).await.expect("starts")
    }

    #[tokio::test]
    async fn the_exit_code_and_the_last_output_are_seen() {
        let trust = start("cat {kit}; echo port {port}; exit 7").await;
        assert_eq!(trust.wait().await, Exit::Code(7));
        assert_eq!(trust.log().tail(2)[0], "TRUST_NAME=Alpha");
    }

    #[tokio::test]
    async fn stopping_ends_the_whole_process_group() {
        let trust = start("sleep 300 & echo child $!; wait").await;
        let line = crate::wait::eventually(Duration::from_secs(10), "a child", || async {
            crate::wait::Probe::found(trust.log().tail(1).pop(), "no line")
        })
        .await
        .expect("prints its child's pid");
        let child = line.trim_start_matches("child ").to_owned();
        trust.stop().await;
        crate::wait::eventually(Duration::from_secs(10), "the child's end", || async {
            match std::fs::read_to_string(format!("/proc/{child}/stat")) {
                Ok(stat) if !stat.contains(" Z ") => crate::wait::Probe::Pending(stat),
                _ => crate::wait::Probe::Done(()),
            }
        })
        .await
        .expect("the child is gone");
    }

    #[tokio::test]
    async fn a_command_that_does_not_exist_cannot_start() {
        let words = vec!["/nonexistent/trust".to_owned()];
        let started = ProcessTrust { words, time_scale: 1.0 }.start(order()).await;
        assert!(matches!(started.err(), Some(TargetError::CannotStart { .. })));
    }
}
