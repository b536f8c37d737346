# Sign-in, roles and the audit trail.

accounts-email = Adresse électronique
accounts-password = Mot de passe
accounts-sign-in-title = Se connecter au bureau
accounts-sign-in-button = Se connecter
accounts-error-refused = Cette adresse et ce mot de passe ne vont pas ensemble. Vérifiez les deux et réessayez
accounts-error-too-many = Trop d’essais pour cette adresse. Attendez un quart d’heure et réessayez
accounts-role-coordinator = Coordination
accounts-role-campaigner = Plaidoyer
accounts-role-moderator = Modération
accounts-role-reader = Lecture
accounts-audit-title = Journal d’audit
accounts-audit-note = Du plus récent au plus ancien. Les lignes ne sont qu’ajoutées.
accounts-audit-when = Quand
accounts-audit-who = Qui
accounts-audit-what = Quoi
accounts-audit-subject = Objet
accounts-audit-details = Détails
accounts-audit-system = le système ou un visiteur
accounts-audit-newer = Lignes plus récentes
accounts-audit-older = Lignes plus anciennes
