//! Files as people make them, and as nobody should.

use std::io::Write as _;

use rust_xlsxwriter::{ExcelDateTime, Format as CellFormat, Formula, Workbook};

use super::*;
use crate::{
    app::directory::Duty,
    words::{Language, Words},
};

const SELLERS: &str = "工号,姓名,类别,销售渠道,机构代码,证件号码,手机,联系地址,资质起始日期,资质终止日期,备注\n\
    S001,测试甲,营销员,个险,4401,,13827359461,示例省示例市示例路1号,2020-01-01,2027年12月31日,x\n\
    S002,测试乙,银保专管员,银保,4401,,+86 13827359462；010-65529988,,2020/1/1,,\n";

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 23).unwrap()
}

fn sellers(bytes: &[u8]) -> (Imported, Vec<Draft>) {
    check(EntryKind::Seller, bytes, today()).unwrap()
}

fn refused(bytes: &[u8]) -> FileError {
    match check(EntryKind::Seller, bytes, today()) {
        Err(error) => error,
        Ok(_) => panic!("must be refused"),
    }
}

/// Row, field and flaw of every problem.
fn problems(imported: &Imported) -> Vec<(usize, Field, Flaw)> {
    let of_row = |row: &RowProblems| {
        let number = row.row;
        row.problems.iter().map(move |problem| (number, problem.field, problem.flaw)).collect::<Vec<_>>()
    };
    imported.problems.iter().flat_map(of_row).collect()
}

fn is_as_expected(imported: &Imported, drafts: &[Draft]) {
    assert_eq!(problems(imported), []);
    assert_eq!(imported.ignored, ["备注"]);
    assert_eq!((imported.rows, drafts.len()), (2, 2));
    let (first, second) = (&drafts[0], &drafts[1]);
    assert_eq!((first.entry.code.as_str(), first.person.name.expose().as_str()), ("S001", "测试甲"));
    assert_eq!(first.entry.duty, Some(Duty::Agent));
    assert_eq!(first.entry.qualified_until, NaiveDate::from_ymd_opt(2027, 12, 31));
    assert_eq!(first.entry.branch_code, "4401");
    assert_eq!(second.person.phones.len(), 2);
    assert_eq!(second.entry.qualified_from, NaiveDate::from_ymd_opt(2020, 1, 1));
}

#[test]
fn one_file_reads_alike_in_every_encoding() {
    let (gb, ..) = encoding_rs::GB18030.encode(SELLERS);
    for bytes in [SELLERS.as_bytes().to_vec(), format!("\u{feff}{SELLERS}").into_bytes(), gb.into_owned()] {
        let (imported, drafts) = sellers(&bytes);
        is_as_expected(&imported, &drafts);
    }
}

/// The same file as a workbook, with numbers and dates as spreadsheet programs keep them.
fn workbook(change: impl FnOnce(&mut rust_xlsxwriter::Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, line) in (0_u32..).zip(SELLERS.lines()) {
        for (column, text) in (0_u16..).zip(line.split(',')) {
            sheet.write_string(row, column, text).unwrap();
        }
    }
    sheet.write_number(1, 4, 4401).unwrap();
    sheet.write_number(1, 6, 13_827_359_461_f64).unwrap();
    let date = CellFormat::new().set_num_format("yyyy-mm-dd");
    sheet.write_datetime_with_format(1, 9, ExcelDateTime::from_ymd(2027, 12, 31).unwrap(), &date).unwrap();
    change(sheet);
    book.save_to_buffer().unwrap()
}

#[test]
fn a_workbook_reads_like_the_text() {
    let (imported, drafts) = sellers(&workbook(|_| ()));
    assert_eq!(imported.format(), Format::Xlsx);
    is_as_expected(&imported, &drafts);
    assert_eq!(drafts[0].person.phones[0].expose(), "13827359461", "a number is the text that was typed");
}

#[test]
fn a_formula_and_a_number_that_lost_digits_are_told_and_not_used() {
    let bytes = workbook(|sheet| {
        sheet.write_formula(1, 0, Formula::new("=\"S\"&\"001\"").set_result("S001")).unwrap();
        sheet.write_number(2, 5, 440_103_198_005_063_511_f64).unwrap();
    });
    let (imported, drafts) = sellers(&bytes);
    let expected = [(2, Field::Code, Flaw::Formula), (3, Field::CertificateNumber, Flaw::LostDigits)];
    assert_eq!(problems(&imported), expected);
    assert!(drafts.is_empty());
}

#[test]
fn a_cell_at_the_end_of_the_sheet_makes_no_table_of_that_size() {
    let (imported, _) = sellers(&workbook(|sheet| {
        sheet.write_string(1, 16_383, "far right").unwrap();
    }));
    assert_eq!(problems(&imported), []);
    let bytes = workbook(|sheet| {
        sheet.write_string(1_048_575, 0, "far down").unwrap();
    });
    assert_eq!(refused(&bytes), FileError::TooManyRows);
}

#[test]
fn a_workbook_that_unpacks_without_end_is_refused() {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    archive.start_file("xl/workbook.xml", options).unwrap();
    let block = vec![b' '; 1 << 20];
    for _ in 0..=(MAX_UNPACKED_BYTES >> 20) {
        archive.write_all(&block).unwrap();
    }
    let bytes = archive.finish().unwrap().into_inner();
    assert!(bytes.len() < 1 << 20, "it is a bomb: {}", bytes.len());
    assert_eq!(refused(&bytes), FileError::UnpacksTooLarge);
}

#[test]
fn what_is_no_table_is_refused_by_its_own_word() {
    let (utf_16, header) = (b"\xff\xfeS\x00", "code,name\nS1,x\n");
    let cases: [(&[u8], FileError); 8] = [
        (b"", FileError::Empty),
        (b"\n\n", FileError::Empty),
        (utf_16, FileError::Encoding),
        (b"\xff\xff\xff,code", FileError::Encoding),
        (b"PK\x03\x04 no archive", FileError::Broken),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileError::OldWorkbook),
        (header.as_bytes(), FileError::MissingColumns(vec!["kind", "channel", "qualified_from"])),
        ("code,工号,name,kind,channel,qualified_from\n".as_bytes(), FileError::DoubleColumns(vec!["code"])),
    ];
    for (bytes, error) in cases {
        assert_eq!(refused(bytes), error);
    }
    assert_eq!(refused(&vec![b'a'; MAX_FILE_BYTES + 1]), FileError::TooLarge);
    let rows = "S,测试甲,agent,direct,2020-01-01\n".repeat(MAX_ROWS + 1);
    let many = format!("code,name,kind,channel,qualified_from\n{rows}");
    assert_eq!(refused(many.as_bytes()), FileError::TooManyRows);
}

#[test]
fn every_flaw_of_a_row_is_told_with_its_row_and_the_others_are_read() {
    let rows = "code,name,kind,channel,qualified_from,qualified_until,phone,certificate_number,active\n\
        S1,测试甲,agent,direct,2020-01-01,,,,yes\n\
        S1,测试乙,agent,direct,2020-01-01,,,,\n\
        ,,clerk,postal,2020-13-01,2019-01-01,no phone,11010119850315001X,maybe\n\
        =1+1,测试丙,agent,direct,2021-01-01,2020-01-01,138****9461,,\n\
        \n\
        S5,,agent,,,,,,\n";
    let (imported, drafts) = sellers(rows.as_bytes());
    let expected = [
        (3, Field::Code, Flaw::Duplicate),
        (4, Field::Duty, Flaw::UnknownWord),
        (4, Field::Channel, Flaw::UnknownWord),
        (4, Field::QualifiedFrom, Flaw::NotDate),
        (4, Field::Active, Flaw::UnknownWord),
        (4, Field::Code, Flaw::Required),
        (4, Field::Name, Flaw::Required),
        (4, Field::CertificateNumber, Flaw::NotCertificate),
        (4, Field::Phones, Flaw::NotPhone),
        (5, Field::Code, Flaw::Characters),
        (5, Field::QualifiedUntil, Flaw::Order),
        (5, Field::Phones, Flaw::NotPhone),
        (6, Field::Channel, Flaw::Required),
        (6, Field::QualifiedFrom, Flaw::Required),
        (6, Field::Name, Flaw::Required),
    ];
    assert_eq!(problems(&imported), expected);
    assert_eq!(drafts.len(), 1);
}

#[test]
fn a_cell_of_ten_megabytes_is_cut_and_told() {
    let long = "地".repeat(10 * 1024 * 1024 / 3);
    let rows =
        format!("code,name,kind,channel,qualified_from,address\nS1,测试甲,agent,direct,2020-01-01,{long}\n");
    let (imported, _) = sellers(rows.as_bytes());
    assert_eq!(problems(&imported), [(2, Field::Address, Flaw::TooLong)]);
    let report = imported.report(&Words::load().unwrap(), Language::En).unwrap();
    assert!(report.len() < 4 * MAX_CELL_CHARS, "the report holds no more than was read");
}

#[test]
fn a_report_is_the_users_file_with_a_column_and_no_formula() {
    let rows = "问题,code,name,kind,channel,qualified_from,phone\n\
        old,\"=HYPERLINK(\"\"x\"\")\",测试甲,agent,direct,2020-01-01,+8613827359461\n";
    let (imported, _) = sellers(rows.as_bytes());
    let words = Words::load().unwrap();
    let report = String::from_utf8(imported.report(&words, Language::ZhHans).unwrap()).unwrap();
    let expected = "\u{feff}code,name,kind,channel,qualified_from,phone,问题\n\
        \"'=HYPERLINK(\"\"x\"\")\",测试甲,agent,direct,2020-01-01,'+8613827359461,代码含有代码不允许的字符\n";
    assert_eq!(report, expected);
    // Mended in place, the report is a file again.
    let mended = report.replace("\"'=HYPERLINK(\"\"x\"\")\"", "S1");
    let (imported, drafts) = sellers(mended.as_bytes());
    assert_eq!((problems(&imported), imported.ignored.len()), (vec![], 0));
    assert_eq!(drafts[0].person.phones[0].expose(), "+8613827359461");
}

#[test]
fn a_report_of_a_workbook_is_a_workbook_of_texts() {
    let (imported, _) = sellers(&workbook(|sheet| {
        sheet.write_formula(1, 0, Formula::new("=1+1").set_result("2")).unwrap();
    }));
    let report = imported.report(&Words::load().unwrap(), Language::En).unwrap();
    let (again, _) = sellers(&report);
    assert_eq!(again.format(), Format::Xlsx);
    assert_eq!(problems(&again), [], "no cell of the report is a formula");
    assert_eq!(again.table.header.last().map(String::as_str), Some("Problem"));
    let said = &again.table.rows[0].last().unwrap().text;
    assert!(said.contains("is a formula"), "{said}");
}

#[test]
fn every_field_and_flaw_and_file_error_has_words() {
    let words = Words::load().unwrap();
    let kinds =
        [EntryKind::Channel, EntryKind::Branch, EntryKind::Agency, EntryKind::Seller, EntryKind::Staff];
    let flaws = [
        Flaw::Required,
        Flaw::NotOfKind,
        Flaw::TooLong,
        Flaw::Characters,
        Flaw::UnknownWord,
        Flaw::NotDate,
        Flaw::Order,
        Flaw::NotNumber,
        Flaw::NotPhone,
        Flaw::NotCertificate,
        Flaw::Unusable,
        Flaw::Formula,
        Flaw::LostDigits,
        Flaw::Duplicate,
        Flaw::UnknownCode,
    ];
    let errors = [
        FileError::TooLarge,
        FileError::TooManyRows,
        FileError::Encoding,
        FileError::OldWorkbook,
        FileError::Broken,
        FileError::UnpacksTooLarge,
        FileError::Empty,
        FileError::MissingColumns(Vec::new()),
        FileError::DoubleColumns(Vec::new()),
    ];
    for language in Language::ALL {
        for field in kinds.into_iter().flat_map(columns::fields) {
            for flaw in flaws {
                let said = report::sentence(&words, language, Problem { field: *field, flaw });
                assert!(!said.contains("directory-") && !said.contains(['{', '$']), "{said}");
            }
        }
        for error in &errors {
            assert!(words.has(language, &format!("directory-file-{}", error.key())), "{error}");
        }
    }
    for kind in kinds {
        for field in columns::fields(kind) {
            assert!(columns::headers(kind, *field).len() > 1, "{kind:?} {field:?} has no header");
        }
    }
}
