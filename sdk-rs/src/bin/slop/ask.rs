//! `slop emit`, `slop ping`, `slop info`: one question, one answer.

use crate::arguments::{Connection, Emit, Ping};
use crate::failure::Failure;
use crate::interrupt::unless_interrupted;
use crate::output::Output;
use crate::{GOODBYE, connect};
use serde_json::{Value, json};
use slop_sdk::schema::Namespace;
use std::time::Duration;
use tokio::time::sleep;

/// Between two pings.
const PAUSE: Duration = Duration::from_millis(250);

pub(crate) async fn emit(
    connection: &Connection,
    options: Emit,
    output: Output,
) -> Result<(), Failure> {
    let argument = options.argument.map(|text| {
        let json = serde_json::from_str(&text);
        json.unwrap_or(Value::String(text))
    });
    let client = connect(connection, options.namespace).await?;
    let answer = unless_interrupted(async {
        let (on, name) = (options.namespace, options.event.as_str());
        if options.no_callback {
            let sent = client.emit_any(on, name, argument.as_ref()).await;
            return sent.map(|()| Vec::new());
        }
        client.call_any(on, name, argument.as_ref()).await
    })
    .await;
    client.close(GOODBYE).await;
    let values = answer??;
    unless_interrupted(async {
        for value in values {
            output.json(&value).await?;
        }
        Ok(())
    })
    .await?
}

pub(crate) async fn ping(
    connection: &Connection,
    options: Ping,
    output: Output,
) -> Result<(), Failure> {
    let client = connect(connection, Namespace::Root).await?;
    let pinged = unless_interrupted(async {
        for number in 1..=options.count {
            let millis = client.ping().await?.as_secs_f64() * 1000.0;
            if output.is_json() {
                output.json(&json!({"ms": millis})).await?;
            } else {
                output.write(format!("{number}: {millis:.2} ms\n")).await?;
            }
            if number < options.count {
                sleep(PAUSE).await;
            }
        }
        Ok(())
    })
    .await;
    client.close(GOODBYE).await;
    pinged?
}

pub(crate) async fn info(connection: &Connection, output: Output) -> Result<(), Failure> {
    let client = connect(connection, Namespace::Root).await?;
    let info = unless_interrupted(client.connection_info()).await;
    client.close(GOODBYE).await;
    let info = info??;
    if output.is_json() {
        return unless_interrupted(output.json(&json!(info))).await?;
    }
    let who = if info.authenticated {
        "signed in"
    } else {
        "not signed in"
    };
    let text = format!(
        "socket: {}\nconnected at: {}\n{who}\nrooms: {}\n",
        info.socket_id,
        info.connected_at,
        info.rooms.join(", ")
    );
    unless_interrupted(output.write(text)).await?
}
