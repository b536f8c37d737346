//! A coordinator moves an event (R40): the plan goes with it, letters with the old days are stopped, and the campaign's folder does not undo it.

use demarche::{
    accounts::Role,
    campaigns::{files::Folder, load, moving},
    domain::clock::Clock,
    entities::{audit_entry, event},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::{
    letters_written::{PR, drafted, letters, press, ready, round_state},
    on_both_databases,
    support::{Program, program::Browser, reading::Answer},
};

async fn event_with(program: &Program, key: &str) -> event::Model {
    let find = event::Entity::find().filter(event::Column::Key.eq(key));
    find.one(program.app.platform.database.read()).await.unwrap().unwrap()
}

/// Sends the form of an event's days, with these fields instead of those it was shown with.
async fn move_to(staff: &Browser, id: uuid::Uuid, fields: &[(&str, &str)]) -> Answer {
    let at = format!("/desk/plan/events/{id}");
    let shown = staff.get(&at).await;
    let shown: Vec<(&str, String)> =
        ["csrf", "seen", "first", "last", "source"].map(|name| (name, shown.field(name).unwrap_or_default())).into();
    let mut all: Vec<(&str, &str)> = shown.iter().map(|(name, value)| (*name, value.as_str())).collect();
    all.push(("because", "The Bureau has moved it."));
    all.retain(|(name, _)| !fields.iter().any(|(given, _)| given == name));
    all.extend_from_slice(fields);
    staff.post(&at, &all).await
}

async fn load_again(program: &Program) {
    let txn = program.app.platform.database.begin().await.unwrap();
    load::load(&txn, &Folder::Shipped("cah".into()), program.clock.now()).await.unwrap();
    txn.commit().await.unwrap();
    program.app.campaigns.forget();
}

const APRIL: [(&str, &str); 3] = [("first", "2027-04-05"), ("last", "2027-04-08"), ("source", "https://www.example.org/bureau")];

on_both_databases! {
    /// R40
    async fn the_plan_moves_with_an_event_that_a_coordinator_moves(program: Program) {
        let staff = program.staff(Role::Coordinator).await;
        let before = event_with(&program, "prepcom_2").await;
        assert!(staff.get("/desk/plan").await.attributes("main a", "href").contains(&format!("/desk/plan/events/{}", before.id)));
        for (fields, field) in [
            (vec![("first", "soon")], "first"),
            (vec![("first", "2027-04-05"), ("last", "2027-04-01")], "last"),
            (vec![("first", "2027-04-05"), ("last", "2027")], "last"),
            (vec![("first", "2027-04-05"), ("source", " ")], "source"),
            (vec![("first", "2027-04-05"), ("because", "")], "because"),
            (vec![], "first"),
        ] {
            let refused = move_to(&staff, before.id, &fields).await;
            assert_eq!((refused.status, refused.texts(&format!("#{field}-error")).len()), (422, 1), "{fields:?}: {}", refused.text());
        }
        assert_eq!(event_with(&program, "prepcom_2").await, before);
        assert_eq!(move_to(&staff, before.id, &APRIL).await.status, 303);
        let moved = event_with(&program, "prepcom_2").await;
        assert_eq!((moved.starts_on.to_string(), moved.precision.as_str(), moved.revision), ("2027-04-05".to_owned(), "day", before.revision + 1));
        let plan = staff.get("/desk/plan").await.texts(&format!("#event-{} tbody", moved.id)).join(" ");
        assert!(plan.contains("15 February 2027") && plan.contains("15 April 2027"), "{plan}");
        let public = program.browser().get("/en/calendar").await;
        assert!(public.text().contains("5 April 2027") && public.attributes("a", "href").contains(&APRIL[2].1.to_owned()), "{}", public.text());
        // Who had the form before them when it moved is told and loses nothing.
        let seen = before.revision.to_string();
        let late = move_to(&staff, before.id, &[("first", "2027-06-01"), ("last", ""), ("seen", seen.as_str())]).await;
        assert!(late.status == 422 && late.text().contains("Somebody else has moved it"), "{}", late.text());
        assert_eq!((late.field("first").as_deref(), late.field("because").as_deref()), (Some("2027-06-01"), Some("The Bureau has moved it.")));
        let trail = audit_entry::Entity::find().filter(audit_entry::Column::Action.eq("event.moved"));
        let trail = trail.all(program.app.platform.database.read()).await.unwrap();
        assert_eq!((trail.len(), trail[0].reason.as_deref()), (1, Some("The Bureau has moved it.")));
        assert!(trail[0].details.to_string().contains("2027-04-05/2027-04-08/day"), "{:?}", trail[0]);
        // The folder says what it said before: the desk's days stay.
        load_again(&program).await;
        assert_eq!(event_with(&program, "prepcom_2").await, moved);
        for role in [Role::Campaigner, Role::Moderator, Role::Reader] {
            let other = program.staff(role).await;
            assert_eq!(other.get(&format!("/desk/plan/events/{}", moved.id)).await.status, 403);
            assert!(!other.get("/desk/plan").await.body.contains("/desk/plan/events/"));
        }
    }

    /// R32, R40: letters that count down to the old days are stopped, also those that are approved.
    async fn letters_with_the_old_days_are_stopped(program: Program) {
        let staff = ready(&program).await;
        let bruno = program.staff(Role::Coordinator).await;
        let board = drafted(&program, &staff, "Open", &[("posts", PR), ("language", "en")]).await;
        let approved = drafted(&program, &staff, "Approved", &[("posts", PR), ("language", "en")]).await;
        assert!(press(&staff, &approved, "approve").await.contains("is approved"));
        let id = letters(&program, &board).await[0].0.round_id;
        let round = demarche::entities::letter_round::Entity::find_by_id(id).one(program.app.platform.database.read()).await.unwrap().unwrap();
        let days = event::Entity::find_by_id(round.event_id).one(program.app.platform.database.read()).await.unwrap().unwrap();
        assert_eq!(move_to(&bruno, days.id, &[("first", "2027-09-06"), ("last", "2027-09-10"), ("source", "https://www.example.org/bureau")]).await.status, 303);
        assert!(press(&staff, &board, "approve").await.contains("Something stops 195"));
        let said = staff.get(&format!("{board}?finding=moved_event")).await;
        assert_eq!(said.attributes("#board tbody tr", "data-state").len(), 195);
        let late = press(&bruno, &approved, "release").await;
        assert!(late.contains("has moved since"), "{late}");
        assert_eq!(round_state(&program, &approved).await, "approved");
        press(&staff, &board, "draft").await;
        program.drain().await;
        let said = press(&staff, &board, "approve").await;
        assert!(said.contains("is approved"), "{said}");
        // Moved back, the approved round may leave again.
        let (first, last) = moving::days_of(&days).as_typed();
        let back = move_to(&bruno, days.id, &[("first", &first), ("last", &last), ("source", "https://www.example.org/bureau")]).await;
        assert_eq!(back.status, 303, "{}", back.text());
        assert!(press(&bruno, &approved, "release").await.contains("is released"));
    }
}
