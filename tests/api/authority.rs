//! How well a signature is known to be the organisation's own: graded, shown, filtered, and asked for by a campaign.

use demarche::{
    accounts::Role,
    domain::{authority::Authority, campaign::Campaign},
    entities::{campaign, signature},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use crate::{
    on_both_databases,
    signing::{link, organisation, send, signatures},
    support::{Program, program::Browser, reading::mail_text},
};

/// Signs and confirms; the path of the signature at the desk.
pub async fn confirmed(program: &Program, name: &str, email: &str, site: &str) -> String {
    let (browser, mut form) = (program.browser(), organisation(name, email));
    form.insert("site", site.to_owned());
    assert_eq!(send(&browser, "en", &form).await.status, 303);
    program.drain().await;
    let mails: Vec<String> = program.mail.take().iter().map(|mail| mail_text(&mail.bytes)).collect();
    let asks = mails.iter().find(|text| text.contains("/confirm/")).unwrap_or_else(|| panic!("{mails:?}"));
    assert_eq!(browser.post(&link(program, asks), &[]).await.status, 200);
    let newest = signatures(program).await.into_iter().max_by_key(|row| row.id).unwrap();
    assert_eq!(newest.state, "confirmed");
    format!("/desk/signatures/{}", newest.id)
}

/// Changes the rules of the running campaign.
pub async fn change_rules(program: &Program, change: impl FnOnce(&mut Campaign)) {
    let db = program.app.platform.database.write();
    let row = campaign::Entity::find().one(db).await.unwrap().unwrap();
    let mut config: Campaign = serde_json::from_value(row.config.clone()).unwrap();
    change(&mut config);
    let row = campaign::ActiveModel { id: Set(row.id), config: Set(serde_json::to_value(config).unwrap()), ..Default::default() };
    row.update(db).await.unwrap();
    program.app.campaigns.forget();
}

async fn fact(staff: &Browser, at: &str) -> String {
    let facts = staff.get(at).await.texts("dl.facts div");
    facts.into_iter().find_map(|fact| fact.trim().strip_prefix("Authority").map(|grade| grade.trim().to_owned())).unwrap()
}

on_both_databases! {
    /// R3, US3: a mailbox at the organisation's own site weighs more than its word, and a moderator's findings move the grade both ways.
    async fn what_is_known_of_the_authority_is_graded(program: Program) {
        let own = confirmed(&program, "Harbour Lantern Society", "keeper@lantern.example.org", "https://lantern.example.org").await;
        let free = confirmed(&program, "River Watch", "river.watch@gmail.com", "https://riverwatch.example.org").await;
        let staff = program.staff(Role::Coordinator).await;
        assert_eq!(fact(&staff, &own).await, "Own mailbox confirmed");
        assert_eq!(fact(&staff, &free).await, "Its word alone");
        let check = async |at: &str, item: &str, answer: &str| {
            let fields = [(format!("answer_{item}"), answer), (format!("evidence_{item}"), "seen on the site")];
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), *value)).collect();
            assert_eq!(staff.submit(at, &format!("{at}/check"), &fields).await.status, 303);
        };
        check(&free, "document", "yes").await;
        assert_eq!(fact(&staff, &free).await, "Document seen");
        check(&free, "published_address", "yes").await;
        assert_eq!(fact(&staff, &free).await, "Published address confirmed");
        // The site is not the organisation's: then neither is the mailbox.
        check(&own, "website", "no").await;
        assert_eq!(fact(&staff, &own).await, "Its word alone");
    }

    /// R3: below what the campaign asks for nothing is verified, one by one or many at once, and the page says what is missing.
    async fn a_campaign_asks_for_a_grade(program: Program) {
        let at = confirmed(&program, "River Watch", "river.watch@gmail.com", "https://riverwatch.example.org").await;
        change_rules(&program, |campaign| campaign.sign_on.minimum_authority = Authority::Document).await;
        let staff = program.staff(Role::Coordinator).await;
        let page = staff.get(&at).await.text();
        assert!(page.contains("only with at least this: Document seen"), "{page}");
        let id = at.rsplit('/').next().unwrap();
        staff.submit(&at, &format!("{at}/decision"), &[("decision", "verify")]).await;
        assert!(staff.get(&at).await.text().contains("Less is known of its authority"));
        let many = staff.submit("/desk/signatures", "/desk/signatures/verify", &[("ids", id)]).await;
        assert_eq!(many.status, 303);
        assert_eq!(signatures(&program).await[0].state, "confirmed");
        // The line of the checklist goes with the decision.
        let fields = [("answer_document", "yes"), ("evidence_document", "letter of the board"), ("decision", "verify")];
        assert_eq!(staff.submit(&at, &format!("{at}/decision"), &fields).await.status, 303);
        assert_eq!((signatures(&program).await[0].state.as_str(), signatures(&program).await[0].authority.as_deref()), ("verified", Some("document")));
    }

    /// R3: whoever asks how good the list is filters it by grade, and sees how many there are of each before.
    async fn counts_are_filtered_by_grade(program: Program) {
        confirmed(&program, "Harbour Lantern Society", "keeper@lantern.example.org", "https://lantern.example.org").await;
        confirmed(&program, "Hill Lantern Society", "keeper@hill.example.org", "https://hill.example.org").await;
        confirmed(&program, "River Watch", "river.watch@gmail.com", "").await;
        let staff = program.staff(Role::Coordinator).await;
        let page = staff.get("/desk/signatures").await;
        let options = page.texts("select[name=authority] option");
        assert!(options.iter().any(|text| text.trim() == "Own mailbox confirmed (2)"), "{options:?}");
        assert!(options.iter().any(|text| text.trim() == "Its word alone (1)") && options.iter().any(|text| text.trim() == "Document seen (0)"), "{options:?}");
        assert_eq!(page.texts("#queue tbody tr").len(), 3);
        let weak = staff.get("/desk/signatures?authority=self_declared").await;
        assert!(weak.texts("#queue tbody tr").len() == 1 && weak.text().contains("River Watch"));
        let none = staff.get("/desk/signatures?authority=%00&kind=%27&country=%25").await;
        assert_eq!(none.status, 200);
    }

    /// What an earlier release left without a grade gets one, whatever its state.
    async fn what_has_no_grade_is_graded(program: Program) {
        program.app.load_demo().await.unwrap();
        let db = program.app.platform.database.write();
        let before: Vec<(String, Option<String>)> = grades(&program).await;
        assert!(before.iter().all(|(_, grade)| grade.is_some()) && before.len() > 100);
        signature::Entity::update_many().col_expr(signature::Column::Authority, Expr::value(None::<String>)).exec(db).await.unwrap();
        program.clock.set(crate::support::program::start_of_tests() + chrono::Duration::hours(1));
        program.drain().await;
        assert_eq!(grades(&program).await, before);
        let ungraded = signature::Entity::find().filter(signature::Column::Authority.is_null()).one(db).await.unwrap();
        assert!(ungraded.is_none());
    }
}

async fn grades(program: &Program) -> Vec<(String, Option<String>)> {
    let mut grades: Vec<_> = signatures(program).await.into_iter().map(|row| (row.reference, row.authority)).collect();
    grades.sort();
    grades
}
