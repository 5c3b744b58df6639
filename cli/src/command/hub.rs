//! `flipcheck hub`: the mock hub until interrupted.

use std::process::ExitCode;

use mock_hub::options::HubArgs;
use mock_hub::{Hub, HubOptions};

use crate::failure::Failure;
use crate::output::{print, say};

/// Runs it; the first line on stdout says where everything is.
pub async fn hub(args: HubArgs) -> Result<ExitCode, Failure> {
    let hub = Hub::start(HubOptions::from(args))
        .await
        .map_err(|error| Failure::usage(error.in_full()).hint(error.hint()))?;
    let mut end = super::End::listen();
    print(&format!("{}\n", hub.ready()))?;
    say("the mock hub is ready; Ctrl-C ends it");
    end.come().await;
    hub.stop().await;
    Ok(ExitCode::SUCCESS)
}
