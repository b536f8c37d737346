# The staff shell and what desk pages share.

desk-title = Desk
desk-menu = Menu
desk-nav-label = Desk
desk-public-site = Public site
desk-sign-out = Sign out
desk-nav-today = Today
desk-nav-statement = Statement
desk-nav-signatures = Signatures
desk-nav-waves = Waves
desk-nav-states = States
desk-nav-letters = Letters
desk-nav-replies = Replies
desk-nav-positions = Positions
desk-nav-briefing = Briefing
desk-nav-calendar = Calendar
desk-nav-people = People
desk-nav-settings = Settings
desk-nav-work = Work in progress
desk-nav-mailbox = Mailbox
desk-nav-audit = Audit
desk-nav-waiting =
    { $count ->
        [one] { $count } waits
       *[other] { $count } wait
    }

desk-shortcuts-title = Keyboard shortcuts
desk-shortcuts-note = Keys follow one another: press g, then the letter.
desk-shortcuts-list = Show this list
desk-shortcuts-search = Go to the search field
desk-shortcuts-next = Next row
desk-shortcuts-previous = Previous row
desk-shortcuts-tick = Tick the row
desk-shortcuts-off = Turn shortcuts off on this machine

desk-bulk-shown =
    { $count ->
        [one] { $count } row shown
       *[other] { $count } rows shown
    }
desk-bulk-chosen = Chosen:
desk-release-send = Each letter leaves by e-mail, one after another, and is kept as sent.
desk-release-rehearsal = Every letter is typeset and its message written. Nothing leaves.
desk-release-undo = What has left cannot be called back. The rest can be stopped.
desk-release-whom = Addressees: { $count }
desk-nav-plan = Plan
