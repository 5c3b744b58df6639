//! The running client.

use tokio::task::JoinHandle;

use super::connection;
use super::options::FlClientOptions;

/// A running FL client. It never ends by itself; dropping it ends its task.
#[derive(Debug)]
pub struct FlClient {
    task: JoinHandle<()>,
}

impl FlClient {
    /// Starts the client; it tries to join at once. Must be called inside a runtime.
    pub fn start(options: FlClientOptions) -> Self {
        let task = tokio::spawn(async move { connection::keep_joined(&options).await });
        Self { task }
    }

    /// Ends the client and waits until its sockets are closed.
    pub async fn stop(mut self) {
        self.task.abort();
        let _ = (&mut self.task).await;
    }
}

impl Drop for FlClient {
    fn drop(&mut self) {
        self.task.abort();
    }
}
