//! Extending the deadline: one step, said in public, nobody cut short by it (R78, US4).

use chrono::Duration;
use demarche::{accounts::Role, entities::deadline_extension, signing::waves};
use sea_orm::{EntityTrait, PaginatorTrait};

use crate::{
    on_both_databases,
    roll::{load, organisation, signature_of},
    signing::{organisation as form, send, signatures},
    support::{Program, program::Browser},
};

async fn extend(browser: &Browser, number: &str, hours: &str) -> String {
    let answer = browser.submit("/desk/waves", "/desk/waves/deadline", &[("number", number), ("hours", hours)]).await;
    assert_eq!(answer.status, 303);
    browser.get(answer.location()).await.text()
}

on_both_databases! {
    /// R78, US4: extended in one step; every page that names the deadline says so with its time zones, and who came late is in time.
    async fn a_deadline_is_extended_in_one_step_and_says_so(program: Program) {
        let browser = program.browser();
        program.clock.set("2027-04-01T14:19:00Z".parse().unwrap());
        assert_eq!(send(&browser, "en", &form("Twenty Minutes Late", "late@x.example.org")).await.status, 303);
        assert!(signatures(&program).await[0].late);
        let staff = program.staff(Role::Coordinator).await;
        let page = extend(&staff, "1", "12").await;
        assert!(page.contains("The deadline is now 1 April 2027, 23:59 UTC"), "{page}");
        assert!(!signatures(&program).await[0].late, "in time by the new deadline");
        for (path, moment) in [
            ("/en", "1 April 2027, 23:59 UTC"), ("/en/statement", "1 April 2027 11:59, anywhere on earth"), ("/en/sign", "31 March 2027 23:59, anywhere on earth"),
            ("/fr/sign", "Il était auparavant fixé au"), ("/ar/statement", "مُدّد الموعد النهائي"), ("/zh/sign", "原截止时间"),
        ] {
            let page = program.browser().get(path).await.text();
            assert!(page.contains(moment), "{path}: {page}");
        }
        assert!(program.browser().get("/en/sign").await.text().contains("The deadline was extended on 1 April 2027, 14:19 UTC. Before that it was: 1 April 2027, 11:59 UTC"));
        assert_eq!(send(&browser, "en", &form("After The First", "second@x.example.org")).await.status, 303);
        assert!(signatures(&program).await.iter().all(|row| !row.late));
        let trail = staff.get("/desk/audit").await.text();
        assert!(trail.contains("Deadline extended"), "{trail}");
    }

    /// R78: a double click extends once; a reader's, a moderator's or a foreign hand extends nothing; what would be over already is refused.
    async fn a_deadline_is_not_extended_twice_or_by_anybody(program: Program) {
        let staff = program.staff(Role::Coordinator).await;
        let steps = async || deadline_extension::Entity::find().count(program.app.platform.database.read()).await.unwrap();
        extend(&staff, "1", "24").await;
        assert!(extend(&staff, "1", "24").await.contains("extended meanwhile"));
        for hours in ["5", "0", "-12", "9999999999", "twelve"] {
            let answer = staff.submit("/desk/waves", "/desk/waves/deadline", &[("number", "2"), ("hours", hours)]).await;
            assert!(matches!(answer.status, 303 | 400), "{hours}: {}", answer.status);
        }
        assert_eq!(steps().await, 1);
        for role in [Role::Moderator, Role::Campaigner, Role::Reader] {
            let other = program.staff(role).await;
            assert!(!other.get("/desk/waves").await.body.contains("/desk/waves/deadline"), "{role}");
            assert_eq!(other.submit("/desk/waves", "/desk/waves/deadline", &[("number", "2"), ("hours", "12")]).await.status, 403, "{role}");
        }
        program.clock.set("2027-04-03T12:00:00Z".parse().unwrap());
        let staff = program.staff(Role::Coordinator).await;
        assert!(extend(&staff, "2", "12").await.contains("would be over already"));
        assert!(extend(&staff, "2", "48").await.contains("4 April 2027, 11:59 UTC"));
        assert_eq!(steps().await, 2);
    }

    /// R78: two coordinators at once: one extends.
    async fn two_at_once_extend_once(program: Program) {
        let (first, second) = (program.staff(Role::Coordinator).await, program.staff(Role::Coordinator).await);
        let fields = [("number", "1"), ("hours", "12")];
        let pages = tokio::join!(first.submit("/desk/waves", "/desk/waves/deadline", &fields), second.submit("/desk/waves", "/desk/waves/deadline", &fields));
        assert_eq!((pages.0.status, pages.1.status), (303, 303));
        assert_eq!(deadline_extension::Entity::find().count(program.app.platform.database.read()).await.unwrap(), 1);
    }

    /// R8, R78: another process that has not heard of the extension freezes by it all the same.
    async fn a_wave_is_frozen_by_the_deadline_in_force(program: Program) {
        let platform = &program.app.platform;
        let old = program.app.campaigns.get(platform).await.unwrap();
        let states = program.app.states.get(platform).await.unwrap();
        let end = old.deadline().end_of_grace();
        let staff = program.staff(Role::Coordinator).await;
        extend(&staff, "1", "72").await;
        program.clock.set(end + Duration::hours(2));
        let late = organisation("o2", "An Hour After", "verified").replace("2026-11-20T09:00:00Z", &(end + Duration::hours(1)).to_rfc3339());
        load(&program, &[organisation("o1", "Early House", "verified"), late]).await;
        assert!(!signature_of(&program, "o2").await.late);
        let wave = waves::freeze(platform, &old, &states, 1, None).await.unwrap();
        assert_eq!(waves::lines(platform.database.read(), wave.id).await.unwrap().len(), 2);
    }
}
