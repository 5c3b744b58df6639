//! How busy this machine is right now: what the kernel says of processes that wait for a processor,
//! and how late the judge's own timers fire.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

/// Watches the machine for as long as it lives.
pub(crate) struct LoadMeter {
    seen: Arc<Seen>,
    watch: JoinHandle<()>,
}

#[derive(Default)]
struct Seen {
    /// Windows that are over.
    windows: AtomicU64,
    busy: AtomicBool,
}

impl LoadMeter {
    /// Begins to watch; must be called on a tokio runtime.
    pub(crate) fn start() -> Self {
        let seen = Arc::<Seen>::default();
        let noted = Arc::clone(&seen);
        let watch = tokio::spawn(async move {
            let mut pressure = waited_micros();
            loop {
                let begun = Instant::now();
                tokio::time::sleep(WINDOW).await;
                let took = begun.elapsed();
                let now = waited_micros();
                let waited = now.zip(pressure).map(|(now, before)| now.saturating_sub(before));
                pressure = now;
                noted.busy.store(is_busy(took, waited), Ordering::Relaxed);
                noted.windows.fetch_add(1, Ordering::Relaxed);
            }
        });
        Self { seen, watch }
    }

    /// Whether the last window that is over showed a machine without room for more.
    pub(crate) fn is_busy(&self) -> bool {
        self.seen.busy.load(Ordering::Relaxed)
    }

    /// Windows seen so far: two looks at the same count tell the same thing twice.
    pub(crate) fn windows(&self) -> u64 {
        self.seen.windows.load(Ordering::Relaxed)
    }
}

impl Drop for LoadMeter {
    fn drop(&mut self) {
        self.watch.abort();
    }
}

/// One window's judgement: `took` is how long a sleep of [`WINDOW`] took, `waited` for how much of it
/// (microseconds) some process stood in line for a processor, where the kernel tells.
fn is_busy(took: Duration, waited: Option<u64>) -> bool {
    let late = took.saturating_sub(WINDOW) > LATE;
    let share =
        waited.map(|micros| Duration::from_micros(micros).as_secs_f64() / took.as_secs_f64());
    late || share.is_some_and(|share| share > IN_LINE_MAX)
}

/// Microseconds since boot in which some process waited for a processor: `total` of the first line
/// of the kernel's pressure figures. `None` where the kernel keeps none.
fn waited_micros() -> Option<u64> {
    total(&std::fs::read_to_string("/proc/pressure/cpu").ok()?)
}

fn total(text: &str) -> Option<u64> {
    let some = text.lines().find(|line| line.starts_with("some "))?;
    some.split_whitespace().find_map(|word| word.strip_prefix("total=")?.parse().ok())
}

/// Length of one look.
pub(crate) const WINDOW: Duration = Duration::from_millis(100);
/// A timer this late means that the judge itself does not get a processor.
const LATE: Duration = Duration::from_millis(25);
/// Share of a window in which some process may stand in line. Two programs that start on two cores
/// stay below it, a third does not.
const IN_LINE_MAX: f64 = 0.35;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_late_timer_or_a_line_before_the_processors_is_busy() {
        assert!(!is_busy(WINDOW, None));
        assert!(!is_busy(WINDOW, Some(5_000)));
        assert!(is_busy(WINDOW + LATE * 2, Some(0)), "the judge's own timer was late");
        assert!(is_busy(WINDOW, Some(60_000)), "60 of 100 ms in line");
    }

    #[test]
    fn the_kernel_s_figure_is_read_and_its_absence_is_none() {
        let text = "some avg10=0.12 avg60=0.05 avg300=0.00 total=112247716\n\
                    full avg10=0.00 avg60=0.00 avg300=0.00 total=7\n";
        assert_eq!(total(text), Some(112_247_716));
        assert_eq!(total(""), None);
        assert_eq!(total("some avg10=0.12"), None);
    }

    #[tokio::test]
    async fn windows_go_by_while_it_watches() {
        let meter = LoadMeter::start();
        let done = crate::wait::eventually(Duration::from_secs(30), "two windows", || async {
            crate::wait::Probe::found((meter.windows() >= 2).then_some(()), meter.windows())
        });
        assert_eq!(done.await, Ok(()));
    }
}
