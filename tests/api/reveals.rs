//! Opening a withheld name where the campaign asks for two people (R14).

use chrono::Duration;
use demarche::{
    accounts::Role,
    domain::clock::Clock,
    entities::{audit_entry, reveal_request},
};
use sea_orm::{EntityTrait, PaginatorTrait};

use crate::{
    authority::change_rules,
    on_both_databases,
    signing::{organisation, send, signatures},
    support::{Program, program::Browser, reading::Answer},
};

const SECRET: &str = "Society of the Hidden Lamp";

/// A withheld signature of a campaign that asks for two; its page at the desk.
async fn withheld(program: &Program) -> String {
    change_rules(program, |campaign| campaign.sign_on.reveal_needs_second = true).await;
    let mut form = organisation(SECRET, "keeper@hidden.example.org");
    form.insert("visibility", "withheld".to_owned());
    assert_eq!(send(&program.browser(), "en", &form).await.status, 303);
    program.drain().await;
    format!("/desk/signatures/{}", signatures(program).await[0].id)
}

async fn step(staff: &Browser, at: &str, step: &str, reason: &str) -> Answer {
    let request = staff.get(at).await.field("request").unwrap_or_default();
    staff.submit(at, &format!("{at}/reveal"), &[("step", step), ("request", &request), ("reason", reason)]).await
}

async fn opened(program: &Program) -> usize {
    let trail = audit_entry::Entity::find().all(program.app.platform.database.read()).await.unwrap();
    trail.iter().filter(|line| line.action == "signatory.revealed").count()
}

on_both_databases! {
    /// R14: with the rule on, nobody reads a withheld name alone: one asks, another agrees, the first reads once, and each step is in the trail.
    async fn a_withheld_name_is_opened_by_two(program: Program) {
        let at = withheld(&program).await;
        let (one, other) = (program.staff(Role::Coordinator).await, program.staff(Role::Coordinator).await);
        let asked = step(&one, &at, "", "a court asks").await;
        assert_eq!(asked.status, 303, "{}", asked.text());
        assert!(!one.get(&at).await.body.contains(SECRET) && one.get(&at).await.text().contains("waits for a second person"));
        // Neither alone, nor twice, nor before somebody agreed.
        for wrong in ["agree", "open", ""] {
            let refused = step(&one, &at, wrong, "again").await;
            assert!(refused.status == 303 && !one.get(&at).await.body.contains(SECRET), "{wrong}");
        }
        assert_eq!((opened(&program).await, reveal_request::Entity::find().count(program.app.platform.database.read()).await.unwrap()), (0, 1));
        let list = other.get("/desk/reveals").await.text();
        assert!(list.contains("a court asks") && other.get("/desk").await.body.contains("/desk/reveals"), "{list}");
        assert_eq!(step(&other, &at, "agree", "").await.status, 303);
        let peeked = step(&other, &at, "open", "").await;
        assert!(peeked.status == 303 && !other.get(&at).await.body.contains(SECRET), "who agrees reads nothing");
        let read = step(&one, &at, "open", "").await;
        assert!(read.status == 200 && read.body.contains(SECRET) && read.header("cache-control").contains("no-store"));
        let again = step(&one, &at, "open", "").await;
        assert!(!again.body.contains(SECRET) && !one.get(&at).await.body.contains(SECRET), "once");
        assert_eq!(opened(&program).await, 1);
        let trail = one.get("/desk/audit").await.text();
        for words in ["Opening of a withheld name asked for", "Opening of a withheld name agreed to", "Withheld name shown"] {
            assert!(trail.contains(words), "{words}");
        }
        let bytes = program.database_bytes().await;
        assert!(!bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes()), "in no table");
    }

    /// R14: a wish nobody agreed to lapses in a week, and one that was agreed to within a day.
    async fn wishes_lapse(program: Program) {
        let at = withheld(&program).await;
        let (one, other) = (program.staff(Role::Coordinator).await, program.staff(Role::Coordinator).await);
        step(&one, &at, "", "a court asks").await;
        program.clock.set(program.clock.now() + Duration::days(8));
        let (one, other) = { drop((one, other)); (program.staff(Role::Coordinator).await, program.staff(Role::Coordinator).await) };
        assert!(!other.get("/desk/reveals").await.text().contains("a court asks"));
        step(&one, &at, "", "it asks again").await;
        assert_eq!(step(&other, &at, "agree", "").await.status, 303);
        let row = reveal_request::Entity::find().all(program.app.platform.database.read()).await.unwrap();
        let agreed = row.iter().find(|row| row.agreed_at.is_some()).unwrap().id.to_string();
        assert!(one.get(&at).await.text().contains("Show the name once"));
        program.clock.set(program.clock.now() + Duration::hours(25));
        let one = program.staff(Role::Coordinator).await;
        let late = one.submit(&at, &format!("{at}/reveal"), &[("step", "open"), ("request", &agreed)]).await;
        assert!(!late.body.contains(SECRET) && opened(&program).await == 0, "{}", late.text());
    }

    /// R14: two who agree at the same moment, a foreign request, a moderator: nothing opens by chance.
    async fn nothing_opens_by_chance(program: Program) {
        let at = withheld(&program).await;
        let (one, other) = (program.staff(Role::Coordinator).await, program.staff(Role::Coordinator).await);
        let moderator = program.staff(Role::Moderator).await;
        for wrong in ["agree", "open", ""] {
            assert_eq!(step(&moderator, &at, wrong, "curious").await.status, 403);
        }
        assert_eq!(moderator.get("/desk/reveals").await.status, 403);
        assert!(step(&one, &at, "", "  ").await.status == 303 && one.get(&at).await.text().contains("reason"));
        step(&one, &at, "", "a court asks").await;
        let foreign = [("step", "agree"), ("request", "00000000-0000-4000-8000-000000000000")];
        other.submit(&at, &format!("{at}/reveal"), &foreign).await;
        let before = reveal_request::Entity::find().one(program.app.platform.database.read()).await.unwrap().unwrap();
        assert!(before.agreed_at.is_none());
        tokio::join!(step(&other, &at, "agree", ""), step(&other, &at, "agree", ""));
        let (read, again) = tokio::join!(step(&one, &at, "open", ""), step(&one, &at, "open", ""));
        assert_eq!([read, again].iter().filter(|answer| answer.body.contains(SECRET)).count(), 1);
        assert_eq!(opened(&program).await, 1);
    }
}
