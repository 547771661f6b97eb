//! `docs/rules.md` is what the code says: written from the list of codes and the catalogues, and compared here.
//!
//! After a change of codes or words run `ZHENSHI_UPDATE_DOCS=1 cargo test --test it rules_page` and commit the page.

use std::{env, fmt::Write as _, fs, path::PathBuf};

use zhenshi::words::{Language, WordArg, Words};
use zhenshi_domain::{
    finding::{ArgSpec, Code, Severity},
    rules,
};

/// Set to write the page from the present code.
const UPDATE: &str = "ZHENSHI_UPDATE_DOCS";

const HEAD: &str = "# Rules\n\n\
    Every code that a finding can have, in the order in which findings are told. Written by a test from the code; do not\n\
    edit it (`tests/it/rules_page.rs`).\n\n\
    The severity is the default; the rule profile (`rules.toml`) can change it by code, channel, product and date, except for\n\
    the codes that only the recorder gives. The article is that of the regulation which asks for it. The words are examples:\n\
    where they depend on a reason or a number, one is shown and the others are named.\n";

/// Number in the examples.
const EXAMPLE_NUMBER: u32 = 17;

/// A field that a code can be about, by the beginning of the code; the first that fits is shown.
const FIELDS: [(&str, &str); 24] = [
    ("PRODUCT_CLASS", "product.class"),
    ("PRODUCT_TERM", "product.term"),
    ("APPLICATION_DATE", "applied_on"),
    ("REVISION_", "source_revision"),
    ("FIELD_", "policyholder.phones"),
    ("BIRTH_DATE_", "policyholder.birth_date"),
    ("SEX_", "policyholder.sex"),
    ("ID_NUMBER_", "policyholder.certificate.number"),
    ("REGION_CODE_", "policyholder.certificate.number"),
    ("CERTIFICATE_KIND_", "policyholder.certificate.kind"),
    ("CERTIFICATE_EXPI", "policyholder.certificate.valid_until"),
    ("CERTIFICATE_SHARED", "insureds[0].person.certificate.number"),
    ("CERTIFICATE_", "policyholder.certificate.number"),
    ("PAYER_", "accounts[0].holder_name"),
    ("SELLER_NOT_", "seller_code"),
    ("SELLER_CONTACT_", "policyholder.phones[0]"),
    ("ACCOUNT_", "accounts[0].number"),
    ("PHONE_", "policyholder.phones[0]"),
    ("NAME_", "policyholder.name"),
    ("ADDRESS_", "policyholder.address"),
    ("EMAIL_", "policyholder.email"),
    ("POLICYHOLDER_", "policyholder.birth_date"),
    ("RELATION_", "insureds[0].relation"),
    ("ONESELF_", "insureds[0].person.name"),
];

fn page() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/rules.md")
}

fn written() -> String {
    let words = Words::load().unwrap();
    let mut text = HEAD.to_owned();
    for code in rules::all_codes() {
        write_code(&mut text, code, &words);
    }
    text
}

fn write_code(text: &mut String, code: Code, words: &Words) {
    let article = match code.article {
        Some(article) => format!("article {article}"),
        None => "no article".to_owned(),
    };
    let severity = match code.severity {
        Severity::Blocking => "blocking (阻断)",
        Severity::Advisory => "advisory (提示)",
    };
    let field = FIELDS.iter().find(|(prefix, _)| code.name.starts_with(prefix)).map(|(_, field)| *field);
    let field = field.unwrap_or_else(|| panic!("{}: name a field that it can be about in FIELDS", code.name));
    writeln!(text, "\n## {}\n\n{article} · {severity} · for example `{field}`\n", code.name).unwrap();
    for language in Language::ALL {
        let said = words.finding(language, code.name, field, code.args.iter().map(example));
        writeln!(text, "- {}: {said}", language.as_tag()).unwrap();
    }
    for spec in code.args {
        match spec {
            ArgSpec::Number(name) => writeln!(text, "- `{name}`: a number").unwrap(),
            ArgSpec::Keys(name, keys) => {
                let keys: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
                writeln!(text, "- `{name}`: {}", keys.join(", ")).unwrap();
            }
        }
    }
}

fn example(spec: &ArgSpec) -> (&'static str, WordArg<'static>) {
    match spec {
        ArgSpec::Number(name) => (name, WordArg::Number(EXAMPLE_NUMBER)),
        ArgSpec::Keys(name, keys) => (name, WordArg::Key(keys.first().copied().unwrap_or_default())),
    }
}

#[test]
fn the_page_of_rules_is_that_of_the_code() {
    let written = written();
    if env::var_os(UPDATE).is_some() {
        fs::write(page(), &written).unwrap();
    }
    let committed = fs::read_to_string(page()).unwrap_or_default();
    assert!(committed == written, "docs/rules.md is out of date: run with {UPDATE}=1 and commit");
}
