//! What the story tells besides applications: policy events through the API; directory entries, which the story knows only
//! by their contacts, and clearings, which no call makes yet, past it into the store.

use anyhow::Context as _;
use uuid::Uuid;
use zhenshi_domain::{
    application::{Address, ApplicationKey, ApplicationKind, CertificateKind},
    clue::ClueKey,
    contact::{address, person_name, phone},
    identity,
    personal::Personal,
    policy::PolicyEventKind,
};

use super::lists::key_of;
use crate::{
    app::App,
    gendata::{
        Kind as SentKind, Member,
        story::{Clearing, DirectoryEntry, EntryKind, Part, PolicyNews, PolicyTold},
    },
    grpc::client::Client,
    security::fingerprint::Kind,
    store::{
        Scope,
        directory::contacts::{Owner, OwnerKind, OwnerPrints, PersonPrint, replace},
        list::{clear::NewClearedPair, cleared::ClearedKind, listed::ListedWhole},
        record::{Key, Tools},
    },
};

/// Whose name stands under what the demo does in process.
const ACTOR: &str = "demo";

/// Tells everything of a part of a day but its applications. `lists` are those made so far.
pub async fn tell(app: &App, client: &Client, part: &Part, lists: &[ListedWhole]) -> anyhow::Result<()> {
    for told in &part.events {
        policy_event(app, client, told).await?;
    }
    if !part.entries.is_empty() {
        directory(app, &part.entries).await?;
    }
    for clearing in &part.clearings {
        clear(app, clearing, lists).await?;
    }
    Ok(())
}

async fn policy_event(app: &App, client: &Client, told: &PolicyTold) -> anyhow::Result<()> {
    let request_id: Uuid = told.request_id.parse().context("a request id of the story is no UUID")?;
    let kind = match told.news {
        PolicyNews::Declined => PolicyEventKind::Declined,
        PolicyNews::NotTakenUp => PolicyEventKind::NotTakenUp,
        PolicyNews::Surrendered => PolicyEventKind::Surrendered,
        PolicyNews::Cancelled => PolicyEventKind::Cancelled,
        PolicyNews::Reinstated => PolicyEventKind::Reinstated,
    };
    let key = application_key(&told.application);
    Ok(client.policy_event(request_id, &key, kind, app.clock.now()).await?)
}

/// The head of the application that a member stands in.
pub(super) fn application_key(member: &Member) -> ApplicationKey {
    let kind = match member.kind {
        SentKind::NewBusiness => ApplicationKind::NewBusiness,
        SentKind::ServicingChange => ApplicationKind::ServicingChange,
        SentKind::Claim => ApplicationKind::Claim,
    };
    ApplicationKey { source: member.source.to_owned(), kind, application_no: member.application_no.clone() }
}

async fn directory(app: &App, entries: &[DirectoryEntry]) -> anyhow::Result<()> {
    let tools = Tools {
        clock: app.clock.clone(),
        entropy: app.entropy.clone(),
        sealer: app.sealer.clone(),
        prints: app.fingerprints.clone(),
    };
    let prints: Vec<OwnerPrints> = entries.iter().map(|entry| owner_prints(app, entry)).collect();
    app.store
        .with_tx(Scope::system(), move |tx| Box::pin(async move { replace(tx, &tools, &prints).await }))
        .await?;
    Ok(())
}

fn owner_prints(app: &App, entry: &DirectoryEntry) -> OwnerPrints {
    let prints = app.fingerprints.get();
    let key = |clue: ClueKey, form: &str| Key {
        epoch: prints.epoch(),
        clue: clue.as_i16(),
        fingerprint: prints.of(Kind::from(clue), form),
    };
    let phones = entry.phones.iter().filter_map(|phone| phone::fingerprint_form(phone));
    let home = entry.address.as_ref().and_then(|[province, city, district, detail]| {
        address::fingerprint_form(&Address {
            province: province.clone(),
            city: city.clone(),
            district: district.clone(),
            detail: Personal::new(detail.clone()),
            ..Address::default()
        })
    });
    let mut contacts: Vec<Key> = phones.map(|form| key(ClueKey::Phone, &form.key())).collect();
    contacts.extend(home.map(|form| key(ClueKey::Address, &form)));
    let certificate = identity::fingerprint_form(Some(CertificateKind::ResidentId), &entry.resident_id)
        .map(|form| prints.of(Kind::Certificate, &form.key()));
    let name = person_name::fingerprint_form(&entry.name).map(|name| prints.of(Kind::Name, &name));
    let person = (certificate.is_some() || name.is_some()).then_some(PersonPrint {
        epoch: prints.epoch(),
        certificate,
        name,
    });
    let kind = match entry.kind {
        EntryKind::Seller => OwnerKind::Seller,
        EntryKind::Agency => OwnerKind::Agency,
        EntryKind::Staff => OwnerKind::Staff,
    };
    OwnerPrints { owner: Owner { kind, code: entry.code.clone() }, contacts, person }
}

/// Clears the pair as a verified case will: by the value and the customers of the suspicion in which they stand.
async fn clear(app: &App, clearing: &Clearing, lists: &[ListedWhole]) -> anyhow::Result<()> {
    let list = lists.get(clearing.list).context("a list of the story is not made when it is needed")?;
    let found = clearing.pair.each_ref().map(|member| {
        let wanted = key_of(member);
        list.members.iter().find(|listed| {
            listed.clue.name() == clearing.clue
                && (&listed.application, listed.party_no) == (&wanted.application, wanted.party_no)
        })
    });
    let [Some(one), Some(other)] = found else {
        // The score has it as missed; what comes of not clearing them will show too.
        return Ok(());
    };
    let new = NewClearedPair {
        clue_value_id: one.clue_value_id,
        customer_ids: [one.customer_id, other.customer_id],
        kind: ClearedKind::Other,
        cleared_by: ACTOR.into(),
        reason: "cleared by the demo's story".into(),
    };
    app.store.clear_pair(app.clock.clone(), app.entropy.clone(), new).await?;
    Ok(())
}
