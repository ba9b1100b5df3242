//! Handlers: what each client event does. Who may send it, whether its payload is valid and how its
//! answer travels is settled before and after, in the dispatch.

use crate::wire::{Admit, Answer, Caller};
use slop_schema::ClientEvent;

mod session;

mod rooms;

mod liveness;

mod claude;

mod media;

/// Handles one client event of the protocol table.
#[diagnostic::on_unimplemented(
    message = "the client event `{E}` has no handler",
    label = "no `Handle<{E}>`",
    note = "add `impl Handle<{E}> for App` to a file in server/src/handlers/"
)]
pub trait Handle<E: ClientEvent<Access: Admit>> {
    /// Does what the event asks for and returns the callback, or refuses.
    fn handle(
        &self,
        caller: Caller<E::Access>,
        payload: E::Payload,
    ) -> impl Future<Output = Answer<E>> + Send;
}
