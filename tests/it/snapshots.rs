//! What callers and operators read, word for word. A change shows as a difference to be looked at:
//! `INSTA_UPDATE=always cargo test --test it snapshots` (through `./dev test`) writes it.

use std::{fmt::Write as _, process::Command};

use zhenshi_proto::zhenshi::v1::{Severity, ValidateApplicationResponse};

use crate::support::{
    applications::{application, date, request},
    service::TestService,
};

/// An answer as text, in the order of the message.
fn shown(answer: &ValidateApplicationResponse) -> String {
    let mut text = String::new();
    let time = answer.decided_time.unwrap();
    writeln!(text, "{} decided at {}", answer.verdict().as_str_name(), time.seconds).unwrap();
    for finding in &answer.findings {
        let severity = Severity::try_from(finding.severity).unwrap().as_str_name();
        writeln!(text, "{severity} {} at {}, article {}", finding.code, finding.field_path, finding.article)
            .unwrap();
        writeln!(text, "  {}", finding.message).unwrap();
    }
    text
}

#[tokio::test]
async fn an_application_with_much_that_is_wrong_in_three_languages() {
    let service = TestService::start().await;
    let client = service.client("core").await;
    let mut wrong = application("A-1", 1);
    wrong.product.as_mut().unwrap().term = None;
    let holder = wrong.policyholder.as_mut().unwrap();
    holder.phones = vec!["无".into()];
    holder.sex = zhenshi_proto::zhenshi::v1::Sex::Female.into();
    let insured = wrong.insureds[0].person.as_mut().unwrap();
    insured.birth_date = Some(date(1985, 2, 30));
    insured.certificate.as_mut().unwrap().number.pop();
    wrong.accounts[0].holder_name = "示例乙".into();
    let mut sent = request(1, wrong);
    let mut text = String::new();
    for language in ["zh-Hans", "zh-Hant", "en"] {
        sent.language_code = language.into();
        let answer = client.validate(sent.clone()).await.unwrap();
        writeln!(text, "{language}: {}", shown(&answer)).unwrap();
    }
    insta::assert_snapshot!(text);
}

#[test]
fn the_commands_and_their_flags() {
    let help = |args: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_zhenshi")).args(args).output().unwrap();
        format!("zhenshi {}\n{}", args.join(" "), String::from_utf8(output.stdout).unwrap())
    };
    let pages = [
        &["--help"][..],
        &["serve", "--help"],
        &["demo", "--help"],
        &["token", "create", "--help"],
        &["gen-data", "--help"],
        &["case", "--help"],
        &["config", "--help"],
        &["completions", "--help"],
    ];
    insta::assert_snapshot!(pages.map(help).join("\n"));
}
