# The public list of signatories.

roll-kind-organisation = Organisation
roll-kind-network = Réseau
roll-kind-individual = Personne
roll-of-these = Dont réseaux : { $networks }. Noms non divulgués pour raisons de sécurité : { $withheld }.
roll-filter-kind = Nature
roll-filter-country = Pays
roll-filter-search = Chercher un nom
roll-filter-state = État
roll-all = Tous
roll-withheld-here = Noms non divulgués dans ce pays pour raisons de sécurité : { $count }
roll-csv = Cette liste en CSV
roll-corrections = Corrections
roll-correction = { $day } : signatures retirées : { $count }
roll-nothing = Aucun nom ne correspond
roll-nothing-text = Essayez moins de lettres ou effacez les filtres. Les noms non divulgués ne se trouvent jamais ici.
roll-withheld-name = Nom non divulgué
