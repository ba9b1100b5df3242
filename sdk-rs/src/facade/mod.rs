//! Facades: the protocol's events as methods, area by area.

mod claude;

mod liveness;

mod media;

mod rooms;

mod session;

pub use claude::Claude;
pub use media::Media;
pub use rooms::Rooms;
pub use session::Session;
