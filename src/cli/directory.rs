//! `zhenshi directory`: importing files and looking entries up, on the database itself.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, bail};
use serde_json::json;
use zhenshi_domain::mask;

use super::{
    Context, EXIT_FINDINGS,
    explain::language,
    output,
    session::{Session, keyring},
};
use crate::{
    app::{
        AppError,
        directory::{
            EntryKind, EntryRow,
            get::{ListFilter, Shown, get, list},
            import::{
                Format, ImportRequest, Imported, MAX_FILE_BYTES,
                columns::{fields, headers},
                import,
                report::sentence,
                vocabulary::{channel_word, duty_word},
            },
            tools::DirectoryTools,
        },
    },
    security::principal::Principal,
    words::{Language, Words},
};

/// Entries of a page while listing.
const PAGE_SIZE: u16 = 200;
/// Problems that are printed; the report has them all.
const MAX_PRINTED: usize = 20;

/// Subcommands.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Import a CSV or XLSX file: all rows, or none if one is wrong. Exit code 1 if one is.
    Import {
        /// The file.
        file: PathBuf,
        /// What the rows are.
        #[arg(long, value_enum)]
        kind: Kind,
        /// Import the rows that are right although others are not.
        #[arg(long)]
        partial: bool,
        /// Check everything and import nothing.
        #[arg(long)]
        dry_run: bool,
        /// Where the file with its problems is written (default: beside it).
        #[arg(long, value_name = "PATH")]
        report: Option<PathBuf>,
        /// Language of the problems: zh-Hans, zh-Hant or en.
        #[arg(long, default_value = "zh-Hans", value_parser = language)]
        language: Language,
    },
    /// Show the entries of a kind, or one with its personal data masked.
    Show {
        /// Which entries.
        #[arg(value_enum)]
        kind: Kind,
        /// Code of one.
        code: Option<String>,
    },
    /// Print the columns of a file of each kind.
    Columns,
}

/// Kinds of entries on the command line.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum Kind {
    /// 销售渠道管理部门
    Channels,
    /// 分支机构
    Branches,
    /// 代理机构
    Agencies,
    /// 销售人员
    Sellers,
    /// 内勤
    Staff,
}

impl From<Kind> for EntryKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Channels => Self::Channel,
            Kind::Branches => Self::Branch,
            Kind::Agencies => Self::Agency,
            Kind::Sellers => Self::Seller,
            Kind::Staff => Self::Staff,
        }
    }
}

/// Runs a subcommand.
pub async fn run(context: &Context, command: Command) -> anyhow::Result<ExitCode> {
    if matches!(command, Command::Columns) {
        print_columns();
        return Ok(ExitCode::SUCCESS);
    }
    let session = Session::open(context).await?;
    let done = run_in(context, &session, command).await;
    session.close().await?;
    done
}

async fn run_in(context: &Context, session: &Session, command: Command) -> anyhow::Result<ExitCode> {
    let store = session.store(context).await?;
    let keyring = keyring(&context.config, &context.entropy)?;
    let fingerprints = store.open_epoch(&keyring).await?;
    let (clock, entropy) = (context.clock.clone(), context.entropy.clone());
    let tools = DirectoryTools::new(store.clone(), fingerprints, &keyring, clock, entropy)?;
    let code = match command {
        Command::Import { file, kind, partial, dry_run, report, language } => {
            let bytes = read(&file)?;
            let request = ImportRequest { kind: kind.into(), bytes, partial, dry_run };
            let report = report.unwrap_or_else(|| beside(&file));
            import_file(context, &tools, request, &report, language).await?
        }
        Command::Show { kind, code: Some(code) } => {
            let shown = get(&tools, &operator(), kind.into(), &code).await?;
            show(context, &shown);
            ExitCode::SUCCESS
        }
        Command::Show { kind, code: None } => {
            show_all(context, &tools, kind.into()).await?;
            ExitCode::SUCCESS
        }
        Command::Columns => ExitCode::SUCCESS,
    };
    store.close().await;
    Ok(code)
}

/// Whoever has the keyring and the database may do everything.
fn operator() -> Principal {
    Principal::whole("operator")
}

/// The file, unless it is too large to be read at all.
fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    let size = std::fs::metadata(file).with_context(|| format!("cannot read {}", file.display()))?.len();
    if size > MAX_FILE_BYTES as u64 {
        bail!("{}: larger than {MAX_FILE_BYTES} bytes", file.display());
    }
    std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))
}

/// `sellers.csv` is reported in `sellers-问题.csv`.
fn beside(file: &Path) -> PathBuf {
    let name = file.file_stem().unwrap_or_default().to_string_lossy();
    let extension = file.extension().map(|extension| format!(".{}", extension.to_string_lossy()));
    file.with_file_name(format!("{name}-问题{}", extension.unwrap_or_default()))
}

async fn import_file(
    context: &Context,
    tools: &DirectoryTools,
    request: ImportRequest,
    report: &Path,
    language: Language,
) -> anyhow::Result<ExitCode> {
    let words = Words::load()?;
    let kind = request.kind;
    let imported = match import(tools, &operator(), request).await {
        Err(AppError::DirectoryFileUnusable(error)) => {
            let id = format!("directory-file-{}", error.key());
            let said = words.message(language, &id, std::iter::empty());
            bail!("{said}: {error}");
        }
        other => other?,
    };
    for (header, field) in &imported.mapping {
        output::note(format!("{header} = {}", headers(kind, *field).first().copied().unwrap_or_default()));
    }
    if !imported.ignored.is_empty() {
        output::note(format!("columns that are not read: {}", imported.ignored.join(", ")));
    }
    let refused = imported.problems.len();
    if refused > 0 {
        write_report(&imported, report, &words, language)?;
    }
    say(context, &imported, (refused > 0).then_some(report), &words, language);
    Ok(if refused == 0 { ExitCode::SUCCESS } else { ExitCode::from(EXIT_FINDINGS) })
}

/// Personal data: readable by the user alone, and never in the place of a file that is there.
fn write_report(imported: &Imported, path: &Path, words: &Words, language: Language) -> anyhow::Result<()> {
    use std::{io::Write as _, os::unix::fs::OpenOptionsExt as _};
    let bytes = imported.report(words, language)?;
    let mut options = std::fs::OpenOptions::new();
    let mut file = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("cannot write {}", path.display()))?;
    file.write_all(&bytes).with_context(|| format!("cannot write {}", path.display()))
}

fn say(context: &Context, imported: &Imported, report: Option<&Path>, words: &Words, language: Language) {
    let counts = imported.counts;
    let format = if imported.format() == Format::Csv { "CSV" } else { "XLSX" };
    if context.json {
        let problems: Vec<_> = imported
            .problems
            .iter()
            .flat_map(|row| {
                row.problems
                    .iter()
                    .map(|problem| json!({ "row": row.row, "message": sentence(words, language, *problem) }))
            })
            .collect();
        output::json(&json!({
            "format": format,
            "rows": imported.rows,
            "created": counts.created,
            "changed": counts.changed,
            "unchanged": counts.unchanged,
            "refused": imported.problems.len(),
            "written": imported.written,
            "problems": problems,
            "report": report.map(|path| path.display().to_string()),
        }));
        return;
    }
    for row in imported.problems.iter().take(MAX_PRINTED) {
        let said: Vec<String> =
            row.problems.iter().map(|problem| sentence(words, language, *problem)).collect();
        output::line(format!("{}: {}", row.row, said.join("; ")));
    }
    output::line(format!(
        "{format}: rows {}, created {}, changed {}, unchanged {}, refused {}{}",
        imported.rows,
        counts.created,
        counts.changed,
        counts.unchanged,
        imported.problems.len(),
        if imported.written { "" } else { "; nothing was written" },
    ));
    if let Some(path) = report {
        output::note(format!("every problem stands in {}", path.display()));
    }
}

async fn show_all(context: &Context, tools: &DirectoryTools, kind: EntryKind) -> anyhow::Result<()> {
    let mut filter = ListFilter::default();
    loop {
        let page = list(tools, &operator(), kind, filter.clone(), PAGE_SIZE).await?;
        for row in &page.rows {
            if context.json {
                output::json(&as_json(row));
            } else {
                output::line(as_line(row));
            }
        }
        match page.next {
            Some(last) => filter.after = Some(last),
            None => return Ok(()),
        }
    }
}

fn show(context: &Context, shown: &Shown) {
    let mut value = as_json(&shown.row);
    if let Some(person) = &shown.person {
        let [_, province, city, _, _, text] = &person.address;
        value["personal"] = json!({
            "name": mask::name(&person.name),
            "certificate_number": mask::certificate(&person.certificate_number),
            "phones": person.phones.iter().map(|phone| mask::phone(phone)).collect::<Vec<_>>(),
            "address": mask::address(province, city, text),
        });
    }
    if context.json {
        output::json(&value);
        return;
    }
    output::line(as_line(&shown.row));
    if let Some(personal) = value.get("personal") {
        output::line(personal.to_string());
    }
}

fn as_json(row: &EntryRow) -> serde_json::Value {
    let entry = &row.entry;
    json!({
        "code": entry.code,
        "name": entry.name,
        "kind": entry.duty.map(duty_word),
        "channel": entry.channel.map(channel_word),
        "branch_code": entry.branch_code,
        "team_leader_code": entry.team_leader_code,
        "agency_code": entry.agency_code,
        "capacity": entry.capacity,
        "leave": entry.leaves.iter().map(|leave| format!("{}~{}", leave.first_day, leave.last_day)).collect::<Vec<_>>(),
        "qualified_from": entry.qualified_from,
        "qualified_until": entry.qualified_until,
        "active": entry.active,
        "revision": row.revision,
        "changed_time": row.changed_time,
    })
}

fn as_line(row: &EntryRow) -> String {
    let entry = &row.entry;
    let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let mut parts = vec![entry.code.clone()];
    parts.extend([entry.name.clone(), entry.branch_code.clone()].into_iter().filter(|part| !part.is_empty()));
    parts.extend(entry.duty.map(|duty| duty_word(duty).to_owned()));
    parts.extend(entry.channel.map(|channel| channel_word(channel).to_owned()));
    if entry.qualified_from.is_some() {
        parts.push(format!("qualified {}..{}", day(entry.qualified_from), day(entry.qualified_until)));
    }
    if !entry.active {
        parts.push("out of use".into());
    }
    parts.join("  ")
}

fn print_columns() {
    let kinds = [
        ("channels", EntryKind::Channel),
        ("branches", EntryKind::Branch),
        ("agencies", EntryKind::Agency),
        ("sellers", EntryKind::Seller),
        ("staff", EntryKind::Staff),
    ];
    for (name, kind) in kinds {
        output::line(format!("{name}:"));
        for field in fields(kind) {
            output::line(format!("  {}", headers(kind, *field).join(" | ")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_stands_beside_its_file() {
        assert_eq!(beside(Path::new("/a/sellers.csv")), Path::new("/a/sellers-问题.csv"));
        assert_eq!(beside(Path::new("staff")), Path::new("staff-问题"));
    }
}
