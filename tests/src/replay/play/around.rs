//! What happens around the sockets of a replay: HTTP requests, and the Redis behind the server.

use super::{Passed, Play, Stop, deviates};
use crate::matching::Difference;
use crate::transcript::{RedisStep, Request, Step};
use crate::wire::Http;
use serde_json::Value;

impl Play<'_> {
    pub(super) async fn redis(&mut self, what: RedisStep) -> Passed {
        let Some(redis) = &mut self.target.redis else {
            return Err(Stop::Skip(
                "needs a Redis that the replay may stop".to_owned(),
            ));
        };
        let done = match what {
            RedisStep::Stops => redis.stop().await,
            RedisStep::Starts => redis.start().await,
        };
        done.map_err(|error| Stop::Skip(format!("redis-server: {error}")))
    }

    pub(super) async fn request(&mut self, request: &Request) -> Passed {
        let (method, path) = request
            .request
            .split_once(' ')
            .unwrap_or(("GET", &request.request));
        let headers = self.expanded(&request.headers)?;
        let body = request
            .body
            .as_ref()
            .map(|body| self.meanings.expand(body))
            .transpose()?;
        let body = body.map(|body| ("application/json", body.to_string()));
        let answered = async {
            let mut http = Http::connect(&self.target.origin).await?;
            http.request(method, path, &headers, body).await
        };
        let answered = tokio::time::timeout(self.manner.patience, answered).await;
        let answered = answered.map_err(|_| self.late("the answer"))?;
        let (status, text) = answered.map_err(|error| deviates(error.to_string()))?;
        let mut observed = request.clone();
        observed.status = status;
        if status != request.status {
            let difference = Difference {
                path: "status".to_owned(),
                expected: request.status.to_string(),
                received: format!("{status} {}", text.chars().take(200).collect::<String>()),
            };
            let problem = "the request is answered otherwise".to_owned();
            return Err(Stop::Deviates(problem, Some(difference)));
        }
        if let Some(expected) = &request.answer {
            observed.answer = Some(self.answer(expected, &text)?);
        }
        if let Some(missing) = request
            .mentions
            .iter()
            .find(|mention| !text.contains(*mention))
        {
            let shown = text.chars().take(300).collect::<String>();
            return Err(deviates(format!(
                "the answer must mention {missing}, but reads {shown}"
            )));
        }
        self.observed.push(Step::Request(observed));
        Ok(())
    }

    /// Compares the fields that the answer must have. A number may be `null`: not known.
    pub(super) fn answer(&mut self, expected: &Value, text: &str) -> Passed<Value> {
        let actual: Value = serde_json::from_str(text)
            .map_err(|_| deviates("the answer is not JSON".to_owned()))?;
        for (field, wanted) in expected.as_object().into_iter().flatten() {
            let got = &actual[field];
            if wanted.is_number() && got.is_null() && actual.get(field).is_some() {
                continue;
            }
            let compared = self
                .matching()
                .value(None, wanted, got, &format!("/{field}"));
            compared.map_err(|difference| {
                Stop::Deviates("the answer is another".to_owned(), Some(difference))
            })?;
        }
        Ok(expected.clone())
    }
}
