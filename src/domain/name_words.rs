//! Words that many names share, in the languages names come in: what kind of house it is, whom it is for, what it works on. They weigh little when
//! two names are compared, and a translation of one is the same word. Must not hold the name of anybody.

/// A word's meaning, and the words for it: small letters without marks, as `name_key` leaves them; Arabic without the article.
type Meaning = (&'static str, &'static [&'static str]);

/// Words without weight.
#[rustfmt::skip]
pub(super) const FILLERS: &[&str] = &[
    "a", "ad", "against", "al", "an", "and", "ar", "as", "ash", "at", "au", "aux", "by", "contra", "contre", "d", "da", "das", "de", "degli",
    "dei", "del", "della", "delle", "dem", "den", "der", "des", "di", "die", "do", "dos", "du", "e", "el", "en", "et", "for", "fuer", "fur",
    "gegen", "i", "ii", "il", "im", "in", "into", "its", "l", "la", "las", "le", "les", "lil", "lo", "los", "na", "nad", "no", "o", "of", "on",
    "os", "para", "per", "pod", "por", "pour", "pro", "s", "sobre", "sur", "the", "their", "to", "u", "um", "und", "ve", "von", "w", "wa",
    "with", "y", "z", "za", "zur", "в", "во", "для", "за", "з", "и", "на", "о", "об", "от", "по", "против", "с", "та", "у", "في", "من", "على",
    "الى", "عن", "ضد", "و", "из", "的", "与", "和", "及", "對", "对",
];

/// Words with little weight.
#[rustfmt::skip]
pub(super) const MEANINGS: &[Meaning] = &[
    ("action", &["action", "accion", "acao", "aktion", "действие", "действия", "行动", "行動"]),
    ("africa", &[
        "africa", "african", "africain", "africaine", "africana", "africano", "afrique", "afrika", "африки", "африка", "افريقيا", "افريقي", "非洲",
    ]),
    ("aid", &["aid", "aide", "ayuda", "ajuda", "hilfe", "assistance", "assistenza", "asistencia", "помощи", "помощь", "содействие", "مساعده", "援助"]),
    ("alliance", &["alliance", "alianza", "alianca", "alleanza", "allianz", "альянс", "تحالف", "联盟", "聯盟"]),
    ("asia", &["asia", "asian", "asiatique", "asiatica", "asie", "азии", "азия", "اسيا", "亚洲", "亞洲"]),
    ("association", &[
        "jamiya", "jamia", "association", "associates", "asociacion", "associacao", "associacio", "associazione", "asotsiatsiya", "ассоциация",
        "ассоциации", "асоціація", "udruzenje", "jamiyat", "jamiyah", "جمعيه", "协会", "協會", "stowarzyszenie", "asociatia", "sdruzeni", "dernegi",
        "dernek", "verein", "society", "societe", "sociedad", "общество", "общества", "drustvo",
    ]),
    ("centre", &[
        "centre", "center", "centro", "centrum", "centr", "centar", "tsentr", "zentrum", "центр", "центра", "центар", "مركز", "markaz", "merkezi",
        "中心",
    ]),
    ("child", &[
        "child", "children", "childrens", "enfant", "enfants", "nino", "ninos", "ninez", "criancas", "kinder", "детей", "дети", "طفل", "اطفال",
        "儿童", "兒童",
    ]),
    ("citizen", &[
        "citizen", "citizens", "civic", "civil", "civile", "civiles", "civils", "civica", "ciudadano", "ciudadana", "ciudadanos", "cidadania",
        "citoyen", "citoyens", "citoyenne", "гражданский", "гражданского", "гражданское", "гражданских", "гражданская", "громадянських", "مدني",
        "مدنيه", "公民",
    ]),
    ("coalition", &["coalition", "coalicion", "coalizao", "coalizione", "koalition", "коалиция", "коаліція", "ائتلاف"]),
    ("commission", &["commission", "comision", "comissao", "kommission", "комиссия", "لجنه", "委员会", "委員會"]),
    ("committee", &["committee", "comite", "comitato", "komitee", "комитет", "комітет", "komitet", "lajnah"]),
    ("community", &[
        "community", "communities", "communaute", "communautaire", "comunidad", "comunidade", "comunita", "comunitaria", "сообщество", "مجتمع",
    ]),
    ("council", &["council", "conseil", "consejo", "conselho", "rat", "совет", "рада", "مجلس", "majlis", "理事会"]),
    ("crime", &[
        "кримінального", "уголовного", "penales", "crime", "crimes", "criminal", "penal", "penale", "crimen", "преступлений", "уголовный", "جنائيه",
        "جريمه", "刑事",
    ]),
    ("court", &["court", "cour", "corte", "tribunal", "суд", "суда", "суду", "محكمه", "法院"]),
    ("culture", &["culture", "cultural", "cultura", "culturelle", "kultur", "культуры", "ثقافه", "文化"]),
    ("defence", &[
        "tutela", "zashchity", "pravozashchitnyi", "defence", "defense", "defend", "defender", "defenders", "defensa", "defensores", "defensoras",
        "defensor", "defenseurs", "defenseures", "defesa", "difesa", "защиты", "защита", "защите", "захисту", "دفاع", "مدافعي", "مدافعين",
    ]),
    ("democracy", &[
        "democracy", "democratic", "democracia", "democratie", "democratique", "democrazia", "demokratie", "демократия", "демократии", "ديمقراطيه",
        "ديموقراطيه", "民主",
    ]),
    ("development", &[
        "development", "developpement", "desarrollo", "desenvolvimento", "sviluppo", "entwicklung", "развития", "развитие", "розвитку", "تنميه",
        "تطوير", "发展", "發展",
    ]),
    ("disappeared", &[
        "desapariciones", "disparues", "исчезновений", "اختفاء", "disappeared", "disappearance", "disappearances", "desaparecidos", "desaparecidas",
        "desaparecido", "disparus", "disparitions", "missing", "مفقودين", "مختفين",
    ]),
    ("documentation", &["documentation", "documentacion", "documentacao", "توثيق"]),
    ("education", &["education", "educacion", "educacao", "bildung", "образования", "تعليم", "教育"]),
    ("enforced", &["enforced", "forced", "forcees", "forzadas", "forzosas", "forcados", "involuntary", "насильственных", "قسري", "强迫"]),
    ("environment", &["environment", "environmental", "environnement", "ambiente", "ambiental", "umwelt", "بيئه", "环境"]),
    ("equality", &["equality", "egalite", "igualdad", "igualdade", "равенства", "равенство", "مساواه", "平等"]),
    ("europe", &["europe", "european", "europeen", "europeenne", "europeo", "europea", "europaische", "europaisches", "европейский", "европы"]),
    ("family", &["family", "families", "familles", "famille", "familia", "familiares", "familias", "семей", "семьи", "عائلات", "اسر"]),
    ("federation", &["federation", "federacion", "federacao", "federazione", "foderation", "федерация", "اتحاد"]),
    ("forum", &["forum", "foro", "форум", "منتدى", "منتدي", "论坛", "論壇"]),
    ("foundation", &[
        "foundation", "fondation", "fundacion", "fundacao", "fundacio", "fondazione", "fundacja", "fundatia", "stiftung", "stichting", "fond",
        "fondu", "fund", "фонд", "фундация", "مؤسسه", "موسسه", "muassasat", "基金会", "基金會", "vakfi", "nadace", "zaklada",
    ]),
    ("freedom", &[
        "freedom", "freedoms", "liberty", "liberties", "liberte", "libertes", "libertad", "libertades", "liberdade", "liberta", "freiheit",
        "свобода", "свободы", "свобод", "حريه", "حريات", "自由",
    ]),
    ("gender", &["gender", "genre", "genero", "гендерного", "جندر"]),
    ("global", &[
        "global", "globale", "mondial", "mondiale", "mundial", "world", "worldwide", "глобальный", "всемирный", "عالمي", "عالميه", "全球", "世界",
    ]),
    ("group", &["group", "groupe", "grupo", "gruppo", "gruppe", "группа", "группы", "مجموعه", "小组"]),
    ("health", &["health", "sante", "salud", "saude", "gesundheit", "здоровья", "صحه", "健康"]),
    ("house", &["house", "maison", "casa", "haus", "дом", "بيت", "دار"]),
    ("human", &[
        "human", "humans", "humanrights", "homme", "humains", "humain", "humaine", "humanos", "humano", "humana", "umani", "menschen", "человека",
        "людини", "ljudska", "ljudskih", "انسان", "insan", "人",
    ]),
    ("independent", &["independent", "independante", "independiente", "независимый", "مستقل", "独立"]),
    ("information", &["information", "informacion", "informacao", "информации", "معلومات", "信息"]),
    ("initiative", &["initiative", "initiatives", "iniciativa", "iniziativa", "инициатива", "مبادره", "倡议"]),
    ("institute", &[
        "institute", "institut", "instituto", "istituto", "институт", "معهد", "研究所", "studies", "study", "etudes", "estudios", "estudos", "studi",
        "دراسات", "исследований",
    ]),
    ("international", &[
        "international", "internationale", "internationales", "internacional", "internazionale", "международный", "международная", "международное",
        "международного", "міжнародний", "міжнародного", "دولي", "دوليه", "国际", "國際", "miedzynarodowa",
    ]),
    ("justice", &[
        "justice", "justicia", "justica", "giustizia", "gerechtigkeit", "правосудия", "справедливость", "справедливости", "عداله", "عدل", "adalah",
        "adala", "正义", "正義",
    ]),
    ("labour", &["labour", "labor", "travail", "trabajo", "trabalho", "workers", "trabajadores", "travailleurs", "труда", "عمال", "劳工"]),
    ("law", &[
        "law", "lawyers", "legal", "juridique", "juridico", "juridica", "legales", "avocats", "abogados", "advogados", "rechts", "юристов",
        "юридическая", "правовой", "правовая", "قانوني", "قانونيه", "محامين", "律师", "法律",
    ]),
    ("league", &["league", "ligue", "liga", "lega", "лига", "رابطه"]),
    ("media", &["media", "medias", "medios", "press", "presse", "prensa", "journalists", "journalistes", "periodistas", "сми", "اعلام", "媒体"]),
    ("memory", &["memory", "memoire", "memoria", "память", "памяти", "ذاكره", "纪念"]),
    ("monitor", &[
        "monitor", "monitoring", "watch", "observatory", "observatorio", "observatoire", "osservatorio", "обсерватория", "наблюдение", "مرصد",
        "مراقبه", "观察", "觀察",
    ]),
    ("movement", &["movement", "mouvement", "movimiento", "movimento", "движение", "حركه", "运动"]),
    ("national", &[
        "wataniya", "national", "nationale", "nacional", "nazionale", "nationaler", "национальный", "национальная", "وطني", "وطنيه", "wataniyah",
        "全国",
    ]),
    ("network", &["network", "reseau", "red", "rede", "rete", "netzwerk", "сеть", "мережа", "شبكه", "shabakat", "网络", "網絡", "网"]),
    ("office", &["office", "bureau", "bufete", "oficina", "буро", "бюро", "مكتب"]),
    ("organisation", &[
        "organisation", "organization", "organizacion", "organizacao", "organizzazione", "организация", "організація", "организации", "منظمه",
        "munazzamat", "组织", "組織", "organizace", "organizacja", "orgutu",
    ]),
    ("peace", &["peace", "paix", "paz", "pace", "frieden", "мир", "мира", "سلام", "和平", "baris"]),
    ("people", &["people", "peoples", "peuple", "peuples", "pueblo", "pueblos", "povo", "povos", "popolo", "народов", "شعوب", "شعب"]),
    ("policy", &["policy", "policies", "politique", "politica", "politicas", "политики", "سياسات"]),
    ("political", &["political", "politico", "politicos", "politiques", "политических", "سياسي", "سياسيين"]),
    ("prisoner", &["prisoner", "prisoners", "detainees", "detenidos", "detenus", "presos", "заключенных", "سجناء", "معتقلين", "اسرى", "囚犯"]),
    ("project", &["project", "projet", "proyecto", "projeto", "проект", "مشروع", "项目"]),
    ("promotion", &["promotion", "promocion", "promocao", "продвижение", "تعزيز", "促进"]),
    ("refugee", &["refugee", "refugees", "refugies", "refugiados", "беженцев", "لاجئين", "难民", "migrants", "migrantes"]),
    ("rights", &[
        "rights", "right", "droits", "droit", "derechos", "derecho", "direitos", "direito", "diritti", "rechte", "прав", "права", "prava", "حقوق",
        "haklari", "haklar", "lidska", "权利", "權利",
    ]),
    ("rural", &["rural", "rurale", "rurales", "paysan", "campesino", "сельского", "ريفيه"]),
    ("social", &["social", "sociale", "sociales", "sociaux", "социальной", "социальный", "اجتماعيه", "社会", "社會"]),
    ("solidarity", &["solidarity", "solidarite", "solidaridad", "solidariedade", "solidarieta", "солидарность", "تضامن", "团结"]),
    ("support", &["support", "appui", "soutien", "apoyo", "apoio", "поддержки", "поддержка", "підтримку", "підтримки", "دعم", "支持"]),
    ("team", &["team", "equipe", "equipo", "команда", "فريق"]),
    ("torture", &["torture", "tortura", "folter", "пыток", "катувань", "تعذيب", "酷刑"]),
    ("trust", &["trust", "траст"]),
    ("union", &["union", "unione", "uniao", "syndicat", "sindicato", "союз", "спілка", "نقابه", "工会"]),
    ("victims", &["victims", "victim", "victimes", "victimas", "vitimas", "жертв", "ضحايا", "受害者"]),
    ("violence", &["violence", "violences", "violencia", "violenza", "gewalt", "насилия", "насилие", "عنف", "暴力"]),
    ("violations", &["violations", "violation", "violaciones", "нарушений", "انتهاكات"]),
    ("voice", &["voice", "voices", "voix", "voz", "voces", "голос", "صوت"]),
    ("women", &[
        "women", "woman", "womens", "womans", "femme", "femmes", "mujer", "mujeres", "mulher", "mulheres", "donne", "frauen", "женщин", "женщины",
        "жінок", "نساء", "مراه", "妇女", "婦女", "女性", "kadin",
    ]),
    ("youth", &[
        "youth", "young", "jeunes", "jeunesse", "joven", "jovenes", "juventud", "jovens", "jugend", "молодежи", "молодёжи", "молоді", "شباب", "青年",
    ]),
    // Places that are called otherwise in other languages.
    ("@belgrade", &["belgrade", "beograd", "beogradski", "belgrad", "белград", "белградский", "بلغراد"]),
    ("@cairo", &["cairo", "caire", "kairo", "каир", "каирский", "قاهره", "开罗"]),
    ("@damascus", &["damascus", "damas", "damasco", "дамаск", "دمشق"]),
    ("@geneva", &["geneva", "geneve", "ginebra", "genf", "женева", "женевский", "جنيف", "日内瓦"]),
    ("@jerusalem", &["jerusalem", "jerusalen", "иерусалим", "قدس", "quds"]),
    ("@moscow", &["moscow", "moscou", "moscu", "moskau", "москва", "московская", "московский", "موسكو", "莫斯科"]),
    ("@vienna", &["vienna", "vienne", "viena", "wien", "wiener", "вена", "فيينا"]),
    ("@warsaw", &["warsaw", "varsovie", "varsovia", "warszawa", "warschau", "варшава", "варшавский", "وارسو"]),
];

/// Runs of signs that stand for more than one word, or are written without a space: replaced before a name is taken apart.
pub(super) const COMPOUNDS: &[(&str, &str)] = &[
    ("人权", " human rights "),
    ("人權", " human rights "),
    ("menschenrechte", "human rights"),
    ("menschenrechts", "human rights "),
    ("mensenrechten", "human rights"),
    ("правозащитный", "human rights defence"),
    ("правозащитная", "human rights defence"),
    ("правозащитное", "human rights defence"),
    ("insan haklari", "human rights"),
    ("ludskich prav", "human rights"),
    ("lidskych prav", "human rights"),
    ("praw czlowieka", "human rights"),
    ("drepturilor omului", "human rights"),
];
