//! Which methods there are: read from the embedded descriptors, so that a new rpc is guarded from its first day.

use std::collections::HashMap;

use prost_reflect::DescriptorPool;

use crate::security::policy::Action;

/// Package whose methods need a token.
const PACKAGE: &str = "zhenshi.v1";

/// What the guards must know of a method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Method {
    /// It takes more than one message.
    pub(super) client_streaming: bool,
    /// It gives more than one.
    pub(super) server_streaming: bool,
    /// What the policy calls it; nobody may what it does not know.
    pub(super) action: Option<Action>,
}

impl Method {
    /// It takes or gives more than one message: it has no longest time, and its messages are counted one by one.
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
                    let kind = Method {
                        client_streaming: method.is_client_streaming(),
                        server_streaming: method.is_server_streaming(),
                        action: Action::of(&short, method.name()),
                    };
                    (format!("/{name}/{}", method.name()), kind)
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
        assert!(!unary.streaming());
        let stream = methods.get("/zhenshi.v1.ValidationService/ValidateApplications").unwrap();
        assert!(stream.client_streaming && stream.server_streaming);
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
