//! Step seven: the submissions, their findings and sealed parties, and the parties and approvals of what is in force.

use uuid::Uuid;
use zhenshi_domain::{application::Relation, party::Role};

use super::{Fresh, PartyEntry, customers::Customers, gate::Gate, heads::Effect};
use crate::store::{StoreError, Tx, codes::Coded as _};

/// Writes everything that no other batch can be in the way of.
pub(super) async fn write(
    tx: &mut Tx,
    gate: &Gate,
    fresh: &[Fresh<'_>],
    customers: &Customers,
) -> Result<(), StoreError> {
    submissions(tx, fresh).await?;
    findings(tx, fresh).await?;
    sealed(tx, fresh).await?;
    end_parties(tx, gate, fresh).await?;
    parties(tx, gate, fresh, customers).await?;
    approvals(tx, fresh).await
}

/// The customer that a party was resolved to.
pub(super) fn customer_of(customers: &Customers, party: &PartyEntry) -> Result<Uuid, StoreError> {
    let customer = customers.get(&party.customer_fingerprint).copied();
    customer.ok_or_else(|| StoreError::Unexpected("a party without a customer".into()))
}

async fn submissions(tx: &mut Tx, fresh: &[Fresh<'_>]) -> Result<(), StoreError> {
    macro_rules! column {
        ($row:ident => $value:expr) => {
            fresh
                .iter()
                .map(|done| {
                    let $row = &done.submission;
                    $value
                })
                .collect::<Vec<_>>()
        };
    }
    sqlx::query!(
        "INSERT INTO submission (id, application_id, revision, source, kind, application_no, source_revision,
             superseded, channel, branch_code, seller_code, agency_code, policy_no, original_application_no, caller,
             request_id, request_digest, verdict, rule_set_version, calendar_version, directory_version, decided_time,
             recorded_time, product_class, term_unit, term_length)
         SELECT * FROM UNNEST($1::uuid[], $2::uuid[], $3::integer[], $4::text[], $5::smallint[], $6::text[],
             $7::bigint[], $8::boolean[], $9::smallint[], $10::text[], $11::text[], $12::text[], $13::text[],
             $14::text[], $15::text[], $16::uuid[], $17::bytea[], $18::smallint[], $19::text[], $20::text[],
             $21::text[], $22::timestamptz[], $23::timestamptz[], $24::smallint[], $25::smallint[],
             $26::integer[])",
        &column!(row => row.id),
        &column!(row => row.application_id),
        &column!(row => row.revision),
        &column!(row => row.source.clone()),
        &column!(row => row.kind.number()),
        &column!(row => row.application_no.clone()),
        &column!(row => row.source_revision) as &[Option<i64>],
        &column!(row => row.superseded),
        &column!(row => row.channel.number()),
        &column!(row => row.branch_code.clone()),
        &column!(row => row.seller_code.clone()),
        &column!(row => row.agency_code.clone()),
        &column!(row => row.policy_no.clone()),
        &column!(row => row.original_application_no.clone()),
        &column!(row => row.caller.clone()),
        &column!(row => row.request_id),
        &column!(row => row.request_digest.clone()),
        &column!(row => row.decision.verdict.number()),
        &column!(row => row.decision.rule_set_version.clone()),
        &column!(row => row.decision.calendar_version.clone()),
        &column!(row => row.decision.directory_version.clone()),
        &column!(row => row.decision.decided_time),
        &column!(row => row.recorded_time),
        &column!(row => row.product.columns().product_class) as &[Option<i16>],
        &column!(row => row.product.columns().term_unit) as &[Option<i16>],
        &column!(row => row.product.columns().term_length) as &[Option<i32>],
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn findings(tx: &mut Tx, fresh: &[Fresh<'_>]) -> Result<(), StoreError> {
    let (mut ids, mut ordinals, mut codes, mut paths) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut severities, mut articles, mut args) = (Vec::new(), Vec::new(), Vec::new());
    for done in fresh {
        for (ordinal, finding) in (0i16..).zip(&done.submission.decision.findings) {
            ids.push(done.submission.id);
            ordinals.push(ordinal);
            codes.push(finding.code.clone());
            paths.push(finding.field_path.clone());
            severities.push(finding.severity.number());
            articles.push(finding.article);
            // A map of strings and numbers always serialises.
            args.push(serde_json::to_value(&finding.args).unwrap_or_default());
        }
    }
    if ids.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "INSERT INTO finding (submission_id, ordinal, code, field_path, severity, article, args)
         SELECT * FROM UNNEST($1::uuid[], $2::smallint[], $3::text[], $4::text[], $5::smallint[], $6::smallint[],
             $7::jsonb[])",
        &ids,
        &ordinals,
        &codes,
        &paths,
        &severities,
        &articles as &[Option<i16>],
        &args,
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn sealed(tx: &mut Tx, fresh: &[Fresh<'_>]) -> Result<(), StoreError> {
    let (mut ids, mut party_nos, mut roles, mut epochs) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut subjects, mut wrapped_keys, mut payloads) = (Vec::new(), Vec::new(), Vec::new());
    for done in fresh {
        for part in &done.sealed {
            ids.push(done.submission.id);
            party_nos.push(part.party_no);
            roles.push(part.role.map_or(0, Role::number));
            epochs.push(part.epoch);
            subjects.push(part.subject_fingerprint);
            wrapped_keys.push(part.sealed.wrapped_key.clone());
            payloads.push(part.sealed.payload.clone());
        }
    }
    sqlx::query!(
        "INSERT INTO sealed (submission_id, party_no, role, epoch, subject_fingerprint, wrapped_key, payload)
         SELECT * FROM UNNEST($1::uuid[], $2::smallint[], $3::smallint[], $4::smallint[], $5::uuid[], $6::bytea[],
             $7::bytea[])",
        &ids,
        &party_nos,
        &roles,
        &epochs,
        &subjects as &[Option<Uuid>],
        &wrapped_keys,
        &payloads,
    )
    .execute(tx)
    .await?;
    Ok(())
}

fn in_force<'a, 'b>(fresh: &'a [Fresh<'b>]) -> impl Iterator<Item = &'a Fresh<'b>> {
    fresh.iter().filter(|done| matches!(done.effect, Effect::Replaces(_)))
}

/// Ends the parties of the revisions that this batch takes out of force, as their contacts are ended.
async fn end_parties(tx: &mut Tx, gate: &Gate, fresh: &[Fresh<'_>]) -> Result<(), StoreError> {
    let mut applications: Vec<Uuid> = fresh
        .iter()
        .filter(|done| done.submission.revision > 1 && !matches!(done.effect, Effect::Nothing))
        .map(|done| done.item.application_id)
        .collect();
    if applications.is_empty() {
        return Ok(());
    }
    applications.sort_unstable();
    sqlx::query!(
        "UPDATE application_party SET ended_time = GREATEST(recorded_time, $2)
         WHERE application_id = ANY($1) AND ended_time IS NULL",
        &applications,
        gate.recorded_time,
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn parties(
    tx: &mut Tx,
    gate: &Gate,
    fresh: &[Fresh<'_>],
    customers: &Customers,
) -> Result<(), StoreError> {
    let (mut applications, mut submissions, mut party_nos, mut roles) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut customer_ids, mut relations, mut minors, mut weak) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for done in in_force(fresh) {
        for party in &done.contacts().parties {
            applications.push(done.item.application_id);
            submissions.push(done.submission.id);
            party_nos.push(party.party_no);
            roles.push(party.role.number());
            customer_ids.push(customer_of(customers, party)?);
            relations.push(party.relation.map(Relation::number));
            minors.push(party.minor);
            weak.push(party.weak);
        }
    }
    if applications.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "INSERT INTO application_party (application_id, submission_id, party_no, role, customer_id, relation, minor,
             weak, recorded_time)
         SELECT *, $9::timestamptz FROM UNNEST($1::uuid[], $2::uuid[], $3::smallint[], $4::smallint[], $5::uuid[],
             $6::smallint[], $7::boolean[], $8::boolean[])",
        &applications,
        &submissions,
        &party_nos,
        &roles,
        &customer_ids,
        &relations as &[Option<i16>],
        &minors,
        &weak,
        gate.recorded_time,
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn approvals(tx: &mut Tx, fresh: &[Fresh<'_>]) -> Result<(), StoreError> {
    let (mut applications, mut submissions, mut numbers) = (Vec::new(), Vec::new(), Vec::new());
    let (mut epochs, mut accounts, mut valid_until) = (Vec::new(), Vec::new(), Vec::new());
    for done in in_force(fresh) {
        for contacts in done.every_contacts() {
            for (number, approval) in (0i16..).zip(&contacts.approvals) {
                applications.push(done.item.application_id);
                submissions.push(done.submission.id);
                numbers.push(number);
                epochs.push(contacts.epoch);
                accounts.push(approval.account_key);
                valid_until.push(approval.valid_until);
            }
        }
    }
    if applications.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "INSERT INTO application_approval (application_id, submission_id, approval_no, kind, epoch, account_key,
             valid_until)
         SELECT application_id, submission_id, approval_no, 1, epoch, account_key, valid_until
         FROM UNNEST($1::uuid[], $2::uuid[], $3::smallint[], $4::smallint[], $5::uuid[], $6::date[])
             AS new (application_id, submission_id, approval_no, epoch, account_key, valid_until)",
        &applications,
        &submissions,
        &numbers,
        &epochs,
        &accounts,
        &valid_until,
    )
    .execute(tx)
    .await?;
    Ok(())
}
