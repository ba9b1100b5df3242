//! Versions of the protocol: which clients a server of this version serves.

use crate::protocol::VERSION;

/// Beginning of the sentence with which a CONNECT of another major version is refused.
///
/// The refusal is a Socket.IO `connect_error`, which carries a message only: clients know it by this
/// beginning.
pub const UNSUPPORTED_VERSION: &str = "Unsupported protocol version";

/// Whether this version serves clients of another: the major numbers must be the same.
///
/// Anything that does not begin with a whole number and a dot is not served.
#[must_use]
pub fn serves(client_version: &str) -> bool {
    major(client_version).is_some() && major(client_version) == major(VERSION)
}

/// The sentence with which a client of another major version is refused.
#[must_use]
pub fn unsupported_version() -> String {
    format!("{UNSUPPORTED_VERSION}: this server speaks {VERSION}")
}

fn major(version: &str) -> Option<u32> {
    let (major, _) = version.split_once('.')?;
    major.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_clients_of_the_same_major_version_are_served() {
        let own_major = VERSION.split('.').next().unwrap();
        assert!(serves(VERSION));
        assert!(serves(&format!("{own_major}.999.0-beta.1")));
        for other in [
            "0.9.0", "2.0.0", "10.0.0", "1", "", ".", "v1.0.0", "-1.0.0", "one.0",
        ] {
            assert!(!serves(other), "{other}");
        }
    }
}
