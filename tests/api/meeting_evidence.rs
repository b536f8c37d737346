//! What the report of a meeting suggests is decided as what answers suggest, and stays in the house (R32, R42).

use demarche::{
    accounts::Role,
    entities::{audit_entry, evidence, evidence_proposal, position},
};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use crate::{
    on_both_databases,
    support::{Program, program::Browser},
};

const SECRET: &str = "The legal adviser confided that the capital would back a mandate.";

async fn met(staff: &Browser, status: &str) -> String {
    let fields = [
        ("country", "KEN"),
        ("status", status),
        ("met_on", "2026-11-20"),
        ("level", "adviser"),
        ("met", "A legal adviser"),
        ("notes", SECRET),
    ];
    let made = staff.submit("/desk/meetings/new", "/desk/meetings", &fields).await;
    assert_eq!(made.status, 303, "{}", made.text());
    made.location().to_owned()
}

on_both_databases! {
    /// R42
    async fn a_meeting_suggests_evidence_that_a_person_accepts_for_the_core_group(program: Program) {
        let (staff, db) = (program.staff(Role::Campaigner).await, program.app.platform.database.read());
        let at = met(&staff, "held").await;
        let before = (position::Entity::find().count(db).await.unwrap(), evidence::Entity::find().count(db).await.unwrap());
        let page = staff.get(&at).await;
        assert!(page.texts("#suggests textarea").join(" ").contains(SECRET), "the notes stand in the form");
        let suggest = async |fields: &[(&str, &str)]| staff.submit(&at, &format!("{at}/evidence"), fields).await;
        let refused = suggest(&[("direction", "perhaps"), ("summary", SECRET)]).await;
        assert_eq!((refused.status, refused.texts("#direction-error").len()), (422, 1), "{}", refused.text());
        assert_eq!(suggest(&[("direction", "support"), ("summary", "")]).await.status, 422);
        let fields = [("direction", "support"), ("summary", SECRET)];
        let (one, two) = tokio::join!(suggest(&fields), suggest(&fields));
        assert_eq!((one.status, two.status), (303, 303));
        let proposals = evidence_proposal::Entity::find().all(db).await.unwrap();
        assert_eq!(proposals.len(), 1, "a meeting suggests once");
        let known = (proposals[0].reply_id, proposals[0].visibility.as_str(), proposals[0].state.as_str(), proposals[0].iso3.as_str());
        assert_eq!(known, (None, "core", "proposed", "KEN"));
        assert_eq!((position::Entity::find().count(db).await.unwrap(), evidence::Entity::find().count(db).await.unwrap()), before, "it sets nothing");
        let decide = staff.get(&at).await.attributes("#suggests a", "href").remove(0);
        assert!(staff.get("/desk/positions/proposals").await.attributes("#proposals a", "href").contains(&decide));
        assert!(staff.get("/desk").await.text().contains("Evidence proposed by answers and meetings 1"), "it waits on the desk's first page");
        let form = staff.get(&decide).await;
        let chosen = |name: &str| form.attributes(&format!("form[action$='/accept'] [name={name}][checked], form[action$='/accept'] [name={name}] option[selected]"), "value");
        assert_eq!((chosen("visibility"), chosen("confidence"), chosen("type")), (vec!["core".to_owned()], vec!["low".to_owned()], vec!["meeting".to_owned()]));
        assert!(form.text().contains("Somebody’s account") && form.attributes("dl a", "href").contains(&at), "{}", form.text());
        // Its words cannot be published with one press.
        let item = |visibility: &'static str| [("type", "meeting"), ("direction", "support"), ("date", "2026-11-20"), ("summary", SECRET), ("coder", "T"), ("confidence", "low"), ("visibility", visibility), ("capacity", "national"), ("scope", "overall"), ("source_url", "https://example.org/x")];
        let public = staff.submit(&decide, &format!("{decide}/accept"), &item("public")).await;
        assert_eq!((public.status, public.texts("#summary-error").len()), (422, 1), "{}", public.text());
        let accepted = staff.submit(&decide, &format!("{decide}/accept"), &item("core")).await;
        assert_eq!(accepted.status, 303, "{}", accepted.text());
        program.drain().await;
        let made = evidence::Entity::find().filter(evidence::Column::Kind.eq("meeting")).filter(evidence::Column::Iso3.eq("KEN")).all(db).await.unwrap();
        let made: Vec<_> = made.into_iter().filter(|row| row.summary == SECRET).collect();
        assert_eq!((made.len(), made[0].visibility.as_str()), (1, "core"));
        for path in ["/en/states/KEN", "/en/states", "/en/states.csv"] {
            assert!(!program.browser().get(path).await.body.contains("confided"), "{path}");
        }
        assert!(staff.get(&at).await.texts("#suggests").join(" ").contains("Accepted as evidence"));
        let trail = audit_entry::Entity::find().filter(audit_entry::Column::SubjectKind.eq("meeting")).all(db).await.unwrap();
        assert!(trail.iter().any(|line| line.action == "meeting.proposed") && !format!("{trail:?}").contains("confided"), "{trail:?}");
    }

    /// R42
    async fn only_a_meeting_that_was_held_suggests_and_a_rejected_one_says_so(program: Program) {
        let (staff, db) = (program.staff(Role::Campaigner).await, program.app.platform.database.read());
        let asked = met(&staff, "requested").await;
        let fields = [("direction", "support"), ("summary", SECRET)];
        assert!(staff.get(&asked).await.texts("#suggests").is_empty());
        assert_eq!(staff.submit(&asked, &format!("{asked}/evidence"), &fields).await.status, 303);
        assert!(staff.get(&asked).await.text().contains("Only a meeting that was held"));
        assert_eq!(evidence_proposal::Entity::find().count(db).await.unwrap(), 0);
        let at = met(&staff, "held").await;
        assert_eq!(staff.submit(&at, &format!("{at}/evidence"), &fields).await.status, 303);
        // The meeting was with another state: what it suggests goes with it.
        let form = staff.get(&format!("{at}/change")).await;
        let seen = form.field("seen").unwrap();
        let moved = [("country", "UGA"), ("status", "held"), ("met_on", "2026-11-20"), ("level", "adviser"), ("met", "A legal adviser"), ("notes", SECRET), ("seen", seen.as_str())];
        assert_eq!(staff.submit(&format!("{at}/change"), &format!("{at}/change"), &moved).await.status, 303);
        let proposal = evidence_proposal::Entity::find().one(db).await.unwrap().unwrap();
        assert_eq!(proposal.iso3, "UGA");
        let decide = format!("/desk/positions/proposals/{}", proposal.id);
        assert_eq!(staff.submit(&decide, &format!("{decide}/reject"), &[("reason", "Courtesy only.")]).await.status, 303);
        assert!(staff.get(&at).await.texts("#suggests").join(" ").contains("Not accepted"));
        let coordinator = program.staff(Role::Coordinator).await;
        assert!(coordinator.get("/desk/audit").await.attributes("main a", "href").contains(&at), "the trail leads to the meeting");
        assert_eq!(program.staff(Role::Reader).await.submit("/desk", &format!("{at}/evidence"), &fields).await.status, 403);
    }
}
