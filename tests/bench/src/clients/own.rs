//! slop-sdk, as an application uses it.

use super::{IN_FLIGHT, Task, source::START};
use anyhow::{Context, Result, ensure};
use serde_json::json;
use slop_schema::protocol::{MediaProgress, Namespace, Ping};
use slop_sdk::Client;
use std::net::SocketAddr;
use std::time::Instant;

/// Does a tenth of the task to warm up and then all of it; gives how many a second.
pub(super) async fn measure(address: SocketAddr, task: Task, count: usize) -> Result<f64> {
    let client = Client::builder(format!("http://{address}"))
        .namespaces([Namespace::Root, Namespace::Media])
        // Nothing is to be dropped where all of it is counted.
        .event_capacity(count)
        .connect()
        .await?;
    let mut rate = 0.0;
    for count in [count / 10, count] {
        let began = Instant::now();
        match task {
            Task::Events => receive(&client, count).await?,
            Task::Acks => call(&client, count).await?,
        }
        rate = count as f64 / began.elapsed().as_secs_f64();
    }
    Ok(rate)
}

async fn receive(client: &Client, count: usize) -> Result<()> {
    let mut events = client.on::<MediaProgress>();
    let argument = json!(count);
    client
        .emit_any(Namespace::Root, START, Some(&argument))
        .await?;
    let mut sum = 0.0;
    for _ in 0..count {
        let event = events.next().await.context("the events ended")??;
        sum += event.progress.get();
    }
    ensure!(sum == 50.0 * count as f64, "wrong events");
    Ok(())
}

async fn call(client: &Client, count: usize) -> Result<()> {
    let mut callers = Vec::new();
    for _ in 0..IN_FLIGHT {
        let client = client.clone();
        callers.push(tokio::spawn(async move {
            for _ in 0..count / IN_FLIGHT {
                client.call::<Ping>(()).await?;
            }
            anyhow::Ok(())
        }));
    }
    for caller in callers {
        caller.await??;
    }
    Ok(())
}
