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
roll-withheld-here = Noms non divulgués pour raison de sécurité dans ce pays, au moins : { $count }
roll-csv = Cette liste en CSV
roll-corrections = Corrections
roll-correction = { $day } : signatures retirées : { $count }
roll-nothing = Aucun nom ne correspond
roll-nothing-text = Essayez moins de lettres ou effacez les filtres. Les noms non divulgués ne se trouvent jamais ici.
roll-withheld-name = Nom non divulgué
wave-names-removed = { $count ->
    [one] Un nom a été retiré depuis, à la demande du signataire. Les chiffres restent ceux du gel.
   *[other] { $count } noms ont été retirés depuis, à la demande des signataires. Les chiffres restent ceux du gel.
  }
wave-kit = À relayer
wave-kit-note = Si vous avez signé, vous pouvez reprendre ces mots, y compris sur votre site :
wave-kit-text = Nous avons signé « { $statement } ». À ce jour, signataires : { $counts }.
wave-frozen-lists = Listes telles que figées et remises :
