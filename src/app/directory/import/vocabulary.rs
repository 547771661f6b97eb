//! The words that a cell may say, and how dates, phones and periods are written.

use chrono::{NaiveDate, NaiveDateTime};
use zhenshi_domain::application::{CertificateKind, Channel};

use crate::app::directory::{Duty, Leave};

const CHANNELS: &[(Channel, &[&str])] = &[
    (Channel::IndividualAgents, &["individual_agents", "个险", "个人代理", "营销", "個險", "個人代理"]),
    (Channel::Bancassurance, &["bancassurance", "银保", "银行保险", "银邮", "銀保", "銀行保險"]),
    (Channel::Intermediaries, &["intermediaries", "中介", "专业中介", "经代", "專業中介"]),
    (Channel::Direct, &["direct", "直销", "互联网", "電銷", "直銷", "电销"]),
];

const DUTIES: &[(Duty, &[&str])] = &[
    (Duty::Agent, &["agent", "营销员", "代理人", "个人代理人", "營銷員"]),
    (Duty::BancassuranceSpecialist, &["bancassurance_specialist", "银保专管员", "专管员", "銀保專管員"]),
    (Duty::ProfessionalAgency, &["professional", "专业", "专业代理", "专业代理机构", "專業", "專業代理機構"]),
    (Duty::ConcurrentAgency, &["concurrent", "兼业", "兼业代理", "兼业代理机构", "兼業", "兼業代理機構"]),
    (Duty::CustomerService, &["customer_service", "客户服务", "客户服务部", "客服", "客戶服務部"]),
    (Duty::Clerk, &["clerk", "渠道内勤", "内勤", "渠道內勤"]),
    (Duty::TeamLeader, &["team_leader", "业务团队负责人", "团队负责人", "團隊負責人"]),
    (Duty::ChannelHead, &["channel_head", "渠道负责人", "渠道負責人"]),
    (Duty::Compliance, &["compliance", "合规", "合規"]),
    (
        Duty::InformationSupervisor,
        &["information_supervisor", "信息专员", "客户信息真实性专员", "信息管理员"],
    ),
    (
        Duty::CustomerServiceManager,
        &["customer_service_manager", "客户服务部负责人", "客服经理", "客戶服務部負責人"],
    ),
    (Duty::Administrator, &["administrator", "系统管理员", "管理员", "系統管理員"]),
    (Duty::Auditor, &["auditor", "审计", "审计员", "審計"]),
];

const CERTIFICATES: &[(CertificateKind, &[&str])] = &[
    (CertificateKind::ResidentId, &["resident_id", "身份证", "居民身份证", "居民身份證"]),
    (CertificateKind::HkMacauResidencePermit, &["hk_macau_residence_permit", "港澳居民居住证"]),
    (CertificateKind::TaiwanResidencePermit, &["taiwan_residence_permit", "台湾居民居住证"]),
    (
        CertificateKind::ForeignerPermanentResidence,
        &["foreigner_permanent_residence", "外国人永久居留身份证"],
    ),
    (CertificateKind::HkMacauTravelPermit, &["hk_macau_travel_permit", "港澳居民来往内地通行证", "回乡证"]),
    (CertificateKind::TaiwanTravelPermit, &["taiwan_travel_permit", "台湾居民来往大陆通行证", "台胞证"]),
    (CertificateKind::PrcPassport, &["prc_passport", "护照", "中国护照"]),
    (CertificateKind::ForeignPassport, &["foreign_passport", "外国护照"]),
    (CertificateKind::OfficerCertificate, &["officer_certificate", "军官证"]),
    (CertificateKind::SoldierCertificate, &["soldier_certificate", "士兵证"]),
    (CertificateKind::HouseholdRegister, &["household_register", "户口簿"]),
    (CertificateKind::Other, &["other", "其他", "其它"]),
];

const YES: [&str; 8] = ["是", "yes", "y", "true", "1", "在用", "在职", "有效"];
const NO: [&str; 8] = ["否", "no", "n", "false", "0", "停用", "离职", "无效"];

fn word<T: Copy>(table: &[(T, &[&str])], text: &str) -> Option<T> {
    let text = text.to_lowercase();
    table.iter().find(|(_, words)| words.contains(&text.as_str())).map(|(value, _)| *value)
}

/// A sales channel.
pub(super) fn channel(text: &str) -> Option<Channel> {
    word(CHANNELS, text)
}

/// A kind of seller or agency, or a role.
pub(super) fn duty(text: &str) -> Option<Duty> {
    word(DUTIES, text)
}

/// The English word of a duty.
pub fn duty_word(duty: Duty) -> &'static str {
    DUTIES
        .iter()
        .find(|(known, _)| *known == duty)
        .and_then(|(_, words)| words.first())
        .copied()
        .unwrap_or_default()
}

/// The English word of a channel.
pub fn channel_word(channel: Channel) -> &'static str {
    let found = CHANNELS.iter().find(|(known, _)| *known == channel);
    found.and_then(|(_, words)| words.first()).copied().unwrap_or_default()
}

/// A kind of certificate.
pub(super) fn certificate(text: &str) -> Option<CertificateKind> {
    word(CERTIFICATES, text)
}

/// Yes or no.
pub(super) fn yes_or_no(text: &str) -> Option<bool> {
    let text = text.to_lowercase();
    if YES.contains(&text.as_str()) {
        return Some(true);
    }
    NO.contains(&text.as_str()).then_some(false)
}

/// A day: `2026-01-31`, `2026/1/31`, `2026.1.31`, `20260131`, `2026年1月31日`, each also with a time of midnight.
pub(super) fn day(text: &str) -> Option<NaiveDate> {
    let formats = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"];
    let found = formats.iter().find_map(|format| NaiveDate::parse_from_str(text, format).ok());
    let compact = || {
        let digits = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| NaiveDate::parse_from_str(text, "%Y%m%d").ok()).flatten()
    };
    let timed = || {
        let formats = ["%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M"];
        formats
            .iter()
            .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
            .map(|time| time.date())
    };
    // Years of two or five digits are typing errors.
    found.or_else(compact).or_else(timed).filter(|day| (1900..=9999).contains(&chrono::Datelike::year(day)))
}

/// Periods of leave: `2026-12-01~2026-12-05; 2026-12-20`.
pub(super) fn leaves(text: &str) -> Option<Vec<Leave>> {
    let periods = text.split([';', '；', '、', '\n']).map(str::trim).filter(|period| !period.is_empty());
    periods
        .map(|period| {
            let (first, last) = period.split_once(['~', '～', '至']).unwrap_or((period, period));
            Some(Leave { first_day: day(first.trim())?, last_day: day(last.trim())? })
        })
        .collect()
}

/// Several phones in one cell.
pub(super) fn phones(text: &str) -> impl Iterator<Item = &str> {
    text.split([';', '；', ',', '，', '、', '\n']).map(str::trim).filter(|phone| !phone.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_in_every_common_form_and_no_other() {
        let expected = NaiveDate::from_ymd_opt(2026, 1, 31);
        let forms =
            ["2026-01-31", "2026/1/31", "2026.1.31", "20260131", "2026年1月31日", "2026/1/31 00:00:00"];
        for text in forms {
            assert_eq!(day(text), expected, "{text}");
        }
        for text in ["", "2026-02-30", "26-01-31", "31/01/2026", "46053", "长期", "0026-01-31"] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn leave_is_a_list_of_days_and_periods() {
        let read = leaves("2026-12-01~2026-12-05； 2026/12/20;").unwrap();
        let days: Vec<String> =
            read.iter().map(|leave| format!("{} {}", leave.first_day, leave.last_day)).collect();
        assert_eq!(days, ["2026-12-01 2026-12-05", "2026-12-20 2026-12-20"]);
        assert_eq!(leaves("next week"), None);
    }

    #[test]
    fn no_word_stands_twice() {
        let mut words: Vec<&str> = DUTIES.iter().flat_map(|(_, words)| words.iter().copied()).collect();
        words.extend(CHANNELS.iter().flat_map(|(_, words)| words.iter().copied()));
        let all = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), all);
        assert_eq!((duty("营销员"), duty_word(Duty::Agent)), (Some(Duty::Agent), "agent"));
        assert_eq!(
            (channel("银保"), channel_word(Channel::Direct)),
            (Some(Channel::Bancassurance), "direct")
        );
    }
}
