//! `slop execute`: a prompt in, its output out.

use crate::arguments::{Connection, Execute};
use crate::failure::Failure;
use crate::interrupt::interrupted;
use crate::output::Output;
use crate::{GOODBYE, connect};
use serde::Serialize;
use serde_json::{Value, json};
use slop_sdk::schema::claude::{ClaudeExecutePayload, ClaudeProcessResult};
use slop_sdk::schema::scalar::{
    ModelName, OutOfBounds, PositiveInt, Prompt, SystemPrompt, WorkingDirectory,
};
use slop_sdk::schema::{Namespace, ServerEvent, protocol};
use slop_sdk::{CallError, Run, RunError, RunUpdate};
use std::io::{IsTerminal, Read};
use std::pin::pin;
use tokio::time::timeout;

pub(crate) async fn run(
    connection: &Connection,
    options: Execute,
    output: Output,
) -> Result<(), Failure> {
    let payload = payload(options)?;
    let client = connect(connection, Namespace::Root).await?;
    // From here on a signal must not end this program before the execution can be cancelled.
    let mut signal = pin!(interrupted());
    let mut accepting = Box::pin(client.claude().execute_with(payload));
    let (mut run, mut ended) = tokio::select! {
        accepted = &mut accepting => (accepted?, Ok(())),
        number = &mut signal => {
            let interrupted = Failure::interrupted(number);
            match accepted_late(accepting, output).await {
                Some(run) => (run, Err(interrupted)),
                None => return Err(interrupted),
            }
        }
    };
    if ended.is_ok() {
        ended = tokio::select! {
            streamed = stream(&mut run, output) => streamed,
            number = &mut signal => Err(Failure::interrupted(number)),
        };
    }
    if let Err(failure) = ended {
        // A signal, or nobody reads any more: the execution is of no use to anybody.
        cancel(&mut run, output).await;
        client.close(GOODBYE).await;
        return Err(failure);
    }
    let finishing = async {
        let outcome = run.outcome().await;
        client.close(GOODBYE).await;
        finish(outcome, output).await
    };
    tokio::select! {
        finished = finishing => finished,
        number = &mut signal => Err(Failure::interrupted(number)),
    }
}

/// An execution that is accepted after a signal must be cancelled. It is not waited for long, and no
/// longer than until another signal comes.
async fn accepted_late(
    accepting: impl Future<Output = Result<Run, CallError>>,
    output: Output,
) -> Option<Run> {
    let accepted = tokio::select! {
        accepted = timeout(GOODBYE, accepting) => accepted.ok(),
        _ = interrupted() => None,
    };
    match accepted {
        Some(Ok(run)) => Some(run),
        Some(Err(CallError::Refused(_))) => None,
        Some(Err(_)) | None => {
            output.note("the execution may have begun").await;
            None
        }
    }
}

async fn stream(run: &mut Run, output: Output) -> Result<(), Failure> {
    let mut is_on_new_line = true;
    while let Some(update) = run.next().await {
        if output.is_json() {
            as_json(&update, output).await?;
            continue;
        }
        match update {
            RunUpdate::Progress(progress) => {
                if let Some(data) = progress.data {
                    is_on_new_line = data.ends_with('\n');
                    output.write(data).await?;
                }
            }
            RunUpdate::Queued(queued) => output.note(queued.message).await,
            RunUpdate::Reconnected => output.note("connected again").await,
            RunUpdate::Lagged { bytes } => {
                output.note(format!("{bytes} bytes were dropped")).await;
            }
            RunUpdate::Undecodable(what) => output.note(what).await,
            _ => {}
        }
    }
    if !is_on_new_line && !output.is_json() {
        output.write("\n").await?;
    }
    Ok(())
}

async fn as_json(update: &RunUpdate, output: Output) -> Result<(), Failure> {
    let line = match update {
        RunUpdate::Progress(payload) => event::<protocol::ClaudeProgress>(payload),
        RunUpdate::Queued(payload) => event::<protocol::ClaudeQueued>(payload),
        RunUpdate::Lagged { bytes } => json!({"lagged": bytes}),
        RunUpdate::Undecodable(what) => json!({"undecodable": what.to_string()}),
        _ => return Ok(()),
    };
    output.json(&line).await
}

fn event<E: ServerEvent>(payload: &impl Serialize) -> Value {
    json!({"event": E::NAME, "payload": payload})
}

async fn finish(
    outcome: Result<ClaudeProcessResult, RunError>,
    output: Output,
) -> Result<(), Failure> {
    match outcome {
        Ok(result) if output.is_json() => output.json(&json!({"result": result})).await,
        Ok(_) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Cancels and waits for the end, unless another signal comes.
async fn cancel(run: &mut Run, output: Output) {
    let cancelling = async {
        match run.cancel().await {
            Ok(()) => {
                let _ = timeout(GOODBYE, run.outcome()).await;
            }
            Err(error) => output.note(format!("not cancelled: {error}")).await,
        }
    };
    tokio::select! {
        () = cancelling => {}
        _ = interrupted() => {}
    }
}

fn payload(options: Execute) -> Result<ClaudeExecutePayload, Failure> {
    let prompt = match options.prompt {
        Some(prompt) if prompt != "-" => prompt,
        _ => {
            let mut prompt = String::new();
            let mut stdin = std::io::stdin();
            if stdin.is_terminal() {
                eprintln!("slop: type the prompt; Ctrl-D on a line of its own ends it");
            }
            stdin
                .read_to_string(&mut prompt)
                .map_err(|error| Failure::usage(format!("cannot read the prompt: {error}")))?;
            prompt
        }
    };
    if prompt.trim().is_empty() {
        return Err(Failure::usage("the prompt is empty"));
    }
    let mut payload = ClaudeExecutePayload::new(Prompt::new(prompt).map_err(Failure::usage)?);
    payload.system_prompt = checked(options.system_prompt, SystemPrompt::new)?;
    payload.model = checked(options.model, ModelName::new)?;
    payload.max_tokens = checked(options.max_tokens, PositiveInt::new)?;
    payload.working_directory = checked(options.working_directory, WorkingDirectory::new)?;
    payload.timeout_ms = checked(options.timeout_ms, PositiveInt::new)?;
    Ok(payload)
}

fn checked<A, B>(
    option: Option<A>,
    check: impl Fn(A) -> Result<B, OutOfBounds>,
) -> Result<Option<B>, Failure> {
    option.map(check).transpose().map_err(Failure::usage)
}
