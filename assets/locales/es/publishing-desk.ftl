# Primera página de la mesa.

publishing-today-days = Días restantes: { $count }
publishing-today-what = Qué
publishing-today-count = Cuántos
publishing-today-waits = Lo que espera
publishing-today-late = Lo que va con retraso
publishing-today-moved = Lo que se movió en los últimos 30 días
publishing-today-moved-none = Ninguna posición se movió.
publishing-today-replies = Respuestas de los últimos 30 días
publishing-today-replies-none = No se registró ninguna respuesta.
publishing-today-vetting = Firmas por verificar
publishing-today-corrections = Correcciones de nombres
publishing-today-proposals = Pruebas propuestas por respuestas
publishing-today-blocked = Cartas detenidas por un control
publishing-today-approval = Rondas pendientes de aprobación
publishing-today-release = Rondas pendientes de envío
publishing-today-failed = Trabajos fallidos
publishing-today-late-vetting = Firmas en espera desde hace más de 3 días
publishing-today-late-proposals = Propuestas en espera desde hace más de 7 días
publishing-today-late-rounds = Rondas sin enviar cuyo acto ya comenzó
publishing-today-bounced = Cartas devueltas
publishing-today-late-work = Trabajos vencidos y no iniciados
publishing-reply-acknowledgement = acuse de recibo
publishing-reply-supportive = favorable
publishing-reply-non_committal = sin compromiso
publishing-reply-negative = negativa
publishing-reply-referred = remitida
