//! `subscribeMedia`, `unsubscribeMedia`.

use super::Handle;
use crate::app::App;
use crate::wire::{Answer, Caller};
use slop_schema::event::Anyone;
use slop_schema::media::MediaSubscribeResponse;
use slop_schema::protocol::{SubscribeMedia, UnsubscribeMedia};
use slop_schema::scalar::MediaId;

impl Handle<SubscribeMedia> for App {
    async fn handle(&self, caller: Caller<Anyone>, media: MediaId) -> Answer<SubscribeMedia> {
        caller.follow_media(&media)?;
        Ok(MediaSubscribeResponse::done(media).into())
    }
}

impl Handle<UnsubscribeMedia> for App {
    async fn handle(&self, caller: Caller<Anyone>, media: MediaId) -> Answer<UnsubscribeMedia> {
        caller.unfollow_media(&media);
        Ok(MediaSubscribeResponse::done(media).into())
    }
}
