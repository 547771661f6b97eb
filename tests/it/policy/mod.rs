//! The policy, from the table to the rows: each file holds one promise.

mod existence;
mod oracle;
mod page;
mod refusals;
mod row_security;
mod tables;
mod tokens;
mod walk;
