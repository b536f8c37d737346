//! What comes back, as staff record it.

use demarche::{
    accounts::Role,
    entities::{audit_entry, evidence, evidence_proposal, position, position_change, reply, stored_file},
};
use reqwest::multipart::{Form, Part};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::dispatch::{history, letter_in, letter_state};
use crate::{
    on_both_databases,
    support::{Program, program::Browser, reading::Answer},
};

pub async fn send(browser: &Browser, page: &str, fields: &[(&str, &str)], file: Option<(&str, Vec<u8>)>) -> Answer {
    let shown = browser.get(page).await;
    let mut all = vec![("received_on", "2026-11-20"), ("channel", "mail"), ("class", "supportive"), ("summary", "They support it.")];
    all.retain(|(name, _)| !fields.iter().any(|(given, _)| given == name));
    all.extend_from_slice(fields);
    let mut form = Form::new().text("csrf", shown.field("csrf").unwrap_or_default());
    for name in ["submission_key", "letter"] {
        if let Some(value) = shown.field(name).filter(|_| !fields.iter().any(|(given, _)| *given == name)) {
            form = form.text(name, value);
        }
    }
    for (name, value) in all {
        form = form.text(name.to_owned(), value.to_owned());
    }
    if let Some((name, content)) = file {
        form = form.part("file", Part::bytes(content).file_name(name.to_owned()));
    }
    let request = browser.client.post(format!("{}/desk/replies", browser.base_url)).header("sec-fetch-site", "same-origin");
    Answer::of(request.multipart(form).send().await.unwrap()).await
}

async fn replies(program: &Program) -> Vec<reply::Model> {
    reply::Entity::find().all(program.app.platform.database.read()).await.unwrap()
}

async fn public_record(program: &Program) -> (Vec<position::Model>, u64, u64) {
    let db = program.app.platform.database.read();
    let positions = position::Entity::find().all(db).await.unwrap();
    (positions, position_change::Entity::find().count(db).await.unwrap(), evidence::Entity::find().count(db).await.unwrap())
}

on_both_databases! {
    /// R41
    async fn a_reply_moves_its_letter_and_proposes_and_sets_nothing(program: Program) {
        let staff = program.staff(Role::Campaigner).await;
        let letter = letter_in(&program, "KEN", "sent", false).await;
        let before = public_record(&program).await;
        let answer = send(&staff, &format!("/desk/replies/new?letter={}", letter.id), &[], None).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        program.drain().await;
        assert_eq!(public_record(&program).await, before, "no evidence and no position comes of a reply by itself");
        assert_eq!(letter_state(&program, letter.id).await, "answered");
        assert_eq!(history(&program, letter.id).await, ["answered"]);
        let (kept, db) = (replies(&program).await, program.app.platform.database.read());
        assert_eq!((kept[0].visibility.as_str(), kept[0].iso3.as_str(), kept[0].letter_id), ("core", "KEN", Some(letter.id)));
        let proposals = evidence_proposal::Entity::find().all(db).await.unwrap();
        assert_eq!(proposals.len(), 1);
        let proposal = (proposals[0].direction.as_deref(), proposals[0].state.as_str(), proposals[0].visibility.as_str());
        assert_eq!((proposal, proposals[0].evidence_id), ((Some("support"), "proposed", "core"), None));
        let trail = audit_entry::Entity::find().filter(audit_entry::Column::Action.eq("reply.recorded")).all(db).await.unwrap();
        assert_eq!(trail.len(), 1);
        let shown = staff.get(answer.location()).await;
        assert!(shown.text().contains("They support it.") && shown.text().contains("Awaits a person"), "{}", shown.text());
        assert!(staff.get("/desk/replies?class=supportive&country=KEN").await.text().contains(&letter.reference));
        assert!(!staff.get("/desk/replies?class=negative").await.text().contains(&letter.reference));
    }

    /// R41
    async fn the_class_decides_what_is_proposed_and_where_the_letter_goes(program: Program) {
        let staff = program.staff(Role::Campaigner).await;
        let expected = [
            ("acknowledgement", "acknowledged", None),
            ("referred", "acknowledged", None),
            ("non_committal", "answered", Some("neutral")),
            ("negative", "answered", Some("oppose")),
            ("meeting_offered", "answered", None),
            ("question", "answered", None),
            ("declined", "answered", None),
            ("out_of_scope", "acknowledged", None),
        ];
        for ((class, state, direction), iso3) in expected.into_iter().zip(["KEN", "FRA", "GMB", "MEX", "JPN", "SEN", "POL", "TUV"]) {
            let letter = letter_in(&program, iso3, "sent", false).await;
            let answer = send(&staff, &format!("/desk/replies/new?letter={}", letter.id), &[("class", class)], None).await;
            assert_eq!(answer.status, 303, "{class}");
            assert_eq!(letter_state(&program, letter.id).await, state, "{class}");
            let find = evidence_proposal::Entity::find().filter(evidence_proposal::Column::Iso3.eq(iso3));
            let proposal = find.one(program.app.platform.database.read()).await.unwrap();
            assert_eq!(proposal.and_then(|row| row.direction).as_deref(), direction, "{class}");
        }
    }

    /// R37
    async fn a_reply_finds_its_letter_by_the_reference_in_an_altered_subject(program: Program) {
        let staff = program.staff(Role::Campaigner).await;
        let letter = letter_in(&program, "KEN", "sent", false).await;
        let subject = format!("RE: [EXTERNAL] Aw: request ({}) ref.", letter.reference.to_lowercase().replace('-', " "));
        assert_eq!(send(&staff, "/desk/replies/new", &[("reference", &subject)], None).await.status, 303);
        assert_eq!(replies(&program).await[0].letter_id, Some(letter.id));
        let unknown = send(&staff, "/desk/replies/new", &[("reference", "CAH-D222-2222-2222"), ("country", "KEN")], None).await;
        assert_eq!(unknown.status, 422, "flagged, not filed under a guess");
        assert_eq!(unknown.texts("textarea[name=reference]"), ["CAH-D222-2222-2222"]);
        let elsewhere = send(&staff, "/desk/replies/new", &[("reference", &subject), ("country", "FRA")], None).await;
        assert_eq!(elsewhere.status, 422);
    }

    async fn a_letter_that_was_never_sent_has_no_reply(program: Program) {
        let staff = program.staff(Role::Campaigner).await;
        let letter = letter_in(&program, "KEN", "draft", false).await;
        let answer = send(&staff, &format!("/desk/replies/new?letter={}", letter.id), &[], None).await;
        assert_eq!(answer.status, 422);
        assert_eq!((replies(&program).await.len(), letter_state(&program, letter.id).await.as_str()), (0, "draft"));
    }

    async fn the_same_form_sent_twice_is_one_reply(program: Program) {
        let staff = program.staff(Role::Campaigner).await;
        let fields = [("country", "KEN"), ("submission_key", "one-and-the-same")];
        let first = send(&staff, "/desk/replies/new", &fields, None).await;
        let second = send(&staff, "/desk/replies/new", &fields, None).await;
        assert_eq!((first.status, first.location()), (303, second.location()));
        assert_eq!(replies(&program).await.len(), 1);
    }

    async fn a_bad_form_comes_back_with_what_was_typed(program: Program) {
        let staff = program.staff(Role::Campaigner).await;
        let bad = [("country", "XXX"), ("received_on", "2027-01-01"), ("channel", "pigeon"), ("class", ""), ("summary", "=cmd() <b>")];
        let answer = send(&staff, "/desk/replies/new", &bad, None).await;
        assert_eq!(answer.status, 422);
        assert_eq!(answer.texts(".error-summary li").len(), 4, "{:?}", answer.texts(".error-summary li"));
        assert_eq!(answer.texts("textarea[name=summary]"), ["=cmd() <b>"]);
        assert_eq!(answer.field("received_on").as_deref(), Some("2027-01-01"));
        assert_eq!(replies(&program).await.len(), 0);
    }

    async fn a_file_too_large_or_of_a_wrong_kind_is_refused_and_nothing_typed_is_lost(program: Program) {
        let staff = program.staff(Role::Campaigner).await;
        for (name, content) in [
            ("scan.pdf", [b"%PDF-1.7".as_slice(), &vec![b' '; 5 * 1024 * 1024]].concat()),
            ("page.html", b"<script>alert(1)</script>".to_vec()),
            ("reply.pdf", b"<svg onload=alert(1)>".to_vec()),
        ] {
            let answer = send(&staff, "/desk/replies/new", &[("country", "KEN")], Some((name, content))).await;
            assert_eq!(answer.status, 422, "{name}");
            assert_eq!(answer.texts("#file-error").len(), 1, "{name}");
            assert_eq!(answer.texts("textarea[name=summary]"), ["They support it."]);
        }
        let db = program.app.platform.database.read();
        assert_eq!((replies(&program).await.len(), stored_file::Entity::find().count(db).await.unwrap()), (0, 0));
    }

    async fn a_kept_file_is_a_download_for_those_who_may_read_replies(program: Program) {
        let staff = program.staff(Role::Campaigner).await;
        let file = ("Réponse \"du\" ministre.pdf", b"%PDF-1.7 the reply".to_vec());
        let answer = send(&staff, "/desk/replies/new", &[("country", "KEN")], Some(file)).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        let path = format!("{}/file", answer.location());
        let got = staff.get(&path).await;
        assert_eq!((got.header("content-type"), got.bytes.as_slice()), ("application/pdf", b"%PDF-1.7 the reply".as_slice()));
        assert!(got.header("content-disposition").starts_with("attachment; filename=\"Reponse-"), "{}", got.header("content-disposition"));
        assert_eq!(program.staff(Role::Reader).await.get(&path).await.status, 403);
        assert_eq!(program.browser().get(&path).await.status, 303);
    }

    async fn a_form_without_the_sessions_token_records_nothing(program: Program) {
        let staff = program.staff(Role::Campaigner).await;
        let form = Form::new().text("csrf", "guess").text("country", "KEN").text("summary", "x");
        let request = staff.client.post(format!("{}/desk/replies", staff.base_url)).header("sec-fetch-site", "same-origin");
        assert_eq!(request.multipart(form).send().await.unwrap().status().as_u16(), 403);
        assert_eq!(replies(&program).await.len(), 0);
    }

    /// R41: what one person made of a reply is not lost in silence when another was faster, and one of the two becomes evidence.
    async fn two_who_accept_one_proposal_at_once_make_one_item(program: Program) {
        let recorder = program.staff(Role::Campaigner).await;
        assert_eq!(send(&recorder, "/desk/replies/new", &[("country", "TUV")], None).await.status, 303);
        let db = program.app.platform.database.read();
        let proposal = evidence_proposal::Entity::find().one(db).await.unwrap().unwrap();
        let page = format!("/desk/positions/proposals/{}", proposal.id);
        let to = format!("{page}/accept");
        let fields = |summary: &'static str| [("type", "reply"), ("direction", "support"), ("date", "2026-11-20"), ("summary", summary), ("confidence", "high"), ("visibility", "core"), ("capacity", "national"), ("scope", "overall")];
        let (one, other) = (program.staff(Role::Campaigner).await, program.staff(Role::Coordinator).await);
        let (first, second) = (fields("As one understood it."), fields("As the other understood it."));
        // Both have the page open before either sends: whoever opened it after the other's press would find it gone.
        let tokens = [one.get(&page).await.field("csrf").unwrap(), other.get(&page).await.field("csrf").unwrap()];
        let with = |token: &'static str, fields: &[(&'static str, &'static str)]| [&[("csrf", token)], fields].concat();
        let [mine, theirs] = tokens.map(|token| &*token.leak());
        let (mine, theirs) = (with(mine, &first), with(theirs, &second));
        let (a, b) = tokio::join!(one.post(&to, &mine), other.post(&to, &theirs));
        let mut answers = [a.status, b.status];
        answers.sort_unstable();
        assert_eq!(answers, [303, 410], "{} {}", a.text(), b.text());
        let made = evidence::Entity::find().filter(evidence::Column::Kind.eq("reply")).all(db).await.unwrap();
        assert_eq!(made.len(), 1);
        let (winner, again) = if a.status == 303 { (&one, &first) } else { (&other, &second) };
        assert_eq!(made[0].summary, again[3].1);
        // The page is gone, so the token comes from another one.
        let repeated = winner.submit("/desk/positions/TUV", &to, again).await;
        assert_eq!(repeated.status, 303, "a double click is one click");
        assert_eq!(evidence::Entity::find().filter(evidence::Column::Kind.eq("reply")).count(db).await.unwrap(), 1);
        assert_eq!(winner.get(&page).await.status, 410);
        program.drain().await;
        assert!(winner.get("/desk/positions/TUV").await.text().contains("differs"), "staff see it, the public does not");
    }

    /// R32, R41: what a state said in private becomes public in nobody's words but one's own.
    async fn the_words_of_a_private_reply_are_not_published_with_one_press(program: Program) {
        let staff = program.staff(Role::Campaigner).await;
        let private = "The legal adviser says the capital will abstain unless immunity is settled.";
        assert_eq!(send(&staff, "/desk/replies/new", &[("country", "TUV"), ("summary", private)], None).await.status, 303);
        let db = program.app.platform.database.read();
        let proposal = evidence_proposal::Entity::find().one(db).await.unwrap().unwrap();
        let page = format!("/desk/positions/proposals/{}", proposal.id);
        let shown = staff.get(&page).await;
        assert!(shown.text().contains(private) && !shown.texts("textarea").join(" ").contains("legal adviser"), "beside the form, not in it");
        let with = |summary: &'static str, visibility: &'static str| [("type", "reply"), ("direction", "support"), ("date", "2026-11-20"), ("summary", summary), ("confidence", "high"), ("visibility", visibility), ("capacity", "national"), ("scope", "overall"), ("source_url", "https://example.org/x")];
        let repeated = "They wrote: the legal adviser says the capital will ABSTAIN, unless immunity is settled. So it is.";
        let refused = staff.submit(&page, &format!("{page}/accept"), &with(repeated, "public")).await;
        assert_eq!((refused.status, refused.texts("#summary-error").len(), refused.body.contains("So it is.")), (422, 1, true), "{}", refused.text());
        // Nor by way of an item entered at the state's own page.
        let entered = staff.submit("/desk/positions/TUV", "/desk/positions/TUV/evidence", &with(repeated, "public")).await;
        assert_eq!(entered.status, 422);
        assert_eq!(staff.submit(&page, &format!("{page}/accept"), &with("Expected to abstain.", "public")).await.status, 303);
        program.drain().await;
        assert!(!program.browser().get("/en/states/TUV").await.body.contains("legal adviser"));
        // A corrected item in its place is read no other way.
        let item = evidence::Entity::find().filter(evidence::Column::Kind.eq("reply")).one(db).await.unwrap().unwrap();
        let at = format!("/desk/positions/TUV/evidence/{}", item.id);
        assert_eq!(staff.submit(&at, &at, &with(repeated, "public")).await.status, 422);
        assert_eq!(staff.submit(&at, &at, &with(repeated, "core")).await.status, 303, "kept private, it may be the reply's own words");
    }

    /// R41: huge, control and bidi characters, wrong letters, odd filters.
    async fn hostile_input_is_told_or_printed_as_it_is(program: Program) {
        let staff = program.staff(Role::Campaigner).await;
        let huge = "x".repeat(5001);
        for summary in ["a\u{7}b", huge.as_str(), "   ", "\u{202E}"] {
            let answer = send(&staff, "/desk/replies/new", &[("country", "KEN"), ("summary", summary)], None).await;
            assert_eq!((answer.status, answer.texts("#summary-error").len()), (422, 1), "{summary:?}");
        }
        let letter = uuid::Uuid::now_v7().to_string();
        for fields in [[("letter", "none"), ("country", "KEN")], [("letter", letter.as_str()), ("country", "KEN")]] {
            let answer = send(&staff, "/desk/replies/new", &fields, None).await;
            assert_eq!((answer.status, answer.texts(".error-summary li").len()), (422, 1), "no letter of ours");
        }
        assert_eq!(replies(&program).await.len(), 0);
        let evil = "\u{202E}<script>alert(1)</script> =cmd() #eval(\"x\") \u{2067}مرحبا";
        let answer = send(&staff, "/desk/replies/new", &[("country", "KEN"), ("summary", evil), ("submission_key", "\0")], None).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        let shown = staff.get(answer.location()).await;
        assert!(!shown.body.contains("<script>alert") && !shown.body.contains('\u{202E}'), "{}", shown.body);
        assert!(shown.text().contains("<script>alert(1)</script> =cmd() #eval(\"x\") مرحبا"), "{}", shown.text());
        let second = send(&staff, "/desk/replies/new", &[("country", "KEN"), ("summary", "Another."), ("submission_key", "")], None).await;
        let third = send(&staff, "/desk/replies/new", &[("country", "KEN"), ("summary", "A third."), ("submission_key", "")], None).await;
        assert_ne!(second.location(), third.location(), "two forms without a key are two replies");
        assert_eq!(replies(&program).await.len(), 3);
        for query in ["class=%00", "country=%00", "class=none&country=none", "page=99999999999"] {
            let status = staff.get(&format!("/desk/replies?{query}")).await.status;
            assert!(status == 200 || status == 400, "{query}: {status}");
        }
        for path in ["/desk/positions/%00", "/desk/positions?stance=%00&region=%00", "/desk/replies/none", "/desk/replies/new?letter=%00&state=%00"] {
            assert!(staff.get(path).await.status < 500, "{path}");
        }
        let posted = staff.submit("/desk/positions/KEN", "/desk/positions/%00/evidence", &[("summary", "x")]).await;
        assert!(posted.status < 500, "{}", posted.status);
    }

    /// A file that is not there any more is said to be gone; its reply stays.
    async fn a_reply_outlives_its_file(program: Program) {
        let staff = program.staff(Role::Campaigner).await;
        let answer = send(&staff, "/desk/replies/new", &[("country", "KEN")], Some(("reply.pdf", b"%PDF-1.7 the reply".to_vec()))).await;
        stored_file::Entity::delete_many().exec(program.app.platform.database.write()).await.unwrap();
        assert_eq!(staff.get(&format!("{}/file", answer.location())).await.status, 404);
        assert_eq!(staff.get(answer.location()).await.status, 200);
    }

    /// A letter of an earlier round is answered as well as one of the newest; the answer goes to the letter it names.
    async fn a_reply_goes_to_the_letter_it_names_whatever_its_round(program: Program) {
        let staff = program.staff(Role::Campaigner).await;
        let (older, newer) = (letter_in(&program, "KEN", "sent", false).await, letter_in(&program, "KEN", "sent", false).await);
        assert_ne!(older.round_id, newer.round_id);
        assert_eq!(send(&staff, "/desk/replies/new", &[("reference", &older.reference)], None).await.status, 303);
        assert_eq!((letter_state(&program, older.id).await.as_str(), letter_state(&program, newer.id).await.as_str()), ("answered", "sent"));
        let both = format!("{} and {}", older.reference, newer.reference);
        assert_eq!(send(&staff, "/desk/replies/new", &[("reference", &both)], None).await.status, 422);
        let opened = format!("/desk/replies/new?letter={}", newer.id);
        assert_eq!(send(&staff, &opened, &[("country", "FRA")], None).await.status, 422, "it went to another state");
    }
}
