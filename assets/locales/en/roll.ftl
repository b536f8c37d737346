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
roll-withheld-here = Names withheld for security in this country: { $count }
roll-csv = This list as CSV
roll-corrections = Corrections
roll-correction = { $day }: signatures withdrawn: { $count }
roll-nothing = No name fits
roll-nothing-text = Try fewer letters, or clear the filters. Withheld names are never found here.
roll-withheld-name = Name withheld
