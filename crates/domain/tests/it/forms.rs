//! One sample of every fingerprint form. If a line here must change, raise `NORMALISER_VERSION` in the same change.

use zhenshi_domain::{
    NORMALISER_VERSION,
    application::{Address, CertificateKind as Kind},
    contact::{address, bank_account, email, person_name, phone},
    identity,
};

#[test]
fn the_forms_of_this_version_are_frozen() {
    assert_eq!(NORMALISER_VERSION, 3);
    let text = |form: Option<String>| form.unwrap_or_default();
    let certificate = |kind, number| text(identity::fingerprint_form(kind, number).map(|form| form.key()));
    let phone = |raw| text(phone::fingerprint_form(raw).map(|form| form.key()));
    let place = Address {
        province: "示例省".into(),
        city: "示例市".into(),
        district: "示例区".into(),
        detail: "示例路１号 ａ座".into(),
        ..Address::default()
    };
    for (form, expected) in [
        (certificate(Some(Kind::ResidentId), "110101781027002"), "resident:110101197810270029"),
        (certificate(Some(Kind::HouseholdRegister), "110101197810270029"), "resident:110101197810270029"),
        (
            certificate(Some(Kind::HkMacauResidencePermit), "81000019900101001x"),
            "hk_macau_residence_permit:81000019900101001X",
        ),
        (
            certificate(Some(Kind::TaiwanResidencePermit), "830000199001010 01x"),
            "taiwan_residence_permit:83000019900101001X",
        ),
        (
            certificate(Some(Kind::ForeignerPermanentResidence), "kaz110090123105"),
            "foreigner_permanent_residence:KAZ110090123105",
        ),
        (certificate(Some(Kind::HkMacauTravelPermit), "h1234567802"), "hk_macau_travel_permit:H12345678"),
        (certificate(Some(Kind::TaiwanTravelPermit), "1234567890(B)"), "taiwan_travel_permit:12345678"),
        (certificate(Some(Kind::PrcPassport), "Ｅ12345670"), "prc_passport:E12345670"),
        (certificate(Some(Kind::ForeignPassport), "ab 123 456"), "foreign_passport:AB123456"),
        (certificate(Some(Kind::OfficerCertificate), "示字第 00123 号"), "officer_certificate:示字第00123号"),
        (certificate(Some(Kind::SoldierCertificate), "示字第00124号"), "soldier_certificate:示字第00124号"),
        (certificate(Some(Kind::BirthCertificate), "z100200300"), "birth_certificate:Z100200300"),
        (certificate(Some(Kind::BirthCertificate), "20260105"), ""),
        (certificate(Some(Kind::Other), "x-1"), "other:X-1"),
        (certificate(None, "x-1"), "unstated:X-1"),
        (phone("+86 138-2735-9461"), "+8613827359461"),
        (phone("（010）65529988转123"), "+861065529988;ext=123"),
        (phone("65529988"), "65529988"),
        (phone("0085291234567"), "+85291234567"),
        (phone("+44 (0)20 7946 0958"), "+442079460958"),
        (certificate(Some(Kind::PrcPassport), "N I L"), ""),
        (
            certificate(
                Some(Kind::ForeignPassport),
                "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",
            ),
            "foreign_passport:L898902C3",
        ),
        (text(bank_account::fingerprint_form("'6222-0206 50662277328")), "6222020650662277328"),
        (text(email::fingerprint_form("Ａ@Example.com")), "a@example.com"),
        (text(person_name::fingerprint_form("示例尔 ． 测试丁")), "示例尔·测试丁"),
        (text(person_name::fingerprint_form("ｍüller  hans j.")), "MÜLLER HANS J."),
        (text(address::fingerprint_form(&place)), "示例省示例市示例区示例路1号A座"),
    ] {
        assert_eq!(form, expected);
    }
}

#[test]
fn names_keep_their_characters() {
    for (raw, folded) in [
        ("测 试\u{3000}甲", "测试甲"),
        ("买买提．示例", "买买提·示例"),
        ("买买提.示例", "买买提·示例"),
        ("买买提 ・ 示例", "买买提·示例"),
        ("买买提\u{FF65}示例", "买买提·示例"),
        ("买买提\u{2022}示例·测试", "买买提·示例·测试"),
        ("买买提·", "买买提·"),
        ("ＴＥＳＴＥＲ　ｂ．", "TESTER B."),
        ("tester  b", "TESTER B"),
        ("\u{F9D1}测", "\u{F9D1}测"),
        ("𠮷田测试", "𠮷田测试"),
        ("龦测试", "龦测试"),
        ("", ""),
    ] {
        assert_eq!(person_name::fold(raw), folded, "{raw:?}");
        assert_eq!(person_name::fold(folded), folded, "{raw:?}");
    }
}

proptest::proptest! {
    #[test]
    fn folding_a_name_is_idempotent(raw in proptest::prelude::any::<String>(), likely in "[测试甲·. ．•a-cＡé]{0,12}") {
        for text in [raw, likely] {
            let folded = person_name::fold(&text);
            proptest::prop_assert_eq!(person_name::fold(&folded), folded.clone());
        }
    }
}
