//! The crate rust_socketio in the comparison of clients: `slop-bench-rust-socketio events ADDRESS
//! COUNT`. It does what tests/bench/src/clients/own.rs does, and prints how many it did a second.

use anyhow::{Context, Result, ensure};
use futures_util::FutureExt;
use rust_socketio::asynchronous::ClientBuilder;
use rust_socketio::{Payload, TransportType};
use serde_json::json;
use slop_schema::ServerEvent;
use slop_schema::media::MediaProgressPayload;
use slop_schema::protocol::{MediaProgress, Namespace};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::Notify;
use tokio::time::timeout;

/// Nothing takes this long, unless the client hangs.
const LIMIT: Duration = Duration::from_secs(120);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let task = arguments.next().context("which task?")?;
    ensure!(
        task == "events",
        "only `events`: callbacks in flight are not possible"
    );
    let address = arguments.next().context("which server?")?;
    let count: usize = arguments.next().context("how many?")?.parse()?;

    let received = Arc::new(AtomicUsize::new(0));
    let wanted = Arc::new(AtomicUsize::new(usize::MAX));
    let (connected, done) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let counting = (received.clone(), wanted.clone(), done.clone());
    let connecting = connected.clone();
    let client = ClientBuilder::new(format!("http://{address}"))
        .namespace(Namespace::Media.path())
        .transport_type(TransportType::Websocket)
        .reconnect(false)
        .on("open", move |_, _| {
            connecting.notify_one();
            async {}.boxed()
        })
        .on(MediaProgress::NAME, move |payload, _| {
            if let Payload::Text(mut arguments) = payload {
                let event: Result<MediaProgressPayload, _> =
                    serde_json::from_value(arguments.swap_remove(0));
                let is_right = event.is_ok_and(|event| event.progress.get() == 50.0);
                let (received, wanted, done) = &counting;
                let so_far = received.fetch_add(usize::from(is_right), Ordering::Relaxed) + 1;
                if so_far == wanted.load(Ordering::Relaxed) {
                    done.notify_one();
                }
            }
            async {}.boxed()
        })
        .connect()
        .await?;
    timeout(LIMIT, connected.notified()).await?;
    let mut rate = 0.0;
    for count in [count / 10, count] {
        received.store(0, Ordering::Relaxed);
        wanted.store(count, Ordering::Relaxed);
        let began = Instant::now();
        client.emit("start", json!(count)).await?;
        timeout(LIMIT, done.notified()).await?;
        rate = count as f64 / began.elapsed().as_secs_f64();
    }
    println!("{}", json!({"per_second": rate}));
    Ok(())
}
