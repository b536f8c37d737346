//! What looks odd: noted for staff, a burst set aside, nothing refused (R13).

use chrono::Duration;
use demarche::{accounts::Role, domain::clock::Clock, entities::signature, platform::jobs, signing};
use sea_orm::EntityTrait;

use crate::{
    authority::confirmed,
    on_both_databases,
    signing::{Fields, link, organisation, send, signatures},
    support::{Program, reading::mail_text},
};

/// Sends the form from an address on the other side of a proxy.
async fn send_from(program: &Program, from: &str, fields: &Fields) -> u16 {
    let (browser, mut fields) = (program.browser(), fields.clone());
    // Each its own person: who signs for several is a signal of its own.
    fields.insert("contact_name", format!("Keeper of {}", fields["name"]));
    let request = browser.client.post(format!("{}/en/sign", program.base_url)).header("x-forwarded-for", from);
    request.form(&fields).send().await.unwrap().status().as_u16()
}

async fn behind_a_proxy(program: &Program) -> Program {
    Program::start_with(program.kind, |config| config.proxies = 1).await
}

async fn look(program: &Program) {
    jobs::enqueue(program.app.platform.database.write(), signing::jobs::watch(), program.clock.now()).await.unwrap();
    program.drain().await;
}

async fn states(program: &Program) -> Vec<(String, Option<String>)> {
    let mut rows = signatures(program).await;
    rows.sort_by_key(|row| row.id);
    rows.into_iter().map(|row| (row.state, row.signals)).collect()
}

on_both_databases! {
    /// R13: fifty within minutes from one network are set aside, each answered like any other; they can be released, and are not set aside again.
    async fn a_burst_from_one_network_is_set_aside(program: Program) {
        let program = behind_a_proxy(&program).await;
        for n in 0..50 {
            program.clock.set(program.clock.now() + Duration::seconds(5));
            let form = organisation(&format!("Instant Front {n}"), &format!("front{n}@front{n}.example.org"));
            assert_eq!(send_from(&program, &format!("203.0.113.{}", n + 1), &form).await, 303, "it answers like success");
        }
        look(&program).await;
        let all = states(&program).await;
        assert!(all.iter().all(|(state, signals)| state == "quarantined" && signals.as_deref() == Some("burst")), "{all:?}");
        // Who confirms one sees no difference.
        let mail = program.mail.take().remove(0);
        let browser = program.browser();
        assert!(browser.post(&link(&program, &mail_text(&mail.bytes)), &[]).await.text().contains("is confirmed"));
        let confirmed = signatures(&program).await.into_iter().find(|row| row.confirmed_at.is_some()).unwrap();
        assert_eq!(confirmed.state, "quarantined");
        let staff = program.staff(Role::Coordinator).await;
        let at = format!("/desk/signatures/{}", confirmed.id);
        assert!(staff.get(&at).await.text().contains("Came in a burst from one network"));
        assert_eq!(staff.submit(&at, &format!("{at}/decision"), &[("decision", "release")]).await.status, 303);
        look(&program).await;
        let released = signature::Entity::find_by_id(confirmed.id).one(program.app.platform.database.read()).await.unwrap().unwrap();
        assert_eq!(released.state, "confirmed", "what somebody released stays so");
        assert!(staff.get("/desk/audit").await.text().contains("Signature set aside with a burst"));
    }

    /// R13: fifty real ones, an office or a Tor exit over a day, stay where they are; that they share a network is noted.
    async fn the_same_number_spread_out_is_no_burst(program: Program) {
        let program = behind_a_proxy(&program).await;
        for n in 0..50 {
            program.clock.set(program.clock.now() + Duration::seconds(95));
            let form = organisation(&format!("Patient House {n}"), &format!("house{n}@house{n}.example.org"));
            assert_eq!(send_from(&program, "203.0.113.7", &form).await, 303);
            if n % 10 == 9 {
                look(&program).await;
            }
        }
        look(&program).await;
        let all = states(&program).await;
        assert!(all.iter().all(|(state, signals)| state == "pending" && signals.as_deref() == Some("same_network")), "{all:?}");
    }

    /// R13: a rush at the deadline comes from everywhere, and is none.
    async fn a_rush_from_many_networks_is_no_burst(program: Program) {
        let program = behind_a_proxy(&program).await;
        for n in 0..50 {
            let form = organisation(&format!("Last Hour {n}"), &format!("hour{n}@hour{n}.example.org"));
            assert_eq!(send_from(&program, &format!("203.0.{n}.7"), &form).await, 303);
        }
        look(&program).await;
        let all = states(&program).await;
        assert!(all.iter().all(|(state, signals)| state == "pending" && signals.as_deref() == Some("")), "{all:?}");
    }

    /// R73: the mark of a network is gone after two days, and no address was ever kept.
    async fn the_mark_of_a_network_is_forgotten(program: Program) {
        let program = behind_a_proxy(&program).await;
        assert_eq!(send_from(&program, "203.0.113.77", &organisation("Some House", "a@house.example.org")).await, 303);
        look(&program).await;
        let mark = signatures(&program).await[0].network.clone().unwrap();
        assert_eq!(mark.len(), 64);
        let bytes = program.database_bytes().await;
        assert!(!bytes.windows(12).any(|window| window == b"203.0.113.77"));
        program.clock.set(program.clock.now() + Duration::hours(49));
        look(&program).await;
        assert_eq!(signatures(&program).await[0].network, None);
    }

    /// R13: what a form says of itself is weighed, and shown as a signal and no verdict.
    async fn a_mailbox_that_is_not_the_organisations_own_is_noted(program: Program) {
        let at = confirmed(&program, "River Watch", "river.watch@gmail.com", "https://riverwatch.example.org").await;
        look(&program).await;
        let staff = program.staff(Role::Coordinator).await;
        let page = staff.get(&at).await.text();
        assert!(page.contains("Mailbox at a provider") && page.contains("Signals are no verdict"), "{page}");
        assert_eq!(signatures(&program).await[0].state, "confirmed");
    }

    /// R13: what somebody notes before the first look stays, and takes nothing from what the look finds.
    async fn what_is_noted_early_stays_beside_what_is_found(program: Program) {
        let at = confirmed(&program, "River Watch", "river.watch@gmail.com", "https://riverwatch.example.org").await;
        let staff = program.staff(Role::Moderator).await;
        let fields = [("answer_domain_age", "no"), ("evidence_domain_age", "registered 2026-10-30")];
        assert_eq!(staff.submit(&at, &format!("{at}/check"), &fields).await.status, 303);
        look(&program).await;
        assert_eq!(signatures(&program).await[0].signals.as_deref(), Some("free_mail new_domain"));
        look(&program).await;
        assert_eq!(signatures(&program).await[0].signals.as_deref(), Some("free_mail new_domain"), "once each");
    }

    /// R13: one person who is the contact of several organisations is noted with the later ones; colleagues who sign for one organisation are not.
    async fn one_contact_of_several_organisations_is_noted(program: Program) {
        let browser = program.browser();
        for (name, email, person) in [
            ("Harbour Lantern Society", "a@lantern.example.org", "Awa Test"),
            ("Harbour Lantern Society", "b@lantern.example.org", "awa  TEST"),
            ("River Watch", "c@river.example.org", "Someone Else"),
        ] {
            let mut form = organisation(name, email);
            form.insert("contact_name", person.to_owned());
            assert_eq!(send(&browser, "en", &form).await.status, 303);
        }
        look(&program).await;
        assert!(states(&program).await.iter().all(|(_, signals)| signals.as_deref() == Some("")), "{:?}", states(&program).await);
        assert_eq!(send(&browser, "en", &organisation("Hill House", "d@hill.example.org")).await.status, 303);
        look(&program).await;
        let noted: Vec<_> = states(&program).await.into_iter().map(|(_, signals)| signals.unwrap()).collect();
        assert_eq!(noted, ["", "", "", "same_contact"]);
        let staff = program.staff(Role::Moderator).await;
        let newest = signatures(&program).await.into_iter().max_by_key(|row| row.id).unwrap().id;
        assert!(staff.get(&format!("/desk/signatures/{newest}")).await.text().contains("the contact of another organisation"));
        let bytes = program.database_bytes().await;
        assert!(!bytes.windows(8).any(|window| window == b"Awa Test"), "R74: no table names the person");
    }

    /// R13: a web domain of last month is a signal once somebody has looked it up, and none when that is corrected.
    async fn a_new_web_domain_is_noted_by_hand(program: Program) {
        let at = confirmed(&program, "River Watch", "a@riverwatch.example.org", "https://riverwatch.example.org").await;
        look(&program).await;
        let staff = program.staff(Role::Moderator).await;
        for (answer, expected) in [("no", "new_domain"), ("yes", "")] {
            let fields = [("answer_domain_age", answer), ("evidence_domain_age", "registered 2026-10-30")];
            assert_eq!(staff.submit(&at, &format!("{at}/check"), &fields).await.status, 303);
            assert_eq!(signatures(&program).await[0].signals.as_deref(), Some(expected));
        }
    }
}
