//! Publishing a frozen list: from then on everybody can read and fetch it, and everyone who signed is thanked once, with the list and words to pass on
//! (R25). Must thank nobody twice, and must name no withheld signer.

use std::{collections::HashMap, sync::Arc};

use actix_web::web::Data;
use async_trait::async_trait;
use sea_orm::{ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::Mutex;
use uuid::Uuid;

use super::{
    contact,
    list::{self, Format, Layout},
    mails::{self, MailFrame, Written},
    signer, store,
};
use crate::{
    accounts::audit::{self, Entry},
    campaigns,
    domain::{language::Language, signature::SignatureState},
    entities::{signature, wave, wave_entry},
    platform::{
        Platform, i18n,
        jobs::{Attempt, Handler, Job, JobError, enqueue, enqueue_all},
        mail::Attachment,
    },
    states,
};

const THANK: &str = "signing.thank";
const THANKS_MAIL: &str = "signing.thanks_mail";
/// Mails queued in one statement.
const BATCH: u64 = 500;
/// Names a list may have to be typeset and sent along; a longer one is only linked to.
pub(super) const MOST_NAMES: usize = 3000;
/// Bytes a list may have to be sent along: many read their mail on a slow telephone.
const MOST_BYTES: usize = 300 * 1024;
/// When a mailbox is asked again that has had as many mails as it gets in a month: thanks do not grow old.
const WAIT_FOR_SHARE: std::time::Duration = std::time::Duration::from_secs(24 * 3600);

#[derive(Serialize, Deserialize)]
struct OfWave {
    wave: Uuid,
}

#[derive(Serialize, Deserialize)]
struct OfSigner {
    wave: Uuid,
    signature: Uuid,
}

/// Publishes a wave and has its signers thanked; `false` when somebody did so before. One transaction.
///
/// # Errors
/// When the database fails.
pub(super) async fn publish(platform: &Platform, wave: &wave::Model, account: Uuid) -> Result<bool, DbErr> {
    let now = platform.clock.now();
    let txn = platform.database.begin().await?;
    let change = wave::ActiveModel { published_at: Set(Some(now)), published_by: Set(Some(account)), ..Default::default() };
    let published = wave::Entity::update_many()
        .set(change)
        .filter(wave::Column::Id.eq(wave.id))
        .filter(wave::Column::PublishedAt.is_null())
        .exec(&txn)
        .await?;
    if published.rows_affected == 0 {
        return Ok(false);
    }
    enqueue(&txn, Job::new(THANK, &OfWave { wave: wave.id }).once(&format!("{THANK}:{}", wave.id)), now).await?;
    audit::append(&txn, Entry::of(Some(account), "wave.published", "wave", wave.id).with(json!({ "number": wave.number })), now).await?;
    txn.commit().await?;
    platform.bell.ring();
    Ok(true)
}

/// Queues a mail to everyone who signed. Killed half-way it begins again, and queues nobody twice.
pub(super) struct Thank {
    pub(super) platform: Platform,
}

#[async_trait]
impl Handler for Thank {
    fn kind(&self) -> &'static str {
        THANK
    }

    /// Two statements for [`BATCH`] signers.
    async fn run(&self, payload: serde_json::Value, _: Attempt) -> Result<(), JobError> {
        let payload: OfWave = serde_json::from_value(payload).map_err(|error| JobError::payload(&error))?;
        let (db, now) = (self.platform.database.write(), self.platform.clock.now());
        let mut after = 0;
        loop {
            let signers: Vec<(i32, Uuid)> = wave_entry::Entity::find()
                .select_only()
                .columns([wave_entry::Column::Position, wave_entry::Column::SignatureId])
                .filter(wave_entry::Column::WaveId.eq(payload.wave))
                .filter(wave_entry::Column::Position.gt(after))
                .order_by_asc(wave_entry::Column::Position)
                .limit(BATCH)
                .into_tuple()
                .all(db)
                .await?;
            let Some((last, _)) = signers.last() else { return Ok(()) };
            after = *last;
            let mail = |(_, signature): (i32, Uuid)| {
                let of = OfSigner { wave: payload.wave, signature };
                Job::new(THANKS_MAIL, &of).once(&format!("{THANKS_MAIL}:{signature}"))
            };
            enqueue_all(db, signers.into_iter().map(mail), now).await?;
        }
    }
}

#[derive(Serialize)]
struct MailView {
    mail: MailFrame,
    reference: String,
    /// The printed line of a named signer; a withheld name is in no mail.
    line: Option<String>,
    statement: String,
    /// Words to pass on.
    kit: Option<String>,
    /// The page of the wave, with the list in all forms and words to pass on.
    list: String,
    /// Where the text is read.
    text: String,
    own_page: String,
    /// The list goes with the mail.
    attached: bool,
}

/// Of which wave a list was typeset, with how many names taken out, and the list; empty where it is too long.
type Typeset = ((Uuid, i32), Arc<Vec<u8>>);

/// Thanks one signer.
pub(super) struct ThanksMail {
    platform: Platform,
    campaigns: Data<campaigns::Register>,
    states: Data<states::Register>,
    typeset: Mutex<HashMap<Language, Typeset>>,
}

impl ThanksMail {
    pub(super) fn new(platform: &Platform, campaigns: &Data<campaigns::Register>, states: &Data<states::Register>) -> Self {
        Self { platform: platform.clone(), campaigns: campaigns.clone(), states: states.clone(), typeset: Mutex::default() }
    }

    /// The list as PDF, unless it is too long to be sent along. Typeset once for each language, and anew once a name is taken out.
    async fn list(&self, campaign: &campaigns::Current, wave: &wave::Model, language: Language) -> anyhow::Result<Option<Attachment>> {
        let states = self.states.get(&self.platform).await?;
        let mut typeset = self.typeset.lock().await;
        let of = (wave.id, wave.names_removed);
        let made = match typeset.get(&language) {
            Some((held, made)) if *held == of => Arc::clone(made),
            _ => {
                let list = list::read(self.platform.database.read(), (campaign, &states), wave, language, Layout::Country).await?;
                let made =
                    if list.names() > MOST_NAMES { Vec::new() } else { list::write(&self.platform, &list, language, Format::Pdf).await? };
                let made = Arc::new(if made.len() > MOST_BYTES { Vec::new() } else { made });
                typeset.insert(language, (of, Arc::clone(&made)));
                made
            }
        };
        let file = || Attachment {
            file_name: format!("signatories-{}-{language}.pdf", wave.number),
            media_type: Format::Pdf.media_type().to_owned(),
            content: made.to_vec(),
        };
        Ok((!made.is_empty()).then(file))
    }
}

#[async_trait]
impl Handler for ThanksMail {
    fn kind(&self) -> &'static str {
        THANKS_MAIL
    }

    /// Six queries and the mail; the list itself once for each language.
    async fn run(&self, payload: serde_json::Value, attempt: Attempt) -> Result<(), JobError> {
        let payload: OfSigner = serde_json::from_value(payload).map_err(|error| JobError::payload(&error))?;
        let (platform, db) = (&self.platform, self.platform.database.write());
        let campaign = self.campaigns.for_work(platform).await?;
        let (Some((signature, of)), Some(wave)) =
            (store::by_id(db, payload.signature).await?, wave::Entity::find_by_id(payload.wave).one(db).await?)
        else {
            return Ok(());
        };
        // Whoever has withdrawn since, or was thanked with an earlier wave, is left in peace.
        if signature.state != SignatureState::Verified.key() || signature.thanked_at.is_some() {
            return Ok(());
        }
        let Some(sealed) = of.sealed_contact.as_deref() else { return Ok(()) };
        let to = contact::open_contact(&platform.keys, of.id, sealed).map_err(|_| JobError::Fail("the contact does not open".into()))?;
        let language = Language::of_interface(&signature.language).unwrap_or_default();
        let unset = |_| JobError::Retry("the list could not be set".into());
        // Nothing lies in the mailbox of somebody at risk but words.
        let attachment = if of.name.is_some() { self.list(&campaign, &wave, language).await.map_err(unset)? } else { None };
        let sending = async || {
            let own_page = signer::issue(platform, &signature).await?;
            let args = i18n::args([("reference", signature.reference.clone().into())]);
            let subject = i18n::plain(language, "signing-thanks-subject", &args);
            let base = format!("{}/{language}", platform.site.base_url);
            let view = MailView {
                mail: MailFrame::of(platform, &campaign, language, &subject, "signing-thanks-reason"),
                kit: list::kit(&wave, &campaign, language),
                reference: signature.reference.clone(),
                line: of.name.clone(),
                statement: campaign.text.translations.get(&language).map(|text| text.title.clone()).unwrap_or_default(),
                list: format!("{base}/signatories/wave/{}", wave.number),
                text: format!("{base}/statement"),
                own_page,
                attached: attachment.is_some(),
            };
            let mut written = Written::of(platform, language, "mails/signing_thanks", subject, &view)?;
            written.attachments.extend(attachment);
            mails::post(platform, &campaign, language, to.email, written, attempt).await
        };
        if !mails::within_share(platform, &mails::bucket(&of), &signature.reference, sending).await? {
            return Err(JobError::Postpone { after: WAIT_FOR_SHARE, reason: "its mailbox has had its share of this month".to_owned() });
        }
        let change = signature::ActiveModel { thanked_at: Set(Some(platform.clock.now())), ..Default::default() };
        signature::Entity::update_many().set(change).filter(signature::Column::Id.eq(signature.id)).exec(db).await?;
        Ok(())
    }
}
