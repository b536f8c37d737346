# El marco de la mesa de trabajo y lo que comparten sus páginas.

desk-title = Mesa de trabajo
desk-menu = Menú
desk-nav-label = Mesa de trabajo
desk-public-site = Sitio público
desk-sign-out = Cerrar sesión
desk-nav-today = Hoy
desk-nav-statement = Declaración
desk-nav-signatures = Firmas
desk-nav-waves = Listas cerradas
desk-nav-states = Estados
desk-nav-letters = Cartas
desk-nav-replies = Respuestas
desk-nav-positions = Posiciones
desk-nav-briefing = Nota informativa
desk-nav-calendar = Calendario
desk-nav-people = Equipo
desk-nav-settings = Ajustes
desk-nav-work = Trabajos en curso
desk-nav-mailbox = Buzón
desk-nav-audit = Registro
desk-nav-waiting =
    { $count ->
        [one] { $count } en espera
       *[other] { $count } en espera
    }

desk-shortcuts-title = Atajos de teclado
desk-shortcuts-note = Las teclas van una tras otra: pulse g y luego la letra.
desk-shortcuts-list = Mostrar esta lista
desk-shortcuts-search = Ir al campo de búsqueda
desk-shortcuts-next = Fila siguiente
desk-shortcuts-previous = Fila anterior
desk-shortcuts-tick = Marcar la fila
desk-shortcuts-off = Desactivar los atajos en este equipo

desk-bulk-shown =
    { $count ->
        [one] { $count } fila mostrada
       *[other] { $count } filas mostradas
    }
desk-bulk-chosen = Selección:
desk-release-send = Cada carta sale por correo electrónico, una tras otra, y se conserva como enviada.
desk-release-rehearsal = Cada carta se compone y su mensaje se redacta. Nada sale.
desk-release-undo = Lo que ha salido no puede recuperarse. El resto puede detenerse.
desk-release-whom = Destinatarios: { $count }
desk-nav-plan = Plan
