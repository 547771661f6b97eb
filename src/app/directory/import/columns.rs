//! Headers: which column is which field. English headers are the names of the API's fields; Chinese ones are what people
//! write. Case, spaces, line breaks and the star of a required column do not matter.

use super::FileError;
use crate::app::directory::{EntryKind, entry::Field};

/// A field with the headers that name it; the first is the English one.
type Headers = (Field, &'static [&'static str]);

/// Headers of every kind of entry.
const COMMON: &[Headers] = &[
    (Field::Channel, &["channel", "渠道", "销售渠道", "所属渠道", "銷售渠道"]),
    (Field::Active, &["active", "在用", "是否在用", "是否在职", "有效", "是否有效"]),
    (Field::Branch, &["branch_code", "机构代码", "分支机构代码", "所属机构代码", "機構代碼", "分支機構代碼"]),
    (
        Field::TeamLeader,
        &["team_leader_code", "团队负责人代码", "团队负责人工号", "团队长工号", "團隊負責人代碼"],
    ),
    (Field::Agency, &["agency_code", "代理机构代码", "所属代理机构代码", "代理機構代碼"]),
    (Field::Capacity, &["capacity", "在办件上限", "容量", "在辦件上限"]),
    (Field::Leave, &["leaves", "leave", "休假", "休假期间", "休假期間"]),
    (
        Field::QualifiedFrom,
        &["qualified_from", "资质起始日期", "资质起始日", "执业登记日期", "执业起始日期", "資質起始日期"],
    ),
    (
        Field::QualifiedUntil,
        &["qualified_until", "资质终止日期", "资质终止日", "资质截止日期", "执业截止日期", "資質終止日期"],
    ),
    (Field::CertificateKind, &["certificate_kind", "证件类型", "證件類型"]),
    (
        Field::CertificateNumber,
        &["certificate_number", "证件号码", "证件号", "身份证号", "身份证号码", "證件號碼"],
    ),
    (
        Field::Phones,
        &[
            "phones",
            "phone",
            "电话",
            "手机",
            "手机号",
            "手机号码",
            "联系电话",
            "办公电话",
            "電話",
            "聯絡電話",
        ],
    ),
    (Field::Address, &["address", "地址", "联系地址", "办公地址", "通讯地址", "住址", "聯絡地址"]),
];

/// Headers that mean something else in another kind of entry; they go before the common ones.
const fn own(kind: EntryKind) -> &'static [Headers] {
    match kind {
        EntryKind::Channel => &[
            (Field::Code, &["code", "代码", "渠道代码", "代碼"]),
            (Field::Name, &["name", "名称", "部门名称", "管理部门", "名稱"]),
        ],
        EntryKind::Branch => &[
            (Field::Code, &["code", "代码", "机构代码", "分支机构代码", "代碼", "機構代碼"]),
            (Field::Name, &["name", "名称", "机构名称", "分支机构名称", "名稱", "機構名稱"]),
        ],
        EntryKind::Agency => &[
            (Field::Code, &["code", "代码", "代理机构代码", "代碼", "代理機構代碼"]),
            (Field::Name, &["name", "名称", "代理机构名称", "名稱", "代理機構名稱"]),
            (Field::Duty, &["kind", "类别", "代理机构类别", "机构类别", "類別"]),
        ],
        EntryKind::Seller => &[
            (
                Field::Code,
                &[
                    "code",
                    "代码",
                    "工号",
                    "销售人员代码",
                    "销售人员工号",
                    "业务员代码",
                    "代碼",
                    "銷售人員代碼",
                ],
            ),
            (Field::Name, &["name", "姓名", "销售人员姓名", "銷售人員姓名"]),
            (Field::Duty, &["kind", "类别", "人员类别", "销售人员类别", "類別"]),
        ],
        EntryKind::Staff => &[
            (Field::Code, &["code", "代码", "工号", "员工号", "员工工号", "代碼"]),
            (Field::Name, &["name", "姓名", "员工姓名"]),
            (Field::Duty, &["role", "角色", "岗位", "崗位"]),
        ],
    }
}

/// Fields that an entry of `kind` can have.
pub const fn fields(kind: EntryKind) -> &'static [Field] {
    use Field::{
        Active, Address, Agency, Branch, Capacity, CertificateKind, CertificateNumber, Channel, Code, Duty,
        Leave, Name, Phones, QualifiedFrom, QualifiedUntil, TeamLeader,
    };
    match kind {
        EntryKind::Channel => &[Code, Name, Channel, Active],
        EntryKind::Branch => &[Code, Name, Active],
        EntryKind::Agency => {
            &[Code, Name, Duty, Channel, Branch, Phones, Address, QualifiedFrom, QualifiedUntil, Active]
        }
        EntryKind::Seller => &[
            Code,
            Name,
            Duty,
            Channel,
            Branch,
            TeamLeader,
            Agency,
            CertificateKind,
            CertificateNumber,
            Phones,
            Address,
            QualifiedFrom,
            QualifiedUntil,
            Active,
        ],
        EntryKind::Staff => &[
            Code,
            Name,
            Duty,
            Channel,
            Branch,
            TeamLeader,
            Capacity,
            Leave,
            CertificateKind,
            CertificateNumber,
            Phones,
            Address,
            Active,
        ],
    }
}

/// Columns that a file of `kind` must have.
pub const fn required(kind: EntryKind) -> &'static [Field] {
    match kind {
        EntryKind::Channel => &[Field::Code, Field::Name, Field::Channel],
        EntryKind::Branch => &[Field::Code, Field::Name],
        EntryKind::Agency => &[Field::Code, Field::Name, Field::Duty, Field::QualifiedFrom],
        EntryKind::Seller => &[Field::Code, Field::Name, Field::Duty, Field::Channel, Field::QualifiedFrom],
        EntryKind::Staff => &[Field::Code, Field::Name, Field::Duty],
    }
}

/// The headers of `field` in a file of `kind`, the English one first.
pub fn headers(kind: EntryKind, field: Field) -> &'static [&'static str] {
    let named = own(kind).iter().chain(COMMON).find(|(known, _)| *known == field);
    named.map_or(&[], |(_, headers)| headers)
}

/// The column of the report of an earlier import.
const PROBLEM: [&str; 3] = ["问题", "問題", "problem"];

/// Which column is which field.
pub struct Header {
    columns: Vec<Option<Field>>,
}

impl Header {
    /// The field of a column.
    pub fn field(&self, column: usize) -> Option<Field> {
        self.columns.get(column).copied().flatten()
    }

    /// Headers that were understood, and as what.
    pub fn mapping(&self, header: &[String]) -> Vec<(String, Field)> {
        let named = header.iter().zip(&self.columns);
        named.filter_map(|(text, field)| Some((text.clone(), (*field)?))).collect()
    }

    /// Headers that were not understood.
    pub fn ignored(&self, header: &[String]) -> Vec<String> {
        let named = header.iter().zip(&self.columns);
        let unknown = named.filter(|(text, field)| field.is_none() && !text.trim().is_empty());
        unknown.filter(|(text, _)| !is_problem(text)).map(|(text, _)| text.clone()).collect()
    }
}

/// Whether a column is the report of an earlier import.
pub fn is_problem(header: &str) -> bool {
    PROBLEM.contains(&folded(header).as_str())
}

/// Says which column is which. Phones may stand in several columns.
///
/// # Errors
/// [`FileError::MissingColumns`], [`FileError::DoubleColumns`], each with all of them.
pub fn understand(kind: EntryKind, header: &[String]) -> Result<Header, FileError> {
    let known = |text: &String| {
        let text = folded(text);
        let is_it = |field: &&Field| headers(kind, **field).contains(&text.as_str());
        fields(kind).iter().find(is_it).copied()
    };
    let columns: Vec<Option<Field>> = header.iter().map(known).collect();
    let english = |field: &Field| headers(kind, *field).first().copied().unwrap_or_default();
    let count = |field: &Field| columns.iter().filter(|column| **column == Some(*field)).count();
    let missing: Vec<&str> = required(kind).iter().filter(|field| count(field) == 0).map(english).collect();
    if !missing.is_empty() {
        return Err(FileError::MissingColumns(missing));
    }
    let double = fields(kind).iter().filter(|field| **field != Field::Phones && count(field) > 1);
    let double: Vec<&str> = double.map(english).collect();
    if double.is_empty() { Ok(Header { columns }) } else { Err(FileError::DoubleColumns(double)) }
}

fn folded(header: &str) -> String {
    let text: String =
        header.chars().filter(|c| !c.is_whitespace() && !matches!(c, '*' | '＊' | '\u{feff}')).collect();
    text.to_lowercase()
}
