//! Engine.IO over HTTP long polling: one connection polls, another posts.

use super::{Ends, Http, HttpError, Origin, Sent, Step};
use std::collections::BTreeMap;
use tokio::sync::mpsc;

/// Stands between the packets of one body.
const SEPARATOR: char = '\u{1e}';
const PATH: &str = "/socket.io/?EIO=4&transport=polling";

type Headers = BTreeMap<String, String>;

/// Runs the connection to its end; the error says how it ended badly.
pub async fn run(origin: &Origin, headers: &Headers, mut ends: Ends) -> Result<(), String> {
    let mut polls = connect(origin).await?;
    let opened = answered(polls.request("GET", PATH, headers, None).await)?;
    let path = format!("{PATH}&sid={}", session_id(&opened)?);
    let (pongs, asked) = mpsc::unbounded_channel();
    let mut posts = Posts {
        http: connect(origin).await?,
        path: path.clone(),
        headers: headers.clone(),
        namespace: ends.namespace.clone(),
    };
    let (_, closed) = mpsc::unbounded_channel();
    let outbox = std::mem::replace(&mut ends.outbox, closed);
    tokio::select! {
        end = poll(&mut polls, &path, headers, &ends, &pongs) => end,
        end = posts.run(outbox, asked) => end,
    }
}

async fn poll(
    http: &mut Http,
    path: &str,
    headers: &Headers,
    ends: &Ends,
    pongs: &mpsc::UnboundedSender<()>,
) -> Result<(), String> {
    loop {
        let body = answered(http.request("GET", path, headers, None).await)?;
        for packet in body.split(SEPARATOR) {
            match ends.take(packet)? {
                Step::Pong => drop(pongs.send(())),
                Step::Close => return Ok(()),
                Step::Nothing => {}
            }
        }
    }
}

struct Posts {
    http: Http,
    path: String,
    headers: Headers,
    namespace: String,
}

impl Posts {
    async fn run(
        &mut self,
        mut outbox: mpsc::UnboundedReceiver<Sent>,
        mut pongs: mpsc::UnboundedReceiver<()>,
    ) -> Result<(), String> {
        loop {
            let packet = tokio::select! {
                Some(()) = pongs.recv() => "3".to_owned(),
                sent = outbox.recv() => match sent {
                    Some(sent) => sent.encode(&self.namespace),
                    None => return Ok(()),
                },
            };
            let body = Some(("text/plain;charset=UTF-8", packet));
            let posted = self.http.request("POST", &self.path, &self.headers, body);
            answered(posted.await)?;
        }
    }
}

async fn connect(origin: &Origin) -> Result<Http, String> {
    Http::connect(origin)
        .await
        .map_err(|error| error.to_string())
}

fn answered(answer: Result<(u16, String), HttpError>) -> Result<String, String> {
    match answer {
        Ok((200, body)) => Ok(body),
        Ok((status, _)) => Err(format!("polling was answered with {status}")),
        Err(error) => Err(error.to_string()),
    }
}

fn session_id(opened: &str) -> Result<String, String> {
    let open = opened
        .strip_prefix('0')
        .and_then(|open| open.split(SEPARATOR).next());
    let open = open.and_then(|open| serde_json::from_str::<serde_json::Value>(open).ok());
    let sid = open.as_ref().and_then(|open| open["sid"].as_str());
    sid.map(str::to_owned)
        .ok_or_else(|| "the first poll brought no OPEN packet".to_owned())
}
