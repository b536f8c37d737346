# Le cadre public et les éléments communs à toutes les pages.

site-skip-main = Aller au contenu principal
site-title-error = Erreur :
site-nav-label = Principale
site-languages-label = Langues
site-demo = Ceci est une démonstration. Les signataires sont fictifs et aucun message ne quitte cette machine.
site-footer-label = À propos de ce site
site-footer-what = { $name } : ce qui est demandé, qui a signé et où en sont les États.
site-footer-desk = Bureau

site-nav-home = Vue d’ensemble
site-nav-statement = Déclaration
site-nav-sign = Signer
site-nav-signatories = Signataires
site-nav-states = Positions des États
site-nav-write = Écrire à votre gouvernement
site-nav-calendar = Calendrier
site-nav-data = Données
site-nav-method = Données et méthode
site-nav-verify = Ce message vient-il de nous ?
site-nav-privacy = Confidentialité

site-notice-good = C’est fait.
site-notice-info = À noter.
site-notice-wait = En attente.
site-notice-bad = L’opération n’a pas abouti.
site-consequence-what = Ce qui va se passer
site-consequence-whom = Pour qui
site-consequence-undo = Comment revenir en arrière

site-form-optional = (facultatif)
site-form-error = Erreur :
site-form-labelled = { $label } : { $text }
site-form-summary =
    { $count ->
        [one] Un point est à corriger
       *[other] { $count } points sont à corriger
    }
site-form-trap = Laissez ce champ vide
site-filter-apply = Appliquer
site-filter-clear = Effacer

site-count-organisations =
    { $count ->
        [one] { $shown } organisation
       *[other] { $shown } organisations
    }
site-count-individuals =
    { $count ->
        [one] { $shown } personne
       *[other] { $shown } personnes
    }
# Suit « de ».
site-count-countries =
    { $count ->
        [one] { $shown } pays
       *[other] { $shown } pays
    }
# La date suit : voir site-as-of.
site-count-both = { $first } et { $second } de { $third },
site-count-one = { $first } de { $third },
site-as-of = au { $when }
site-time-local = { $when }, { $zone }
site-time-aoe = { $when }, où que ce soit sur Terre

site-paging-label = Pages
site-paging-range = { $from } à { $to } sur { $count }
site-paging-previous = Précédente
site-paging-next = Suivante
site-paging-page = Page { $number }

site-stance-strong_support = Fort soutien
site-stance-support = Soutien
site-stance-neutral = Neutre
site-stance-oppose = Opposition
site-stance-strong_oppose = Forte opposition
site-stance-silent = Silence
site-stance-no_data = Pas de données
site-stance-then = puis
site-stance-legend = Légende des positions

site-map-skip = Aller au tableau qui donne les mêmes faits
site-map-tile = { $name } ({ $code }) : { $stance }
site-map-disclaimer = Une case est un État et une voix. La place et la taille d’une case ne signifient rien et ne disent rien du statut juridique d’un territoire ni du tracé de ses frontières.
site-chart-data = Les chiffres de ce graphique
site-chart-session = Session
site-chart-shares = Parts

site-progress-running = { $done } sur { $total }
site-progress-done = Terminé : { $done } sur { $total }
site-progress-stopped = Arrêté à { $done } sur { $total }
site-progress-failed = Échec à { $done } sur { $total }
site-progress-elapsed = depuis { $time }
site-progress-left = encore { $time } environ
site-progress-stop = Arrêter
site-progress-refresh = Actualiser cette page
site-progress-note = Vous pouvez fermer cette page. Le travail continue, et cette adresse montre où il en est.

# Pages qui disent pourquoi une demande reste sans réponse.
site-problem-not-found-title = Page introuvable
site-problem-not-found-text = Il n’y a rien à cette adresse. Elle a peut-être été mal saisie ou coupée dans un message.
site-problem-gone-title = Cette page n’existe plus
site-problem-gone-text = Ce qui se trouvait à cette adresse a été retiré.
site-problem-forbidden-title = Votre rôle ne le permet pas
site-problem-forbidden-text = Votre compte n’autorise pas cette action. Adressez-vous à un coordinateur si vous pensez qu’il le devrait.
site-problem-stale-form-title = Ce formulaire n’est plus valable
site-problem-stale-form-text = Vous vous êtes connecté ou déconnecté après l’avoir ouvert, ou il provient d’un autre site. Revenez en arrière, rechargez la page et envoyez-le de nouveau.
site-problem-bad-form-title = Le formulaire n’a pas pu être lu
site-problem-bad-form-text = Une partie de l’envoi manque ou est abîmée. Revenez en arrière et envoyez-le de nouveau.
site-problem-bad-query-title = Cette adresse n’a pas pu être lue
site-problem-bad-query-text = La partie qui suit le point d’interrogation est abîmée. Supprimez-la et réessayez.
site-problem-bad-request-title = La demande n’a pas pu être lue
site-problem-bad-request-text = Revenez en arrière et réessayez.
site-problem-method-title = Cette adresse s’utilise autrement
site-problem-method-text = Rien n’a été modifié. Revenez en arrière et utilisez le bouton de la page.
site-problem-too-large-title = Trop volumineux
site-problem-too-large-text = Votre envoi dépasse la taille acceptée. Rien n’a été enregistré.
site-problem-too-many-title = Trop de tentatives
site-problem-too-many-text = Attendez quelques minutes et réessayez. Rien n’a été perdu de notre côté.
site-problem-unexpected-title = Un problème est survenu de notre côté
site-problem-unexpected-text = Rien de ce que vous avez envoyé n’a été montré à qui que ce soit. Réessayez dans une minute ; si cela se reproduit, indiquez-nous le numéro ci-dessous.
site-problem-number = Numéro de cette demande

# Between a word and what it introduces, and between the parts of a line. The quoted spaces are kept as they are.
site-colon = {"\u00A0"}:{" "}
site-full-stop = .{" "}
site-comma = ,{" "}
site-semicolon =  ;{" "}
site-deadline-extended = Le délai a été prolongé le { $when }. Il était auparavant fixé au :
