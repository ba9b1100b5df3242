//! TLS: by rustls with the system's roots, or by the system itself.

use super::{Address, Stream};
use crate::error::ConnectError;
use std::fmt;

/// TLS settings of the application's own: other roots, client certificates.
#[derive(Clone)]
#[non_exhaustive]
pub enum Tls {
    /// A configuration of rustls.
    #[cfg(feature = "rustls")]
    Rustls(std::sync::Arc<tokio_rustls::rustls::ClientConfig>),
    /// A connector of native-tls.
    #[cfg(feature = "native-tls")]
    NativeTls(tokio_native_tls::native_tls::TlsConnector),
}

/// Settings may hold keys.
impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls(…)")
    }
}

#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
pub(super) async fn wrap(_: Stream, _: &Address, _: Option<&Tls>) -> Result<Stream, ConnectError> {
    Err(ConnectError::NoTls)
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
pub(super) async fn wrap(
    stream: Stream,
    address: &Address,
    tls: Option<&Tls>,
) -> Result<Stream, ConnectError> {
    let tls = match tls {
        Some(tls) => tls.clone(),
        None => default_tls()?,
    };
    match tls {
        #[cfg(feature = "rustls")]
        Tls::Rustls(config) => by_rustls::wrap(stream, address, config).await,
        #[cfg(feature = "native-tls")]
        Tls::NativeTls(connector) => by_native_tls::wrap(stream, address, connector).await,
    }
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
fn default_tls() -> Result<Tls, ConnectError> {
    #[cfg(feature = "rustls")]
    return by_rustls::default_config();
    #[cfg(all(feature = "native-tls", not(feature = "rustls")))]
    return by_native_tls::default_connector();
}

#[cfg(feature = "rustls")]
mod by_rustls {
    use super::{Address, ConnectError, Stream, Tls};
    use std::sync::{Arc, OnceLock};
    use tokio_rustls::TlsConnector;
    use tokio_rustls::rustls::crypto::ring;
    use tokio_rustls::rustls::pki_types::ServerName;
    use tokio_rustls::rustls::{ClientConfig, RootCertStore};

    pub(super) async fn wrap(
        stream: Stream,
        address: &Address,
        config: Arc<ClientConfig>,
    ) -> Result<Stream, ConnectError> {
        let name = ServerName::try_from(address.host.clone())
            .map_err(|_| ConnectError::Url("must name a host that TLS can check"))?;
        let stream = TlsConnector::from(config).connect(name, stream).await;
        let stream = stream.map_err(|error| ConnectError::Tls(error.into()))?;
        Ok(Stream::Boxed(Box::new(stream)))
    }

    /// The system's roots are read once.
    static DEFAULT: OnceLock<Arc<ClientConfig>> = OnceLock::new();

    /// The provider is named: the process-wide one may be missing, or somebody else's.
    pub(super) fn default_config() -> Result<Tls, ConnectError> {
        if let Some(config) = DEFAULT.get() {
            return Ok(Tls::Rustls(config.clone()));
        }
        let mut roots = RootCertStore::empty();
        let found = rustls_native_certs::load_native_certs();
        roots.add_parsable_certificates(found.certs);
        if roots.is_empty() {
            return Err(ConnectError::Tls("the system has no trusted roots".into()));
        }
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| ConnectError::Tls(error.into()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Tls::Rustls(
            DEFAULT.get_or_init(|| Arc::new(config)).clone(),
        ))
    }
}

#[cfg(feature = "native-tls")]
mod by_native_tls {
    use super::{Address, ConnectError, Stream};
    use tokio_native_tls::TlsConnector;
    use tokio_native_tls::native_tls;

    pub(super) async fn wrap(
        stream: Stream,
        address: &Address,
        connector: native_tls::TlsConnector,
    ) -> Result<Stream, ConnectError> {
        let connector = TlsConnector::from(connector);
        let stream = connector.connect(&address.host, stream).await;
        let stream = stream.map_err(|error| ConnectError::Tls(error.into()))?;
        Ok(Stream::Boxed(Box::new(stream)))
    }

    #[cfg(not(feature = "rustls"))]
    pub(super) fn default_connector() -> Result<super::Tls, ConnectError> {
        native_tls::TlsConnector::new()
            .map(super::Tls::NativeTls)
            .map_err(|error| ConnectError::Tls(error.into()))
    }
}
