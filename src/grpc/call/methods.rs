//! Which methods there are: read from the embedded descriptors, so that a new rpc is guarded from its first day.

use std::collections::HashMap;

use prost_reflect::DescriptorPool;

use crate::security::policy::Action;

/// Package whose methods need a token.
const PACKAGE: &str = "zhenshi.v1";
/// The one method whose messages are decoded one by one, so that a bad one does not end the stream.
const APPLICATIONS: &str = "ValidateApplications";
/// Methods of one message that take long by their nature; those that take a stream for one answer do, too.
const LONG: [&str; 2] = ["RunSuspicionList", "VerifyAuditChain"];

/// Full names of the API's services.
pub(in crate::grpc) fn services() -> Vec<String> {
    let Ok(pool) = DescriptorPool::decode(zhenshi_proto::FILE_DESCRIPTOR_SET) else { return Vec::new() };
    let own = pool.services().filter(|service| service.package_name() == PACKAGE);
    own.map(|service| service.full_name().to_owned()).collect()
}

/// What is particular about a method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing.
    Usual,
    /// Its one answer may take longer than others (`limits.long_deadline_ms`).
    Long,
    /// It takes applications one after the other: each is counted, and answered by itself.
    Applications,
}

impl Kind {
    fn of(name: &str, takes_many: bool, gives_many: bool) -> Self {
        match name {
            APPLICATIONS => Self::Applications,
            _ if takes_many && !gives_many => Self::Long,
            _ if LONG.contains(&name) => Self::Long,
            _ => Self::Usual,
        }
    }
}

/// What the guards must know of a method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Method {
    /// It takes more than one message.
    pub(super) client_streaming: bool,
    /// It gives more than one.
    pub(super) server_streaming: bool,
    /// What is particular about it.
    pub(super) kind: Kind,
    /// What the policy calls it; nobody may what it does not know.
    pub(super) action: Option<Action>,
}

impl Method {
    /// It takes or gives more than one message.
    pub(super) const fn streaming(self) -> bool {
        self.client_streaming || self.server_streaming
    }
}

/// Methods of the API by path.
pub(super) struct Methods(HashMap<String, Method>);

impl Methods {
    /// Reads the descriptors; `None` only if the build lost them.
    pub(super) fn new() -> Option<Self> {
        let pool = DescriptorPool::decode(zhenshi_proto::FILE_DESCRIPTOR_SET).ok()?;
        let methods =
            pool.services().filter(|service| service.package_name() == PACKAGE).flat_map(|service| {
                let (name, short) = (service.full_name().to_owned(), service.name().to_owned());
                let methods: Vec<_> = service.methods().collect();
                methods.into_iter().map(move |method| {
                    let (takes_many, gives_many) =
                        (method.is_client_streaming(), method.is_server_streaming());
                    let kind = Kind::of(method.name(), takes_many, gives_many);
                    let known = Method {
                        client_streaming: takes_many,
                        server_streaming: gives_many,
                        kind,
                        action: Action::of(&short, method.name()),
                    };
                    (format!("/{name}/{}", method.name()), known)
                })
            });
        Some(Self(methods.collect()))
    }

    /// The method at `path`; `None` for one that is not of the API: health, reflection, or none at all.
    pub(super) fn get(&self, path: &str) -> Option<Method> {
        self.0.get(path).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_known_by_their_path() {
        let methods = Methods::new().unwrap();
        let unary = methods.get("/zhenshi.v1.ValidationService/ValidateApplication").unwrap();
        assert!(!unary.streaming() && unary.kind == Kind::Usual);
        let stream = methods.get("/zhenshi.v1.ValidationService/ValidateApplications").unwrap();
        assert!(stream.client_streaming && stream.server_streaming && stream.kind == Kind::Applications);
        let long: Vec<_> =
            methods.0.iter().filter(|(_, method)| method.kind == Kind::Long).map(|(path, _)| path).collect();
        assert_eq!(long.len(), 4, "what the configuration's docs name: {long:?}");
        assert_eq!(methods.get("/zhenshi.v1.ValidationService/Nothing"), None);
        assert_eq!(methods.get("/grpc.health.v1.Health/Check"), None);
    }

    #[test]
    fn every_method_is_an_action_of_the_policy() {
        let methods = Methods::new().unwrap();
        let unknown: Vec<_> =
            methods.0.iter().filter(|(_, method)| method.action.is_none()).map(|(path, _)| path).collect();
        assert!(unknown.is_empty() && methods.0.len() > 30, "no row in the policy: {unknown:?}");
    }
}
