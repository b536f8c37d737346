# Première page du bureau.

publishing-today-days = Jours restants : { $count }
publishing-today-what = Quoi
publishing-today-count = Combien
publishing-today-waits = Ce qui attend
publishing-today-late = Ce qui est en retard
publishing-today-moved = Ce qui a bougé ces 30 derniers jours
publishing-today-moved-none = Aucune position n'a bougé.
publishing-today-replies = Réponses des 30 derniers jours
publishing-today-replies-none = Aucune réponse enregistrée.
publishing-today-vetting = Signatures à vérifier
publishing-today-corrections = Corrections de noms
publishing-today-proposals = Éléments proposés par des réponses
publishing-today-blocked = Lettres arrêtées par un contrôle
publishing-today-approval = Séries en attente d'approbation
publishing-today-release = Séries en attente d'envoi
publishing-today-failed = Travaux échoués
publishing-today-late-vetting = Signatures en attente depuis plus de 3 jours
publishing-today-late-proposals = Propositions en attente depuis plus de 7 jours
publishing-today-late-rounds = Séries non envoyées alors que leur échéance a commencé
publishing-today-bounced = Lettres revenues
publishing-today-late-work = Travaux dus et non commencés
publishing-reply-acknowledgement = accusé de réception
publishing-reply-supportive = favorable
publishing-reply-non_committal = évasive
publishing-reply-negative = négative
publishing-reply-referred = transmise
