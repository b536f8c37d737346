# Le cadre du bureau et ce que ses pages partagent.

desk-title = Bureau
desk-menu = Menu
desk-nav-label = Bureau
desk-public-site = Site public
desk-sign-out = Se déconnecter
desk-nav-today = Aujourd’hui
desk-nav-statement = Déclaration
desk-nav-signatures = Signatures
desk-nav-waves = Listes arrêtées
desk-nav-states = États
desk-nav-letters = Lettres
desk-nav-replies = Réponses
desk-nav-positions = Positions
desk-nav-briefing = Note d’information
desk-nav-calendar = Calendrier
desk-nav-people = Équipe
desk-nav-settings = Réglages
desk-nav-work = Travaux en cours
desk-nav-mailbox = Boîte aux lettres
desk-nav-audit = Journal
desk-nav-waiting =
    { $count ->
        [one] { $count } en attente
       *[other] { $count } en attente
    }

desk-shortcuts-title = Raccourcis clavier
desk-shortcuts-note = Les touches se suivent : appuyez sur g, puis sur la lettre.
desk-shortcuts-list = Afficher cette liste
desk-shortcuts-search = Aller au champ de recherche
desk-shortcuts-next = Ligne suivante
desk-shortcuts-previous = Ligne précédente
desk-shortcuts-tick = Cocher la ligne
desk-shortcuts-off = Désactiver les raccourcis sur cet appareil

desk-bulk-shown =
    { $count ->
        [one] { $count } ligne affichée
       *[other] { $count } lignes affichées
    }
desk-bulk-chosen = Sélection :
desk-release-send = Chaque lettre part par courriel, l’une après l’autre, et est conservée comme envoyée.
desk-release-rehearsal = Chaque lettre est composée et son message rédigé. Rien ne part.
desk-release-undo = Ce qui est parti ne peut être rappelé. Le reste peut être arrêté.
desk-release-whom = Destinataires : { $count }
desk-nav-plan = Plan
