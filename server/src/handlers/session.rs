//! `authenticate`, `logout`.

use super::Handle;
use crate::app::App;
use crate::wire::{Answer, Caller};
use slop_schema::event::Anyone;
use slop_schema::protocol::{Authenticate, LoggedOut, Logout};
use slop_schema::session::{
    AuthenticatePayload, AuthenticateResponse, LoggedOutPayload, LogoutResponse,
};

impl Handle<Authenticate> for App {
    async fn handle(
        &self,
        caller: Caller<Anyone>,
        payload: AuthenticatePayload,
    ) -> Answer<Authenticate> {
        let user = caller.sign_in(&payload.token).await?;
        Ok(AuthenticateResponse::signed_in(user.id).into())
    }
}

impl Handle<Logout> for App {
    async fn handle(&self, caller: Caller<Anyone>, (): ()) -> Answer<Logout> {
        caller.sign_out();
        caller
            .emit::<LoggedOut>(&LoggedOutPayload::new("Successfully logged out"))
            .await;
        Ok(LogoutResponse::signed_out().into())
    }
}
