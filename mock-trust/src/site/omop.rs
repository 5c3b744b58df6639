//! The OMOP database, as far as the health probe looks at it: a port that takes connections.

use std::sync::Arc;
use std::time::Duration;

use contract::capture::ConnectionOutcome;
use tokio::io::{AsyncReadExt, copy, sink};
use tokio::time::timeout;
use wiretap::{Journal, RawConnection, RawHandler};

/// Reads what comes, answers nothing, records the connection when the caller has gone.
pub(super) fn handler(journal: Journal) -> RawHandler {
    Arc::new(move |connection: RawConnection| {
        let journal = journal.clone();
        Box::pin(async move {
            let RawConnection { stream, control } = connection;
            let mut limited = stream.take(BYTES_MAX);
            // However it ends, the connection was there.
            let _ = timeout(PATIENCE, copy(&mut limited, &mut sink())).await;
            control.record(&journal, ConnectionOutcome::Accepted);
        })
    })
}

const PATIENCE: Duration = Duration::from_mins(1);
const BYTES_MAX: u64 = 64 * 1024;
