//! The page over real HTTP: what a browser is given, and what is taken from it.

mod admin;
mod board;
mod cases;
mod evidence;
mod exports;
mod frame;
mod privacy;
mod try_it;
