site-title = Demarche
