//! `slop listen`: events as they come.

use crate::arguments::{Connection, Listen};
use crate::failure::Failure;
use crate::interrupt::unless_interrupted;
use crate::output::Output;
use crate::{GOODBYE, connect};
use serde_json::json;
use slop_sdk::schema::Namespace;
use slop_sdk::{Client, ConnectionState, EventStream, ServerEvent};

pub(crate) async fn run(
    connection: &Connection,
    options: Listen,
    output: Output,
) -> Result<(), Failure> {
    check(&options)?;
    let client = connect(connection, options.namespace).await?;
    let mut events = client.events();
    let notes = tokio::spawn(note_changes(client.state(), output));
    let outcome = unless_interrupted(async {
        for media in &options.media {
            client.media().subscribe(media).await?;
        }
        for room in &options.room {
            client.rooms().join(room).await?;
        }
        print(&client, &mut events, &options, output).await
    })
    .await;
    notes.abort();
    client.close(GOODBYE).await;
    outcome?
}

fn check(options: &Listen) -> Result<(), Failure> {
    if !options.media.is_empty() && options.namespace != Namespace::Media {
        return Err(Failure::usage("--media needs the namespace /media"));
    }
    if !options.room.is_empty() && options.namespace != Namespace::Root {
        return Err(Failure::usage("--room needs the namespace /"));
    }
    Ok(())
}

async fn print(
    client: &Client,
    events: &mut EventStream<ServerEvent>,
    options: &Listen,
    output: Output,
) -> Result<(), Failure> {
    let mut left = options.count;
    while left != Some(0) {
        match events.next().await {
            Some(Ok(event)) => {
                let is_wanted = options.event.iter().any(|name| name == event.name());
                if is_wanted || options.event.is_empty() {
                    show(options.namespace, &event, output).await?;
                    left = left.map(|left| left - 1);
                }
            }
            Some(Err(error)) if output.is_json() => {
                output.json(&json!({"error": error.to_string()})).await?;
            }
            Some(Err(error)) => output.note(error).await,
            None => return Err(ended(client)),
        }
    }
    Ok(())
}

async fn show(namespace: Namespace, event: &ServerEvent, output: Output) -> Result<(), Failure> {
    let (name, payload) = (event.name(), event.to_json());
    if output.is_json() {
        let namespace = namespace.path();
        let line = json!({"namespace": namespace, "event": name, "payload": payload});
        return output.json(&line).await;
    }
    output.write(format!("{name} {payload}\n")).await
}

fn ended(client: &Client) -> Failure {
    match client.state().borrow().clone() {
        ConnectionState::Closed(reason) => reason.into(),
        _ => Failure::local("the events ended"),
    }
}

async fn note_changes(mut state: tokio::sync::watch::Receiver<ConnectionState>, output: Output) {
    while state.changed().await.is_ok() {
        let now = state.borrow_and_update().clone();
        match now {
            ConnectionState::Connected(_) => output.note("connected again").await,
            ConnectionState::Reconnecting(now) if now.error.is_none() => {
                let text = format!("{}; connecting again", now.lost);
                output.note(text).await;
            }
            _ => {}
        }
    }
}
