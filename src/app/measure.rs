//! Counting verdicts and findings. The domain knows nothing of it.

use zhenshi_domain::{
    application::{Application, Channel},
    finding::Severity,
    rule::Judgement,
    verdict::Verdict,
};

use crate::telemetry::metrics::{FindingLabels, METRICS, VerdictLabels};

/// Counts a verdict and its findings by channel.
pub(super) fn count(application: &Application, judgement: &Judgement) {
    let channel = channel(application.channel);
    let labels = VerdictLabels { verdict: verdict(judgement.verdict), channel };
    METRICS.judging.verdicts.get_or_create(&labels).inc();
    for finding in &judgement.findings {
        let labels = FindingLabels { code: finding.code.name, severity: severity(finding.severity), channel };
        METRICS.judging.findings.get_or_create(&labels).inc();
    }
}

const fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Accepted => "ACCEPTED",
        Verdict::Rejected => "REJECTED",
        Verdict::NotApplicable => "NOT_APPLICABLE",
    }
}

const fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::IndividualAgents => "INDIVIDUAL_AGENTS",
        Channel::Bancassurance => "BANCASSURANCE",
        Channel::Intermediaries => "INTERMEDIARIES",
        Channel::Direct => "DIRECT",
    }
}

const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Advisory => "ADVISORY",
        Severity::Blocking => "BLOCKING",
    }
}
