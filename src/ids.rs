//! Ids: UUIDv7 from a given time and given luck, random ones from luck alone, and the fixed-width id of an application.

use aws_lc_rs::digest::{Context, SHA256};
use chrono::{DateTime, Utc};
use uuid::{Builder, Uuid};
use zhenshi_domain::application::{ApplicationKey, ApplicationKind};

use crate::entropy::{Entropy, EntropyError, bytes};

/// A UUIDv7 of `time`: partitions and orders go by its first 48 bits.
///
/// # Errors
/// When there is no luck to be had.
pub fn mint(time: DateTime<Utc>, entropy: &dyn Entropy) -> Result<Uuid, EntropyError> {
    let random = bytes::<10>(entropy)?;
    let millis = u64::try_from(time.timestamp_millis()).unwrap_or(0);
    Ok(Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
}

/// A random UUID: of luck alone, for what must have an id even when the time cannot be told.
///
/// # Errors
/// When there is no luck to be had.
pub fn of_luck(entropy: &dyn Entropy) -> Result<Uuid, EntropyError> {
    Ok(Builder::from_random_bytes(bytes::<16>(entropy)?).into_uuid())
}

/// The smallest UUID of `time`, as `uuid_floor` in the migrations.
pub fn floor(time: DateTime<Utc>) -> Uuid {
    let millis = u64::try_from(time.timestamp_millis()).unwrap_or(0);
    Uuid::from_u128(u128::from(millis) << 80)
}

/// The id of an application's head: the first 128 bits of SHA-256 over its three names, each with its length before it.
pub fn application_id(key: &ApplicationKey) -> Uuid {
    let mut context = Context::new(&SHA256);
    context.update(&[kind_number(key.kind)]);
    for part in [&key.source, &key.application_no] {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part.as_bytes());
    }
    let mut id = [0; 16];
    id.copy_from_slice(&context.finish().as_ref()[..16]);
    Uuid::from_bytes(id)
}

/// An id that follows from what it names: the first 128 bits of SHA-256 over `what` and `parts`, each with its length
/// before it. Whoever makes the same thing again gives it the same id.
pub fn derived(what: &str, parts: &[&[u8]]) -> Uuid {
    let mut context = Context::new(&SHA256);
    for part in std::iter::once(&what.as_bytes()).chain(parts) {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    let mut id = [0; 16];
    id.copy_from_slice(&context.finish().as_ref()[..16]);
    Uuid::from_bytes(id)
}

/// The stable number of a kind, in ids and in the store.
pub const fn kind_number(kind: ApplicationKind) -> u8 {
    match kind {
        ApplicationKind::NewBusiness => 1,
        ApplicationKind::ServicingChange => 2,
        ApplicationKind::Claim => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    #[test]
    fn ids_order_by_time_and_lie_above_the_floor_of_their_millisecond() {
        let entropy = SeededEntropy::new(1);
        let earlier = DateTime::from_timestamp_millis(1_764_000_000_000).unwrap();
        let later = DateTime::from_timestamp_millis(1_764_000_000_001).unwrap();
        let (a, b) = (mint(earlier, &entropy).unwrap(), mint(later, &entropy).unwrap());
        assert!(floor(earlier) <= a && a < floor(later) && floor(later) <= b);
        assert_eq!(a.get_version_num(), 7);
    }

    #[test]
    fn the_parts_of_an_application_key_cannot_run_into_each_other() {
        let key = |source: &str, application_no: &str| ApplicationKey {
            source: source.into(),
            kind: ApplicationKind::NewBusiness,
            application_no: application_no.into(),
        };
        assert_ne!(application_id(&key("core1", "2")), application_id(&key("core", "12")));
        assert_eq!(application_id(&key("core", "12")), application_id(&key("core", "12")));
    }
}
