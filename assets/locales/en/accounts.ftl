# Sign-in, roles and the audit trail.

accounts-email = E-mail address
accounts-password = Password
accounts-sign-in-title = Sign in to the desk
accounts-sign-in-button = Sign in
accounts-error-refused = That address and password do not belong together. Check both and try again
accounts-error-too-many = Too many tries for this address. Wait a quarter of an hour and try again
accounts-role-coordinator = Coordinator
accounts-role-campaigner = Campaigner
accounts-role-moderator = Moderator
accounts-role-reader = Reader
accounts-audit-title = Audit trail
accounts-audit-note = Newest first. Lines are only ever added.
accounts-audit-when = When
accounts-audit-who = Who
accounts-audit-what = What
accounts-audit-subject = Subject
accounts-audit-details = Details
accounts-audit-system = the system or a visitor
accounts-audit-newer = Newer lines
accounts-audit-older = Older lines
