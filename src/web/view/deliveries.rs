//! The page of deliveries.

use askama::Template;
use uuid::Uuid;

use super::layout::Layout;

/// A delivery.
#[derive(Debug)]
pub(in crate::web) struct DeliveryLine {
    pub(in crate::web) recorded: String,
    pub(in crate::web) endpoint: String,
    pub(in crate::web) kind: String,
    pub(in crate::web) event_id: String,
    pub(in crate::web) state: String,
    /// Colour of the state.
    pub(in crate::web) class: &'static str,
    pub(in crate::web) attempts: String,
    pub(in crate::web) result: String,
    pub(in crate::web) status: String,
    /// When it is tried next.
    pub(in crate::web) next: Option<String>,
    /// It waits for an earlier event of its case.
    pub(in crate::web) parked: bool,
}

/// A page of deliveries.
#[derive(Template)]
#[template(path = "deliveries.html")]
pub(in crate::web) struct DeliveriesPage {
    pub(in crate::web) page: Layout,
    pub(in crate::web) endpoint: String,
    /// Value, text, whether it is chosen.
    pub(in crate::web) states: Vec<(String, String, bool)>,
    pub(in crate::web) lines: Vec<DeliveryLine>,
    /// The reader may have them sent again.
    pub(in crate::web) redeliver: bool,
    pub(in crate::web) request_id: Uuid,
    pub(in crate::web) next: Option<String>,
    /// What was done.
    pub(in crate::web) told: Option<String>,
}
