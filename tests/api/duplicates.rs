//! Signatures that may be of one signatory: found, held side by side, merged by people, and taken apart again (R11).

use std::fmt::Write;

use demarche::{
    accounts::Role,
    domain::signature::SignatureOrigin,
    entities::{audit_entry, duplicate_pair, signatory, signature, signature_mark},
    signing::{
        duplicates::{self, Decided, Decision},
        import::{self, Options},
    },
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, PaginatorTrait, QueryOrder};

use crate::{
    on_both_databases,
    signer::{NAME, listed},
    support::{Program, program::Browser, reading::Answer},
};

/// Brings signatures in, each with its name, country, site and state, and compares them.
async fn bring(program: &Program, rows: &[(&str, &str, &str, &str)]) {
    let mut sheet = "id,kind,name,iso3,website,visibility,signed_at,state\n".to_owned();
    for (at, (name, iso3, site, state)) in rows.iter().enumerate() {
        // The same row has the same number, which says nothing of the name.
        let number = name.bytes().fold(at as u64, |number, byte| number.wrapping_mul(31).wrapping_add(byte.into()));
        writeln!(sheet, "row-{number},organisation,\"{name}\",{iso3},{site},named,2026-11-{:02}T09:00:00Z,{state}", at % 20 + 1).unwrap();
    }
    let platform = &program.app.platform;
    let (campaign, states) = (program.app.campaigns.get(platform).await.unwrap(), program.app.states.get(platform).await.unwrap());
    let options = Options { dry_run: false, origin: SignatureOrigin::Import };
    let report = import::signatures(platform, (&campaign, &states), sheet.as_bytes(), options, |_| {}).await.unwrap();
    assert_eq!(report.rejected, 0, "{:?}", report.rejects);
    program.drain().await;
}

async fn pairs(program: &Program) -> Vec<duplicate_pair::Model> {
    duplicate_pair::Entity::find().order_by_asc(duplicate_pair::Column::Id).all(program.app.platform.database.read()).await.unwrap()
}

/// What is listed and counted, as the public sees it.
async fn public(program: &Program) -> (String, String) {
    program.drain().await;
    let browser = program.browser();
    (browser.get("/en/signatories").await.text(), browser.get("/en").await.text())
}

async fn states(program: &Program) -> Vec<String> {
    let rows = signature::Entity::find().order_by_asc(signature::Column::Id).all(program.app.platform.database.read()).await.unwrap();
    rows.into_iter().map(|row| row.state).collect()
}

async fn press(staff: &Browser, pair: &duplicate_pair::Model, fields: &[(&str, &str)]) -> Answer {
    let at = format!("/desk/duplicates/{}", pair.id);
    staff.submit(&at, &at, fields).await
}

/// Two spellings of one organisation, both on the list, and their pair.
async fn twice(program: &Program) -> duplicate_pair::Model {
    let rows = [("Nobel Women's Initiative", "", "", "verified"), ("Nobel Women’s Initiative", "", "", "verified")];
    bring(program, &rows).await;
    let mut found = pairs(program).await;
    assert_eq!(found.len(), 1);
    found.remove(0)
}

on_both_databases! {
    /// R11: what is one is proposed with its reasons, what is two stays apart, nothing is merged silently.
    async fn what_may_be_one_is_proposed_and_nothing_is_merged_by_itself(program: Program) {
        bring(&program, &[
            ("Amnistía Internacional España", "ESP", "https://www.es.amnesty.org", "confirmed"),
            ("Amnesty International Spain", "ESP", "https://www.es.amnesty.org/en", "verified"),
            ("Legal Aid Centre", "KEN", "", "verified"),
            ("Legal Aid Centre", "NPL", "", "verified"),
            ("مركز القاهرة لدراسات حقوق الإنسان", "EGY", "", "verified"),
            ("Cairo Institute for Human Rights Studies", "EGY", "", "quarantined"),
            ("Zeugma Relief", "TUR", "", "pending"),
            ("Zeugma Relief", "TUR", "", "confirmed"),
        ]).await;
        let before = states(&program).await;
        let staff = program.staff(Role::Moderator).await;
        let list = staff.get("/desk/duplicates").await;
        let rows = list.texts("#duplicates tbody tr");
        assert_eq!(rows.len(), 2, "{rows:?}");
        assert!(rows[0].contains("Amnistía") && rows[0].contains("the same web or mail domain"), "{rows:?}");
        assert!(rows[1].contains("القاهرة") && rows[1].contains("Latin letters"), "{rows:?}");
        assert!(!list.body.contains("Legal Aid"));
        assert_eq!(states(&program).await, before);
        assert_eq!(staff.get("/desk").await.attributes("a[href='/desk/duplicates']", "href").len(), 1);
        // Compared again, nothing new.
        program.drain().await;
        assert_eq!(pairs(&program).await.len(), 2);
        let signature = pairs(&program).await[0].one_id;
        assert!(staff.get(&format!("/desk/signatures/{signature}")).await.text().contains("May be the same"));
    }

    /// R11: one signature stands for both, is listed and counted once, and undoing brings the other back as it was.
    async fn a_merge_counts_once_and_can_be_undone(program: Program) {
        let pair = twice(&program).await;
        let staff = program.staff(Role::Moderator).await;
        let (list, home) = public(&program).await;
        assert!(list.contains("Women's") && list.contains("Women’s") && home.contains('2'), "{list} {home}");
        let kept = pair.other_id.to_string();
        let done = press(&staff, &pair, &[("decision", "merge"), ("kept", &kept)]).await;
        assert_eq!((done.status, done.location()), (303, "/desk/duplicates"));
        assert_eq!(states(&program).await, ["merged", "verified"]);
        let (list, _) = public(&program).await;
        assert!(!list.contains("Women's") && list.contains("Women’s"), "{list}");
        let csv = program.browser().get("/en/signatories.csv").await.body;
        assert!(!csv.contains("Women's") && csv.contains("Women’s"), "{csv}");
        // A merge of what is merged, and a double click.
        for fields in [[("decision", "merge"), ("kept", kept.as_str())], [("decision", "apart"), ("kept", "")]] {
            let again = press(&staff, &pair, &fields).await;
            assert!(staff.get(again.location()).await.text().contains("meanwhile"));
        }
        assert!(staff.get("/desk/duplicates?state=merged").await.body.contains(&pair.id.to_string()));
        // No decision revives it but the undoing.
        let at = format!("/desk/signatures/{}", pair.one_id);
        let page = staff.get(&at).await;
        assert!(page.text().contains("Merged") && !page.body.contains("value=\"verify\""), "{}", page.text());
        for decision in ["verify", "quarantine", "decline", "release", "ask_more"] {
            staff.submit("/desk/signatures", &format!("{at}/decision"), &[("decision", decision), ("reason", "x")]).await;
        }
        assert_eq!(states(&program).await, ["merged", "verified"]);
        assert_eq!(press(&staff, &pair, &[("decision", "undo")]).await.status, 303);
        assert_eq!(states(&program).await, ["verified", "verified"]);
        let (list, home) = public(&program).await;
        assert!(list.contains("Women's") && list.contains("Women’s") && home.contains('2'), "{list} {home}");
        assert_eq!(pairs(&program).await.iter().map(|pair| pair.state.as_str()).collect::<Vec<_>>(), ["open"]);
        let trail = audit_entry::Entity::find().all(program.app.platform.database.read()).await.unwrap();
        assert_eq!(trail.iter().filter(|line| line.action.starts_with("duplicate.")).count(), 2);
        assert!(!trail.iter().any(|line| line.details.to_string().contains("Nobel")), "no name in the trail");
    }

    /// R11: the one that stays is completed by what the other says of itself; undoing gives it back, and leaves what was changed since.
    async fn a_merge_completes_the_one_that_stays(program: Program) {
        bring(&program, &[("River Watch", "KEN", "", "verified"), ("River Watch", "", "https://www.riverwatch.example.org", "confirmed")]).await;
        let pair = pairs(&program).await.remove(0);
        let kept = signature::Entity::find().all(program.app.platform.database.read()).await.unwrap();
        let kept = kept.into_iter().find(|row| row.state == "verified").unwrap();
        let of = async || signatory::Entity::find_by_id(kept.signatory_id).one(program.app.platform.database.read()).await.unwrap().unwrap();
        let staff = program.staff(Role::Moderator).await;
        let merge = [("decision", "merge"), ("kept", &kept.id.to_string())];
        press(&staff, &pair, &merge).await;
        assert_eq!(of().await.website.as_deref(), Some("https://www.riverwatch.example.org"));
        assert_eq!(of().await.iso3.as_deref(), Some("KEN"), "what it says itself stays");
        program.drain().await;
        let merged = pairs(&program).await;
        assert!(merged.len() == 1 && merged[0].filled.as_deref() == Some("website"), "{merged:?}");
        press(&staff, &pair, &[("decision", "undo")]).await;
        assert_eq!(of().await.website, None);
        assert_eq!(pairs(&program).await[0].filled, None);
        press(&staff, &pair, &merge).await;
        let other = signatory::ActiveModel { id: Set(kept.signatory_id), website: Set(Some("https://other.example.org".to_owned())), ..Default::default() };
        other.update(program.app.platform.database.write()).await.unwrap();
        press(&staff, &pair, &[("decision", "undo")]).await;
        assert_eq!(of().await.website.as_deref(), Some("https://other.example.org"));
    }

    /// R11, R14: a signer who hides and a moderator who merges or undoes at the same moment wait for each other; nothing fails, and the name is gone.
    async fn hiding_and_merging_at_the_same_moment_wait_for_each_other(program: Program) {
        let staff = program.staff(Role::Moderator).await;
        for round in 0..4 {
            let name = format!("Zeugma Relief {round}");
            let before: Vec<_> = pairs(&program).await.into_iter().map(|pair| pair.id).collect();
            bring(&program, &[(&name, "TUR", "", "verified"), (&format!("{name} "), "TUR", "https://z.example.org", "verified")]).await;
            let pair = pairs(&program).await.into_iter().find(|pair| !before.contains(&pair.id)).unwrap();
            let (kept, merged) = if round % 2 == 0 { (pair.one_id, pair.other_id) } else { (pair.other_id, pair.one_id) };
            press(&staff, &pair, &[("decision", "merge"), ("kept", &kept.to_string())]).await;
            let row = signature::Entity::find_by_id(if round < 2 { kept } else { merged }).one(program.app.platform.database.read()).await.unwrap().unwrap();
            let link = demarche::signing::signer::issue(&program.app.platform, &row).await.unwrap();
            let (visitor, path) = (program.browser(), link.trim_start_matches(&program.base_url).to_owned());
            let (hidden, undone) = tokio::join!(visitor.post(&path, &[("wish", "withheld")]), press(&staff, &pair, &[("decision", "undo")]));
            assert!(hidden.status == 200 && undone.status < 500, "{} {}", hidden.status, undone.status);
            program.drain().await;
        }
    }

    /// The sheet again brings nothing back (R16), and a sheet cannot say that something was merged.
    async fn a_merged_signature_is_not_revived_by_its_sheet(program: Program) {
        let pair = twice(&program).await;
        let staff = program.staff(Role::Coordinator).await;
        press(&staff, &pair, &[("decision", "merge"), ("kept", &pair.one_id.to_string())]).await;
        twice(&program).await;
        assert_eq!(states(&program).await, ["verified", "merged"]);
    }

    /// Kept apart stays so, however often it is compared, until somebody takes that back.
    async fn what_is_kept_apart_stays_apart(program: Program) {
        let pair = twice(&program).await;
        let staff = program.staff(Role::Moderator).await;
        assert_eq!(press(&staff, &pair, &[("decision", "apart")]).await.status, 303);
        assert!(!staff.get("/desk/duplicates").await.body.contains("Nobel"));
        bring(&program, &[("NOBEL WOMENS INITIATIVE", "", "", "confirmed")]).await;
        let after = pairs(&program).await;
        assert_eq!(after.iter().filter(|pair| pair.state == "apart").count(), 1);
        assert_eq!(after.iter().filter(|pair| pair.state == "open").count(), 2, "the third looks like both");
        press(&staff, &pair, &[("decision", "undo")]).await;
        assert!(pairs(&program).await.iter().all(|pair| pair.state == "open"));
    }

    /// Whoever looks like one that was merged is proposed beside the one that stands for it; merges of merges end at one.
    async fn a_third_one_is_held_against_the_one_that_stands(program: Program) {
        let pair = twice(&program).await;
        let staff = program.staff(Role::Moderator).await;
        press(&staff, &pair, &[("decision", "merge"), ("kept", &pair.other_id.to_string())]).await;
        bring(&program, &[("The Nobel Women`s Initiative, Inc.", "", "", "confirmed")]).await;
        let open: Vec<_> = pairs(&program).await.into_iter().filter(|pair| pair.state == "open").collect();
        assert_eq!(open.len(), 1);
        assert!([open[0].one_id, open[0].other_id].contains(&pair.other_id));
        // The one on the list has to stay.
        let third = if open[0].one_id == pair.other_id { open[0].other_id } else { open[0].one_id };
        let refused = press(&staff, &open[0], &[("decision", "merge"), ("kept", &third.to_string())]).await;
        assert!(staff.get(refused.location()).await.text().contains("has to be the one that stays"));
        press(&staff, &open[0], &[("decision", "merge"), ("kept", &pair.other_id.to_string())]).await;
        assert_eq!(states(&program).await, ["merged", "verified", "merged"]);
        assert_eq!(public(&program).await.0.matches("Women").count(), 1);
    }

    /// R14: hiding a name leaves nothing that says whom it looks like; of merged ones all names go.
    async fn hiding_a_name_hides_those_it_stands_for(program: Program) {
        let (browser, path) = listed(&program).await;
        bring(&program, &[("Harbour Lantern Society Association", "", "https://lantern.example.org", "verified")]).await;
        let db = program.app.platform.database.read();
        assert!(signature_mark::Entity::find().count(db).await.unwrap() > 4);
        let mut found = pairs(&program).await;
        assert_eq!(found.len(), 1);
        let pair = found.remove(0);
        let by_form = signature::Entity::find().all(db).await.unwrap().into_iter().find(|row| row.origin == "form").unwrap().id;
        let staff = program.staff(Role::Moderator).await;
        assert_eq!(press(&staff, &pair, &[("decision", "merge"), ("kept", &by_form.to_string())]).await.status, 303);
        assert_eq!(browser.post(&path, &[("wish", "withheld")]).await.status, 200);
        assert_eq!(signature_mark::Entity::find().count(db).await.unwrap(), 0);
        assert!(pairs(&program).await.iter().all(|pair| pair.reasons.is_empty() && pair.score == 0));
        let bytes = program.database_bytes().await;
        let seeded = b"Harbour Lantern";
        assert!(!bytes.windows(seeded.len()).any(|window| window == seeded), "a merged name is still in the database");
        assert_eq!(staff.get(&format!("/desk/duplicates/{}", pair.id)).await.status, 404);
        assert_eq!(duplicates::decide(&program.app.platform, pair.id, Decision::Undo, staff_id(&program).await).await.unwrap(), Decided::Overtaken);
        // Nor is it compared again.
        program.drain().await;
        assert_eq!(signature_mark::Entity::find().count(db).await.unwrap(), 0);
    }

    /// R15: whoever was merged still has a page, and a wish to be hidden reaches the signature that stands for both; a withdrawal only their own.
    async fn whoever_was_merged_can_still_hide_the_name(program: Program) {
        let (browser, path) = listed(&program).await;
        bring(&program, &[("Harbour Lantern Society Association", "", "https://lantern.example.org", "verified")]).await;
        let pair = pairs(&program).await.remove(0);
        let db = program.app.platform.database.read();
        let by_sheet = signature::Entity::find().all(db).await.unwrap().into_iter().find(|row| row.origin == "import").unwrap().id;
        let staff = program.staff(Role::Moderator).await;
        press(&staff, &pair, &[("decision", "merge"), ("kept", &by_sheet.to_string())]).await;
        let page = browser.get(&path).await;
        assert!(page.text().contains("Joined with another signature") && page.body.contains(NAME), "{}", page.text());
        assert!(!page.body.contains("value=\"correct\""));
        assert_eq!(browser.post(&path, &[("wish", "withheld")]).await.status, 200);
        assert!(!public(&program).await.0.contains("Lantern"));
        let bytes = program.database_bytes().await;
        let seeded = b"Harbour Lantern";
        assert!(!bytes.windows(seeded.len()).any(|window| window == seeded));
    }

    /// A corrected name is compared anew, and not by the old one.
    async fn a_corrected_name_is_compared_anew(program: Program) {
        let (browser, path) = listed(&program).await;
        let staff = program.staff(Role::Moderator).await;
        bring(&program, &[("Quillfeather Trust of Oran", "", "", "verified")]).await;
        assert!(pairs(&program).await.is_empty());
        browser.post(&path, &[("wish", "correct"), ("name", "Quillfeather Trust, Oran")]).await;
        let list = staff.get("/desk/corrections").await;
        let action = list.attributes("form[action^='/desk/corrections/']", "action")[0].clone();
        staff.submit("/desk/corrections", &action, &[("decision", "accept")]).await;
        program.drain().await;
        assert_eq!(pairs(&program).await.len(), 1);
    }

    /// Two staff decide one pair at once: one decision stands.
    async fn of_two_decisions_at_once_one_stands(program: Program) {
        let pair = twice(&program).await;
        let account = staff_id(&program).await;
        let decide = |kept| {
            let platform = program.app.platform.clone();
            tokio::spawn(async move { duplicates::decide(&platform, pair.id, Decision::Merge(kept), account).await.unwrap() })
        };
        let (one, other) = (decide(pair.one_id), decide(pair.other_id));
        let mut outcomes = [one.await.unwrap(), other.await.unwrap()];
        outcomes.sort_by_key(|outcome| *outcome != Decided::Done);
        assert_eq!(outcomes, [Decided::Done, Decided::Overtaken]);
        let mut after = states(&program).await;
        after.sort();
        assert_eq!(after, ["merged", "verified"]);
    }

    async fn only_who_vets_sees_pairs(program: Program) {
        let pair = twice(&program).await;
        let reader = program.staff(Role::Reader).await;
        for path in ["/desk/duplicates".to_owned(), format!("/desk/duplicates/{}", pair.id)] {
            assert_eq!(reader.get(&path).await.status, 403);
            assert!(!program.browser().get(&path).await.body.contains("Nobel"));
        }
        assert_eq!(reader.submit("/desk", &format!("/desk/duplicates/{}", pair.id), &[("decision", "apart")]).await.status, 403);
        let staff = program.staff(Role::Moderator).await;
        for bad in [[("decision", "perhaps"), ("kept", "")], [("decision", "merge"), ("kept", "x")]] {
            assert_eq!(press(&staff, &pair, &bad).await.status, 400);
        }
        let stranger = uuid::Uuid::now_v7().to_string();
        let refused = press(&staff, &pair, &[("decision", "merge"), ("kept", &stranger)]).await;
        assert!(staff.get(refused.location()).await.text().contains("meanwhile"));
        assert_eq!(states(&program).await, ["verified", "verified"]);
    }
}

async fn staff_id(program: &Program) -> uuid::Uuid {
    program.add_account("another.moderator@example.org", Role::Moderator).await
}
