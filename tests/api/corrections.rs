//! A printed name that its signer wants otherwise: proposed by link, decided by staff, printed from then on (R19).

use demarche::{
    accounts::Role,
    entities::{audit_entry, correction, signatory, wave_entry},
};
use sea_orm::{EntityTrait, QueryOrder};

use crate::{
    on_both_databases,
    signer::{NAME, listed},
    support::{Program, program::Browser, reading::Answer},
};

const NEW: &str = "Harbour Lantern Society of Dakar";

async fn propose(browser: &Browser, path: &str, name: &str) -> Answer {
    browser.post(path, &[("wish", "correct"), ("name", name)]).await
}

async fn corrections(program: &Program) -> Vec<(String, String)> {
    let rows = correction::Entity::find().order_by_asc(correction::Column::Id).all(program.app.platform.database.read()).await.unwrap();
    rows.into_iter().map(|row| (row.name, row.state)).collect()
}

async fn decide(staff: &Browser, decision: &str) -> Answer {
    let list = staff.get("/desk/corrections").await;
    let action = list.attributes("form[action^='/desk/corrections/']", "action").first().cloned().expect("a correction waits");
    staff.submit("/desk/corrections", &action, &[("decision", decision)]).await
}

on_both_databases! {
    /// R19: wave 1 keeps the old name, wave 2 carries the new one; nothing changes before staff have looked.
    async fn a_name_is_corrected_for_later_waves(program: Program) {
        let (browser, path) = listed(&program).await;
        let staff = program.staff(Role::Moderator).await;
        let told = propose(&browser, &path, NEW).await;
        assert!(told.status == 200 && told.text().contains("once staff have looked"), "{}", told.text());
        assert_eq!(propose(&browser, &path, NEW).await.status, 200, "a double click");
        assert_eq!(corrections(&program).await, [(NEW.to_owned(), "proposed".to_owned())]);
        assert!(!browser.get("/en/signatories").await.body.contains(NEW));
        assert!(browser.get(&path).await.text().contains(&format!("Waiting to be looked at: {NEW}")));
        let list = staff.get("/desk/corrections").await;
        assert!(list.text().contains(NAME) && list.text().contains(NEW), "{}", list.text());
        assert_eq!(staff.get("/desk").await.attributes("a[href='/desk/corrections']", "href").len(), 1);
        assert_eq!(decide(&staff, "accept").await.status, 303);
        let public = browser.get("/en/signatories").await;
        assert!(public.body.contains(NEW), "{}", public.text());
        assert!(staff.get("/desk/waves/1").await.body.contains(&format!("<bdi>{NAME}</bdi>")));
        staff.submit("/desk/waves", "/desk/waves", &[("next", "2")]).await;
        let entries = wave_entry::Entity::find().all(program.app.platform.database.read()).await.unwrap();
        let mut names: Vec<_> = entries.into_iter().filter_map(|entry| entry.printed_name).collect();
        names.sort();
        assert_eq!(names, [NAME, NEW]);
        let two = staff.get("/desk/waves/2?against=1").await;
        assert!(two.text().contains(&format!("{NAME} → {NEW}")), "{}", two.text());
        let row = signatory::Entity::find().one(program.app.platform.database.read()).await.unwrap().unwrap();
        assert!(row.name_key.is_some_and(|key| key.contains("dakar")) && row.sort_key.is_some(), "it is found and sorted by its new name");
        let trail = audit_entry::Entity::find().all(program.app.platform.database.read()).await.unwrap();
        assert_eq!(trail.iter().filter(|entry| entry.action.starts_with("signature.correct")).count(), 2);
        assert!(!trail.iter().any(|entry| entry.details.to_string().contains("Harbour")), "no name in the trail");
    }

    /// A later proposal takes the place of one that waits; a rejected one changes nothing; faults come back with what was typed.
    async fn proposals_replace_each_other_and_faults_come_back(program: Program) {
        let (browser, path) = listed(&program).await;
        let staff = program.staff(Role::Coordinator).await;
        for bad in ["", "  ", "a\u{202E}b", "1", "x".repeat(400).as_str()] {
            let answer = propose(&browser, &path, bad).await;
            assert_eq!((answer.status, answer.texts(".error-summary li").len()), (422, 1), "{bad:?}");
            assert_eq!(answer.field("name").unwrap_or_default().trim(), bad.trim());
        }
        assert!(corrections(&program).await.is_empty());
        propose(&browser, &path, "=cmd() <b>x</b>").await;
        propose(&browser, &path, NEW).await;
        assert_eq!(corrections(&program).await, [(NEW.to_owned(), "proposed".to_owned())]);
        propose(&browser, &path, NAME).await;
        assert!(corrections(&program).await.is_empty(), "the name as it is takes a proposal back");
        propose(&browser, &path, NEW).await;
        let list = staff.get("/desk/corrections").await;
        let action = list.attributes("form[action^='/desk/corrections/']", "action")[0].clone();
        assert_eq!(staff.submit("/desk/corrections", &action, &[("decision", "perhaps")]).await.status, 400);
        assert_eq!(decide(&staff, "reject").await.status, 303);
        // Two staff: the other one decides what is decided.
        let late = staff.submit("/desk/corrections", &action, &[("decision", "accept")]).await;
        assert!(staff.get(late.location()).await.text().contains("meanwhile"));
        assert!(!browser.get("/en/signatories").await.body.contains(NEW));
        assert_eq!(propose(&browser, "/en/signature/unknown", NEW).await.status, 404);
        let reader = program.staff(Role::Reader).await;
        assert_eq!(reader.get("/desk/corrections").await.status, 403);
        assert_eq!(reader.submit("/desk", &action, &[("decision", "accept")]).await.status, 403);
    }

    /// R14: hiding the name takes its corrections away, wherever they stand, and nothing can be proposed any more.
    async fn hiding_a_name_takes_its_corrections_with_it(program: Program) {
        let (browser, path) = listed(&program).await;
        let staff = program.staff(Role::Coordinator).await;
        propose(&browser, &path, "First Seeded Correction").await;
        decide(&staff, "reject").await;
        propose(&browser, &path, NEW).await;
        let action = staff.get("/desk/corrections").await.attributes("form[action^='/desk/corrections/']", "action")[0].clone();
        browser.post(&path, &[("wish", "withheld")]).await;
        assert!(corrections(&program).await.is_empty());
        let late = staff.submit("/desk/corrections", &action, &[("decision", "accept")]).await;
        assert_eq!(late.status, 303);
        assert_eq!(propose(&browser, &path, NEW).await.status, 409);
        assert!(!browser.get(&path).await.body.contains("value=\"correct\""));
        let row = signatory::Entity::find().one(program.app.platform.database.read()).await.unwrap().unwrap();
        assert!(row.name.is_none());
        let bytes = program.database_bytes().await;
        for seeded in ["First Seeded", "of Dakar"] {
            assert!(!bytes.windows(seeded.len()).any(|window| window == seeded.as_bytes()), "{seeded} is still in the database");
        }
    }
}
