//! The plan at the desk, and the calendars that programs take (R40).

use std::{fs, path::Path};

use chrono::NaiveDate;
use demarche::{
    accounts::Role,
    campaigns::{files::Folder, load},
    domain::clock::Clock,
    entities::{account, audit_entry, event, plan_task_mark},
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use uuid::Uuid;

use crate::{
    on_both_databases,
    support::{Program, program::Browser},
};

/// Loads the shipped campaign with the second session of the Preparatory Committee on other days, as `demarche load` would.
async fn session_on(program: &Program, days: &str) {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/campaigns/cah");
    let folder = tempfile::tempdir().unwrap();
    for part in ["statement", "privacy"] {
        fs::create_dir(folder.path().join(part)).unwrap();
        for file in fs::read_dir(shipped.join(part)).unwrap() {
            let file = file.unwrap();
            fs::copy(file.path(), folder.path().join(part).join(file.file_name())).unwrap();
        }
    }
    let text = fs::read_to_string(shipped.join("campaign.toml")).unwrap();
    let (before, after) = text.split_once("key = \"prepcom_2\"").unwrap();
    let moved = after.replacen("date_start = \"2027\"\nprecision = \"year\"", days, 1);
    assert_ne!(moved, after);
    fs::write(folder.path().join("campaign.toml"), format!("{before}key = \"prepcom_2\"{moved}")).unwrap();
    let txn = program.app.platform.database.begin().await.unwrap();
    load::load(&txn, &Folder::from_argument(folder.path().to_str().unwrap()), program.clock.now()).await.unwrap();
    txn.commit().await.unwrap();
    program.app.campaigns.forget();
}

const MARCH: &str = "date_start = \"2027-03-01\"\ndate_end = \"2027-03-04\"\nprecision = \"day\"";
const APRIL: &str = "date_start = \"2027-04-05\"\ndate_end = \"2027-04-08\"\nprecision = \"day\"";

async fn session(program: &Program) -> event::Model {
    let find = event::Entity::find().filter(event::Column::Key.eq("prepcom_2"));
    find.one(program.app.platform.database.read()).await.unwrap().unwrap()
}

/// The cells of the tasks of an event: name and remark, due, standing, owner, next step.
async fn rows(browser: &Browser, event: Uuid) -> Vec<Vec<String>> {
    let page = browser.get("/desk/plan").await;
    assert_eq!(page.status, 200, "{}", page.text());
    let cells = page.texts(&format!("#event-{event} tbody td"));
    cells.chunks(5).map(<[String]>::to_vec).collect()
}

async fn due(browser: &Browser, event: Uuid) -> Vec<String> {
    rows(browser, event).await.into_iter().map(|row| row[1].clone()).collect()
}

/// One entry of a calendar: the lines of it, unfolded.
fn entry(calendar: &str, uid: &str) -> Vec<String> {
    let text = calendar.replace("\r\n ", "");
    let found = text.split("BEGIN:VEVENT\r\n").skip(1).find(|entry| entry.contains(&format!("UID:{uid}\r\n")));
    found.unwrap_or_else(|| panic!("no {uid} in {text}")).split("\r\n").map(str::to_owned).collect()
}

fn holds(entry: &[String], lines: &[&str]) {
    for line in lines {
        assert!(entry.iter().any(|found| found == line), "{line} in {entry:?}");
    }
}

on_both_databases! {
    /// R40: moving the session moves the tasks; who does them, that they are done and what was remarked stays.
    async fn moving_the_session_moves_the_tasks_and_keeps_what_was_said(program: Program) {
        session_on(&program, MARCH).await;
        let staff = program.staff(Role::Campaigner).await;
        let id = session(&program).await.id;
        assert_eq!(due(&staff, id).await, ["11 January 2027", "1 February 2027", "19 February 2027", "26 February 2027", "11 March 2027"]);
        let owner = account::Entity::find().one(program.app.platform.database.read()).await.unwrap().unwrap();
        let page = format!("/desk/plan/{id}/mission");
        let fields = [("owner", owner.id.to_string()), ("note", "Ask the missions first.".to_owned()), ("done", "yes".to_owned())];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let kept = staff.submit(&page, &page, &fields).await;
        assert_eq!((kept.status, kept.location()), (303, "/desk/plan"), "{}", kept.text());
        let said = |rows: Vec<Vec<String>>| rows.into_iter().find(|row| row[0].starts_with("Letters to missions")).unwrap();
        let before = said(rows(&staff, id).await);
        session_on(&program, APRIL).await;
        let moved = session(&program).await;
        assert_eq!((moved.id, moved.revision, moved.starts_on), (id, 2, NaiveDate::from_ymd_opt(2027, 4, 5).unwrap()));
        assert_eq!(due(&staff, id).await, ["15 February 2027", "8 March 2027", "26 March 2027", "2 April 2027", "15 April 2027"]);
        let after = said(rows(&staff, id).await);
        assert!(after[0].contains("Ask the missions first.") && after[2].contains("Done") && after[3] == "Test campaigner", "{after:?}");
        assert_eq!((&before[0], &before[2], &before[3]), (&after[0], &after[2], &after[3]));
        session_on(&program, APRIL).await;
        assert_eq!(session(&program).await, moved, "the same folder twice changes nothing");
    }

    /// R40: a session known to the year has no day of its own, and neither have its tasks.
    async fn what_counts_from_a_year_is_due_in_months_and_in_no_calendar(program: Program) {
        let staff = program.staff(Role::Reader).await;
        let id = session(&program).await.id;
        let due = due(&staff, id).await;
        assert!(due[0].starts_with("November 2026 to November 2027 by the month"), "{due:?}");
        assert_eq!(rows(&staff, id).await[0][2], "May be due");
        let feed = staff.get("/desk/plan.ics").await;
        assert!(!feed.body.contains(&id.to_string()), "{}", feed.body);
        let public = program.browser().get("/en/calendar.ics").await;
        assert!(!public.body.contains(&id.to_string()) && public.body.contains("BEGIN:VEVENT"), "{}", public.body);
    }

    /// R40: a calendar that has an entry moves it.
    async fn both_calendars_move_their_entries_with_the_session(program: Program) {
        session_on(&program, MARCH).await;
        let staff = program.staff(Role::Campaigner).await;
        let id = session(&program).await.id;
        let (event, task) = (format!("{id}@crimes-against-humanity-treaty"), format!("{id}.mission@crimes-against-humanity-treaty"));
        let source = "URL:https://www.un.org/en/ga/sixth/80/cah.shtml";
        let public = program.browser().get("/fr/calendar.ics").await;
        assert_eq!(public.header("content-type"), "text/calendar; charset=utf-8");
        let days = ["DTSTART;VALUE=DATE:20270301", "DTEND;VALUE=DATE:20270305", "SEQUENCE:1", source];
        holds(&entry(&public.body, &event), &days);
        assert!(entry(&public.body, &event).iter().any(|line| line.starts_with("SUMMARY:Comité préparatoire\\, deuxième session")));
        let mine = staff.get("/desk/plan.ics").await;
        assert!(mine.header("content-disposition").starts_with("attachment"));
        holds(&entry(&mine.body, &task), &["DTSTART;VALUE=DATE:20270201", "DTEND;VALUE=DATE:20270202", "SEQUENCE:1"]);
        for calendar in [&public.body, &mine.body] {
            assert!(calendar.contains("\r\nMETHOD:PUBLISH\r\n") && calendar.split("\r\n").all(|line| line.len() <= 75));
        }
        program.clock.set(program.clock.now() + chrono::Duration::hours(1));
        session_on(&program, APRIL).await;
        let public = program.browser().get("/fr/calendar.ics").await;
        let days = ["DTSTART;VALUE=DATE:20270405", "DTEND;VALUE=DATE:20270409", "SEQUENCE:2", "LAST-MODIFIED:20261123T100000Z"];
        holds(&entry(&public.body, &event), &days);
        let mine = staff.get("/desk/plan.ics").await;
        holds(&entry(&mine.body, &task), &["DTSTART;VALUE=DATE:20270308", "SEQUENCE:2", "LAST-MODIFIED:20261123T100000Z"]);
        assert!(program.browser().get("/fr/calendar").await.attributes("main a", "href").contains(&"/fr/calendar.ics".to_owned()));
        assert_eq!(program.browser().get("/desk/plan.ics").await.status, 303, "the plan is not for everybody");
    }

    /// R40: overdue, soon, later: in words, and the overdue ones on the first page.
    async fn a_task_says_in_words_how_it_stands(program: Program) {
        session_on(&program, "date_start = \"2026-12-28\"\nprecision = \"day\"").await;
        let staff = program.staff(Role::Moderator).await;
        let id = session(&program).await.id;
        let standings = |rows: Vec<Vec<String>>| rows.into_iter().map(|row| row[2].clone()).collect::<Vec<_>>();
        assert_eq!(standings(rows(&staff, id).await), ["Overdue", "Soon", "Later", "Later", "Later"]);
        assert!(staff.get("/desk").await.text().contains("Overdue tasks of the plan 1"));
        let done = format!("/desk/plan/{id}/capital/done");
        assert_eq!(staff.submit("/desk/plan", &done, &[("done", "yes")]).await.status, 303);
        assert!(rows(&staff, id).await[0][2].starts_with("Done 23 November 2026 · Test moderator"));
        assert!(staff.get("/desk").await.text().contains("Overdue tasks of the plan 0"));
        assert_eq!(staff.submit("/desk/plan", &done, &[("done", "yes")]).await.status, 303);
        assert_eq!(staff.submit("/desk/plan", &done, &[("done", "no")]).await.status, 303);
        assert_eq!(rows(&staff, id).await[0][2], "Overdue");
        let db = program.app.platform.database.read();
        let trail = audit_entry::Entity::find().filter(audit_entry::Column::Action.eq("plan.changed")).all(db).await.unwrap();
        let about: Vec<_> = trail.iter().map(|line| line.subject_id.as_deref().unwrap()).collect();
        assert_eq!(about, ["prepcom_2/capital"; 2], "saying the same twice is saying it once");
        assert_eq!(plan_task_mark::Entity::find().count(db).await.unwrap(), 1);
    }

    /// R40: from a task to the thing: a round for that event and post, a reminder of the newest round.
    async fn a_task_opens_a_new_round_for_its_event(program: Program) {
        session_on(&program, MARCH).await;
        let staff = program.staff(Role::Coordinator).await;
        let id = session(&program).await.id;
        program.app.load_demo().await.unwrap();
        assert_eq!(staff.submit("/desk/waves", "/desk/waves", &[("next", "1")]).await.status, 303);
        let links = staff.get("/desk/plan").await.attributes(&format!("#event-{id} tbody td:last-child a"), "href");
        let mission = links.iter().find(|link| link.contains("permanent_representative")).unwrap();
        let form = staff.get(mission.split('#').next().unwrap()).await;
        assert_eq!(form.attributes("select[name=event] option[selected]", "value"), [id.to_string()]);
        assert_eq!(form.attributes("input[name=posts][checked]", "value"), ["permanent_representative"]);
        let reminder = links.iter().find(|link| link.contains("remind=newest")).unwrap();
        assert_eq!(staff.get(reminder.split('#').next().unwrap()).await.status, 200);
    }

    /// A bad form comes back as typed; a reader reads; nobody else's account is made up.
    async fn only_staff_who_keep_the_plan_say_something_of_it(program: Program) {
        let (staff, reader) = (program.staff(Role::Campaigner).await, program.staff(Role::Reader).await);
        let id = session(&program).await.id;
        let page = format!("/desk/plan/{id}/mission");
        let typed = "x".repeat(1001);
        let refused = staff.submit(&page, &page, &[("owner", &Uuid::now_v7().to_string()), ("note", "Kept words")]).await;
        assert_eq!((refused.status, refused.texts(".error-summary li").len()), (422, 1));
        assert_eq!(refused.texts("textarea[name=note]"), ["Kept words"]);
        assert_eq!(staff.submit(&page, &page, &[("note", &typed)]).await.status, 422);
        assert_eq!(reader.get(&page).await.status, 200);
        assert_eq!(reader.submit("/desk/plan", &page, &[("done", "yes")]).await.status, 403);
        assert_eq!(reader.submit("/desk/plan", &format!("{page}/done"), &[]).await.status, 403);
        assert_eq!(staff.get(&format!("/desk/plan/{id}/party")).await.status, 404);
        assert_eq!(plan_task_mark::Entity::find().count(program.app.platform.database.read()).await.unwrap(), 0);
    }
}
