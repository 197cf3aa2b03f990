//! The words of page furniture in English, French and Chinese, as regular expressions without regard to case.
//!
//! A pattern stands here only when pages of many sites print it; none names a site.

/// Share buttons, print and font size links, reading time, loading notes: whole lines.
pub(super) const CONTROL: &[&str] = &[
    r"share(?:\s(?:this|on|via|article|story|full\sarticle)\b.*|\s?share|\W*comments?)?|shares?|share\sthis.*",
    r"\d[\d.,k]*\s(?:shares?|comments?|commentaires?|views?|vues?|réactions?|j’aime)",
    r"print(?:\s(?:this|page|friendly|options|article).*)?|e-?mail(?:\sthis.*)?",
    r"（?原标题\s*[:：].*",
    r"save(?:\s(?:article|for\slater|story))?|save\s(?:articles|stories)\sto\s.*|listen(?:\s(?:to\sthis|now|to\sarticle).*)?|download\spdf",
    r"copy\slink.*|link\scopied.*|bookmark.*|text\ssize.*|font\ssize.*|small|medium|large|a{2,3}[+-]?",
    r"follow\sus(?:\son.*)?|facebook|twitter|x|linkedin|whatsapp|instagram|youtube|pinterest|telegram|reddit",
    r"flipboard|wechat|weibo|tiktok|rss",
    r".{1,60}[^_\s]_{5,}",
    r"(?:facebook|twitter|linkedin|whatsapp|email|e-mail)(?:\W*(?:facebook|twitter|x|linkedin|pinterest|reddit|whatsapp|e-?mail|print|messenger|flipboard|send|vk|telegram|copy\slink|imprimer|envoyer))*",
    r"article\shistory|\d+\s?(?:-\s?)?min(?:ute)?s?(?:\s(?:read|de\slecture))?|reading\stime.*",
    r"read(?:ing)?\s?:\s?\d.*|(?:estimated\s)?(?:time|temps)\s(?:to\sread|de\slecture).*",
    r"lecture\s?:?\s?\d+\s?min.*|durée\sde\slecture.*",
    r"partage[rz]?(?:\W*$|\s(?:sur|l.article|cet|via|par|cette|:).*)|imprimer.*|envoyer(?:\spar.*)?|commenter",
    r"réagir|écouter(?:\s(?:l.article|cet).*)?|ajouter\s(?:à|aux)\s.*|enregistrer|sauvegarder|copier\sle\slien",
    r"suivez-nous.*|suivre|offrir(?:\scet)?\sl?.?article.*|lire\splus\stard|réservé\s(?:à|aux).*",
    r"article\sréservé\saux\sabonnés|abonnés?|back\sto\stop|haut\sde\spage|loading.*|chargement.*|close|fermer",
    r"menu|search|rechercher|recherche|skip\sto\s.*|aller\s(?:au|à)\s.*|identifiez-vous",
    r"s.inscrire(?:\sgratuitement)?|se\sconnecter|log\sin|sign\sin|vous\spossédez\sdéjà\sun\scompte.*",
    r"click\sto\s(?:enlarge|view|play|share).*|(?:now\s)?playing\W.*|view\s(?:gallery|comments|all|image).*",
    r"open\simage.*|(?:article|story)\scontinues\sbelow.*",
    r"(?:skip|end\sof)\s(?:ad|advert|newsletter|promotion|past).*|view\sauthor\spublications",
    r"search\sauthor\son.*|this\sarticle\sis\smore\sthan.*|see\sfull\sbio|reuse\sthis\scontent",
    r"分享(?:到|至|给|本文)?(?:\W.*|(?:微信|微博|QQ|朋友).*)?|字号.*|字体.*|【字体.*|\[?[大中小]\]?|打印(?:\W.*|本.{0,6})?",
    r"收藏(?:\W.*|本.{0,6})?|点赞(?:[\W\d].*)?|评论(?:\s?\d+)?|微信|微博|扫一扫.{0,30}|扫码.{0,16}|扫描.{0,12}码.{0,20}",
    r"阅读(?:量|数|次数)?\W*\d+.*|浏览(?:量|数|次数)?\W*\d+.*|点击(?:量|数|次数)?\W*\d+.*|参与互动.*|举报|放大|缩小|缩小字体.*|加载中.*|关注",
    r"(?:我要)?纠错|返回顶部.*|字體.*|听新闻.*|朗读.*|【?\d+】?(?:【\d+】)+|上一页.*|下一页.*|点击进入.*",
];

/// Advertisement marks: whole lines.
pub(super) const ADVERT: &[&str] = &[
    r"advertisement|advertising|ad|ads by .*|sponsored(?: content| links?)?|promoted(?: content| links?)?",
    r"publicité|pub|annonce|contenu sponsorisé|la suite après (?:la|cette) publicité",
    r"the rest of this article is below.*|广告|推广|赞助.{0,4}",
];

/// Heads of lists of other articles: whole lines.
pub(super) const RELATED: &[&str] = &[
    r"related(?:\s(?:articles?|stories|story|news|posts?|content|links?|topics?|coverage|reading|items|videos?|documents?|publications?))?(?:\s?[—–:-].*)?",
    r"(?:more|other)\s(?:stories|news|articles|on\sthis(?:\sstory)?|like\sthis|from\b.*|in\b.{1,30}|about\b.{1,30}|by\b.{1,40}|to\sread|reading|coverage|headlines|top\sstories)",
    r"more\s(?:\S+\s){1,2}stories|read\s(?:more|next|also|further)(?:\W.*)?|see\salso|see\smore.*",
    r"you\s(?:might|may)\s(?:also\s)?(?:like|enjoy|be\sinterested).*",
    r"(?:recommended|suggested)(?:\s(?:for\syou|reading|articles|stories|videos))?",
    r"(?:most|top)\s(?:read|popular|viewed|stories|shared|trending|commented).*",
    r"popular(?:\s(?:now|stories|articles|posts))?|trending(?:\s.{0,20})?",
    r"latest(?:\s(?:news|stories|articles|headlines|from.*|on.*|posts))?",
    r"editor(?:'|’)?s?(?:'|’)?\s(?:picks?|choice)|explore\s(?:further|more|topics?).*|don(?:'|’)t\smiss.*",
    r"what\sto\sread\snext.*|recent\s(?:posts|articles|news|stories)|previous\s(?:article|post|story).*",
    r"next\s(?:article|post|story).*|up\snext.*|in\sthis\s(?:story|article|section)|further\sreading",
    r"also\s(?:read|on).{0,20}|news\sin\sbrief|from\sthe\sweb.*|around\sthe\sweb.*|in\sother\snews.*",
    r"top\strending|hot\spicks|visual\sstories|follow\sthis\stopic.*",
    r"(?:à|a)\s(?:lire|voir|découvrir|écouter|consulter)(?:\s(?:aussi|également|sur|ensuite|dans).*)?",
    r"lire\s(?:aussi|également|la\ssuite|plus|l.article.*)|(?:voir|plus|découvrez)\s(?:aussi|également)",
    r"sur\sle\smême\s(?:sujet|thème).*|dans\sla\smême\s(?:rubrique|catégorie|section).*",
    r"(?:les\s)?articles?\s(?:liés?|similaires?|connexes?|associés?|suivants?|précédents?|récents?|recommandés?|les\splus\slus).*",
    r"(?:les\s)?(?:plus|dernières?|derniers?)\s(?:lus|populaires|consultés|récents?|partagés|commentés|actualités?|articles|infos|nouvelles).*",
    r"la\srédaction\svous\s(?:conseille|recommande).*|(?:nous|on)\svous\s(?:conseille|recommande).*",
    r"vous\s(?:aimerez|pourriez|devriez)\s.{0,30}(?:aussi|aimer|intéresser|lire)?.*|pour\saller\splus\sloin.*",
    r"en\s(?:ce\smoment|savoir\splus|relation|lien|complément).*",
    r"(?:nos|notre)\s(?:derniers?|dernières?|autres?|sélection)\b.*|autres?\s(?:articles?|actualités?|actus).*",
    r"contenus?\s(?:similaires?|associés?|liés?).*|plus\s(?:en|sur)\s\S{2,20}(?:\s\S{2,20})?",
    r"plus\s(?:de|d.)\s?(?:contenus?|articles?|nouvelles|infos|actualités?|vidéos)(?:\s.{0,30})?",
    r"(?:toute|toutes|retour\s(?:à|vers|aux))\s.{0,20}(?:actualités?|actus|articles|infos|nouvelles|liste).*",
    r"d.autres\s(?:articles|actualités).*|voir\s(?:tout|toutes?|tous|plus)(?:\s.{0,30})?|audios?\set\svidéos.*",
    r"recommandés?\spour\svous|au\sfil\sde\sl.actu.*|à\sne\spas\s(?:manquer|rater).*|à\sla\sune",
    r"les\splus\s.{2,20}",
    r"(?:相关|推荐|热门|延伸|更多|往期|猜你|精彩|热点|最新|今日|图片|视频)(?:阅读|新闻|文章|推荐|链接|报道|资讯|内容|专题|喜欢|稿件|图集|排行|回顾|热点|关注|评论|视频|图片|搜索|信息|精彩|动态).{0,12}",
    r"你可能(?:会|也|还)?(?:喜欢|感兴趣|想看).{0,8}|您可能.{0,12}|为(?:你|您)推荐.{0,6}|(?:上|下)一(?:篇|条|则).*|大家都在看.*|猜你喜欢.*|点击排行.*",
    r"新闻排行.*|热门新闻排行榜|编辑推荐|阅读排行.*|相关.{1,6}|24小时.{0,6}排行.*|友情链接.*|要闻推荐|返回(?:列表|首页|上一页).*|附件.{0,3}",
];

/// Beginnings of a link to another article, before a colon or an arrow.
pub(super) const RELATED_LINK: &[&str] = &[
    r"read(?: more| also| next)|also read|see also|related(?: (?:story|article|post|news))?|watch|listen|more",
    r"explore|(?:à|a) (?:lire|voir|écouter)(?: aussi| également)?|lire(?: aussi| également)?|voir aussi",
    r"en vidéo|en images|vidéo|relire|retrouvez|écouter aussi|相关阅读|延伸阅读|推荐阅读|更多阅读|点击查看|点击阅读|阅读更多",
];

/// Captions: whole lines.
pub(super) const CAPTION: &[&str] = &[
    r"(?:file\s)?photos?\s?(?:by|via|d.illustration|credit|courtesy|[:：/©]).*|file\s(?:photo|[-–—]).*",
    r"image\s?(?:credit|source|courtesy|[:：]|illus).*|(?:crédits?|credits?)(?:\s(?:photos?|images?))?\s?[:：].*",
    r"(?:illustration|image|photo)\s(?:for|of)\s(?:article|post|story)\b.*",
    r"illustration(?:\s(?:by|par|de))?\s?[:：©].*|©\s?[^0-9]{2,60}|photos?\s(?:de|à)\s(?:la\s)?une\b.*",
    r"photos?\s\S{2,20}(?:\s\S{2,20})?|\((?:photo|image|crédit|credit)s?\b[^)]{0,80}\)",
    r"(?:getty\simages|afp|reuters|shutterstock|istock|ap\sphoto|unsplash)\W.{0,40}|getty\simages|shutterstock",
    r"istock(?:photo)?|图(?:为|片来源|源|片[:：]|\d*[:：|/]).*|资料图.*|图/.*|摄影[:：/].{1,30}|视频[:：].{1,8}|制图[:：/].*",
];

/// Picture credits, wherever they stand in a line.
pub(super) const CREDIT: &[&str] = &[
    r"(?:photo|image|picture|crédit|credit|copyright)s?\s?(?:[:：©]|by\s|via\s|courtesy|d.archives)[^.]{2,60}\.?$",
    r"©\s?[^.]{2,50}$",
    r"(?-i:\b(?:AFP|AP|REUTERS|Reuters|EPA)\s[-–—]\s[A-ZÉÈÀÇ][A-ZÉÈÀÇ’'. -]{3,40}$)",
    r"(?-i:^\p{Lu}[\p{L}.’'-]+(?:\s\p{Lu}[\p{L}.’'-]+){1,2}\s?/\s?[A-Z]{2,}[\p{L} /]{0,30}$)",
    r"/\s?(?:AFP|AP|Reuters|Getty(?:\sImages)?|EPA|SIPA|MAXPPP|Shutterstock|ABACA|Bloomberg|Xinhua)\)?\.?$",
    r"\((?:AP|AFP|Reuters|EPA|Getty(?:\sImages)?|Photo[^)]{0,60}|Image[^)]{0,60}|Courtesy[^)]{0,60})\)\.?$",
    r"[（(][^（()）]{0,20}摄[）)。]?$|\s(?:记者)?\s?\p{Han}{2,4}\s?摄$|getty\simages$",
    r"(?-i:\([A-ZÉÈÀ][A-ZÉÈÀ’'.-]+(?:[\s/]+[A-ZÉÈÀ’'.-]+)+\)\.?$)",
    r"(?-i:\b[A-ZÉÈ]{3,}(?:\s[A-ZÉÈ]{2,})+\s?(?:/|POUR|FOR)\s.{2,30}$)",
];

/// Posts of social networks.
pub(super) const EMBED: &[&str] = &[
    r"https?://t\.co/|pic\.twitter\.com/|^[—–-]\s?.{2,60}\(@\w+\).{0,40}$",
    r"^(?:a post shared by|view this post on|voir cette publication|une publication partagée).*",
];

/// Words by which a page says that the rest is for subscribers.
pub(super) const PAYWALL: &[&str] = &[
    r"\b(?:to\s(?:continue|keep)\sreading|to\s(?:view|read|access|see)\s(?:the\s(?:full|rest|complete|whole|entire)|this)\s.{0,40}(?:subscri|log|sign|register|account|member)|continue\sreading\s.{0,30}(?:subscri|account|free|log)|log\sin\sor\s(?:create|subscribe|register|sign)|(?:this|the\srest\sof\sthis)\s(?:article|content|story)\sis\s(?:for|reserved|available|only|exclusive)\s.{0,30}(?:subscribers|members)|already\sa\s(?:subscriber|member)|enjoying\sour\slatest|il\svous\sreste\s.{0,20}(?:article|lire)|la\ssuite\s(?:est\sréservée|de\scet\sarticle|de\sl.article)|(?:cet\sarticle|contenu)\sest\sréservé|pour\s(?:lire|consulter|poursuivre)\s.{0,30}(?:abonn|connect|compte|suite)|déjà\sabonné)",
    r"(?:剩余|余下)[^。]{0,10}(?:付费|订阅|登录)|登录后(?:可)?(?:查看|阅读)(?:全文|更多)",
];

/// Calls to subscribe, join, give or follow.
pub(super) const APPEAL: &[&str] = &[
    r"\b(?:please\s(?:subscribe|log\sin|register|donate|consider|support)|subscribe\s(?:to|now|today|for)|sign\s?(?:up|-up)\s(?:to|for|now|today|here)|get\s(?:the|our|unlimited)\s.{0,50}(?:newsletter|inbox|access|app|email)|create\s(?:a|an|your)\s(?:free\s)?account|support\s(?:our|independent|quality)\s(?:work|journalism|reporting)|make\sa\sdonation|donate\s(?:now|today|here)|join\s(?:our|the)\s(?:newsletter|mailing|whatsapp|telegram|conversation|community\sof)|follow\s(?:us|our)\s.{0,20}(?:facebook|twitter|instagram|whatsapp|google|social)|delivered\s(?:straight\s)?to\syour\sinbox|in\syour\sinbox|join\s(?:a|our)\s(?:growing\s)?community|register\snow|download\s(?:our|the)\s.{0,20}app\b)",
    r"\b(?:abonnez-vous|inscrivez-vous|inscrivez\svous|rejoignez(?:-nous|\snotre|\sla\scommunauté)|(?:fais|faites|faire)\sun\sdon|soutenez(?:-nous|\snotre|\snos|\sle|\sl.)|adhérez\b|contribuez\b|réservée?s?\s(?:à\snos|aux)\sabonnés|recevez\s.{0,60}(?:lettre|mail|newsletter|infolettre|alertes)|(?:découvrez|retrouvez)\s.{0,20}(?:newsletters?|infolettres?|lettres?\sd.information)|recevoir\s.{0,40}(?:newsletters?|lettre|alertes)|téléchargez\s(?:notre|l.)\s?appli|s.abonner\sà|votre\s(?:adhésion|abonnement))",
    r"(?:扫描|长按|识别|扫)[^。]{0,12}(?:二维码|码)[^。]{0,20}(?:关注|下载|订阅|阅读|加入)?",
    r"(?:欢迎|请|点击)(?:大家)?(?:关注|订阅|下载)[^。]{0,30}(?:公众号|客户端|微信|微博|APP|号)|下载[^。]{0,20}(?:客户端|APP)",
    r"更多[^。]{0,20}(?:请关注|请下载|请登录|请点击)",
];

/// Cookie, script and browser notices.
pub(super) const NOTICE: &[&str] = &[
    r"\b(?:we|our|this (?:site|website)|nous|notre|ce site)\b.{0,60}\bcookies?\b",
    r"\bcookies?\b.{0,80}(?:consent|settings|préférences|navigation|browsing)",
    r"(?:accept|gérer|gestion d\w+|paramétrer|manage|modify)\s.{0,20}\bcookies?\b",
    r"(?:enable|activer|needs?|requires?|turn on) javascript|javascript (?:is|must|needs|est|doit|désactivé)",
    r"(?:your|a) browser (?:is|does|version|needs)|votre navigateur",
    r"^\W*(?:privacy policy|terms (?:of use|and conditions|of service)|mentions légales|conditions (?:générales|d.utilisation)|cookie policy)",
    r"(?:our|notre|and our) (?:privacy policy|politique de confidentialité|terms)|i agree",
    r"own shares in or receive funding|ne possède pas de parts|隐私政策|用户协议|(?:您的|请使用|升级)[^。]{0,6}浏览器",
];

/// Whole lines after which no article goes on.
pub(super) const END: &[&str] = &[
    r"end\sof\s(?:article|story|document)|#{3,}|a\sversion\sof\sthis\s(?:article|story)\sappear(?:s|ed)\sin.*",
    r"(?:user\s|reader\s|last\s|all\s|view\s|leave\s(?:a\s)?|post\s(?:a\s)?|add\s(?:a\s)?|join\sthe\s)?(?:comments?|reply|conversation|discussion|responses)(?:\s?\(\d+\))?",
    r"\d+\s(?:comments?|commentaires?|réactions?)(?:\s(?:on|to|sur|à|so\sfar).{0,120})?",
    r"\d+\s(?:réponses?|responses?|replies|reply|thoughts?)(?:\s(?:on|to|sur|à)\s[«“‘\x22].{0,120})?",
    r"this\sentry\swas\sposted.*|(?:filed|posted)\s(?:under|in)\W.*|publié\sdans.*|laisser\sun\scommentaire",
    r"(?:les\s|vos\s|tous\sles\s|ajouter\sun\s|poster\sun\s)?commentaires?(?:\s?\(\d+\))?|(?:vos\s)?réactions?",
    r"about\sthe\sauthors?|à\spropos\s(?:de\sl.auteur.*|des\sauteurs)|more\sinformation\s?:.*",
    r"journal\sinformation\s?:.*|citation\s?:.*|(?:media|press)\scontacts?\b.*",
    r"contacts?\s(?:presse?|médias?)\b.*|notes?\sto\seditors?\b.*|notes?\saux\s(?:rédacteurs|rédactions).*",
    r"provided\sby\b.*|explore\scontent|newsletters?|subjects",
    r"privacy(?:\s(?:policy|notice|settings|statement|terms).*)?|©.*\d{4}.*",
    r"copyright\s*(?:©|\(c\)|by\s|\d|[:：]|\p{Han}).*|all\srights\sreserved.*|tous\sdroits\sréservés.*",
    r"reprints\sand\spermissions|(?:特别|郑重|免责|版权|本站|本网|重要)?(?:声明|提示|申明)[:：].*|免责声明.*|版权声明.*|【?(?:免责|版权)声明】?.*",
    r"（完）|\(完\)|\[完\]|网友评论.*|最新评论.*|最热评论.*|我要评论.*|发表评论.*|写评论.*|评论区.*|已有\d+条评论.*|\d+条评论.*|跟帖.*|文明上网.*|版权所有.*",
    r"(?:本文|该文|文章)(?:观点|内容|仅代表|系|不代表|为).{0,40}(?:观点|转载|授权|立场|版权|投资|本人).*|(?:本文|题|头)图(?:片)?来(?:自|源).*|本文图片.*",
    r"(?:未经|凡).{0,20}(?:授权|转载|注明).*|本文来源[:：].*|来源网址.*|-{3,}|={3,}|_{3,}|\*\s\*\s\*",
];

/// Entries of service menus: whole lines.
pub(super) const UTILITY: &[&str] = &[
    r"contact(?:s|ez)?(?:[\s-](?:us|nous))?|nous\s(?:contacter|joindre|soutenir|rejoindre)|contact.*",
    r"about(?:\sus)?|à\spropos.*|qui\ssommes.*|soutenez.*|log\s?(?:in|out)|sign\s?(?:in|up|out)|register",
    r"subscribe.*|s.abonner|abonne.*|donate.*|(?:faire\s(?:un\s)?)?don(?:ner|s)?|search|recherche.*|menu",
    r"print.*|imprimer.*|e-?mail.*|share.*|partag.*|save|comments?.*|commentaires?|\d+\scommentaires?|facebook",
    r"twitter|x|instagram|youtube|linkedin|whatsapp|pinterest|telegram|tiktok|rss.*|newsletters?.*|en\sdirect",
    r"privacy.*|politique\sde\sconfidentialité|mentions.*|terms.*|cookies?.*|faq|adhérer|adhésions?|boutique|help|aide|careers|my\saccount",
    r"mon\scompte|se\sconnecter|connexion|inscription|english|français|中文|en|fr|zh|-|\||\d+|next|previous|登录",
    r"注册|搜索|联系我们|关于我们|邮箱|English|微博|微信|打印|分享|收藏|更多|客户端|无障碍.*|繁體.*|.*繁體|.*繁体.*|旧版.*|download.*|follow.*",
    r"view\sall.*|edition|home\sdelivery|publicité|advertise.*",
];

/// A Unicode word boundary keeps a pattern off the fast engines in accented text. Ours stand beside ASCII letters only.
pub(super) fn ascii_boundaries(pattern: &str) -> String {
    pattern.replace(r"\b", r"(?-u:\b)")
}
