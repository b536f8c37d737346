# El marco público y las piezas comunes a todas las páginas.

site-skip-main = Ir al contenido principal
site-title-error = Error:
site-nav-label = Principal
site-languages-label = Idiomas
site-demo = Esto es una demostración. Los firmantes son ficticios y ningún mensaje sale de este equipo.
site-footer-label = Acerca de este sitio
site-footer-what = { $name }: qué se pide, quién ha firmado y cuál es la posición de los Estados.
site-footer-desk = Mesa de trabajo

site-nav-home = Panorama
site-nav-statement = Declaración
site-nav-sign = Firmar
site-nav-signatories = Firmantes
site-nav-states = Posición de los Estados
site-nav-write = Escriba a su gobierno
site-nav-calendar = Calendario
site-nav-data = Datos
site-nav-method = Datos y método
site-nav-verify = ¿Es nuestro este mensaje?
site-nav-privacy = Privacidad

site-notice-good = Hecho.
site-notice-info = Tenga en cuenta.
site-notice-wait = En espera.
site-notice-bad = No se ha podido hacer.
site-consequence-what = Qué ocurrirá
site-consequence-whom = A quién afecta
site-consequence-undo = Cómo deshacerlo

site-form-optional = (opcional)
site-form-error = Error:
site-form-labelled = { $label }: { $text }
site-form-summary =
    { $count ->
        [one] Hay un problema
       *[other] Hay { $count } problemas
    }
site-form-trap = Deje este campo vacío
site-filter-apply = Aplicar
site-filter-clear = Borrar

site-count-organisations =
    { $count ->
        [one] { $shown } organización
       *[other] { $shown } organizaciones
    }
site-count-individuals =
    { $count ->
        [one] { $shown } persona
       *[other] { $shown } personas
    }
# Sigue a «de».
site-count-countries =
    { $count ->
        [one] { $shown } país
       *[other] { $shown } países
    }
# Sigue la fecha: véase site-as-of.
site-count-both = { $first } y { $second } de { $third },
site-count-one = { $first } de { $third },
site-as-of = a { $when }
site-time-local = { $when }, { $zone }
site-time-aoe = { $when }, en cualquier lugar de la Tierra

site-paging-label = Páginas
site-paging-range = { $from } a { $to } de { $count }
site-paging-previous = Anterior
site-paging-next = Siguiente
site-paging-page = Página { $number }

site-stance-strong_support = Firme apoyo
site-stance-support = Apoyo
site-stance-neutral = Neutral
site-stance-oppose = En contra
site-stance-strong_oppose = Firmemente en contra
site-stance-silent = Silencio
site-stance-no_data = Sin datos
site-stance-then = después
site-stance-legend = Clave de las posiciones

site-map-skip = Ir a la tabla con los mismos datos
site-map-tile = { $name } ({ $code }): { $stance }
site-map-disclaimer = Una casilla es un Estado y un voto. El lugar y el tamaño de una casilla no significan nada ni dicen nada sobre la condición jurídica de ningún territorio ni sobre sus fronteras.
site-chart-data = Las cifras de este gráfico
site-chart-session = Período de sesiones
site-chart-shares = Proporciones

site-progress-running = { $done } de { $total }
site-progress-done = Terminado: { $done } de { $total }
site-progress-stopped = Detenido en { $done } de { $total }
site-progress-failed = Ha fallado en { $done } de { $total }
site-progress-elapsed = { $time } hasta ahora
site-progress-left = faltan aproximadamente { $time }
site-progress-stop = Detener
site-progress-refresh = Actualizar esta página
site-progress-note = Puede cerrar esta página. El trabajo continúa, y esta dirección muestra cómo va.

# Páginas que dicen por qué no se atendió una solicitud.
site-problem-not-found-title = Página no encontrada
site-problem-not-found-text = No hay nada en esta dirección. Puede estar mal escrita o cortada en un mensaje.
site-problem-gone-title = Ya no está aquí
site-problem-gone-text = Lo que había en esta dirección se ha retirado.
site-problem-forbidden-title = Su función no lo permite
site-problem-forbidden-text = Su cuenta no permite esta acción. Consulte a la coordinación si cree que debería permitirla.
site-problem-stale-form-title = Este formulario ha caducado
site-problem-stale-form-text = Inició o cerró sesión después de abrirlo, o procede de otro sitio. Vuelva atrás, recargue la página y envíelo de nuevo.
site-problem-bad-form-title = No se ha podido leer el formulario
site-problem-bad-form-text = Falta una parte de lo enviado o está dañada. Vuelva atrás y envíelo de nuevo.
site-problem-bad-query-title = No se ha podido leer esta dirección
site-problem-bad-query-text = La parte que sigue al signo de interrogación está dañada. Quítela e inténtelo de nuevo.
site-problem-bad-request-title = No se ha podido leer la solicitud
site-problem-bad-request-text = Vuelva atrás e inténtelo de nuevo.
site-problem-method-title = Esta dirección funciona de otro modo
site-problem-method-text = No se ha cambiado nada. Vuelva atrás y use el botón de la página.
site-problem-too-large-title = Demasiado grande
site-problem-too-large-text = Lo enviado supera el tamaño que aceptamos. No se ha guardado nada.
site-problem-too-many-title = Demasiados intentos
site-problem-too-many-text = Espere unos minutos e inténtelo de nuevo. No se ha perdido nada por nuestra parte.
site-problem-unexpected-title = Ha habido un fallo por nuestra parte
site-problem-unexpected-text = Nada de lo que envió se ha mostrado a nadie. Inténtelo de nuevo en un minuto; si se repite, indíquenos el número que figura abajo.
site-problem-number = Número de esta solicitud

# Between a word and what it introduces, and between the parts of a line. The quoted spaces are kept as they are.
site-colon = :{" "}
site-full-stop = .{" "}
site-comma = ,{" "}
site-semicolon = ;{" "}
site-deadline-extended = El plazo se prorrogó el { $when }. Antes vencía:
