//! The frame of every page: product, navigation by role, language, who is signed in, where one is.
//!
//! To add an entry to the navigation: its variant of [`Section`] and its line in [`NAVIGATION`].

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::{
    security::{policy::Action, principal::Principal},
    web::{
        Site, assets,
        error::url_escape,
        person::Person,
        say::{self, Say},
    },
    words::Language,
};

/// A part of the page that the navigation leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::web) enum Section {
    /// 工作台.
    Board,
    /// 问题件.
    Cases,
    /// 问题件清单.
    Lists,
    /// 分拣.
    Sorting,
    /// 复核.
    Queue,
    /// 核验记录.
    Submissions,
    /// 工作日历.
    Calendar,
    /// 名录.
    Directory,
    /// 事件投递.
    Deliveries,
    /// 查阅申请.
    Access,
    /// 外借登记.
    Loans,
    /// 明文导出.
    Exports,
    /// 报告信息泄露.
    Report,
    /// 信息泄露.
    Incidents,
    /// 审计.
    Audit,
}

/// The navigation in its order: part, address, words, and the action without which nobody is led there.
const NAVIGATION: &[(Section, &str, &str, Option<Action>)] = &[
    (Section::Board, "/", "page-nav-board", None),
    (Section::Cases, "/cases", "page-nav-cases", Some(Action::ListCases)),
    (Section::Sorting, "/sorting", "page-nav-sorting", Some(Action::ReleaseCases)),
    (Section::Queue, "/verification", "page-nav-queue", Some(Action::VerifyCase)),
    (Section::Lists, "/lists", "page-nav-lists", Some(Action::ListSuspicionLists)),
    (Section::Submissions, "/submissions", "page-nav-submissions", Some(Action::ListSubmissions)),
    (Section::Directory, "/directory", "page-nav-directory", Some(Action::ListSellers)),
    (Section::Calendar, "/calendar", "page-nav-calendar", Some(Action::GetCalendar)),
    (Section::Access, "/access", "page-nav-access", Some(Action::ListAccessGrants)),
    (Section::Loans, "/loans", "page-nav-loans", Some(Action::ListLoans)),
    (Section::Exports, "/exports", "page-nav-exports", Some(Action::ListUnmaskedExports)),
    (Section::Incidents, "/incidents", "page-nav-incidents", Some(Action::ListIncidents)),
    (Section::Report, "/incidents/new", "page-nav-report", Some(Action::ReportLeak)),
    (Section::Audit, "/audit", "page-nav-audit", Some(Action::ListAuditEntries)),
    (Section::Deliveries, "/deliveries", "page-nav-deliveries", Some(Action::ListDeliveries)),
];

/// An entry of the navigation.
#[derive(Debug, Clone)]
pub(in crate::web) struct Entry {
    pub(in crate::web) href: &'static str,
    pub(in crate::web) text: String,
    pub(in crate::web) here: bool,
}

/// A step on the way to the page.
#[derive(Debug, Clone)]
pub(in crate::web) struct Crumb {
    pub(in crate::web) href: String,
    pub(in crate::web) text: String,
}

/// Who is signed in, as the frame shows him.
#[derive(Debug, Clone)]
pub(in crate::web) struct Who {
    /// How he is called.
    pub(in crate::web) name: String,
    /// His role in words.
    pub(in crate::web) role: String,
    /// What his forms carry.
    pub(in crate::web) csrf: String,
    /// He has a password of ours to change.
    pub(in crate::web) local: bool,
    /// Seconds until his session ends if he does nothing.
    pub(in crate::web) left: i64,
}

/// The frame.
#[derive(Debug, Clone)]
pub(in crate::web) struct Layout {
    /// Words.
    pub(in crate::web) say: Say,
    /// Title of the page.
    pub(in crate::web) title: String,
    /// Who is signed in.
    pub(in crate::web) who: Option<Who>,
    /// Where one can go.
    pub(in crate::web) entries: Vec<Entry>,
    /// The way to this page, without it.
    pub(in crate::web) crumbs: Vec<Crumb>,
    /// Now, as every clock on the page counts.
    pub(in crate::web) now: DateTime<Utc>,
    /// Path and query of this page.
    pub(in crate::web) path: String,
    /// A plot is on the page.
    pub(in crate::web) plots: bool,
    /// A script of the page's own.
    pub(in crate::web) script: Option<&'static str>,
}

impl Layout {
    /// The frame for `person`.
    pub(in crate::web) fn new(site: &Arc<Site>, person: &Person, section: Section, title: String) -> Self {
        let principal = person.principal();
        let who = Who {
            name: person.session.name.clone(),
            role: person.say.value("page-role", principal.role.name()),
            csrf: person.session.csrf.clone(),
            local: person.session.local,
            left: (person.session.idle_expires_time - site.app.clock.now()).num_seconds(),
        };
        Self {
            entries: entries(&person.say, principal, section),
            who: Some(who),
            path: person.path.clone(),
            ..Self::bare(site, person.say.clone(), title)
        }
    }

    /// The frame for whom nobody knows.
    pub(in crate::web) fn bare(site: &Site, say: Say, title: String) -> Self {
        Self {
            say,
            title,
            who: None,
            entries: Vec::new(),
            crumbs: Vec::new(),
            now: site.app.clock.now(),
            path: "/".into(),
            plots: false,
            script: None,
        }
    }

    /// With a step on the way to the page.
    #[must_use]
    pub(in crate::web) fn under(mut self, href: impl Into<String>, text: String) -> Self {
        self.crumbs.push(Crumb { href: href.into(), text });
        self
    }

    /// The message `id`.
    pub(in crate::web) fn t(&self, id: &str) -> String {
        self.say.t(id)
    }

    /// The message `id` about `count` of something.
    pub(in crate::web) fn n(&self, id: &str, count: impl say::Count) -> String {
        self.say.n(id, count)
    }

    /// Path and query of this page, as the value of a query.
    pub(in crate::web) fn back(&self) -> String {
        url_escape(&self.path)
    }

    /// What the forms of the page carry.
    pub(in crate::web) fn csrf(&self) -> &str {
        self.who.as_ref().map_or("", |who| &who.csrf)
    }

    /// The address of a file of `assets/`.
    #[expect(clippy::unused_self, reason = "templates reach everything through the frame")]
    pub(in crate::web) fn asset(&self, name: &str) -> &'static str {
        assets::address(name)
    }

    /// The page's language, as HTML has it.
    pub(in crate::web) const fn lang(&self) -> &'static str {
        match self.say.language() {
            Language::ZhHans => "zh-Hans-CN",
            Language::ZhHant => "zh-Hant",
            Language::En => "en",
        }
    }

    /// Languages to switch to: address, name in itself, tag, whether it is this one.
    pub(in crate::web) fn languages(&self) -> Vec<(String, &'static str, &'static str, bool)> {
        let names = [(Language::ZhHans, "简体"), (Language::ZhHant, "繁體"), (Language::En, "English")];
        let back = self.back();
        names
            .map(|(language, name)| {
                let tag = language.as_tag();
                (format!("/language/{tag}?return={back}"), name, tag, language == self.say.language())
            })
            .to_vec()
    }

    /// Date and time of the page.
    pub(in crate::web) fn time(&self) -> String {
        say::time(self.now)
    }
}

fn entries(say: &Say, principal: &Principal, section: Section) -> Vec<Entry> {
    let allowed = |action: &Option<Action>| action.is_none_or(|action| principal.permit(action).is_ok());
    let entries = NAVIGATION.iter().filter(|(_, _, _, action)| allowed(action));
    entries.map(|(of, href, id, _)| Entry { href, text: say.t(id), here: *of == section }).collect()
}
