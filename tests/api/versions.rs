//! Versions of the statement: a change of substance carries nobody over, an editorial one loses no wording (R5).

use demarche::{
    accounts::Role,
    campaigns::{files::Folder, load::load},
    domain::clock::Clock,
    entities::{signature, wave_entry},
};
use sea_orm::EntityTrait;

use crate::{
    on_both_databases,
    signer::{NAME, listed},
    signing::signatures,
    support::Program,
};

/// Loads the shipped campaign with its English statement and its settings changed.
async fn load_changed(program: &Program, version: i32, edit: &str, change: impl Fn(&str) -> String) -> Result<(), String> {
    let (folder, shipped) = (tempfile::tempdir().unwrap(), Folder::Shipped("cah".into()));
    let settings = shipped.text("campaign.toml").unwrap().replacen("[text]\nversion = 1", &format!("[text]\nversion = {version}"), 1);
    std::fs::write(folder.path().join("campaign.toml"), settings.replacen("edit = \"substantive\"", &format!("edit = \"{edit}\""), 1))
        .unwrap();
    for part in ["statement", "privacy"] {
        std::fs::create_dir(folder.path().join(part)).unwrap();
        for language in ["en", "fr", "es", "ru", "ar", "zh"] {
            let text = shipped.text(&format!("{part}/{language}.md")).unwrap();
            let text = if (part, language) == ("statement", "en") { change(&text) } else { text };
            std::fs::write(folder.path().join(part).join(format!("{language}.md")), text).unwrap();
        }
    }
    let loaded = load(program.app.platform.database.write(), &Folder::Disk(folder.path().into()), program.clock.now()).await;
    program.app.campaigns.forget();
    loaded.map(drop).map_err(|error| error.to_string())
}

fn longer(text: &str) -> String {
    format!("{text}\n\nWe add one more paragraph about lighthouses.\n")
}

on_both_databases! {
    /// R5: after a change of substance the earlier signer stands under version 1 only, sees what changed, and signs version 2 by a press of their own.
    async fn a_new_version_needs_fresh_consent(program: Program) {
        let (browser, page) = listed(&program).await;
        program.mail.take();
        load_changed(&program, 2, "substantive", longer).await.unwrap();
        assert!(!browser.get("/en/signatories").await.body.contains(NAME), "nobody is carried over");
        let versions = browser.get("/en/statement/versions").await.text();
        assert!(versions.contains("Version 1 of the text") && versions.contains("1 organisation") && versions.contains("0 organisations"), "{versions}");
        let shown = browser.get("/en/statement/versions/2").await;
        assert_eq!(shown.texts(".difference ins").concat().trim(), "We add one more paragraph about lighthouses.");
        assert!(shown.texts(".difference del").is_empty() && browser.get("/en/statement/versions/1").await.text().contains("an earlier version"));
        let own = browser.get(&page).await.text();
        assert!(own.contains("You signed version 1") && own.contains("sign version 2"), "{own}");
        for _ in 0..2 {
            assert!(browser.post(&page, &[("wish", "renew")]).await.text().contains("You signed the new version"));
        }
        let rows = signatures(&program).await;
        let versions: std::collections::BTreeSet<_> = rows.iter().map(|row| row.text_version_id).collect();
        assert_eq!((rows.len(), versions.len()), (2, 2), "a double click is one signature");
        let new = rows.iter().max_by_key(|row| row.id).unwrap();
        assert_eq!((new.state.as_str(), new.visibility.as_str()), ("confirmed", "named"));
        program.drain().await;
        assert_eq!(program.mail.take().len(), 1, "one mail with the link to the new signature's page");
        let staff = program.staff(Role::Coordinator).await;
        let at = format!("/desk/signatures/{}", new.id);
        assert_eq!(staff.submit(&at, &format!("{at}/decision"), &[("decision", "verify")]).await.status, 303);
        assert!(browser.get("/en/signatories").await.body.contains(NAME));
        assert_eq!(staff.get("/desk/signatures?state=verified").await.texts("#queue tbody tr").len(), 2, "both are there to be seen");
        assert!(!browser.get(&page).await.text().contains("sign version 2"), "nothing is left to sign");
    }

    /// R13: whoever is set aside signs the new version like anybody else, and stays aside.
    async fn signing_again_leads_nobody_out_of_quarantine(program: Program) {
        let (browser, page) = listed(&program).await;
        let staff = program.staff(Role::Coordinator).await;
        let at = format!("/desk/signatures/{}", signatures(&program).await[0].id);
        staff.submit(&at, &format!("{at}/decision"), &[("decision", "quarantine"), ("reason", "looks odd")]).await;
        load_changed(&program, 2, "substantive", longer).await.unwrap();
        assert!(browser.post(&page, &[("wish", "renew")]).await.text().contains("You signed the new version"));
        assert!(signatures(&program).await.iter().all(|row| row.state == "quarantined"));
    }

    /// R15: whoever hides the name hides it under every version, frozen lists included, by the link of any.
    async fn a_name_is_hidden_under_every_version(program: Program) {
        let (browser, page) = listed(&program).await;
        load_changed(&program, 2, "substantive", longer).await.unwrap();
        browser.post(&page, &[("wish", "renew")]).await;
        program.drain().await;
        assert_eq!(browser.post(&page, &[("wish", "withheld")]).await.status, 200);
        program.drain().await;
        assert!(signatures(&program).await.iter().all(|row| row.visibility == "withheld"));
        let entries = wave_entry::Entity::find().all(program.app.platform.database.read()).await.unwrap();
        assert!(!entries.is_empty() && entries.iter().all(|entry| entry.printed_name.is_none()));
        let bytes = program.database_bytes().await;
        assert!(!bytes.windows(NAME.len()).any(|window| window == NAME.as_bytes()));
        assert_eq!(browser.post(&page, &[("wish", "withdraw")]).await.status, 200);
        let rows = signature::Entity::find().all(program.app.platform.database.read()).await.unwrap();
        assert!(rows.len() == 2 && rows.iter().all(|row| row.state == "withdrawn"), "{rows:?}");
    }

    /// R5: an editorial edit keeps the signers and every wording; one that is not said to be editorial is refused.
    async fn an_editorial_edit_keeps_signers_and_every_wording(program: Program) {
        let (browser, _) = listed(&program).await;
        let first = browser.get("/en/statement").await.texts("code").concat();
        assert!(load_changed(&program, 1, "substantive", longer).await.unwrap_err().contains("needs a new version number"));
        load_changed(&program, 1, "editorial", |text| text.replacen("the", "this", 1)).await.unwrap();
        load_changed(&program, 1, "editorial", |text| text.replacen("the", "this", 1)).await.unwrap();
        assert!(browser.get("/en/signatories").await.body.contains(NAME));
        let page = browser.get("/en/statement/versions/1").await;
        assert!(page.text().contains("Editorial edit of") && !page.texts(".difference ins").is_empty(), "{}", page.text());
        assert_eq!(page.texts(".difference").len(), 1, "the same folder twice is one edit");
        let second = browser.get("/en/statement").await.texts("code").concat();
        assert!(first != second && page.text().contains(second.trim()));
        for path in ["/fr/statement/versions", "/ar/statement/versions/1"] {
            assert_eq!(browser.get(path).await.status, 200, "{path}");
        }
        for path in ["/en/statement/versions/3", "/en/statement/versions/-1", "/en/statement/versions/one"] {
            assert_eq!(browser.get(path).await.status, 404, "{path}");
        }
    }
}
