//! Many signatures at the same moment: each answered one is there, once, with its mail and its line in the trail.

use demarche::{
    domain::{
        language::Language,
        signature::{SignatoryKind, Visibility},
    },
    entities::{audit_entry, job, signatory, signature},
    signing::{
        contact::{Contact, Names},
        form::NewSignature,
        service::{self, Source},
    },
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use crate::support::Program;

pub fn signer(name: &str, email: &str) -> NewSignature {
    NewSignature {
        kind: SignatoryKind::Organisation,
        names: Names { name: name.to_owned(), ..Names::default() },
        iso3: Some("KEN".to_owned()),
        network_mode: None,
        contact: Contact { name: "Somebody".to_owned(), email: email.to_owned(), role: "Director".to_owned() },
        visibility: Visibility::Named,
        newsletter: false,
        language: Language::En,
    }
}

/// Signatories, signatures, mails waiting, lines of the trail.
async fn stored(program: &Program) -> (u64, u64, u64, u64) {
    let db = program.app.platform.database.read();
    let mails = job::Entity::find().filter(job::Column::Kind.eq("signing.confirm_mail"));
    let lines = audit_entry::Entity::find().filter(audit_entry::Column::Action.eq("signature.received"));
    (
        signatory::Entity::find().count(db).await.unwrap(),
        signature::Entity::find().count(db).await.unwrap(),
        mails.count(db).await.unwrap(),
        lines.count(db).await.unwrap(),
    )
}

crate::on_both_databases! {
    /// R78: what is answered is stored; a double click and a repeated signature in the same burst are one signature each.
    async fn a_burst_is_stored_whole_and_nothing_twice(program: Program) {
        let app = program.app.clone();
        let campaign = app.campaigns.get(&app.platform).await.unwrap();
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..300 {
            let (app, campaign) = (app.clone(), campaign.clone());
            tasks.spawn(async move {
                // Every organisation sends twice, by a double click or by filling the form again.
                let who = number / 2;
                let new = signer(&format!("Organisation {who}"), &format!("office{who}@example.org"));
                service::sign(&app.intake, &app.platform, &campaign, new, Source::Form(None)).await
            });
        }
        for outcome in tasks.join_all().await {
            outcome.unwrap();
        }
        assert_eq!(stored(&program).await, (150, 150, 150, 150));
    }

    /// One that the database refuses takes no other of its group with it.
    async fn a_refused_signature_takes_no_other_with_it(program: Program) {
        let app = &program.app;
        let campaign = app.campaigns.get(&app.platform).await.unwrap();
        let arrivals: Vec<_> = (0..20)
            .map(|number| {
                let new = signer(&format!("Organisation {number}"), &format!("office{number}@example.org"));
                let mut arrival = service::arrival(&app.platform, &campaign, new, app.platform.clock.now()).unwrap();
                if number == 7 {
                    // No such text: the foreign key says no.
                    arrival.signature.text_version_id = Set(uuid::Uuid::nil());
                }
                arrival
            })
            .collect();
        let taken = futures_util::future::join_all(arrivals.into_iter().map(|arrival| app.intake.take(arrival))).await;
        let refused: Vec<usize> = taken.iter().enumerate().filter(|(_, outcome)| outcome.is_err()).map(|(at, _)| at).collect();
        assert_eq!(refused, [7]);
        assert_eq!(stored(&program).await, (19, 19, 19, 19));
    }
}
