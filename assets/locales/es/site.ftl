# El marco público y las piezas comunes a todas las páginas.

site-skip-main = Ir al contenido principal
site-title-error = Error:
site-nav-label = Principal
site-languages-label = Idiomas
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
        [one] { $count } organización
       *[other] { $count } organizaciones
    }
site-count-experts =
    { $count ->
        [one] { $count } experto
       *[other] { $count } expertos
    }
# Sigue a «de».
site-count-countries =
    { $count ->
        [one] { $count } país
       *[other] { $count } países
    }
# Sigue la fecha: véase site-as-of.
site-count-both = { $first } y { $second } de { $third },
site-count-one = { $first } de { $third },
site-as-of = a { $when }
site-time-utc = { $when } UTC
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
