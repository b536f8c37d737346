//! What a signer can have: everything that is kept of them, and that nothing is kept any more (R75, US2).

use demarche::{
    domain::signature::SignatureOrigin,
    entities::{audit_entry, signatory, wave},
    signing::import::{self, Options},
};
use sea_orm::EntityTrait;
use serde_json::Value;

use crate::{
    on_both_databases,
    signer::{NAME, listed},
    signing::signatures,
    support::{Program, program::Browser},
};

const ADDRESS: &str = "keeper@lantern.example.org";

async fn kept(browser: &Browser, path: &str) -> Value {
    let answer = browser.post(&format!("{path}/data"), &[("file", "json")]).await;
    assert_eq!(answer.status, 200);
    assert!(answer.header("content-disposition").contains("attachment") && answer.header("cache-control").contains("no-store"));
    serde_json::from_str(&answer.body).unwrap()
}

async fn is_kept(program: &Program, text: &str) -> bool {
    program.database_bytes().await.windows(text.len()).any(|window| window == text.as_bytes())
}

on_both_databases! {
    /// R75: by their own link a signer takes along what is kept; of a withheld one, names and contact stay shut.
    async fn a_signer_takes_along_what_is_kept(program: Program) {
        let (browser, path) = listed(&program).await;
        let data = kept(&browser, &path).await;
        assert_eq!(data["names"]["name"], NAME);
        assert_eq!((&data["contact"]["email"], &data["state"]), (&ADDRESS.into(), &"verified".into()));
        assert_eq!(data["went_out"][0]["wave"], 1);
        assert_eq!((&data["authority"], &data["second_person"]), (&"self_declared".into(), &"not_needed".into()));
        browser.post(&path, &[("wish", "withheld")]).await;
        let data = kept(&browser, &path).await;
        assert!(data["names"].is_null() && data["contact"].is_null() && data["names_and_contact_encrypted"] == true, "{data}");
        assert!(!data.to_string().contains("antern"));
        let unknown = browser.post("/en/signature/unknown/data", &[]).await;
        assert_eq!(unknown.status, 404);
    }

    /// R75, R16, US2: erased is withdrawn, with a tombstone that says nothing: frozen waves keep their numbers, an old sheet revives nobody.
    async fn erasing_leaves_a_tombstone_and_nothing_else(program: Program) {
        let (browser, path) = listed(&program).await;
        erased(&program, &browser, &path).await;
    }

    /// R75: the same where the name was withheld before.
    async fn a_withheld_signature_is_erased_too(program: Program) {
        let (browser, path) = listed(&program).await;
        browser.post(&path, &[("wish", "withheld")]).await;
        erased(&program, &browser, &path).await;
    }
}

async fn erased(program: &Program, browser: &Browser, path: &str) {
    let db = program.app.platform.database.read();
    let frozen = wave::Entity::find().one(db).await.unwrap().unwrap();
    assert!(browser.get(path).await.body.contains("value=\"erase\""));
    for _ in 0..2 {
        let done = browser.post(path, &[("wish", "erase")]).await;
        assert!(done.status == 200 && done.text().contains("Withdrawn") && !done.body.contains("value=\"erase\""), "{}", done.text());
    }
    let row = signatory::Entity::find().one(db).await.unwrap().unwrap();
    let nothing = [row.name, row.original_name, row.acronym, row.website, row.location_label, row.iso3, row.sort_key];
    assert!(nothing.iter().all(Option::is_none) && row.sealed_contact.is_none() && row.sealed_names.is_none(), "{nothing:?}");
    assert_eq!(signatures(program).await[0].state, "withdrawn");
    let after = wave::Entity::find().one(db).await.unwrap().unwrap();
    assert_eq!(after.counts, frozen.counts);
    assert!(!browser.get("/en/signatories").await.body.contains("Lantern"));
    let trail = audit_entry::Entity::find().all(db).await.unwrap();
    assert_eq!(trail.iter().filter(|line| line.action == "signature.erased").count(), 1);
    for text in ["Harbour Lantern", "lantern.example.org"] {
        assert!(!is_kept(program, text).await, "{text} is still in the database");
    }
    let platform = &program.app.platform;
    let (campaign, states) = (program.app.campaigns.get(platform).await.unwrap(), program.app.states.get(platform).await.unwrap());
    let sheet = format!("id,kind,name,contact_name,contact_email,visibility\n1,organisation,{NAME},Keeper,{ADDRESS},named\n");
    let options = Options { dry_run: false, origin: SignatureOrigin::Import };
    let report = import::signatures(platform, (&campaign, &states), sheet.as_bytes(), options, |_| {}).await.unwrap();
    assert_eq!((report.ended, report.added), (1, 0), "{report:?}");
}
