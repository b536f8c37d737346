//! What every page of the desk shares: its menu, its language, the trail in words; and forms that lose nothing of what was typed.

use demarche::{
    accounts::Role,
    domain::campaign::Campaign,
    entities::{campaign, vetting_check},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait};

use crate::{
    on_both_databases,
    roll::{load, organisation, signature_of},
    signing::{organisation as fields, send},
    support::Program,
};

on_both_databases! {
    /// A menu offers nothing that answers 403.
    async fn everything_the_menu_offers_may_be_seen(program: Program) {
        for (role, pages) in [(Role::Coordinator, 9), (Role::Campaigner, 6), (Role::Moderator, 7), (Role::Reader, 5)] {
            let staff = program.staff(role).await;
            let menu = staff.get("/desk").await.attributes(".desk-nav--side a", "href");
            assert_eq!(menu.len(), pages, "{role}: {menu:?}");
            for page in menu {
                assert_eq!(staff.get(&page).await.status, 200, "{role}: {page}");
            }
        }
    }

    /// Wherever one is, the menu says under which of its pages that lies.
    async fn the_menu_says_where_one_is(program: Program) {
        let staff = program.staff(Role::Coordinator).await;
        for (page, within) in [
            ("/desk", "/desk"),
            ("/desk/signatures", "/desk/signatures"),
            ("/desk/duplicates", "/desk/signatures"),
            ("/desk/imports", "/desk/signatures"),
            ("/desk/register/KEN", "/desk/letters"),
            ("/desk/plan", "/desk/plan"),
            ("/desk/replies/inbox", "/desk/replies"),
            ("/desk/meetings", "/desk/replies"),
            ("/desk/work", "/desk/work"),
        ] {
            assert_eq!(staff.get(page).await.attributes(".desk-nav--side [aria-current]", "href"), [within], "{page}");
        }
    }

    /// The desk speaks the language its reader chose, comes back to where they were, and leads nowhere else.
    async fn the_desk_speaks_the_chosen_language(program: Program) {
        let staff = program.staff(Role::Coordinator).await;
        assert_eq!(staff.get("/desk/positions?stance=support").await.field("back").as_deref(), Some("/desk/positions?stance=support"));
        let chosen = staff.submit("/desk", "/desk/language", &[("language", "ar"), ("back", "/desk/positions?stance=support")]).await;
        assert_eq!((chosen.status, chosen.location()), (303, "/desk/positions?stance=support"));
        let page = staff.get("/desk").await;
        assert_eq!(page.attributes("html", "dir"), ["rtl"]);
        assert_eq!(page.attributes(".languages [aria-current]", "value"), ["ar"]);
        for (language, back, status, to) in [("fr", "https://evil.example", 303, "/desk"), ("xx", "/desk", 400, ""), ("", "", 400, "")] {
            let answer = staff.submit("/desk", "/desk/language", &[("language", language), ("back", back)]).await;
            assert_eq!((answer.status, answer.header("location")), (status, to), "{language}");
        }
        assert_eq!(staff.get("/desk").await.attributes("html", "lang"), ["fr"]);
        assert_eq!(staff.post("/desk/language", &[("language", "en")]).await.status, 403, "without the session's token");
    }

    /// The trail says what it is about by the name it has elsewhere, and its details in words.
    async fn the_trail_is_read_in_words(program: Program) {
        load(&program, &[organisation("a", "Amber House", "verified"), organisation("b", "Birch House", "confirmed")]).await;
        let staff = program.staff(Role::Coordinator).await;
        let row = signature_of(&program, "b").await;
        let page = format!("/desk/signatures/{}", row.id);
        staff.submit(&page, &format!("{page}/decision"), &[("decision", "verify"), ("answer_un_status", "no"), ("reason", "seen")]).await;
        staff.submit("/desk/waves", "/desk/waves", &[("next", "1")]).await;
        let trail = staff.get("/desk/audit").await;
        let text = trail.text();
        for told in [row.reference.as_str(), "Before: To be vetted", "After: Verified", "Item: Status at the United Nations checked", "In order: no", "Lines: 2", "Role: Coordinator", "Account Test coordinator"] {
            assert!(text.contains(told), "{told} in {text}");
        }
        assert!(!text.contains('{') && !text.contains(&row.id.to_string()), "{text}");
        for link in trail.attributes("main table a", "href") {
            assert_eq!(staff.get(&link).await.status, 200, "{link}");
        }
    }

    /// All lines of the checklist are kept with whatever button was pressed; what has a fault comes back whole and keeps nothing.
    async fn no_line_of_a_checklist_is_lost_with_another(program: Program) {
        load(&program, &[organisation("a", "Amber House", "confirmed")]).await;
        let staff = program.staff(Role::Moderator).await;
        let page = format!("/desk/signatures/{}", signature_of(&program, "a").await.id);
        let stored = async || {
            let rows = vetting_check::Entity::find().all(program.app.platform.database.read()).await.unwrap();
            let mut rows: Vec<(String, bool, String)> = rows.into_iter().map(|row| (row.item, row.passed, row.evidence.unwrap_or_default())).collect();
            rows.sort();
            rows
        };
        let half = [("answer_website", "yes"), ("evidence_website", "its imprint"), ("evidence_register", "register of charities"), ("reason", "Well known.")];
        let back = staff.submit(&page, &format!("{page}/decision"), &[&half[..], &[("decision", "verify")]].concat()).await;
        assert_eq!((back.status, stored().await.len()), (422, 0));
        assert_eq!(back.texts(".error-summary li"), ["Found in a public register: Say yes or no where you name a source"]);
        assert_eq!(back.attributes(".error-summary a", "href"), ["#answer_register"]);
        assert_eq!(back.attributes("#answer_register", "type"), ["radio"]);
        for (field, value) in [("evidence_website", "its imprint"), ("evidence_register", "register of charities")] {
            assert_eq!(back.attributes(&format!("[name={field}]"), "value"), [value]);
        }
        assert!(back.body.contains("Well known."));
        let whole = [&half[..], &[("answer_register", "no")]].concat();
        assert_eq!(staff.submit(&page, &format!("{page}/check"), &whole).await.status, 303);
        let kept = [("register".to_owned(), false, "register of charities".to_owned()), ("website".to_owned(), true, "its imprint".to_owned())];
        assert_eq!(stored().await, kept);
        let lines = |text: &str| text.matches("Item of the checklist ticked").count();
        let coordinator = program.staff(Role::Coordinator).await;
        assert_eq!(lines(&coordinator.get("/desk/audit").await.text()), 2);
        assert_eq!(staff.submit(&page, &format!("{page}/decision"), &[&whole[..], &[("decision", "verify")]].concat()).await.status, 303);
        assert_eq!(lines(&coordinator.get("/desk/audit").await.text()), 2, "what did not change is not told again");
        assert_eq!(signature_of(&program, "a").await.state, "verified");
        assert_eq!(stored().await, kept);
    }

    /// The summary of faults stands away from the fields, so it says which is meant.
    async fn the_summary_of_faults_names_the_fields(program: Program) {
        let mut form = fields("", "ana@house.example.org");
        form.insert("contact_name", String::new());
        form.insert("acronym", "a\u{202E}b".to_owned());
        for (language, name, acronym) in
            [("en", "Name as it should be printed: Fill this in", "Acronym: This holds"), ("fr", "Nom tel qu’il doit être imprimé : ", "Sigle : "), ("zh", "印刷用名称：", "缩写：")]
        {
            let answer = send(&program.browser(), language, &form).await;
            let told = answer.texts(".error-summary li");
            assert_eq!((answer.status, told.len()), (422, 3), "{told:?}");
            assert!(told.iter().any(|line| line.starts_with(name)) && told.iter().any(|line| line.starts_with(acronym)), "{told:?}");
        }
    }

    /// R7: a deadline announced in New York is shown there too, beside UTC and the last place on earth; before and after the clocks change.
    async fn a_deadline_is_shown_where_it_was_announced(program: Program) {
        let db = program.app.platform.database.write();
        let stored = campaign::Entity::find().one(db).await.unwrap().unwrap();
        let shown = async |deadline: &str, label: &str, page: &str| {
            let mut config: Campaign = serde_json::from_value(stored.config.clone()).unwrap();
            (config.sign_on.deadline, config.sign_on.deadline_label) = (deadline.parse().unwrap(), label.to_owned());
            let row = campaign::ActiveModel { id: Set(stored.id), config: Set(serde_json::to_value(config).unwrap()), ..Default::default() };
            row.update(db).await.unwrap();
            program.app.campaigns.forget();
            program.browser().get(page).await.texts(".moment").join(" ")
        };
        for page in ["/en", "/en/sign", "/en/statement"] {
            let autumn = shown("2027-11-01T03:59:00Z", "America/New_York", page).await;
            for told in ["1 November 2027, 03:59 UTC", "31 October 2027 23:59, America/New_York", "31 October 2027 15:59, anywhere on earth"] {
                assert!(autumn.contains(told), "{page}: {autumn}");
            }
        }
        let winter = shown("2027-12-01T04:59:00Z", "America/New_York", "/en/sign").await;
        assert!(winter.contains("30 November 2027 23:59, America/New_York"), "{winter}");
        let earth = shown("2026-11-01T11:59:00Z", "AoE", "/en/sign").await;
        assert!(earth.contains("1 November 2026, 11:59 UTC") && earth.contains("31 October 2026 23:59, anywhere on earth"), "{earth}");
        assert!(!earth.contains("New_York"), "{earth}");
    }
}
