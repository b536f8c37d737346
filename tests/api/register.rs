//! The register of addressees: what is entered, by form or by sheet, is what letters say and where they go; what was not checked for long holds them
//! back until somebody says why (R27, R28).

use chrono::Duration;
use demarche::{
    accounts::Role,
    domain::{clock::Clock, email::EmailAddress},
    entities::{addressee, audit_entry, post},
    letters::{dispatch::queue_letter, recheck},
    platform::{jobs, mail::Delivery},
};
use reqwest::multipart::{Form, Part};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::{
    dispatch::letter_in,
    letters_written::{PR, drafted, letters, press, ready, round_state},
    on_both_databases,
    reminding::hold_templates_of_tests,
    support::{
        Program,
        program::{Browser, start_of_tests},
        reading::Answer,
    },
};

const SOURCE: (&str, &str) = ("source", "https://www.mission.example/team");

/// Enters something of a post on top of what the form shows.
async fn enter(staff: &Browser, state: &str, post: &str, fields: &[(&str, &str)]) -> Answer {
    let path = format!("/desk/register/{state}/{post}");
    let form = staff.get(&path).await;
    let (csrf, seen) = (form.field("csrf").unwrap(), form.field("seen").unwrap_or_default());
    let email = form.attributes("input[name=email]", "value").pop().unwrap_or_default();
    let mut all = vec![("csrf", csrf.as_str()), ("seen", seen.as_str()), ("email", email.as_str()), SOURCE];
    all.retain(|(name, _)| !fields.iter().any(|(given, _)| given == name));
    all.extend_from_slice(fields);
    staff.post(&path, &all).await
}

async fn entries(program: &Program, state: &str, kind: &str) -> Vec<addressee::Model> {
    let db = program.app.platform.database.read();
    let post =
        post::Entity::find().filter(post::Column::Iso3.eq(state)).filter(post::Column::Kind.eq(kind)).one(db).await.unwrap().unwrap();
    let find = addressee::Entity::find().filter(addressee::Column::PostId.eq(post.id));
    find.order_by_desc(addressee::Column::CreatedAt).order_by_desc(addressee::Column::Id).all(db).await.unwrap()
}

async fn give_sheet(staff: &Browser, step: &str, file: &[u8]) -> Answer {
    let csrf = staff.get("/desk/register/sheet").await.field("csrf").unwrap();
    let part = Part::bytes(file.to_vec()).file_name("register.csv").mime_str("text/csv").unwrap();
    let form = Form::new().text("csrf", csrf).text("step", step.to_owned()).part("file", part);
    let request = staff.client.post(format!("{}/desk/register/sheet", staff.base_url)).header("sec-fetch-site", "same-origin");
    Answer::of(request.multipart(form).send().await.unwrap()).await
}

/// What is asked for again in a minute is asked for now.
async fn recheck_now(program: &Program) {
    jobs::enqueue(program.app.platform.database.write(), recheck::job(), program.clock.now()).await.unwrap();
    program.drain().await;
}

on_both_databases! {
    /// R27, R28: who is entered is who the letter speaks to, in the letter's language and by the rules of that language.
    async fn letters_speak_to_whoever_the_register_says_holds_the_post(program: Program) {
        let staff = ready(&program).await;
        let people = [
            ("KEN", vec![("holder_name", "Ada Example"), ("gender", "f")]),
            ("FRA", vec![("holder_name", "Ben Exemple"), ("gender", "m"), ("rank", "charge_daffaires")]),
            ("MEX", vec![("holder_name", "Ana Ejemplo"), ("gender", "f"), ("language", "es")]),
            ("VAT", vec![("holder_name", "Carlo Example"), ("gender", "m"), ("rank", "archbishop"), ("language", "en")]),
            ("SEN", vec![("holder_name", "Awa Exemple"), ("gender", "f"), ("language", "fr"), ("salutation", "Madame,"), ("closing", "Bien à vous,")]),
            ("EGY", vec![("holder_name", "منى مثال"), ("gender", "f")]),
        ];
        for (state, fields) in &people {
            assert_eq!(enter(&staff, state, PR, fields).await.status, 303, "{state}");
        }
        let board = drafted(&program, &staff, "People", &[("posts", PR)]).await;
        let all = letters(&program, &board).await;
        let page = |state: &str| {
            let (letter, content) = all.iter().find(|(letter, _)| letter.iso3 == state).unwrap();
            assert_eq!(letter.blockers, 0, "{state}: {}", letter.findings);
            content.page.clone()
        };
        let kenya = page("KEN");
        assert_eq!(kenya.addressee[..2], ["H.E. Ms. Ada Example", "The Permanent Representative of the Republic of Kenya"]);
        assert_eq!(kenya.salutation, "Excellency,");
        let france = page("FRA");
        assert_eq!(france.addressee[..3], ["Monsieur Ben Exemple", "Chargé d’affaires a.i.", "Mission permanente de la France"]);
        assert_eq!(france.salutation, "Monsieur le Chargé d’affaires,");
        assert!(!france.closing.contains("Excellence") && france.closing.contains("haute considération"), "{}", france.closing);
        assert_eq!(page("MEX").salutation, "Excelentísima señora Embajadora:");
        assert_eq!(page("VAT").addressee[0], "The Most Reverend Carlo Example");
        let senegal = page("SEN");
        assert_eq!((senegal.salutation.as_str(), senegal.closing.as_str()), ("Madame,", "Bien à vous,"), "words of a person's own go first");
        assert!(senegal.addressee[1].starts_with("La Représentante permanente "), "{:?}", senegal.addressee);
        let egypt = page("EGY");
        assert_eq!(egypt.salutation, "سعادة السفيرة، تحية طيبة وبعد،");
        assert!(egypt.addressee[1].starts_with("مندوبة "), "{:?}", egypt.addressee);
        // Where nobody is known, the office's own form.
        assert_eq!(page("JPN").addressee[0], "The Permanent Representative of Japan");
        let mail = all.iter().find(|(letter, _)| letter.iso3 == "KEN").unwrap().1.email.text.clone();
        assert!(mail.starts_with("H.E. Ms. Ada Example\n"), "the mail says it too: {mail}");
    }

    /// R27: a stale entry stops its letter; somebody may say why it leaves all the same, and that is kept in the trail.
    async fn what_was_not_checked_for_long_waits_until_somebody_says_why(program: Program) {
        let staff = ready(&program).await;
        assert_eq!(enter(&staff, "KEN", PR, &[("holder_name", "Ada Example")]).await.status, 303);
        program.clock.set(start_of_tests() + Duration::days(91));
        let staff = program.staff(Role::Coordinator).await;
        // All but two were looked at again in time.
        let mut sheet = String::from("iso3,post,source,checked_on\n");
        let states = program.app.states.get(&program.app.platform).await.unwrap();
        let checked = program.clock.now().date_naive();
        for state in states.states().iter().filter(|state| !["KEN", "FRA"].contains(&state.iso3.as_str())) {
            sheet += &format!("{},{PR},a list of missions,{checked}\n", state.iso3);
        }
        let taken = give_sheet(&staff, "take", sheet.as_bytes()).await;
        assert_eq!(taken.status, 303, "{}", taken.text());
        let board = drafted(&program, &staff, "Stale", &[("posts", PR)]).await;
        let shown = staff.get(&format!("{board}?finding=stale_addressee")).await;
        assert_eq!(shown.attributes("#board tbody tr", "data-state"), ["FRA", "KEN"]);
        assert!(press(&staff, &board, "approve").await.contains("Something stops 2"));
        let id = |state: &str, all: &[(demarche::entities::letter::Model, _)]| all.iter().find(|(letter, _)| letter.iso3 == state).unwrap().0.id;
        let all = letters(&program, &board).await;
        let page = format!("{board}/{}", id("KEN", &all));
        let without = staff.submit(&page, &format!("{page}/unchecked"), &[("because", " ")]).await;
        assert_eq!(without.status, 422, "a reason is needed: {}", without.text());
        let said = staff.submit(&page, &format!("{page}/unchecked"), &[("because", "Met her on Monday")]).await;
        assert_eq!(said.status, 303, "{}", said.text());
        assert!(staff.get(&page).await.text().contains("Met her on Monday"));
        let db = program.app.platform.database.read();
        let lines = audit_entry::Entity::find().filter(audit_entry::Column::Action.eq("letter.excused")).all(db).await.unwrap();
        assert_eq!(lines.iter().map(|line| line.reason.as_deref()).collect::<Vec<_>>(), [Some("Met her on Monday")]);
        assert!(press(&staff, &board, "approve").await.contains("Something stops 1"));
        // The other one is checked, and its letter is free without being drafted anew.
        let state = staff.get("/desk/register/FRA").await;
        let (csrf, seen) = (state.field("csrf").unwrap(), state.attributes("form[action$='permanent_representative/checked'] [name=seen]", "value").remove(0));
        let confirmed = staff.post(&format!("/desk/register/FRA/{PR}/checked"), &[("csrf", &csrf), ("seen", &seen)]).await;
        assert_eq!(confirmed.status, 303, "{}", confirmed.text());
        recheck_now(&program).await;
        assert!(letters(&program, &board).await.iter().all(|(letter, _)| letter.state == "checked"));
        press(&staff, &board, "approve").await;
        assert_eq!(round_state(&program, &board).await, "approved");
    }

    /// R27: a letter without an address waits, and goes on as soon as one is entered.
    async fn a_letter_waits_for_an_address_and_goes_on_when_there_is_one(program: Program) {
        let staff = ready(&program).await;
        assert_eq!(enter(&staff, "KEN", PR, &[("email", ""), ("language", "en")]).await.status, 303);
        let board = drafted(&program, &staff, "Waiting", &[("posts", PR), ("mode", "send")]).await;
        let stopped = |shown: Answer| shown.attributes("#board tbody tr", "data-state");
        assert_eq!(stopped(staff.get(&format!("{board}?finding=no_recipient")).await), ["KEN"]);
        recheck_now(&program).await;
        assert_eq!(stopped(staff.get(&format!("{board}?finding=no_recipient")).await), ["KEN"], "nothing was entered");
        assert_eq!(enter(&staff, "KEN", PR, &[("email", "office@kenya.example"), ("language", "en")]).await.status, 303);
        recheck_now(&program).await;
        assert!(stopped(staff.get(&format!("{board}?finding=no_recipient")).await).is_empty());
        assert!(press(&staff, &board, "approve").await.contains("is approved"));
    }

    /// R79: a mailbox that a server refused is not written to again until somebody has looked at its entry.
    async fn a_mailbox_that_was_refused_is_not_written_to_again_unseen(program: Program) {
        let staff = ready(&program).await;
        program.clock.set(start_of_tests() + Duration::minutes(1));
        let refused = letter_in(&program, "KEN", "approved", false).await;
        let txn = program.app.platform.database.begin().await.unwrap();
        let to = EmailAddress::parse("permanent-representative@ken.example").unwrap();
        queue_letter(&txn, &refused, &to, false, program.clock.now()).await.unwrap();
        txn.commit().await.unwrap();
        program.mail.answer_next(Delivery::Rejected { code: Some(550), answer: "550 5.1.1 user unknown".to_owned() });
        program.drain().await;
        hold_templates_of_tests(&program).await;
        let board = drafted(&program, &staff, "After", &[("posts", PR), ("mode", "send")]).await;
        let stopped = async || staff.get(&format!("{board}?finding=refused_mailbox")).await;
        assert_eq!(stopped().await.attributes("#board tbody tr", "data-state"), ["KEN"]);
        let letter = letters(&program, &board).await.into_iter().find(|(letter, _)| letter.iso3 == "KEN").unwrap().0;
        assert!(staff.get(&format!("{board}/{}", letter.id)).await.text().contains("550 5.1.1 user unknown"), "the server's own words");
        program.clock.set(start_of_tests() + Duration::minutes(2));
        assert_eq!(enter(&staff, "KEN", PR, &[("email", "office@kenya.example")]).await.status, 303);
        recheck_now(&program).await;
        assert!(stopped().await.attributes("#board tbody tr", "data-state").is_empty(), "another mailbox is free");
    }

    /// R27: entries are added and stay; a form with faults keeps what was typed; of two people nobody undoes the other unseen.
    async fn an_entry_is_added_and_nothing_typed_is_lost(program: Program) {
        let staff = program.staff(Role::Campaigner).await;
        let hostile = "Excellency </text><script>alert(1)</script>";
        let bad = enter(&staff, "KEN", "legal_adviser", &[("holder_name", hostile), ("email", "nobody"), ("starts_on", "yesterday"), ("source", "")]).await;
        assert_eq!(bad.status, 422);
        assert_eq!(bad.field("holder_name").as_deref(), Some(hostile), "what was typed is there");
        assert_eq!(bad.texts(".field__error").len(), 3, "{:?}", bad.texts(".field__error"));
        assert!(!bad.body.contains("<script>alert(1)"));
        let path = "/desk/register/KEN/legal_adviser";
        assert_eq!(enter(&staff, "KEN", "legal_adviser", &[("holder_name", hostile), ("email", "one@kenya.example")]).await.status, 303);
        assert_eq!(enter(&staff, "KEN", "legal_adviser", &[("holder_name", hostile), ("email", "one@kenya.example")]).await.status, 303);
        assert_eq!(entries(&program, "KEN", "legal_adviser").await.len(), 1, "the same again is a check");
        // Two forms opened at the same time.
        let (first, second) = (staff.get(path).await, staff.get(path).await);
        let send = async |form: &Answer, name: &str| {
            let (csrf, seen) = (form.field("csrf").unwrap(), form.field("seen").unwrap());
            staff.post(path, &[("csrf", &csrf), ("seen", &seen), ("holder_name", name), ("email", "two@kenya.example"), SOURCE]).await
        };
        assert_eq!(send(&first, "First Person").await.status, 303);
        let overtaken = send(&second, "Second Person").await;
        assert_eq!(overtaken.status, 422);
        assert!(overtaken.text().contains("Somebody else entered something meanwhile"), "{}", overtaken.text());
        assert_eq!(overtaken.field("holder_name").as_deref(), Some("Second Person"));
        assert_eq!(send(&overtaken, "Second Person").await.status, 303, "sent again, seen");
        let all = entries(&program, "KEN", "legal_adviser").await;
        assert_eq!(all.iter().map(|entry| entry.holder_name.clone().unwrap()).collect::<Vec<_>>(), ["Second Person", "First Person", hostile]);
        let page = staff.get("/desk/register/KEN").await;
        assert!(page.text().contains("Earlier entries: 2") && page.text().contains("First Person"), "{}", page.text());
        // The trail says which fields, and names nobody.
        let lines = audit_entry::Entity::find().filter(audit_entry::Column::Action.eq("addressee.entered"));
        let lines = lines.all(program.app.platform.database.read()).await.unwrap();
        assert_eq!(lines.len(), 3);
        assert!(lines.iter().all(|line| !format!("{line:?}").contains("Person")), "{lines:?}");
        for (state, post) in [("XXX", "legal_adviser"), ("KEN", "permanent_observer"), ("KEN", "king")] {
            assert_eq!(staff.get(&format!("/desk/register/{state}/{post}")).await.status, 404);
        }
    }

    /// R27: the sheet that is handed out can be given back: first what would change, then the change, and twice the same adds nothing.
    async fn the_register_goes_out_as_a_sheet_and_comes_back(program: Program) {
        ready(&program).await;
        let staff = program.staff(Role::Campaigner).await;
        let out = staff.get("/desk/register/sheet.csv").await;
        assert!(out.header("content-disposition").contains("register.csv"));
        let text = String::from_utf8(out.bytes.to_vec()).unwrap();
        assert_eq!(text.lines().count(), 1 + 2 * 195, "a line a post");
        let again = give_sheet(&staff, "try", text.as_bytes()).await;
        assert_eq!(again.status, 200, "{}", again.text());
        // The demonstration's entries have no source, and the sheet says so.
        assert_eq!(again.texts("#rejects tbody tr").len(), 200, "as many as are shown");
        let sheet = "iso3,post,holder_name,gender,email,source,checked_on\n\
             KEN,permanent_representative,Ada Example,f,office@kenya.example,https://kenya.example,2026-11-20\n\
             fra,legal_adviser,Ben Example,m,law@france.example,note of a call,\n\
             XXX,legal_adviser,Nobody,,,x,\n\
             SEN,king,Nobody,,,x,\n\
             SEN,legal_adviser,Nobody,third,nobody,,\n\
             KEN,permanent_representative,Another,f,,x,\n\
             MEX,legal_adviser,Ana Example,f,law@mexico.example,x,2031-01-01\n";
        let tried = give_sheet(&staff, "try", sheet.as_bytes()).await;
        let counts = tried.texts("#report dd");
        assert_eq!(counts[..3], ["7", "2", "0"], "{counts:?}");
        let lines: Vec<String> = tried.texts("#rejects tbody td.num");
        assert_eq!(lines, ["4", "5", "6", "6", "6", "7", "8"], "each fault by its line: {:?}", tried.texts("#rejects tbody tr"));
        assert_eq!(entries(&program, "KEN", PR).await.len(), 1, "nothing was changed");
        let taken = give_sheet(&staff, "take", sheet.as_bytes()).await;
        assert_eq!(taken.status, 200, "the faults are shown: {}", taken.text());
        let kenya = entries(&program, "KEN", PR).await.remove(0);
        assert_eq!((kenya.holder_name.as_deref(), kenya.checked_at.unwrap().date_naive().to_string()), (Some("Ada Example"), "2026-11-20".to_owned()));
        let counts = give_sheet(&staff, "take", sheet.as_bytes()).await.texts("#report dd");
        assert_eq!(counts[..3], ["7", "0", "2"], "twice the same adds nothing");
        assert_eq!(entries(&program, "FRA", "legal_adviser").await.len(), 1);
        let no_text = [0xff, 0x80, 0x00, 0x9f];
        for (bad, words) in [
            ("iso3,post\nKEN,legal_adviser\n".as_bytes(), "lacks the column source"),
            ("iso3,post,source,telephone\n".as_bytes(), "telephone"),
            (no_text.as_slice(), "no sheet we can read"),
        ] {
            let answer = give_sheet(&staff, "take", bad).await;
            assert_eq!(answer.status, 422, "{bad:?}");
            assert!(answer.text().contains(words), "{bad:?}: {}", answer.text());
        }
    }

    /// R27: a mailbox that no public page names is shown to staff alone; and who may only read sees no register.
    async fn what_no_public_page_names_stays_with_staff(program: Program) {
        let staff = program.staff(Role::Campaigner).await;
        assert_eq!(enter(&staff, "KEN", PR, &[("email", "private@kenya.example"), ("source", "told on the phone")]).await.status, 303);
        let visitor = program.browser();
        let own = [("state", "KEN"), ("post", PR), ("language", "en"), ("name", "Walking Society")];
        let page = visitor.post("/en/write", &own).await;
        assert_eq!(page.status, 200);
        assert!(!page.body.contains("private@kenya.example"));
        assert_eq!(enter(&staff, "KEN", PR, &[("email", "public@kenya.example")]).await.status, 303);
        assert!(visitor.post("/en/write", &own).await.body.contains("public@kenya.example"));
        for role in [Role::Reader, Role::Moderator] {
            let other = program.staff(role).await;
            for path in ["/desk/register", "/desk/register/KEN", "/desk/register/KEN/legal_adviser", "/desk/register/sheet", "/desk/register/sheet.csv"] {
                assert_eq!(other.get(path).await.status, 403, "{role} {path}");
            }
        }
    }

    /// R27: of whom letters wait is seen at a glance, and a post beyond the two that every state has can be written to once somebody has one.
    async fn the_list_says_which_posts_are_ready(program: Program) {
        let staff = ready(&program).await;
        let shown = staff.get(&format!("/desk/register?post={PR}")).await;
        assert_eq!(shown.texts("#register tbody tr").len(), 195);
        assert_eq!(staff.get("/desk/register?post=legal_adviser&standing=no-mailbox").await.texts("#register tbody tr").len(), 195);
        assert!(!staff.get("/desk/letters").await.body.contains("value=\"legal_adviser\""));
        assert_eq!(enter(&staff, "KEN", "legal_adviser", &[("holder_name", "Ada Example"), ("gender", "f"), ("email", "law@kenya.example")]).await.status, 303);
        assert_eq!(staff.get("/desk/register?post=legal_adviser&standing=good").await.texts("#register tbody tr").len(), 1);
        let board = drafted(&program, &staff, "Advisers", &[("posts", "legal_adviser")]).await;
        let all = letters(&program, &board).await;
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].1.page.addressee[..2], ["Ms. Ada Example", "The Legal Adviser"]);
        assert_eq!((all[0].1.page.salutation.as_str(), all[0].1.page.closing.as_str()), ("Dear Ms. Ada Example,", "Yours sincerely,"));
    }
}
