//! HTTP beside the sockets: health, metrics, publishing, and who may connect.

mod origin;

mod health;

mod publish;

mod slim;

mod farewell;

pub use health::Readiness;
pub use origin::AllowedOrigins;

pub(crate) use farewell::{Farewell, attend};
pub(crate) use health::routes as health_routes;
pub(crate) use origin::{cors, refuse_foreign_origins};
pub(crate) use publish::routes as publish_routes;
pub(crate) use slim::slim_request;
