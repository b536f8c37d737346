//! Loads a campaign folder into the tables. Repeatable: the same folder twice changes nothing. An open text is never changed in silence.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, sea_query::OnConflict,
};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    files::{Folder, MissingFile},
    markdown, moving,
};
use crate::{
    domain::{
        campaign::{Campaign, CampaignFaults, Event, parse_date},
        event_days::EventDays,
        language::Language,
    },
    entities::{campaign, event, issue, privacy_notice, state, text_revision, text_translation, text_version},
};

/// Why a campaign could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A file is missing.
    #[error(transparent)]
    Missing(#[from] MissingFile),
    /// `campaign.toml` does not parse.
    #[error("campaign.toml: {0}")]
    Syntax(String),
    /// It parses but makes no sense.
    #[error(transparent)]
    Faults(#[from] CampaignFaults),
    /// The text of an open version differs from what signers signed.
    #[error(
        "the statement in {0} differs from the open version; a substantive edit needs a new version number, an editorial one says edit = \"editorial\""
    )]
    TextChanged(Language),
    /// A published notice differs.
    #[error("the privacy notice in {0} differs from its published version; give it a new version number")]
    NoticeChanged(Language),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// Parses and checks the configuration of a folder.
///
/// # Errors
/// When the file is missing, does not parse or has faults.
pub fn configuration(folder: &Folder) -> Result<Campaign, LoadError> {
    let config: Campaign = toml::from_str(&folder.text("campaign.toml")?).map_err(|error| LoadError::Syntax(error.to_string()))?;
    config.validate()?;
    Ok(config)
}

/// The hash of a text: what a signature is bound to.
pub fn content_hash(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

/// Loads a folder. Run it in a transaction.
///
/// # Errors
/// See [`LoadError`].
pub async fn load(db: &impl ConnectionTrait, folder: &Folder, now: DateTime<Utc>) -> Result<Uuid, LoadError> {
    let config = configuration(folder)?;
    known_states(db, &config).await?;
    let id = load_configuration(db, &config, now).await?;
    load_text(db, folder, &config, id, now).await?;
    load_notices(db, folder, &config, id).await?;
    load_events(db, &config, id, now).await?;
    load_issues(db, &config, id).await?;
    Ok(id)
}

/// A code of no state would protect nobody and say nothing.
async fn known_states(db: &impl ConnectionTrait, config: &Campaign) -> Result<(), LoadError> {
    let codes = &config.sign_on.high_risk_locations;
    if codes.is_empty() {
        return Ok(());
    }
    let known = state::Entity::find().filter(state::Column::Iso3.is_in(codes)).all(db).await?;
    let unknown = codes.iter().filter(|code| known.iter().all(|state| state.iso3 != **code));
    let faults: Vec<String> = unknown.map(|code| format!("sign_on.high_risk_locations: {code} is no state")).collect();
    if faults.is_empty() { Ok(()) } else { Err(CampaignFaults(faults).into()) }
}

async fn load_configuration(db: &impl ConnectionTrait, config: &Campaign, now: DateTime<Utc>) -> Result<Uuid, LoadError> {
    let value = serde_json::to_value(config).map_err(|error| LoadError::Syntax(error.to_string()))?;
    let config_hash = content_hash(&value.to_string());
    let known = campaign::Entity::find().filter(campaign::Column::Slug.eq(&config.slug)).one(db).await?;
    if let Some(known) = known {
        if known.config_hash != config_hash {
            let changed = campaign::ActiveModel {
                id: Set(known.id),
                config: Set(value),
                config_hash: Set(config_hash),
                updated_at: Set(now),
                ..Default::default()
            };
            changed.update(db).await?;
        }
        return Ok(known.id);
    }
    let id = Uuid::now_v7();
    let row = campaign::ActiveModel {
        id: Set(id),
        slug: Set(config.slug.clone()),
        config: Set(value),
        config_hash: Set(config_hash),
        created_at: Set(now),
        updated_at: Set(now),
    };
    campaign::Entity::insert(row).exec_without_returning(db).await?;
    Ok(id)
}

async fn load_text(
    db: &impl ConnectionTrait,
    folder: &Folder,
    config: &Campaign,
    campaign_id: Uuid,
    now: DateTime<Utc>,
) -> Result<(), LoadError> {
    let number = config.text.version;
    let mine = text_version::Entity::find()
        .filter(text_version::Column::CampaignId.eq(campaign_id))
        .filter(text_version::Column::Number.eq(number));
    let is_open = config.text.stage == "open";
    let (version_id, was_open) = match mine.one(db).await? {
        Some(version) => {
            if version.stage != config.text.stage {
                let opened_at = version.opened_at.or(is_open.then_some(now));
                let staged = text_version::ActiveModel {
                    id: Set(version.id),
                    stage: Set(config.text.stage.clone()),
                    opened_at: Set(opened_at),
                    ..Default::default()
                };
                staged.update(db).await?;
            }
            (version.id, version.opened_at.is_some())
        }
        None => {
            let id = Uuid::now_v7();
            let row = text_version::ActiveModel {
                id: Set(id),
                campaign_id: Set(campaign_id),
                number: Set(number),
                stage: Set(config.text.stage.clone()),
                authoritative_language: Set(config.authoritative.code().to_owned()),
                created_at: Set(now),
                opened_at: Set(is_open.then_some(now)),
            };
            text_version::Entity::insert(row).exec_without_returning(db).await?;
            (id, false)
        }
    };
    let known = text_translation::Entity::find().filter(text_translation::Column::TextVersionId.eq(version_id)).all(db).await?;
    for &language in &config.languages {
        let (title, body) = markdown::split_title(&folder.text(&format!("statement/{language}.md"))?);
        let hash = content_hash(&format!("{title}\n{body}"));
        let status = if language == config.authoritative {
            "authoritative"
        } else if config.text.unofficial.contains(&language) {
            "unofficial"
        } else {
            "checked"
        };
        let earlier = known.iter().find(|row| row.language == language.code());
        if was_open && config.text.edit != "editorial" && earlier.is_some_and(|row| row.content_hash != hash) {
            return Err(LoadError::TextChanged(language));
        }
        keep_wording(db, earlier, (version_id, language), (&title, &body, &hash), now).await?;
        if earlier.is_some_and(|row| row.content_hash == hash && row.status == status) {
            continue;
        }
        let row = text_translation::ActiveModel {
            id: Set(Uuid::now_v7()),
            text_version_id: Set(version_id),
            language: Set(language.code().to_owned()),
            title: Set(title),
            body: Set(body),
            content_hash: Set(hash),
            status: Set(status.to_owned()),
        };
        use text_translation::Column as C;
        let on_conflict =
            OnConflict::columns([C::TextVersionId, C::Language]).update_columns([C::Title, C::Body, C::ContentHash, C::Status]).to_owned();
        text_translation::Entity::insert(row).on_conflict(on_conflict).exec_without_returning(db).await?;
    }
    Ok(())
}

/// Keeps a wording that is not the newest one kept, and before it the one that an earlier release kept nowhere else.
async fn keep_wording(
    db: &impl ConnectionTrait,
    earlier: Option<&text_translation::Model>,
    (version, language): (Uuid, Language),
    (title, body, hash): (&str, &str, &str),
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    use text_revision::Column as C;
    let of_text = text_revision::Entity::find().filter(C::TextVersionId.eq(version)).filter(C::Language.eq(language.code()));
    let newest = of_text.order_by_desc(C::Number).one(db).await?;
    let row = |number: i32, title: &str, body: &str, hash: &str| text_revision::ActiveModel {
        id: Set(Uuid::now_v7()),
        text_version_id: Set(version),
        language: Set(language.code().to_owned()),
        number: Set(number),
        title: Set(title.to_owned()),
        body: Set(body.to_owned()),
        content_hash: Set(hash.to_owned()),
        created_at: Set(now),
    };
    let mut rows = Vec::new();
    let mut number = newest.as_ref().map_or(0, |newest| newest.number);
    let mut kept = newest.as_ref().map(|newest| newest.content_hash.as_str());
    if let (None, Some(earlier)) = (kept, earlier) {
        number += 1;
        rows.push(row(number, &earlier.title, &earlier.body, &earlier.content_hash));
        kept = Some(&earlier.content_hash);
    }
    if kept != Some(hash) {
        rows.push(row(number + 1, title, body, hash));
    }
    if !rows.is_empty() {
        text_revision::Entity::insert_many(rows).exec_without_returning(db).await?;
    }
    Ok(())
}

async fn load_notices(db: &impl ConnectionTrait, folder: &Folder, config: &Campaign, campaign_id: Uuid) -> Result<(), LoadError> {
    let number = config.privacy.version;
    let known = privacy_notice::Entity::find().filter(privacy_notice::Column::CampaignId.eq(campaign_id)).all(db).await?;
    for &language in &config.languages {
        let body = folder.text(&format!("privacy/{language}.md"))?;
        let hash = content_hash(&body);
        if let Some(row) = known.iter().find(|row| row.language == language.code() && row.number == number) {
            if row.content_hash != hash {
                return Err(LoadError::NoticeChanged(language));
            }
            continue;
        }
        let row = privacy_notice::ActiveModel {
            id: Set(Uuid::now_v7()),
            campaign_id: Set(campaign_id),
            number: Set(number),
            language: Set(language.code().to_owned()),
            body: Set(body),
            content_hash: Set(hash),
        };
        privacy_notice::Entity::insert(row).exec_without_returning(db).await?;
    }
    Ok(())
}

/// The row of an event. `known` is the one that stands there: how often its days have changed is counted on from it. Days that were set at the desk stay,
/// with their source, until the folder says something else than it did.
fn event_row(event: &Event, known: Option<&event::Model>, campaign_id: Uuid, now: DateTime<Utc>) -> Result<event::ActiveModel, LoadError> {
    let date = |text: &str| parse_date(text).ok_or_else(|| LoadError::Syntax(format!("event {}: {text}", event.key)));
    let (first, last, _) = date(&event.date_start)?;
    let ends_on = match event.date_end.as_deref() {
        Some(end) => Some(date(end)?.1),
        None => (first != last).then_some(last),
    };
    let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let said = EventDays { first, last: ends_on, precision: event.precision.clone() };
    let loaded_days = said.to_string();
    let set_at_desk = known.filter(|known| known.loaded_days.as_deref() == Some(&loaded_days) && moving::days_of(known) != said);
    let EventDays { first, last: ends_on, precision } = set_at_desk.map_or(said, moving::days_of);
    let names = json!(event.name);
    let source = set_at_desk.map_or_else(|| given(&event.source), |known| known.source_url.clone());
    let status = set_at_desk.map_or(&event.status, |known| &known.status).clone();
    let is_moved = |known: &event::Model| (known.starts_on, known.ends_on, known.precision.as_str()) != (first, ends_on, &precision);
    let is_changed = |known: &event::Model| is_moved(known) || known.names != names || known.source_url != source;
    let changed_at = known.map_or(Some(now), |known| if is_changed(known) { Some(now) } else { known.changed_at });
    Ok(event::ActiveModel {
        id: Set(Uuid::now_v7()),
        campaign_id: Set(campaign_id),
        key: Set(event.key.clone()),
        kind: Set(event.kind.clone()),
        revision: Set(known.map_or(0, |known| known.revision.saturating_add(i32::from(is_moved(known))))),
        changed_at: Set(changed_at),
        names: Set(names),
        starts_on: Set(first),
        ends_on: Set(ends_on),
        precision: Set(precision.clone()),
        status: Set(status),
        forum: Set(event.forum.clone()),
        session: Set(event.session.map(|number| number.to_string())),
        source_url: Set(source),
        note: Set(given(&event.note)),
        loaded_days: Set(Some(loaded_days)),
    })
}

async fn load_events(db: &impl ConnectionTrait, config: &Campaign, campaign_id: Uuid, now: DateTime<Utc>) -> Result<(), LoadError> {
    use event::Column as C;
    let known = event::Entity::find().filter(C::CampaignId.eq(campaign_id)).all(db).await?;
    let known = |key: &str| known.iter().find(|row| row.key == key);
    let rows = config.event.iter().map(|event| event_row(event, known(&event.key), campaign_id, now)).collect::<Result<Vec<_>, _>>()?;
    if rows.is_empty() {
        return Ok(());
    }
    let replaced = [C::Kind, C::Names, C::StartsOn, C::EndsOn, C::Precision, C::Status, C::Forum, C::Session, C::SourceUrl, C::Note];
    let on_conflict = OnConflict::columns([C::CampaignId, C::Key])
        .update_columns(replaced.into_iter().chain([C::Revision, C::ChangedAt, C::LoadedDays]))
        .to_owned();
    event::Entity::insert_many(rows).on_conflict(on_conflict).exec_without_returning(db).await?;
    Ok(())
}

async fn load_issues(db: &impl ConnectionTrait, config: &Campaign, campaign_id: Uuid) -> Result<(), LoadError> {
    use issue::Column as C;
    let rows: Vec<issue::ActiveModel> = (0..)
        .zip(&config.issue)
        .map(|(position, issue)| issue::ActiveModel {
            id: Set(Uuid::now_v7()),
            campaign_id: Set(campaign_id),
            code: Set(issue.code.clone()),
            position: Set(position),
            labels: Set(json!(issue.label)),
            articles: Set(Some(issue.articles.join(", ")).filter(|articles| !articles.is_empty())),
            note: Set(Some(issue.note.clone()).filter(|note| !note.is_empty())),
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let on_conflict =
        OnConflict::columns([C::CampaignId, C::Code]).update_columns([C::Position, C::Labels, C::Articles, C::Note]).to_owned();
    issue::Entity::insert_many(rows).on_conflict(on_conflict).exec_without_returning(db).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// R88: a campaign is configuration; the shipped one is a good one.
    #[test]
    fn the_shipped_campaign_is_a_valid_configuration() {
        let config = configuration(&Folder::Shipped("cah".into())).unwrap();
        assert_eq!(config.levels().count(), 5);
        assert!(config.event.iter().all(|event| event_row(event, None, Uuid::nil(), DateTime::UNIX_EPOCH).is_ok()));
    }

    /// R39: letters may be in more languages than pages; whatever they print is there in each, or the campaign is refused.
    #[test]
    fn a_language_of_letters_has_every_word_that_letters_print() {
        let shipped = Folder::Shipped("cah".into()).text("campaign.toml").unwrap();
        let faults = |text: &str| toml::from_str::<Campaign>(text).unwrap().validate().err().map_or_else(Vec::new, |faults| faults.0);
        let config = configuration(&Folder::Shipped("cah".into())).unwrap();
        assert_eq!((config.languages.as_slice(), config.languages_of_letters()), (&Language::INTERFACE[..], &Language::LETTERS[..]));
        assert_eq!(config.language_of_letters("pt"), Some(Language::Pt));
        let line = shipped.lines().find(|line| line.starts_with("letter_languages")).unwrap();
        let without: Campaign = toml::from_str(&shipped.replace(line, "")).unwrap();
        assert_eq!((without.languages_of_letters(), without.language_of_letters("pt")), (&Language::INTERFACE[..], None));
        assert_eq!(faults(&shipped.replace(", pt = \"Debate da Sexta Comissão, 75.ª sessão\"", "")), ["event debate_75: no text in pt"]);
        assert_eq!(faults(&shipped.replace(", pt = \"Cidade Demo\"", "")), ["sender.place: no text in pt"]);
        assert_eq!(faults(&shipped.replace("pt = [\"Rua do Exemplo, 1\", \"Cidade Demo\"]", "")), ["sender.address: no lines in pt"]);
        let of_pages = shipped.replacen("\"zh\"]", "\"zh\", \"pt\"]", 1);
        assert!(faults(&of_pages).iter().any(|fault| fault.starts_with("languages: pages are not in pt")), "{:?}", faults(&of_pages));
        let fewer = shipped.replace(line, "letter_languages = [\"en\", \"pt\"]");
        assert!(faults(&fewer).contains(&"letter_languages: fr is missing, which pages are in".to_owned()), "{:?}", faults(&fewer));
    }

    #[test]
    fn every_meeting_of_the_shipped_evidence_has_a_name_in_each_language_of_the_campaign() {
        let config = configuration(&Folder::Shipped("cah".into())).unwrap();
        let file = Folder::Shipped("cah".into()).text("evidence.csv").unwrap();
        let mut rows = csv::Reader::from_reader(file.as_bytes());
        let column = rows.headers().unwrap().iter().position(|name| name == "event_label").unwrap();
        for row in rows.records() {
            let row = row.unwrap();
            let label = row.get(column).unwrap();
            let named = |language: &Language| config.meeting(label).0.contains_key(language.code());
            assert!(label.is_empty() || config.languages_of_letters().iter().all(named), "{label}");
        }
    }
}
