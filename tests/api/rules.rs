//! Rules for many signatures at once: counted before, carried out in the background, taken back.

use chrono::Duration;
use demarche::{
    accounts::Role,
    domain::clock::Clock,
    entities::{signature, vetting_run},
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use crate::{
    on_both_databases,
    signing::{link, organisation, send, signatures},
    support::{
        Program,
        program::Browser,
        reading::{Answer, mail_text},
    },
};

/// Confirmed signatures with names that begin alike, and others.
async fn confirmed(program: &Program, name: &str, many: usize) {
    let browser = program.browser();
    for n in 0..many {
        let host = format!("{}{n}", name.split(' ').next().unwrap().to_lowercase());
        assert_eq!(send(&browser, "en", &organisation(&format!("{name} {n}"), &format!("a@{host}.example.org"))).await.status, 303);
    }
    program.drain().await;
    let mails: Vec<String> = program.mail.take().iter().map(|mail| mail_text(&mail.bytes)).collect();
    for text in mails.iter().filter(|text| text.contains("/confirm/")) {
        assert_eq!(browser.post(&link(program, text), &[]).await.status, 200);
    }
    program.drain().await;
    program.mail.take();
}

async fn kept(staff: &Browser, fields: &[(&str, &str)]) -> String {
    let answer = staff.submit("/desk/rules", "/desk/rules", fields).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.location().to_owned()
}

async fn press(staff: &Browser, at: &str) -> Answer {
    let page = staff.get(at).await;
    let (csrf, counted, counted_at) = (page.field("csrf"), page.field("counted"), page.field("counted_at"));
    let fields = [("csrf", csrf.unwrap()), ("counted", counted.unwrap_or_default()), ("counted_at", counted_at.unwrap_or_default())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let first = staff.post(at, &fields).await;
    assert_eq!(staff.post(at, &fields).await.status, 303, "a double click is one press");
    first
}

async fn in_state(program: &Program, state: &str) -> u64 {
    signature::Entity::find().filter(signature::Column::State.eq(state)).count(program.app.platform.database.read()).await.unwrap()
}

const FRONTS: [(&str, &str); 4] =
    [("name", "Paper fronts"), ("decision", "quarantine"), ("state", "confirmed"), ("name_part", "PAPER front")];

on_both_databases! {
    /// R13, US3: a rule is counted first, sets aside what it met and nothing else, and is taken back as a whole.
    async fn a_rule_is_counted_used_once_and_taken_back(program: Program) {
        confirmed(&program, "Paper Front", 7).await;
        confirmed(&program, "River House", 3).await;
        let staff = program.staff(Role::Coordinator).await;
        let at = kept(&staff, &FRONTS).await;
        let page = staff.get(&at).await;
        assert!(page.text().contains("Meets now: 7") && page.texts("#met tbody tr").len() == 7 && page.text().contains("Set aside"), "{}", page.text());
        assert_eq!(in_state(&program, "confirmed").await, 10, "keeping decides nothing");
        assert_eq!(press(&staff, &at).await.status, 303);
        program.drain().await;
        assert_eq!((in_state(&program, "quarantined").await, in_state(&program, "confirmed").await), (7, 3));
        let runs = vetting_run::Entity::find().all(program.app.platform.database.read()).await.unwrap();
        assert_eq!((runs.len(), runs[0].state.as_str()), (1, "done"));
        // One of them is released by hand meanwhile: it is not touched again.
        let one = signatures(&program).await.into_iter().find(|row| row.state == "quarantined").unwrap();
        let own = format!("/desk/signatures/{}", one.id);
        staff.submit(&own, &format!("{own}/decision"), &[("decision", "release")]).await;
        staff.submit(&own, &format!("{own}/decision"), &[("decision", "verify")]).await;
        let undo = format!("{at}/runs/{}/undo", runs[0].id);
        assert_eq!(staff.submit(&at, &undo, &[]).await.status, 303);
        staff.submit(&at, &undo, &[]).await;
        program.drain().await;
        assert_eq!((in_state(&program, "quarantined").await, in_state(&program, "confirmed").await, in_state(&program, "verified").await), (0, 9, 1));
        let page = staff.get(&at).await;
        assert!(page.texts("#runs tbody tr")[0].contains("Taken back"), "{}", page.text());
        let trail = staff.get("/desk/audit").await.text();
        assert!(trail.contains("Rule used") && trail.contains("Use of a rule taken back") && trail.contains("Signature put back"), "{trail}");
    }

    /// What arrives after somebody counted is not met, and another number than they saw is refused.
    async fn nobody_decides_on_what_they_have_not_seen(program: Program) {
        confirmed(&program, "Paper Front", 2).await;
        let staff = program.staff(Role::Coordinator).await;
        let at = kept(&staff, &FRONTS).await;
        let page = staff.get(&at).await;
        let (csrf, counted_at) = (page.field("csrf").unwrap(), page.field("counted_at").unwrap());
        program.clock.set(program.clock.now() + Duration::minutes(5));
        confirmed(&program, "Paper Front Later", 1).await;
        let wrong = staff.post(&at, &[("csrf", &csrf), ("counted", "3"), ("counted_at", &counted_at)]).await;
        assert_eq!(wrong.status, 303);
        assert!(staff.get(&at).await.text().contains("Nothing was done"));
        for (counted, counted_at) in [("2", "nonsense"), ("2", ""), ("-1", counted_at.as_str()), ("many", counted_at.as_str())] {
            assert_eq!(staff.post(&at, &[("csrf", &csrf), ("counted", counted), ("counted_at", counted_at)]).await.status, 400, "{counted} {counted_at}");
        }
        program.drain().await;
        assert_eq!(in_state(&program, "quarantined").await, 0);
        staff.post(&at, &[("csrf", &csrf), ("counted", "2"), ("counted_at", &counted_at)]).await;
        program.drain().await;
        assert_eq!((in_state(&program, "quarantined").await, in_state(&program, "confirmed").await), (2, 1));
    }

    /// A rule that is a mistake says so beside its field; one without any narrowing is one.
    async fn a_faulty_rule_comes_back(program: Program) {
        let staff = program.staff(Role::Coordinator).await;
        let cases: [(&[(&str, &str)], &str); 6] = [
            (&[("decision", "quarantine"), ("state", "confirmed"), ("signal", "burst")], "#name"),
            (&[("name", "All"), ("decision", "quarantine"), ("state", "confirmed")], "#signal"),
            (&[("name", "Old"), ("decision", "decline"), ("state", "confirmed"), ("signal", "burst")], "#decision"),
            (&[("name", "Old"), ("decision", "verify"), ("state", "quarantined"), ("signal", "burst")], "#state"),
            (&[("name", "Percent"), ("decision", "quarantine"), ("state", "confirmed"), ("name_part", "%_%")], "#name_part"),
            (&[("name", "Old"), ("decision", "release"), ("state", "quarantined"), ("received_from", "yesterday"), ("country", "XXX")], "#received_from"),
        ];
        for (fields, fault) in cases {
            let answer = staff.submit("/desk/rules", "/desk/rules", fields).await;
            assert_eq!(answer.status, 422);
            assert!(answer.attributes(".error-summary a", "href").contains(&fault.to_owned()), "{fault}: {}", answer.text());
        }
        let reader = program.staff(Role::Reader).await;
        assert_eq!(reader.get("/desk/rules").await.status, 403);
    }

    /// A grade the campaign asks for holds for many as for one: what does not meet it is passed over, and counted as such.
    async fn many_at_once_are_held_to_the_same_rules(program: Program) {
        confirmed(&program, "River House", 2).await;
        crate::authority::change_rules(&program, |campaign| campaign.sign_on.minimum_authority = demarche::domain::authority::Authority::Vouched).await;
        let staff = program.staff(Role::Coordinator).await;
        let one = format!("/desk/signatures/{}", signatures(&program).await[0].id);
        staff.submit(&one, &format!("{one}/check"), &[("answer_vouching_member", "yes"), ("evidence_vouching_member", "a known member")]).await;
        let at = kept(&staff, &[("name", "Rivers"), ("decision", "verify"), ("state", "confirmed"), ("country", "SEN")]).await;
        press(&staff, &at).await;
        program.drain().await;
        assert_eq!((in_state(&program, "verified").await, in_state(&program, "confirmed").await), (1, 1));
        let cells = staff.get(&at).await.texts("#runs tbody td");
        assert_eq!((cells[2].trim(), cells[3].trim()), ("1", "1"), "{cells:?}");
    }
}
