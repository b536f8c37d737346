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
roll-withheld-here = Nombres reservados por seguridad en este país, al menos: { $count }
roll-csv = Esta lista en CSV
roll-corrections = Correcciones
roll-correction = { $day }: firmas retiradas: { $count }
roll-nothing = Ningún nombre coincide
roll-nothing-text = Pruebe con menos letras o quite los filtros. Los nombres reservados nunca aparecen aquí.
roll-withheld-name = Nombre reservado
wave-names-removed = { $count ->
    [one] Desde entonces se retiró un nombre a petición del firmante. Las cifras quedan como se congelaron.
   *[other] Desde entonces se retiraron { $count } nombres a petición de los firmantes. Las cifras quedan como se congelaron.
  }
wave-kit = Para difundir
wave-kit-note = Si firmó, puede usar estas palabras, también en su propio sitio:
wave-kit-text = Hemos firmado «{ $statement }». Firmas hasta ahora: { $counts }.
wave-frozen-lists = Listas tal como se congelaron y entregaron:
