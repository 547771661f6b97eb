//! A wrapper for personal data whose `Debug` shows nothing of it.
//!
//! Every field of [`crate::application`] that names, identifies or reaches a person is `Personal<…>`,
//! so that no `{:?}` in a log, an error or a panic can print it.

use std::fmt;

/// A value that belongs to a person. `Debug` prints `<personal>`; the value is read by [`Personal::expose`].
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Personal<T>(T);

impl<T> Personal<T> {
    /// Wraps `value`.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself. The name is long enough to be seen in a review.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl From<&str> for Personal<String> {
    fn from(value: &str) -> Self {
        Self(value.to_owned())
    }
}

impl<T> fmt::Debug for Personal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<personal>")
    }
}

/// Implements `Debug` for types that belong to a person, by their name alone.
macro_rules! redacted_debug {
    ($($type:ident),+ $(,)?) => {
        $(impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($type), "(<personal>)"))
            }
        })+
    };
}
pub(crate) use redacted_debug;
