# The public list of signatories.

roll-kind-organisation = Organización
roll-kind-network = Red
roll-kind-individual = Persona
roll-of-these = De ellas, redes: { $networks }. Nombres reservados por seguridad: { $withheld }.
roll-filter-kind = Tipo
roll-filter-country = País
roll-filter-search = Buscar un nombre
roll-filter-state = Estado
roll-all = Todos
roll-withheld-here = Nombres reservados por seguridad en este país: { $count }
roll-csv = Esta lista en CSV
roll-corrections = Correcciones
roll-correction = { $day }: firmas retiradas: { $count }
roll-nothing = Ningún nombre coincide
roll-nothing-text = Pruebe con menos letras o quite los filtros. Los nombres reservados nunca aparecen aquí.
roll-withheld-name = Nombre reservado
