//! Claude executions: the `claude:*` events.

mod execute;

mod process;

mod status;

mod cancel;

mod error;

pub use cancel::*;
pub use error::*;
pub use execute::*;
pub use process::*;
pub use status::*;
