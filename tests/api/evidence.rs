//! Evidence as it comes in and goes out: sheets, proposals of replies, the desk; and who may see what of it.

use demarche::{
    accounts::Role,
    entities::{evidence, evidence_proposal, reply},
    positions::{
        Audience,
        evidence::{self as cases, Act, EvidenceError},
        export,
        item::Typed,
    },
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::{
    on_both_databases,
    positions::{clear, current, enter, import, shipped, stance, typed},
    support::Program,
};

on_both_databases! {
    /// R54: an import repeated changes nothing; a changed row supersedes; bad lines are named and stop nothing.
    async fn the_same_file_twice_adds_nothing_and_a_changed_row_supersedes(program: Program) {
        let again = import(&program, &shipped(), false).await;
        assert_eq!((again.lines, again.added, again.superseded, again.unchanged, again.rejected), (698, 0, 0, 698, 0), "{:?}", again.rejects);
        let file = "id,iso3,type,direction,date,summary,source_url,confidence,visibility\n\
                    X1,FRA,statement,support,2026-10-01,Supports.,https://example.org/1,high,public\n\
                    X2,XXX,statement,support,2026-10-01,Unknown.,https://example.org/1,high,public\n\
                    X3,FRA,statement,maybe,2026-13-01,Bad.,ftp://example.org,high,public\n\
                    X1,FRA,statement,support,2026-10-01,Twice.,https://example.org/1,high,public\n\
                    X4,DEU,statement\n";
        let dry = import(&program, file, true).await;
        assert_eq!((dry.added, dry.rejected), (1, 4), "{:?}", dry.rejects);
        assert_eq!(dry.rejects.iter().map(|reject| reject.line).collect::<Vec<_>>(), [3, 4, 5, 6]);
        assert_eq!(import(&program, file, false).await, dry, "a dry run changed nothing");
        let changed = file.replace("Supports.", "Supports strongly.").replace("statement,support,2026-10-01,S", "statement,strong_support,2026-10-01,S");
        assert_eq!(import(&program, &changed, false).await.superseded, 1);
        assert_eq!(import(&program, &changed, false).await.unchanged, 1);
        assert_eq!(import(&program, file, false).await.superseded, 1, "a row may return to its first wording");
        let rows = evidence::Entity::find().filter(evidence::Column::ImportKey.eq("X1"));
        let rows = rows.order_by_asc(evidence::Column::Id).all(program.app.platform.database.read()).await.unwrap();
        assert_eq!(rows.len(), 3, "nothing is overwritten");
        assert_eq!(rows[0].superseded_by, Some(rows[1].id));
        assert!(rows[1].ended_at.is_some() && rows[2].ended_at.is_none());
    }

    /// Issue 2, "Record and see": accepting what a reply suggests moves the staff board, and the public one only when it is public.
    async fn an_accepted_proposal_moves_the_board_once(program: Program) {
        clear(&program).await;
        let campaign = current(&program).await;
        let account = program.add_account("coder@staff.example.org", Role::Campaigner).await;
        let now = program.app.platform.clock.now();
        let db = program.app.platform.database.write();
        for (iso3, visibility) in [("FRA", "core"), ("DEU", "public")] {
            let reply = reply::ActiveModel {
                id: Set(Uuid::now_v7()), campaign_id: Set(campaign.id), letter_id: Set(None), iso3: Set(iso3.into()), received_on: Set(now.date_naive()),
                channel: Set("email".into()), class: Set("supportive".into()), summary: Set("Will support.".into()), file_id: Set(None),
                visibility: Set(visibility.into()), account_id: Set(account), created_at: Set(now), submission_key: Set(Uuid::now_v7().to_string()),
                proof: Set("report".into()), record_url: Set(None),
            };
            let id = reply.id.clone().unwrap();
            reply::Entity::insert(reply).exec_without_returning(db).await.unwrap();
            let proposal = evidence_proposal::ActiveModel {
                id: Set(Uuid::now_v7()), reply_id: Set(Some(id)), meeting_id: Set(None), iso3: Set(iso3.into()), direction: Set(Some("support".into())), summary: Set("Will support.".into()),
                visibility: Set(visibility.into()), state: Set("proposed".into()), decided_by: Set(None), decided_at: Set(None), evidence_id: Set(None), created_at: Set(now),
            };
            let id = proposal.id.clone().unwrap();
            evidence_proposal::Entity::insert(proposal).exec_without_returning(db).await.unwrap();
            let act = Act { campaign: &campaign, account };
            let item = Typed { kind: "reply".into(), visibility: visibility.into(), ..typed(iso3, "support", "2026-11-20") };
            let browser = program.staff(Role::Campaigner).await;
            let reader = program.staff(Role::Reader).await;
            for path in ["/desk/positions/proposals".to_owned(), format!("/desk/positions/proposals/{id}")] {
                assert_eq!(reader.get(&path).await.status, 403, "a reply is not for everybody at the desk");
            }
            let asked = browser.get(&format!("/desk/positions/proposals/{id}")).await;
            assert!(asked.text().contains("Will support."), "{}", asked.text());
            let accepted = cases::accept(&program.app.platform, act, id, &item).await.unwrap();
            assert_eq!(cases::accept(&program.app.platform, act, id, &item).await.unwrap(), accepted, "accepting twice is accepting once");
            assert!(matches!(cases::reject(&program.app.platform, act, id, "no").await, Err(EvidenceError::Changed)));
            program.drain().await;
        }
        assert_eq!(stance(&program, Audience::Staff, "FRA").await.as_deref(), Some("support"));
        assert_eq!(stance(&program, Audience::Public, "FRA").await, None);
        assert_eq!(stance(&program, Audience::Public, "DEU").await.as_deref(), Some("support"));
        let of_replies = evidence::Entity::find().filter(evidence::Column::Kind.eq("reply")).all(program.app.platform.database.read()).await.unwrap();
        assert_eq!(of_replies.len(), 2);
    }

    /// Issue 2, "Record and see": the desk enters, shows why, corrects and retracts; a bad form keeps what was typed.
    async fn the_desk_enters_evidence_and_retracts_it(program: Program) {
        clear(&program).await;
        let browser = program.staff(Role::Campaigner).await;
        let (page, to) = ("/desk/positions/FRA", "/desk/positions/FRA/evidence");
        let bad = browser.submit(page, to, &[("type", "statement"), ("summary", "Typed before."), ("source_url", "javascript:alert(1)"), ("visibility", "public")]).await;
        assert_eq!(bad.status, 422);
        assert!(bad.body.contains("Typed before."), "values are kept");
        assert_eq!(bad.texts(".error-summary li").len(), 3, "{:?}", bad.texts(".error-summary li"));
        let evil = [("type", "statement"), ("summary", "a\0b\u{7}"), ("document", "x\0"), ("source_url", "https://example.org/\0"), ("date", "0001-01-01"), ("confidence", "high"), ("visibility", "public"), ("note", &*"n".repeat(9000))];
        let bad = browser.submit(page, to, &evil).await;
        assert_eq!((bad.status, bad.texts(".error-summary li").len()), (422, 3), "{:?}", bad.texts(".error-summary li"));
        let good = [
            ("type", "statement"), ("direction", "support"), ("date", "2026-10"), ("summary", "Supports the treaty."), ("source_url", "https://example.org/x"),
            ("visibility", "core"), ("confidence", "high"), ("issue-immunity", "opposes"), ("submission", "0198c0de-0000-7000-8000-000000000001"),
        ];
        assert_eq!(browser.submit(page, to, &good).await.location(), page);
        assert_eq!(browser.submit(page, to, &good).await.location(), page);
        program.drain().await;
        assert_eq!((stance(&program, Audience::Staff, "FRA").await.as_deref(), stance(&program, Audience::Public, "FRA").await), (Some("support"), None));
        let shown = browser.get(page).await;
        assert!(shown.text().contains("Supports the treaty.") && shown.text().contains("since October 2026") && shown.text().contains("differs"), "{}", shown.text());
        let board = browser.get("/desk/positions?differs=yes").await;
        assert_eq!(board.texts("#states tbody th"), ["France"], "{}", board.text());
        // R54: enforced where it is read. A reader of the desk sees what the public sees.
        let reader = program.staff(Role::Reader).await;
        for path in [page, "/desk/positions", "/desk/positions?differs=yes", "/desk"] {
            let seen = reader.get(path).await;
            assert!(seen.status == 200 && !seen.text().contains("Supports the treaty.") && !seen.text().contains("since October 2026"), "{path}");
        }
        assert!(reader.get("/desk/positions?differs=yes").await.texts("#states tbody th").is_empty());
        let items = shown.attributes("#ledger a[href*='/evidence/']", "href");
        assert_ne!(reader.get(&items[0]).await.status, 200);
        assert_eq!(items.len(), 1, "a form sent twice is one item: {items:?}");
        let retract = format!("{}/retract", items[0]);
        assert_eq!(browser.submit(&items[0], &retract, &[("reason", " ")]).await.status, 422, "R56: an unexplained step is refused");
        let long = "x".repeat(5000);
        for unfit in ["a\u{7}b", long.as_str()] {
            let told = browser.submit(&items[0], &retract, &[("reason", unfit)]).await;
            assert_eq!((told.status, told.texts(".error-summary li").len()), (422, 1), "no reason may be a fault of ours");
        }
        assert_eq!(browser.submit(&items[0], &retract, &[("reason", "wrong state")]).await.status, 303);
        program.drain().await;
        assert_eq!(stance(&program, Audience::Staff, "FRA").await, None);
        assert!(browser.get(page).await.text().contains("wrong state"), "the row stays in the ledger");
        assert_eq!(browser.get("/desk/positions/proposals").await.status, 200);
        assert_eq!(browser.get("/desk/positions/XXX").await.status, 404);
        assert_eq!(browser.get("/desk/positions/evidence.csv").await.status, 200);
        let reader = program.staff(Role::Reader).await;
        assert_eq!(reader.submit(page, to, &good).await.status, 403);
    }

    /// What goes out comes in again unchanged, and no cell is a formula.
    async fn the_exported_sheet_is_the_record_again(program: Program) {
        let campaign = current(&program).await;
        let sheet = export::evidence(program.app.platform.database.read(), campaign.id, Audience::Public).await.unwrap();
        let again = import(&program, &String::from_utf8(sheet).unwrap(), false).await;
        assert_eq!((again.lines, again.unchanged, again.rejected), (698, 698, 0), "{:?}", again.rejects);
        enter(&program, &Typed { summary: "=HYPERLINK(\"https://example.org\")".into(), ..typed("FRA", "support", "2026-10-01") }).await;
        let sheet = export::evidence(program.app.platform.database.read(), campaign.id, Audience::Public).await.unwrap();
        let sheet = String::from_utf8(sheet).unwrap();
        assert!(sheet.contains("'=HYPERLINK"));
        let again = import(&program, &sheet, false).await;
        assert_eq!((again.unchanged, again.added + again.superseded + again.rejected), (699, 0), "the apostrophe is taken away again");
        for mark in ["\u{feff}", ""] {
            let semicolons = format!("{mark}id;iso3;type;direction;date;summary;source_url;confidence;visibility\r\nZ1;FRA;statement;support;2026-10-01;Said so.;https://example.org/1;high;public\r\nZ2;XXX;;;;;;;\r\n");
            let report = import(&program, &semicolons, true).await;
            assert_eq!((report.added, report.rejects[0].line), (1, 3), "as a spreadsheet program of another country writes it");
        }
    }
}
