//! Masked `Debug` of the messages about destruction. To add one, add its name twice, in order.

use crate::zhenshi::v1::{
    DecideErasureRequest, DecideErasureResponse, Erasure, ErasureSubject, LiftErasureHoldRequest,
    LiftErasureHoldResponse, ListErasuresRequest, ListErasuresResponse, PlaceErasureHoldRequest,
    PlaceErasureHoldResponse, RequestErasureRequest, RequestErasureResponse,
};

masked_debug!(
    DecideErasureRequest,
    DecideErasureResponse,
    Erasure,
    ErasureSubject,
    LiftErasureHoldRequest,
    LiftErasureHoldResponse,
    ListErasuresRequest,
    ListErasuresResponse,
    PlaceErasureHoldRequest,
    PlaceErasureHoldResponse,
    RequestErasureRequest,
    RequestErasureResponse,
);
