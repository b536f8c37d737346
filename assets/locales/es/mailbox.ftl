# The demonstration's mailbox.

mailbox-title = Buzón de la demostración
mailbox-lead = Todos los mensajes que escribe la demostración terminan aquí. Nada sale de esta máquina.
mailbox-caption = Mensajes: { $count }
mailbox-subject = Asunto
mailbox-from = De
mailbox-to = Para
mailbox-date = Fecha
mailbox-files = Archivos
mailbox-bytes = { $count } bytes
mailbox-text = Texto
mailbox-empty = Aún no hay mensajes
mailbox-empty-text = Firme la declaración y aquí aparecerá el mensaje de confirmación.
