# Sign-in, roles and the audit trail.

accounts-email = Correo electrónico
accounts-password = Contraseña
accounts-sign-in-title = Entrar en el escritorio
accounts-sign-in-button = Entrar
accounts-error-refused = Esa dirección y esa contraseña no coinciden. Compruebe ambas e inténtelo de nuevo
accounts-error-too-many = Demasiados intentos con esta dirección. Espere un cuarto de hora e inténtelo de nuevo
accounts-role-coordinator = Coordinación
accounts-role-campaigner = Incidencia
accounts-role-moderator = Moderación
accounts-role-reader = Lectura
accounts-audit-title = Registro de auditoría
accounts-audit-note = Lo más reciente primero. Las líneas solo se añaden.
accounts-audit-when = Cuándo
accounts-audit-who = Quién
accounts-audit-what = Qué
accounts-audit-subject = Objeto
accounts-audit-details = Detalles
accounts-audit-system = el sistema o un visitante
accounts-audit-newer = Líneas más recientes
accounts-audit-older = Líneas más antiguas
