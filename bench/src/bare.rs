//! The yardstick: an axum handler that answers the same JSON and does nothing else.

use std::net::SocketAddr;

use axum::Router;
use axum::response::IntoResponse;
use axum::routing::get;

/// Serves it for ever on a loopback port.
pub(crate) async fn serve(
    body: String,
) -> anyhow::Result<(SocketAddr, tokio::task::JoinHandle<()>)> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let addr = listener.local_addr()?;
    let answer = move || {
        let body = body.clone();
        async move { ([("content-type", "application/json")], body).into_response() }
    };
    let router = Router::new().route("/api/tasks/pending", get(answer));
    let task = tokio::spawn(async move {
        // Ends with the process.
        let _ = axum::serve(listener, router).await;
    });
    Ok((addr, task))
}
