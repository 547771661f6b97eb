//! `zhenshi token`: tokens of calling systems and of members of staff.

use std::process::ExitCode;

use anyhow::bail;
use serde_json::json;
use uuid::Uuid;
use zhenshi_domain::application::Channel;

use super::{Context, output, session::Session};
use crate::{
    ids,
    security::{
        principal::{ALL_SOURCES, Principal, Reach, STAFF_PREFIX},
        token,
    },
    store::tokens::{NewToken, Shown},
};

/// Subcommands.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Make a token and print it once: only its hash is kept.
    Create {
        /// Name of the calling system.
        #[arg(long, required_unless_present = "staff")]
        name: Option<String>,
        /// Source that it may send and read; may be given again; `all` for every source.
        #[arg(long = "source", required_unless_present = "staff")]
        sources: Vec<String>,
        /// Channel that it may send and read; may be given again; `all` for every channel.
        #[arg(long = "channel", required_unless_present = "staff")]
        channels: Vec<String>,
        /// Instead of a system: code of an active member of staff; the directory says what he may do.
        #[arg(long, value_name = "CODE", conflicts_with_all = ["name", "sources", "channels"])]
        staff: Option<String>,
        /// Instead of a token: the URI or DNS name in the client certificate that the system shows (`grpc.tls.client_ca`).
        #[arg(long, value_name = "NAME", conflicts_with = "staff")]
        certificate_name: Option<String>,
    },
    /// List the tokens, without their secrets.
    List,
    /// Revoke a token; it stops within five seconds.
    Revoke {
        /// Id of the token, from `token list`.
        id: Uuid,
    },
}

/// Longest name of a caller.
const MAX_NAME_CHARS: usize = 64;

/// Longest name of a certificate.
const MAX_CERTIFICATE_NAME_BYTES: usize = 256;

/// Names of the channels.
const CHANNELS: [(&str, Channel); 4] = [
    ("individual-agents", Channel::IndividualAgents),
    ("bancassurance", Channel::Bancassurance),
    ("intermediaries", Channel::Intermediaries),
    ("direct", Channel::Direct),
];

/// Runs a subcommand.
pub async fn run(context: &Context, command: Command) -> anyhow::Result<ExitCode> {
    // What cannot be right is refused before a database is started for it.
    let system = match &command {
        Command::Create { name: Some(name), sources, channels, certificate_name, .. } => {
            if let Some(name) = certificate_name {
                check_certificate_name(name)?;
            }
            Some(Principal::system(name.as_str(), parse_reach(name, sources, channels)?))
        }
        Command::Create { .. } | Command::List | Command::Revoke { .. } => None,
    };
    let session = Session::open(context).await?;
    let done = run_in(context, &session, command, system).await;
    session.close().await?;
    done
}

async fn run_in(
    context: &Context,
    session: &Session,
    command: Command,
    system: Option<Principal>,
) -> anyhow::Result<ExitCode> {
    let store = session.store(context).await?;
    match (command, system) {
        (Command::Create { certificate_name: Some(name), .. }, Some(system)) => {
            named(context, &store, system, name).await?;
        }
        (Command::Create { .. }, Some(system)) => made(context, &store, system).await?,
        (Command::Create { staff: Some(code), .. }, _) => match store.find_staff(code.clone()).await? {
            Some(member) => made(context, &store, member).await?,
            None => bail!("--staff {code}: the directory has no active member of staff of that code"),
        },
        (Command::Revoke { id }, _) => {
            let now = context.clock.now();
            if !store.revoke_token(id, now, ids::mint(now, context.entropy.as_ref())?).await? {
                bail!("no token of that id is in force");
            }
            output::note(format!("token {id} is revoked; running services refuse it within five seconds"));
        }
        (Command::List | Command::Create { .. }, _) => list(context, &store).await?,
    }
    store.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Lets `principal` in by a client certificate of that name.
async fn named(
    context: &Context,
    store: &crate::store::Store,
    principal: Principal,
    name: String,
) -> anyhow::Result<()> {
    let taken = store
        .list_tokens()
        .await?
        .into_iter()
        .find(|row| row.revoked_time.is_none() && row.certificate_name.as_deref() == Some(name.as_str()));
    if let Some(taken) = taken {
        bail!(
            "--certificate-name {name}: {} ({}) is let in by it; revoke that first",
            taken.caller,
            taken.id
        );
    }
    let (caller, role) = (principal.caller.clone(), principal.role);
    let id = keep(context, store, principal, Shown::Certificate(name.clone())).await?;
    if context.json {
        output::json(&json!({ "id": id, "name": &*caller, "role": role.name(), "certificate_name": name }));
    } else {
        output::note(format!("{caller} ({}) is let in by certificates named {name}, as {id}", role.name()));
    }
    Ok(())
}

/// A certificate's name as it is compared: a URI as it stands, a DNS name in lower case.
fn check_certificate_name(name: &str) -> anyhow::Result<()> {
    let uri = name.contains("://");
    let plain = !name.is_empty()
        && name.len() <= MAX_CERTIFICATE_NAME_BYTES
        && name.bytes().all(|byte| byte.is_ascii_graphic());
    let host = !name.contains('*') && name.bytes().all(|byte| !byte.is_ascii_uppercase());
    if !plain || !(uri || host) {
        bail!("--certificate-name must be a URI (spiffe://…) or a DNS name in lower case, without wildcards");
    }
    Ok(())
}

/// Makes a token for `principal` and prints it.
async fn made(context: &Context, store: &crate::store::Store, principal: Principal) -> anyhow::Result<()> {
    let (name, role) = (principal.caller.clone(), principal.role);
    let (id, secret) = create(context, store, principal).await?;
    if context.json {
        output::json(&json!({ "id": id, "name": &*name, "role": role.name(), "token": *secret }));
    } else {
        output::note(format!("token {id} of {name} ({}); it is shown only now:", role.name()));
        output::line(&*secret);
    }
    Ok(())
}

/// Makes a token for `principal`.
pub(super) async fn create(
    context: &Context,
    store: &crate::store::Store,
    principal: Principal,
) -> anyhow::Result<(Uuid, zeroize::Zeroizing<String>)> {
    let secret = token::generate(context.entropy.as_ref())?;
    let id = keep(context, store, principal, Shown::Token(token::hash(&secret))).await?;
    Ok((id, secret))
}

/// Keeps what `principal` shows.
async fn keep(
    context: &Context,
    store: &crate::store::Store,
    principal: Principal,
    shows: Shown,
) -> anyhow::Result<Uuid> {
    let now = context.clock.now();
    let id = ids::mint(now, context.entropy.as_ref())?;
    let new = NewToken {
        id,
        principal,
        shows,
        created_time: now,
        audit_id: ids::mint(now, context.entropy.as_ref())?,
    };
    store.create_token(new).await?;
    Ok(id)
}

async fn list(context: &Context, store: &crate::store::Store) -> anyhow::Result<()> {
    for row in store.list_tokens().await? {
        // What the directory does not know as active may do nothing.
        let role = row.principal.as_ref().map_or("not active", |principal| principal.role.name());
        let system = row.principal.as_ref().filter(|principal| principal.staff.is_none());
        let sources = system.map(|system| system.reach.sources.clone()).unwrap_or_default();
        let channels: Vec<&str> = system
            .map(|system| system.reach.channels.iter().map(|channel| channel_name(*channel)).collect())
            .unwrap_or_default();
        if context.json {
            output::json(&json!({
                "id": row.id,
                "name": row.caller,
                "role": role,
                "sources": sources,
                "channels": channels,
                "certificate_name": row.certificate_name,
                "created_time": row.created_time,
                "revoked_time": row.revoked_time,
            }));
            continue;
        }
        let state = row.revoked_time.map_or("in force".into(), |time| format!("revoked {time}"));
        let reach = match system {
            Some(_) => format!("  sources {}  channels {}", sources.join(","), channels.join(",")),
            None => String::new(),
        };
        let shown = row.certificate_name.map(|name| format!("  certificate {name}")).unwrap_or_default();
        output::line(format!(
            "{}  {}  {role}{reach}{shown}  made {}  {state}",
            row.id, row.caller, row.created_time
        ));
    }
    Ok(())
}

fn parse_reach(name: &str, sources: &[String], channels: &[String]) -> anyhow::Result<Reach> {
    if name.is_empty() || name.chars().count() > MAX_NAME_CHARS || name.chars().any(char::is_control) {
        bail!("--name must have 1 to {MAX_NAME_CHARS} characters and no control characters");
    }
    if name.starts_with(STAFF_PREFIX) {
        bail!(
            "--name must not begin with {STAFF_PREFIX}: that is how members of staff are named; use --staff"
        );
    }
    let sources = sources
        .iter()
        .map(|source| if source == "all" { ALL_SOURCES.to_owned() } else { source.clone() })
        .collect();
    let mut reach = Reach { sources, channels: Vec::new() };
    for channel in channels {
        match CHANNELS.iter().find(|(known, _)| known == channel) {
            Some((_, channel)) => reach.channels.push(*channel),
            None if channel == "all" => reach.channels.extend(CHANNELS.map(|(_, channel)| channel)),
            None => {
                bail!("--channel {channel}: not one of all, {}", CHANNELS.map(|(name, _)| name).join(", "))
            }
        }
    }
    reach.channels.sort_by_key(|channel| channel_name(*channel));
    reach.channels.dedup();
    Ok(reach)
}

fn channel_name(channel: Channel) -> &'static str {
    // Every channel stands in the table.
    CHANNELS.iter().find(|(_, known)| *known == channel).map_or("", |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_stands_for_every_source_and_channel() {
        let reach = parse_reach("core", &["all".into()], &["all".into(), "direct".into()]).unwrap();
        assert_eq!(reach.channels.len(), 4);
        assert!(reach.allows("anything", Channel::Direct));
    }

    #[test]
    fn a_certificate_is_named_by_a_uri_or_a_plain_host() {
        for name in ["spiffe://insurer.example/Core", "core.insurer.example"] {
            check_certificate_name(name).unwrap();
        }
        for name in ["", "Core.example", "*.insurer.example", "a b", "核心.example"] {
            assert!(check_certificate_name(name).is_err(), "{name}");
        }
    }

    #[test]
    fn no_system_is_named_like_a_member_of_staff() {
        let error = parse_reach("staff:ST-1", &["all".into()], &["all".into()]).unwrap_err().to_string();
        assert!(error.contains("--staff"));
    }

    #[test]
    fn an_unknown_channel_is_named_with_the_known_ones() {
        let error = parse_reach("core", &["all".into()], &["banc".into()]).unwrap_err().to_string();
        assert!(error.contains("banc") && error.contains("bancassurance"));
    }
}
