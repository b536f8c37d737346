# The public list of signatories.

roll-kind-organisation = Organisation
roll-kind-network = Network
roll-kind-individual = Individual
roll-of-these = Networks among them: { $networks }. Names withheld for security: { $withheld }.
roll-filter-kind = Kind
roll-filter-country = Country
roll-filter-search = Search a name
roll-filter-state = State
roll-all = All
roll-withheld-here = Names withheld for security in this country, at least: { $count }
roll-csv = This list as CSV
roll-corrections = Corrections
roll-correction = { $day }: signatures withdrawn: { $count }
roll-nothing = No name fits
roll-nothing-text = Try fewer letters, or clear the filters. Withheld names are never found here.
roll-withheld-name = Name withheld
wave-names-removed = { $count ->
    [one] One name was taken out since, because its signer asked for it. The counts stay as they were frozen.
   *[other] { $count } names were taken out since, because their signers asked for it. The counts stay as they were frozen.
  }
wave-kit = Pass it on
wave-kit-note = If you signed, you are welcome to use these words, also on your own site:
wave-kit-text = We signed “{ $statement }”. Signed so far by: { $counts }.
wave-frozen-lists = Lists as they were frozen and handed over:
