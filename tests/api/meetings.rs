//! Meetings with states, what was promised there, and the letter that thanks (R42, R32).

use demarche::{
    accounts::Role,
    entities::{audit_entry, letter, meeting, promise},
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use crate::{
    on_both_databases,
    support::{Program, addresses::routes, program::Browser, reading::Answer},
};

const SECRET: &str = "The legal adviser confided that the capital wavers over immunity.";
const PROMISE: &str = "The minister will speak for a broad definition of victims in January.";

/// Sends the form of a meeting with Kenya's foreign minister, with these fields instead.
async fn record(browser: &Browser, fields: &[(&str, &str)]) -> Answer {
    let mut all = vec![
        ("country", "KEN"),
        ("status", "held"),
        ("met_on", "2026-11-20"),
        ("level", "minister"),
        ("post", "foreign_minister"),
        ("notes", SECRET),
    ];
    all.retain(|(name, _)| !fields.iter().any(|(given, _)| given == name));
    all.extend_from_slice(fields);
    browser.submit("/desk/meetings/new", "/desk/meetings", &all).await
}

/// A meeting with a promise; the address of the meeting.
async fn promised(browser: &Browser, due_on: &str) -> String {
    let made = record(browser, &[]).await;
    assert_eq!(made.status, 303, "{}", made.text());
    let at = made.location().to_owned();
    let added = browser.submit(&at, &format!("{at}/promises"), &[("text", PROMISE), ("due_on", due_on)]).await;
    assert_eq!((added.status, added.location()), (303, at.as_str()), "{}", added.text());
    at
}

/// Addresses that anybody can open, where something can stand for all their parts.
fn public_addresses() -> Vec<String> {
    let open = routes().into_iter().filter(|route| route.method == "GET" && route.pattern.starts_with("/{lang"));
    let filled = open.map(|route| route.pattern.replace("{lang}", "en").replace("{iso3}", "KEN").replace("{number}", "1"));
    filled.filter(|path| !path.contains('{')).collect()
}

on_both_databases! {
    /// R42: the promise shows where staff prepare for the state, and nowhere else.
    async fn a_promise_shows_on_the_states_desk_page_and_on_no_public_one(program: Program) {
        let staff = program.staff(Role::Campaigner).await;
        let at = promised(&staff, "2026-11-22").await;
        let desk = staff.get("/desk/positions/KEN").await;
        assert!(desk.texts("#meetings").join(" ").contains(PROMISE), "{}", desk.text());
        assert!(desk.attributes("#meetings a", "href").contains(&at));
        assert!(desk.texts("#meetings").join(" ").contains("Behind its day"));
        let listed = staff.get("/desk/meetings").await;
        assert!(listed.texts("#promises tbody").join(" ").contains(PROMISE) && listed.texts("#meetings tbody tr").len() == 1);
        assert!(staff.get("/desk").await.text().contains("Promises behind their day 1"));
        for path in public_addresses() {
            let page = program.browser().get(&path).await;
            assert!(!page.body.contains("broad definition of victims in January") && !page.body.contains("confided"), "{path}");
        }
        let reader = program.staff(Role::Reader).await;
        let theirs = reader.get("/desk/positions/KEN").await;
        assert!(theirs.status == 200 && !theirs.body.contains(PROMISE) && theirs.texts("#meetings").is_empty());
        for path in ["/desk/meetings", "/desk/meetings/new", &at, &format!("{at}/thanks")] {
            assert_eq!(reader.get(path).await.status, 403, "{path}");
        }
        assert_eq!(program.browser().get(&at).await.status, 303);
    }

    /// R32, R42: what was said in confidence is in no page, feed, sheet or letter, and cannot be published by copying it.
    async fn the_words_of_a_meeting_leave_the_house_in_nothing(program: Program) {
        program.app.load_demo().await.unwrap();
        let staff = program.staff(Role::Coordinator).await;
        let at = promised(&staff, "2027-01-15").await;
        let secrets = ["wavers over immunity", "definition of victims in January"];
        let addresses = public_addresses();
        assert!(addresses.len() > 15 && addresses.iter().any(|path| path.ends_with("calendar.ics")) && addresses.iter().any(|path| path.ends_with("states.csv")), "{addresses:?}");
        let mut shown = Vec::new();
        for path in addresses {
            let page = program.browser().get(&path).await;
            assert!(page.status < 500, "{path}");
            shown.push((path, page.bytes));
        }
        let own = [("state", "KEN"), ("post", "foreign_minister"), ("language", "en"), ("name", "Lake House Trust")];
        shown.push(("a letter of one's own".to_owned(), program.browser().post("/en/write", &own).await.bytes));
        shown.push(("the calendar of the plan".to_owned(), staff.get("/desk/plan.ics").await.bytes));
        shown.push(("the draft of thanks".to_owned(), staff.get(&format!("{at}/thanks")).await.bytes));
        shown.push(("the trail".to_owned(), staff.get("/desk/audit").await.bytes));
        let next = staff.get("/desk/waves").await.field("next").unwrap();
        assert_eq!(staff.submit("/desk/waves", "/desk/waves", &[("next", next.as_str())]).await.status, 303);
        let event = staff.get("/desk/letters").await.attributes("select[name=event] option[value]:not([value=''])", "value")[0].clone();
        let round = [("name", "R"), ("event", event.as_str()), ("wave", next.as_str()), ("posts", "foreign_minister"), ("mode", "rehearsal")];
        assert_eq!(staff.submit("/desk/letters", "/desk/letters", &round).await.status, 303);
        program.drain().await;
        let db = program.app.platform.database.read();
        let written = letter::Entity::find().filter(letter::Column::Iso3.eq("KEN")).one(db).await.unwrap().unwrap();
        shown.push(("a letter to the state".to_owned(), written.content.to_string().into_bytes()));
        for (what, bytes) in shown {
            let text = String::from_utf8_lossy(&bytes);
            assert!(secrets.iter().all(|secret| !text.contains(secret)), "{what}");
        }
        for words in [SECRET, PROMISE] {
            let item = [("type", "statement"), ("direction", "support"), ("date", "2026-11-20"), ("summary", words), ("confidence", "high"), ("visibility", "public"), ("capacity", "national"), ("scope", "overall"), ("source_url", "https://example.org/x")];
            let entered = staff.submit("/desk/positions/KEN", "/desk/positions/KEN/evidence", &item).await;
            assert_eq!((entered.status, entered.texts("#summary-error").len()), (422, 1), "{}", entered.text());
        }
    }

    /// R32, R42: a letter that says what somebody confided at a meeting does not pass the checks.
    async fn a_letter_with_a_sentence_of_a_meeting_is_stopped(program: Program) {
        program.app.load_demo().await.unwrap();
        let staff = program.staff(Role::Coordinator).await;
        let next = staff.get("/desk/waves").await.field("next").unwrap();
        assert_eq!(staff.submit("/desk/waves", "/desk/waves", &[("next", next.as_str())]).await.status, 303);
        let event = staff.get("/desk/letters").await.attributes("select[name=event] option[value]:not([value=''])", "value")[0].clone();
        let draft = async |name: &'static str| {
            let round = [("name", name), ("event", event.as_str()), ("wave", next.as_str()), ("posts", "foreign_minister"), ("language", "en"), ("mode", "rehearsal")];
            let made = staff.submit("/desk/letters", "/desk/letters", &round).await;
            assert_eq!(made.status, 303, "{}", made.text());
            program.drain().await;
            let round: uuid::Uuid = made.location().rsplit('/').next().unwrap().parse().unwrap();
            let find = letter::Entity::find().filter(letter::Column::RoundId.eq(round)).filter(letter::Column::Iso3.eq("KEN"));
            find.one(program.app.platform.database.read()).await.unwrap().unwrap().findings.to_string()
        };
        let before = draft("Before").await;
        let said = "They told us: The International Criminal Court cannot hear every case. The International Criminal Court cannot hear every case.";
        assert_eq!(record(&staff, &[("notes", said)]).await.status, 303);
        let after = draft("After").await;
        assert!(after.contains("confidential") && !before.contains("confidential"), "{before} {after}");
    }

    /// R42: who asks after it, what became of it; nobody's change is lost in silence.
    async fn a_promise_is_followed_up_and_settled_once(program: Program) {
        let (staff, other) = (program.staff(Role::Campaigner).await, program.staff(Role::Moderator).await);
        let at = promised(&staff, "2026-11-22").await;
        let page = staff.get(&at).await.attributes("#promises tbody a", "href").remove(0);
        let owner = staff.get(&page).await.attributes("select[name=owner] option[value]:not([value=''])", "value").remove(0);
        let kept = [("seen", "0"), ("text", PROMISE), ("due_on", "2026-11-22"), ("owner", owner.as_str()), ("status", "kept"), ("settled_on", "2026-11-21"), ("note", "Heard on the web cast.")];
        let early = [&kept[..5], &[("settled_on", ""), ("note", "Words that stay")]].concat();
        let refused = staff.submit(&page, &page, &early).await;
        assert_eq!((refused.status, refused.texts("#settled_on-error").len()), (422, 1));
        assert_eq!(refused.texts("textarea[name=note]"), ["Words that stay"]);
        assert_eq!(staff.submit(&page, &page, &kept).await.status, 303);
        let late = other.submit(&page, &page, &[("seen", "0"), ("text", PROMISE), ("status", "open")]).await;
        assert_eq!(late.status, 422, "somebody was faster");
        let shown = staff.get(&at).await.texts("#promises tbody").join(" ");
        assert!(shown.contains("Kept 21 November 2026") && shown.contains("Heard on the web cast.") && shown.contains("Test "), "{shown}");
        assert!(staff.get("/desk").await.text().contains("Promises behind their day 0"));
        assert!(staff.get("/desk/meetings").await.texts("#promises").is_empty());
        let again = [("text", "Another."), ("submission_key", "one-key")];
        for _ in 0..2 {
            assert_eq!(staff.submit(&at, &format!("{at}/promises"), &again).await.status, 303);
        }
        let db = program.app.platform.database.read();
        assert_eq!(promise::Entity::find().count(db).await.unwrap(), 2, "a double click is one click");
        let trail = audit_entry::Entity::find().filter(audit_entry::Column::SubjectKind.is_in(["meeting", "promise"])).all(db).await.unwrap();
        let actions: Vec<_> = trail.iter().map(|line| line.action.as_str()).collect();
        assert_eq!(actions, ["meeting.recorded", "promise.recorded", "promise.changed", "promise.recorded"]);
        assert!(trail.iter().all(|line| !line.details.to_string().contains("victims")), "the trail holds no words");
    }

    /// R42: the draft says when we met, in the state's language and by the rules of address, and only what somebody typed besides.
    async fn thanks_are_drafted_from_the_campaigns_words(program: Program) {
        let staff = program.staff(Role::Campaigner).await;
        let at = record(&staff, &[("country", "FRA")]).await.location().to_owned();
        let thanks = format!("{at}/thanks");
        let page = staff.get(&thanks).await;
        let text = page.texts("#draft").join(" ");
        assert!(text.contains("vous remercie de l’entretien du 20 novembre 2026"), "{}", page.text());
        assert!(text.contains("Ministre") && !text.contains("{{") && !text.contains("immunity"), "{text}");
        assert_eq!(page.attributes("#draft", "lang"), ["fr"]);
        let typed = [("post", "foreign_minister"), ("language", "en"), ("words", "We noted your <b>warm</b> welcome."), ("format", "text")];
        let drafted = staff.submit(&thanks, &thanks, &typed).await;
        let text = drafted.texts("#draft").join(" ");
        assert!(text.contains("thanks you for meeting us on 20 November 2026. We noted your <b>warm</b> welcome. We remain"), "{text}");
        let file = staff.submit(&thanks, &thanks, &[typed[0], ("language", "ar"), typed[2], ("format", "docx")]).await;
        assert!(file.status == 200 && file.bytes.starts_with(b"PK"), "{}", file.status);
        assert_eq!((file.header("content-disposition"), file.header("cache-control")), ("attachment; filename=\"CAH-FRA-ar-2026-11-23.docx\"", "no-store"));
        let document = crate::lists::part(&file.bytes, "word/document.xml");
        assert!(document.contains("20") && document.contains("&lt;b&gt;warm&lt;/b&gt;") && !document.contains("immunity"));
        // R39: a language of letters that no page is in.
        let portuguese = staff.submit(&thanks, &thanks, &[typed[0], ("language", "pt"), ("words", "")]).await;
        let text = portuguese.texts("#draft").join(" ");
        assert!(text.contains("agradece a reunião de 20 de novembro de 2026.") && text.contains("Tradução não oficial"), "{text}");
        let wrong = staff.submit(&thanks, &thanks, &[("post", "party"), ("language", "xx"), ("words", "Kept")]).await;
        assert_eq!((wrong.status, wrong.texts("textarea[name=words]")), (422, vec!["Kept".to_owned()]));
        let unknown = record(&staff, &[("post", ""), ("met", "A legal adviser")]).await.location().to_owned();
        assert!(staff.get(&format!("{unknown}/thanks")).await.texts("#draft").is_empty(), "no office is made up");
        let requested = record(&staff, &[("status", "requested"), ("met_on", "")]).await.location().to_owned();
        assert_eq!(staff.get(&format!("{requested}/thanks")).await.status, 404, "nobody has met");
    }

    /// A bad form comes back with everything typed; a change by two is told; a promise goes with its meeting.
    async fn a_meeting_is_recorded_changed_and_never_lost(program: Program) {
        let staff = program.staff(Role::Campaigner).await;
        let bad = [("country", "XXX"), ("status", "maybe"), ("met_on", "soon"), ("level", ""), ("post", ""), ("notes", "Typed words")];
        let refused = record(&staff, &bad).await;
        assert_eq!(refused.status, 422);
        assert_eq!(refused.texts(".error-summary li").len(), 5, "{:?}", refused.texts(".error-summary li"));
        assert_eq!(refused.texts("textarea[name=notes]"), ["Typed words"]);
        assert_eq!(record(&staff, &[("met_on", "2027-01-01")]).await.status, 422, "held, and still to come");
        let at = promised(&staff, "").await;
        let twice = [("submission_key", "the-same")];
        assert_eq!(record(&staff, &twice).await.location(), record(&staff, &twice).await.location());
        let form = format!("{at}/change");
        let changed = [("country", "FRA"), ("status", "declined"), ("level", "adviser"), ("met", "The legal adviser"), ("notes", "Other words")];
        let with = |seen: &'static str| [&changed[..], &[("seen", seen)]].concat();
        assert_eq!(staff.submit(&form, &form, &with("0")).await.status, 303);
        let late = staff.submit(&form, &form, &with("0")).await;
        assert_eq!((late.status, late.texts("textarea[name=notes]")), (422, vec!["Other words".to_owned()]));
        assert!(staff.get("/desk/positions/FRA").await.texts("#meetings").join(" ").contains(PROMISE));
        let filtered = staff.get("/desk/meetings?state=FRA&status=declined").await;
        assert_eq!(filtered.texts("#meetings tbody tr").len(), 1, "{}", filtered.text());
        assert!(filtered.text().contains("The legal adviser"));
        let db = program.app.platform.database.read();
        let kept: Vec<String> = meeting::Entity::find().all(db).await.unwrap().into_iter().map(|row| row.visibility).collect();
        assert_eq!(kept, ["core", "core"], "confidential unless a later release says otherwise");
    }
}
