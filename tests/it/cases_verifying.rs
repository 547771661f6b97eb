//! The end of cases, through real gRPC: evidence by outcome, who verifies, returns, reopening, withdrawal, policies that end.

mod desk;
mod ends;
mod policies;
mod verifiers;
