//! Events sent the moment CONNECT arrives, as every client does in `on('connect', …)`.

use super::connection::Connection;
use super::first_callback::answer;
use super::{Effort, LOST_AFTER, Target};
use crate::scenario::{Measured, Metric};
use anyhow::Result;
use std::net::SocketAddr;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// Connects of the same moment compete for the server: that is when an event comes too early.
const AT_A_TIME: usize = 32;

pub(super) async fn measure(target: &Target, effort: &Effort) -> Result<Measured> {
    let mut lost = 0;
    let mut connecting = JoinSet::<Result<bool>>::new();
    for _ in 0..effort.connects {
        if connecting.len() == AT_A_TIME
            && let Some(answered) = connecting.join_next().await
        {
            lost += usize::from(!answered??);
        }
        connecting.spawn(is_answered(target.address));
    }
    while let Some(answered) = connecting.join_next().await {
        lost += usize::from(!answered??);
    }
    Ok(Measured::from([(Metric::Lost, lost as f64)]))
}

async fn is_answered(address: SocketAddr) -> Result<bool> {
    let mut connection = Connection::open(address).await?;
    Ok(matches!(
        timeout(LOST_AFTER, answer(&mut connection)).await,
        Ok(Ok(()))
    ))
}
