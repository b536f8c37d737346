//! `demarche check`: what would fail later fails here: settings, database, campaign, words, mail, and every template in every language.
//! Changes nothing in the database of the settings.

use super::rehearsal;
use crate::{
    app::{App, Replaced},
    campaigns::Current,
    config::Config,
    domain::language::Language,
    platform::i18n,
    states::Directory,
};

pub(super) async fn run(config: &Config) -> anyhow::Result<()> {
    println!("settings     good");
    let app = App::compose(config, false, Replaced::default()).await?;
    let directory = Directory::read(app.platform.database.read()).await?;
    println!("database     good, {} states", directory.states().len());
    let campaign = Current::read(app.platform.database.read(), config.campaign.as_deref()).await?;
    campaign.config.validate()?;
    println!("campaign     good, {}", campaign.config.slug);
    let english = i18n::keys(Language::En);
    for language in Language::INTERFACE {
        let own = i18n::keys(language);
        let missing: Vec<&str> = english.difference(&own).map(String::as_str).collect();
        anyhow::ensure!(missing.is_empty(), "words: {language} lacks {}", missing.join(", "));
    }
    println!("words        good, {} in each language", english.len());
    app.platform.mail.check().await.map_err(|fault| anyhow::anyhow!("mail: {fault}"))?;
    println!("mail         good; whether receivers believe it says `demarche mail check`");
    let covered = rehearsal::run().await?;
    let (templates, languages) = (covered.templates, Language::INTERFACE.len());
    println!("templates    good, all {templates} pages and mails rendered in {languages} languages on a scratch copy of the demonstration");
    println!("             ({} pages opened, every link of theirs among them alive; {languages} letters typeset)", covered.opened);
    Ok(())
}
