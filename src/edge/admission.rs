//! Who may connect: so many in all, and so many from one address.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Counts the connections that are there.
#[derive(Clone)]
pub(super) struct Admission {
    most: usize,
    most_per_address: usize,
    taken: Arc<Mutex<Taken>>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// A place; given back when it is dropped.
pub(super) struct Permit {
    network: IpAddr,
    taken: Arc<Mutex<Taken>>,
}

impl Admission {
    pub(super) fn new(most: usize, most_per_address: usize) -> Self {
        Self { most, most_per_address, taken: Arc::default() }
    }

    /// A place for a connection from `address`, if there is one.
    pub(super) fn admit(&self, address: IpAddr) -> Option<Permit> {
        let network = network(address);
        let mut taken = lock(&self.taken);
        if taken.all >= self.most {
            return None;
        }
        let own = taken.by_address.entry(network).or_default();
        if *own >= self.most_per_address {
            return None;
        }
        *own += 1;
        taken.all += 1;
        Some(Permit { network, taken: self.taken.clone() })
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut taken = lock(&self.taken);
        taken.all -= 1;
        if let Some(own) = taken.by_address.get_mut(&self.network) {
            *own -= 1;
            if *own == 0 {
                taken.by_address.remove(&self.network);
            }
        }
    }
}

/// Whoever has one IPv6 address has the other 2^64 of its network too.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        v4 @ IpAddr::V4(_) => v4,
    }
}

fn lock(taken: &Mutex<Taken>) -> MutexGuard<'_, Taken> {
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_address_cannot_take_every_place() {
        let admission = Admission::new(3, 2);
        let held: Vec<_> = (0..2).map(|_| admission.admit(address("10.0.0.1")).unwrap()).collect();
        assert!(admission.admit(address("10.0.0.1")).is_none());
        assert!(admission.admit(address("::ffff:10.0.0.1")).is_none());
        let other = admission.admit(address("10.0.0.2")).unwrap();
        assert!(admission.admit(address("10.0.0.3")).is_none());
        drop(other);
        assert!(admission.admit(address("10.0.0.3")).is_some());
        drop(held);
        assert!(lock(&admission.taken).by_address.is_empty());
        assert_eq!(lock(&admission.taken).all, 0);
    }

    #[test]
    fn a_network_of_ipv6_counts_as_one() {
        let admission = Admission::new(9, 1);
        let _held = admission.admit(address("2001:db8::1")).unwrap();
        assert!(admission.admit(address("2001:db8::ffff:1")).is_none());
        assert!(admission.admit(address("2001:db8:0:1::1")).is_some());
    }
}
