# The demonstration's mailbox.

mailbox-title = Mailbox of the demonstration
mailbox-lead = Every message the demonstration writes ends here. Nothing leaves this machine.
mailbox-caption = Messages: { $count }
mailbox-subject = Subject
mailbox-from = From
mailbox-to = To
mailbox-date = Date
mailbox-files = Files
mailbox-bytes = { $count } bytes
mailbox-text = Text
mailbox-empty = No message yet
mailbox-empty-text = Sign the statement, and the message that asks for confirmation appears here.
