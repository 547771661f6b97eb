//! Who calls, and what a caller may touch.

use std::sync::Arc;

use zhenshi_domain::application::Channel;

/// Channels and sources that a caller may send and read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// Sources; `*` stands for all.
    pub sources: Vec<String>,
    /// Channels.
    pub channels: Vec<Channel>,
}

/// The word for "every source" in a token.
pub const ALL_SOURCES: &str = "*";

impl Reach {
    /// Whether every source and channel is within reach: what concerns the whole book needs that.
    pub fn is_everything(&self) -> bool {
        let channels =
            [Channel::IndividualAgents, Channel::Bancassurance, Channel::Intermediaries, Channel::Direct];
        self.sources.iter().any(|own| own == ALL_SOURCES)
            && channels.iter().all(|channel| self.channels.contains(channel))
    }

    /// Whether an application of `source` and `channel` is within reach.
    pub fn allows(&self, source: &str, channel: Channel) -> bool {
        self.sources.iter().any(|own| own == ALL_SOURCES || own == source) && self.channels.contains(&channel)
    }
}

/// An authenticated caller: its name, never its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// Name of the calling system.
    pub caller: Arc<str>,
    /// What it may touch.
    pub reach: Arc<Reach>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reach_needs_both_source_and_channel() {
        let reach = Reach { sources: vec!["core".into()], channels: vec![Channel::Direct] };
        assert!(reach.allows("core", Channel::Direct));
        assert!(!reach.allows("core", Channel::Bancassurance));
        assert!(!reach.allows("bank", Channel::Direct));
        let all = Reach { sources: vec![ALL_SOURCES.into()], channels: vec![Channel::Direct] };
        assert!(all.allows("bank", Channel::Direct));
    }
}
