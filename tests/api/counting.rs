//! Counts and decisions when several people and processes act at once.

use demarche::{
    accounts::Role,
    domain::{authority::Authority, signature::VettingDecision},
    entities::{signature, signature_count, signature_count_delta},
    signing::{counts, vetting},
};
use sea_orm::{EntityTrait, PaginatorTrait};
use uuid::Uuid;

use crate::{
    on_both_databases,
    roll::{headline, load, organisation, public_outputs, signature_of},
    support::Program,
};

on_both_databases! {
    /// Of two moderators who press at the same moment one is told so, and the signature counts once.
    async fn two_moderators_at_once_verify_once(program: Program) {
        load(&program, &[organisation("o1", "First House", "confirmed")]).await;
        let id = signature_of(&program, "o1").await.id;
        let (one, two) = (program.add_account("a@staff.example.org", Role::Moderator).await, program.add_account("b@staff.example.org", Role::Moderator).await);
        let sibling = program.sibling().await;
        let (first, second) = tokio::join!(
            vetting::decide(&program.app.platform, Authority::SelfDeclared, id, VettingDecision::Verify, "", one),
            vetting::decide(&sibling.app.platform, Authority::SelfDeclared, id, VettingDecision::Verify, "", two),
        );
        assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
        assert_eq!(headline(&program).await.total, 1);
        program.drain().await;
        assert_eq!(headline(&program).await.total, 1);
    }

    /// Folds and recounts of several processes, while changes come in, neither lose nor double one.
    async fn folds_and_recounts_at_once_count_right(program: Program) {
        let lines: Vec<String> = (0..24).map(|n| organisation(&format!("o{n}"), &format!("House {n}"), "confirmed")).collect();
        load(&program, &lines).await;
        let staff = program.add_account("m@staff.example.org", Role::Moderator).await;
        let sibling = program.sibling().await;
        let (here, there) = (&program.app.platform, &sibling.app.platform);
        let campaign = program.app.campaigns.get(here).await.unwrap().id;
        let ids: Vec<Uuid> = signature::Entity::find().all(here.database.read()).await.unwrap().into_iter().map(|row| row.id).collect();
        let verify = async {
            for id in ids {
                vetting::decide(here, Authority::SelfDeclared, id, VettingDecision::Verify, "", staff).await.unwrap();
            }
        };
        let fold = async |platform| {
            for _ in 0..12 {
                counts::fold(platform).await.unwrap();
            }
        };
        let recount = async {
            for _ in 0..6 {
                assert_eq!(counts::recount(there, campaign).await.unwrap(), 0, "nothing is ever to be set right");
            }
        };
        tokio::join!(verify, fold(here), fold(there), recount);
        tokio::join!(fold(here), fold(there));
        assert_eq!(headline(&program).await.total, 24);
        assert_eq!(signature_count_delta::Entity::find().count(here.database.read()).await.unwrap(), 0);
        // A wrong number is set right, with a change still to be folded.
        signature_count::Entity::update_many()
            .col_expr(signature_count::Column::Total, sea_orm::sea_query::Expr::value(7))
            .exec(here.database.write())
            .await
            .unwrap();
        let id = signature_of(&program, "o3").await.id;
        vetting::withdraw(here, id, "asked by mail", staff).await.unwrap();
        assert_eq!(counts::recount(here, campaign).await.unwrap(), 1);
        assert_eq!(headline(&program).await.total, 23);
        counts::fold(there).await.unwrap();
        assert_eq!(headline(&program).await.total, 23);
    }

    /// US2: many at once; what cannot be verified is passed over and said.
    async fn a_pile_is_verified_with_one_press(program: Program) {
        load(&program, &[
            organisation("o1", "First House", "confirmed"),
            organisation("o2", "Second House", "confirmed"),
            organisation("o3", "Not Confirmed House", "pending"),
        ]).await;
        let staff = program.staff(Role::Moderator).await;
        let mut ids = Vec::new();
        for key in ["o1", "o2", "o3"] {
            ids.push(signature_of(&program, key).await.id.to_string());
        }
        let fields: Vec<(&str, &str)> = ids.iter().map(|id| ("ids", id.as_str())).collect();
        let answer = staff.submit("/desk/signatures", "/desk/signatures/verify", &fields).await;
        assert_eq!((answer.status, answer.location()), (303, "/desk/signatures"));
        let told = staff.get("/desk/signatures").await.text();
        assert!(told.contains("Verified: 2") && told.contains("changed: 1"), "{told}");
        assert_eq!(headline(&program).await.total, 2);
        let public = public_outputs(&program).await;
        assert!(public.contains("Second House") && !public.contains("Not Confirmed House"));
    }
}
