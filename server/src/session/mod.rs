//! Sessions: who a socket is, and for how long.

mod token;

mod state;

pub use state::{MAX_MEDIA, MAX_ROOMS, Session};
pub use token::{AuthFailure, TokenRules, User};
