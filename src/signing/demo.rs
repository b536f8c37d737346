//! The demonstration's signatories: fictitious, marked as such in every name. Repeatable: what a person did to one of them stays.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use uuid::Uuid;

use super::{
    contact::{self, Contact, Names},
    counts, service,
};
use crate::{
    campaigns::Current,
    domain::{
        reference::{Reference, ReferenceKind},
        signature::{SecondPerson, SignatureOrigin, SignatureState, Visibility},
    },
    entities::{signatory, signature},
    platform::Platform,
};

static FILE: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/demo/signatories.csv"));

type Row = BTreeMap<String, String>;

fn given(row: &Row, name: &str) -> Option<String> {
    row.get(name).map(|cell| cell.trim().to_owned()).filter(|cell| !cell.is_empty())
}

/// Loads them if none is there yet. Returns how many were added.
///
/// # Errors
/// When the shipped file has faults or the database fails.
pub async fn load(platform: &Platform, campaign: &Current) -> anyhow::Result<usize> {
    let demo = SignatureOrigin::Demo.key();
    let present = signature::Entity::find()
        .filter(signature::Column::CampaignId.eq(campaign.id))
        .filter(signature::Column::Origin.eq(demo))
        .count(platform.database.read())
        .await?;
    if present > 0 {
        return Ok(0);
    }
    let mut signatories = Vec::new();
    let mut signatures = Vec::new();
    for row in csv::Reader::from_reader(FILE).deserialize::<Row>() {
        let (signatory, signature) = rows(platform, campaign, &row?)?;
        signatories.push(signatory);
        signatures.push(signature);
    }
    let added = signatures.len();
    let txn = platform.database.begin().await?;
    for chunk in chunks(signatories) {
        signatory::Entity::insert_many(chunk).exec_without_returning(&txn).await?;
    }
    for chunk in chunks(signatures) {
        signature::Entity::insert_many(chunk).exec_without_returning(&txn).await?;
    }
    txn.commit().await?;
    counts::recount(platform, campaign.id).await?;
    Ok(added)
}

fn chunks<T>(rows: Vec<T>) -> impl Iterator<Item = Vec<T>> {
    let mut rows = rows.into_iter().peekable();
    std::iter::from_fn(move || rows.peek().is_some().then(|| rows.by_ref().take(100).collect()))
}

fn rows(platform: &Platform, campaign: &Current, row: &Row) -> anyhow::Result<(signatory::ActiveModel, signature::ActiveModel)> {
    let text = |name: &str| given(row, name).unwrap_or_default();
    let signed_at: DateTime<Utc> = text("signed_at").parse()?;
    let visibility: Visibility = text("visibility").parse()?;
    let state: SignatureState = text("state").parse()?;
    let (signatory_id, signature_id) = (Uuid::now_v7(), Uuid::now_v7());
    let names = Names {
        name: text("name"),
        original_name: given(row, "original_name"),
        latin_name: given(row, "latin_name"),
        official_name: given(row, "official_name"),
        acronym: given(row, "acronym"),
        affiliation: given(row, "affiliation"),
        website: given(row, "website"),
    };
    let contact = Contact { name: text("contact_name"), email: text("contact_email"), role: text("contact_role") };
    let mut signatory = signatory::ActiveModel {
        id: Set(signatory_id),
        campaign_id: Set(campaign.id),
        kind: Set(text("kind")),
        location_label: Set(given(row, "location_label")),
        iso3: Set(given(row, "iso3")),
        network_mode: Set(given(row, "network_mode")),
        network_members: Set(given(row, "network_members").and_then(|count| count.parse().ok())),
        contact_hash: Set(Some(platform.keys.address_hash(&contact.email))),
        sealed_contact: Set(Some(contact::seal_contact(&platform.keys, signatory_id, &contact)?)),
        created_at: Set(signed_at),
        updated_at: Set(signed_at),
        ..Default::default()
    };
    service::name_columns(&platform.keys, &mut signatory, signatory_id, &names, visibility)?;
    let reached = |needed: &[SignatureState]| needed.contains(&state).then_some(signed_at);
    let signature = signature::ActiveModel {
        id: Set(signature_id),
        campaign_id: Set(campaign.id),
        signatory_id: Set(signatory_id),
        text_version_id: Set(campaign.text.id),
        language: Set(text("language")),
        privacy_notice: Set(campaign.privacy_number),
        reference: Set(Reference::of(ReferenceKind::Signature, signature_id, 0).to_string()),
        submission_key: Set(text("id")),
        state: Set(state.key().to_owned()),
        visibility: Set(visibility.key().to_owned()),
        origin: Set(SignatureOrigin::Demo.key().to_owned()),
        newsletter: Set(false),
        second_person: Set(SecondPerson::NotNeeded.key().to_owned()),
        late: Set(false),
        signed_at: Set(signed_at),
        confirmed_at: Set(reached(&[
            SignatureState::Confirmed,
            SignatureState::Verified,
            SignatureState::Withdrawn,
            SignatureState::Declined,
        ])),
        verified_at: Set(reached(&[SignatureState::Verified, SignatureState::Withdrawn])),
        ended_at: Set(reached(&[SignatureState::Withdrawn, SignatureState::Declined])),
    };
    Ok((signatory, signature))
}
