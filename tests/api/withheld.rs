//! Who asks for less to be shown gets it, whatever was sent before; who does not hold the mailbox changes nothing that is public.

use demarche::{
    accounts::Role,
    domain::campaign::Campaign,
    entities::{audit_entry, campaign, signatory, signature},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use crate::{
    on_both_databases,
    signing::{Fields, link, organisation, send, signatures},
    support::{Program, reading::mail_text},
};

pub const NAME: &str = "Quillfeather Vigil";
const ADDRESS: &str = "keeper@quill.example.org";

pub fn asking(visibility: &str) -> Fields {
    let mut fields = organisation(NAME, ADDRESS);
    fields.insert("visibility", visibility.to_owned());
    fields
}

/// Sends a form and gives the confirmation link of its mail.
pub async fn sent(program: &Program, fields: &Fields) -> String {
    program.mail.take();
    assert_eq!(send(&program.browser(), "en", fields).await.status, 303);
    program.drain().await;
    let texts = program.mail.take().into_iter().rev().map(|mail| mail_text(&mail.bytes));
    link(program, &{ texts }.find(|text| text.contains("/confirm/")).expect("no mail asks to confirm"))
}

pub async fn verify(program: &Program, id: uuid::Uuid) {
    let staff = program.staff(Role::Moderator).await;
    let at = format!("/desk/signatures/{id}");
    assert_eq!(staff.submit(&at, &format!("{at}/decision"), &[("decision", "verify")]).await.status, 303);
    program.drain().await;
}

pub async fn is_listed(program: &Program) -> bool {
    program.browser().get("/en/signatories").await.body.contains(NAME)
}

/// Visibility and state, in the order they were signed.
pub async fn all(program: &Program) -> Vec<(String, String)> {
    let mut rows = signatures(program).await;
    rows.sort_by_key(|row| (row.signed_at, row.id));
    rows.into_iter().map(|row| (row.visibility, row.state)).collect()
}

pub fn pairs(rows: &[(&str, &str)]) -> Vec<(String, String)> {
    rows.iter().map(|(visibility, state)| ((*visibility).to_owned(), (*state).to_owned())).collect()
}

on_both_databases! {
    /// R14: whoever sent the same name and address before, to be printed, does not take the place of the wish to withhold it.
    async fn a_wish_to_withhold_is_not_lost_to_an_earlier_form(program: Program) {
        const SECRET: &str = "Quillfeather Vigil";
        let browser = program.browser();
        let mut printed = organisation(SECRET, "keeper@quill.example.org");
        printed.insert("location_label", "Chosen by another".into());
        assert_eq!(send(&browser, "en", &printed).await.status, 303);
        program.drain().await;
        program.mail.take();
        let mut withheld = organisation(SECRET, "keeper@quill.example.org");
        withheld.insert("visibility", "withheld".into());
        assert_eq!(send(&browser, "en", &withheld).await.status, 303);
        assert_eq!(send(&browser, "en", &withheld).await.status, 303);
        program.drain().await;
        let mails = program.mail.take();
        assert_eq!(mails.len(), 1, "the same wish twice is one");
        let text = mail_text(&mails[0].bytes);
        assert!(!text.contains(SECRET), "{text}");
        browser.post(&link(&program, &text), &[]).await;
        let mut states: Vec<_> = signatures(&program).await.into_iter().map(|row| (row.visibility, row.state, row.id)).collect();
        states.sort();
        let [(hidden, confirmed, id), (also, withdrawn, _)] = states.as_slice() else { panic!("{states:?}") };
        assert_eq!((hidden.as_str(), confirmed.as_str()), ("withheld", "confirmed"));
        assert_eq!((also.as_str(), withdrawn.as_str()), ("withheld", "withdrawn"), "the form before it is taken back");
        let staff = program.staff(demarche::accounts::Role::Moderator).await;
        let at = format!("/desk/signatures/{id}");
        assert_eq!(staff.submit(&at, &format!("{at}/decision"), &[("decision", "verify")]).await.status, 303);
        program.drain().await;
        for path in ["/en/signatories", "/en/signatories.csv"] {
            let body = browser.get(path).await.body;
            assert!(!body.contains("Quillfeather") && !body.contains("Chosen by another"), "{path}");
        }
    }

    /// R14, R15: the link of the earlier mail is no good any more, and nothing readable of the earlier form is kept.
    async fn an_older_link_publishes_nothing_after_a_wish_to_withhold(program: Program) {
        let browser = program.browser();
        let mut named = asking("named");
        named.insert("location_label", "Chosen by another".into());
        let old = sent(&program, &named).await;
        let new = sent(&program, &asking("withheld")).await;
        assert_eq!(all(&program).await, pairs(&[("withheld", "withdrawn"), ("withheld", "pending")]));
        for method in ["get", "post"] {
            let answer = if method == "get" { browser.get(&old).await } else { browser.post(&old, &[]).await };
            assert!(answer.status == 410 && !answer.body.contains(NAME), "{method}: {}", answer.body);
        }
        for row in signatory::Entity::find().all(program.app.platform.database.read()).await.unwrap() {
            let kept = format!("{row:?}");
            assert!(!kept.contains("Quillfeather") && !kept.contains("Chosen by another") && row.sealed_names.is_some(), "{kept}");
        }
        // A mail that was queued for it is not sent.
        assert_eq!(browser.post(&new, &[]).await.status, 200);
        assert_eq!(all(&program).await[1], ("withheld".to_owned(), "confirmed".to_owned()));
        let replaced = audit_entry::Entity::find().filter(audit_entry::Column::Action.eq("signature.replaced"));
        assert_eq!(replaced.all(program.app.platform.database.read()).await.unwrap().len(), 1);
    }

    /// R15: a public name goes when its holder confirms to be withheld; until then nobody can take it down from outside.
    async fn a_public_name_goes_when_the_wish_to_withhold_is_confirmed(program: Program) {
        let browser = program.browser();
        let first = sent(&program, &asking("named")).await;
        browser.post(&first, &[]).await;
        verify(&program, signatures(&program).await[0].id).await;
        assert!(is_listed(&program).await);
        let second = sent(&program, &asking("total_only")).await;
        assert!(is_listed(&program).await, "whoever knows the address alone changes nothing");
        assert_eq!(all(&program).await, pairs(&[("named", "verified"), ("total_only", "pending")]));
        browser.post(&second, &[]).await;
        assert_eq!(all(&program).await, pairs(&[("total_only", "withdrawn"), ("total_only", "confirmed")]));
        let page = browser.get("/en/signatories").await;
        assert!(!page.body.contains(NAME) && !page.text().contains("Corrections"), "{}", page.text());
        program.drain().await;
        assert!(browser.get("/en").await.text().contains("Organisations 0"), "{}", browser.get("/en").await.text());
    }

    /// R14: a later form that asks to be named unveils nothing.
    async fn a_later_form_with_a_name_does_not_unveil_the_one_before(program: Program) {
        let browser = program.browser();
        let first = sent(&program, &asking("withheld")).await;
        browser.post(&first, &[]).await;
        verify(&program, signatures(&program).await[0].id).await;
        sent(&program, &asking("named")).await;
        assert_eq!(all(&program).await, pairs(&[("withheld", "verified"), ("named", "pending")]));
        assert!(!is_listed(&program).await);
    }

    /// R16: who withdrew may change their mind, and the list notes the day a name left it.
    async fn who_withdrew_may_sign_again(program: Program) {
        let browser = program.browser();
        let first = sent(&program, &asking("named")).await;
        browser.post(&first, &[]).await;
        let id = signatures(&program).await[0].id;
        verify(&program, id).await;
        let staff = program.staff(Role::Moderator).await;
        let at = format!("/desk/signatures/{id}");
        assert_eq!(staff.submit(&at, &format!("{at}/withdraw"), &[("reason", "asked by mail")]).await.status, 303);
        let page = browser.get("/en/signatories").await;
        assert!(!page.body.contains(NAME) && page.text().contains("signatures withdrawn: 1"), "{}", page.text());
        let again = sent(&program, &asking("named")).await;
        assert_eq!(browser.post(&again, &[]).await.status, 200);
        assert_eq!(all(&program).await, pairs(&[("named", "withdrawn"), ("named", "confirmed")]));
    }

    /// R12: who is set aside sees no difference, and what was confirmed meanwhile counts when it is released.
    async fn a_confirmation_in_quarantine_is_kept(program: Program) {
        let link = sent(&program, &asking("named")).await;
        let id = signatures(&program).await[0].id;
        let staff = program.staff(Role::Moderator).await;
        let at = format!("/desk/signatures/{id}");
        let decide = async |decision: &str| staff.submit(&at, &format!("{at}/decision"), &[("decision", decision), ("reason", "looks odd")]).await.status;
        assert_eq!(decide("quarantine").await, 303);
        let answer = program.browser().post(&link, &[]).await;
        assert!(answer.status == 200 && answer.text().contains("confirmed"), "{}", answer.text());
        assert_eq!(all(&program).await, pairs(&[("named", "quarantined")]));
        assert_eq!(decide("release").await, 303);
        assert_eq!(all(&program).await, pairs(&[("named", "confirmed")]));
    }

    /// R71: from a place of high risk a name is withheld unless its holder, told why, asks for it once more. Without scripts.
    async fn a_place_of_high_risk_starts_withheld(program: Program) {
        let db = program.app.platform.database.write();
        let row = campaign::Entity::find().one(db).await.unwrap().unwrap();
        let mut config: Campaign = serde_json::from_value(row.config.clone()).unwrap();
        config.sign_on.high_risk_locations = vec!["SEN".to_owned()];
        let mut row: campaign::ActiveModel = row.into();
        row.config = Set(serde_json::to_value(config).unwrap());
        row.update(db).await.unwrap();
        program.app.campaigns.forget();
        let browser = program.browser();
        let warned = send(&browser, "en", &asking("named")).await;
        assert_eq!(warned.status, 422);
        assert!(warned.text().contains("put people at risk"), "{}", warned.text());
        assert_eq!(warned.attributes("input[name=visibility][checked]", "value"), ["withheld"]);
        assert_eq!(warned.field("risk_seen").as_deref(), Some("SEN"));
        assert!(signature::Entity::find().one(db).await.unwrap().is_none());
        // Nothing chosen is no choice, and a form that came back for another fault has warned of nothing.
        let mut open = asking("");
        let unchosen = send(&browser, "en", &open).await;
        assert!(unchosen.status == 422 && unchosen.text().contains("put people at risk"), "{}", unchosen.text());
        assert_eq!(unchosen.attributes("input[name=visibility][checked]", "value"), ["withheld"]);
        open.insert("visibility", "withheld".into());
        open.insert("name", String::new());
        let faulty = send(&browser, "en", &open).await;
        assert_eq!((faulty.status, faulty.field("risk_seen")), (422, None));
        let mut again = asking("named");
        again.insert("risk_seen", "SEN".into());
        assert_eq!(send(&browser, "en", &again).await.status, 303, "a choice made twice is a choice");
        let mut elsewhere = organisation("Lanterns of Kenya", "office@lanterns.example.org");
        elsewhere.insert("country", "KEN".into());
        assert_eq!(send(&browser, "en", &elsewhere).await.status, 303);
        assert_eq!(send(&browser, "en", &asking("withheld")).await.status, 303, "who is withheld needs no warning");
    }

    /// R71: a code of no state would protect nobody, so it is not loaded.
    async fn a_place_of_high_risk_that_is_no_state_is_refused(program: Program) {
        use demarche::{campaigns::{files::Folder, load::load}, domain::clock::Clock};
        let folder = tempfile::tempdir().unwrap();
        let shipped = Folder::Shipped("cah".into()).text("campaign.toml").unwrap();
        let listed = shipped.replacen("high_risk_locations = []", "high_risk_locations = [\"SEN\", \"XQZ\"]", 1);
        assert_ne!(listed, shipped);
        std::fs::write(folder.path().join("campaign.toml"), listed).unwrap();
        let refused = load(program.app.platform.database.write(), &Folder::Disk(folder.path().into()), program.clock.now()).await;
        let refused = refused.unwrap_err().to_string();
        assert!(refused.contains("XQZ is no state") && !refused.contains("SEN is"), "{refused}");
    }

    /// R14: what tells one network from another is as secret as its name.
    async fn a_label_and_a_number_of_members_are_sealed_with_the_name(program: Program) {
        let mut fields = asking("withheld");
        for (name, value) in [("kind", "network"), ("network_mode", "members"), ("network_members", "48731"), ("location_label", "Ruined Lighthouse")] {
            fields.insert(name, value.to_owned());
        }
        let link = sent(&program, &fields).await;
        program.browser().post(&link, &[]).await;
        verify(&program, signatures(&program).await[0].id).await;
        let row = signatory::Entity::find().one(program.app.platform.database.read()).await.unwrap().unwrap();
        assert_eq!((row.location_label, row.network_members), (None, None));
        let bytes = program.database_bytes().await;
        assert!(!bytes.windows(17).any(|window| window == b"Ruined Lighthouse"));
        let mut out = Vec::new();
        let campaign = program.app.campaigns.get(&program.app.platform).await.unwrap();
        demarche::signing::export::signatures_csv(&program.app.platform, &campaign, &mut out).await.unwrap();
        let out = String::from_utf8(out).unwrap();
        assert!(!out.contains("Lighthouse") && !out.contains("48731"), "{out}");
    }
}
