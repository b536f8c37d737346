# The demonstration's mailbox.

mailbox-title = Boîte aux lettres de la démonstration
mailbox-lead = Tous les messages écrits par la démonstration arrivent ici. Rien ne quitte cette machine.
mailbox-caption = Messages : { $count }
mailbox-subject = Objet
mailbox-from = De
mailbox-to = À
mailbox-date = Date
mailbox-files = Fichiers
mailbox-bytes = { $count } octets
mailbox-text = Texte
mailbox-empty = Pas encore de message
mailbox-empty-text = Signez la déclaration : le message de confirmation apparaîtra ici.
