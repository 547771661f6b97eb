//! The end of cases, through real gRPC: clocks, evidence by outcome, who verifies, returns, reopening, withdrawal, policies that end.

mod clocks;
mod desk;
mod ends;
mod lives;
mod policies;
mod verifiers;
