//! The verdict (核驗結論) on an application.

/// What underwriting is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// 通過: no blocking finding.
    Accepted,
    /// 未通過（待補正）: to be supplemented or corrected before underwriting may pass (articles 5 and 6).
    Rejected,
    /// 不適用: outside article 4; nothing was judged.
    NotApplicable,
}
