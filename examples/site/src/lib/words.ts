/** The words of the site itself. An edition without words of its own has the English ones. */
export interface Words {
  skip: string;
  languages: string;
  sections: string;
  search: string;
  searchFor: string;
  results: (count: number) => string;
  nothingFound: string;
  didYouMean: string;
  all: string;
  page: (number: number) => string;
  previous: string;
  next: string;
  older: string;
  newest: string;
  path: string;
  by: string;
  translatedBy: string;
  minutes: (count: number) => string;
  related: string;
  topics: string;
  latest: string;
  articlesBy: string;
  articlesOn: string;
  feed: string;
  notices: Record<string, string>;
  missing: string;
  missingText: string;
  gone: string;
  goneText: string;
  reasons: Record<string, string>;
  toHome: string;
  preview: string;
}

const en: Words = {
  skip: "Skip to the text",
  languages: "Languages",
  sections: "Sections",
  search: "Search",
  searchFor: "Words to search for",
  results: (count) => (count === 1 ? "1 article" : `${count} articles`),
  nothingFound: "Nothing was found. Try fewer or other words.",
  didYouMean: "Did you mean",
  all: "All sections",
  page: (number) => `Page ${number}`,
  previous: "Previous page",
  next: "Next page",
  older: "Older articles",
  newest: "Newest articles",
  path: "You are here",
  by: "By",
  translatedBy: "Translated by",
  minutes: (count) => `${count} min read`,
  related: "On the same matters",
  topics: "Topics",
  latest: "Latest",
  articlesBy: "Articles",
  articlesOn: "Topic",
  feed: "Web feed",
  notices: { correction: "Correction", clarification: "Clarification", retraction: "Retraction", expression_of_concern: "Expression of concern" },
  missing: "There is no such page",
  missingText: "The address may be wrong, or the page may have gone. Search, or begin at the front page.",
  gone: "This article was withdrawn",
  goneText: "It was taken down on",
  reasons: { legal: "for legal reasons", error: "because of an error", privacy: "to protect somebody's privacy", rights: "because of rights of others", other: "" },
  toHome: "To the front page",
  preview: "This is a preview. It is not published.",
};

const fr: Words = {
  skip: "Aller au texte",
  languages: "Langues",
  sections: "Rubriques",
  search: "Rechercher",
  searchFor: "Mots à rechercher",
  results: (count) => (count === 1 ? "1 article" : `${count} articles`),
  nothingFound: "Aucun résultat. Essayez moins de mots, ou d’autres.",
  didYouMean: "Vouliez-vous dire",
  all: "Toutes les rubriques",
  page: (number) => `Page ${number}`,
  previous: "Page précédente",
  next: "Page suivante",
  older: "Articles plus anciens",
  newest: "Derniers articles",
  path: "Vous êtes ici",
  by: "Par",
  translatedBy: "Traduit par",
  minutes: (count) => `${count} min de lecture`,
  related: "Sur les mêmes sujets",
  topics: "Sujets",
  latest: "À la une",
  articlesBy: "Articles",
  articlesOn: "Sujet",
  feed: "Flux web",
  notices: { correction: "Rectification", clarification: "Précision", retraction: "Rétractation", expression_of_concern: "Mise en garde" },
  missing: "Cette page n’existe pas",
  missingText: "L’adresse est peut-être fausse, ou la page a disparu. Cherchez, ou commencez par la une.",
  gone: "Cet article a été retiré",
  goneText: "Il a été retiré le",
  reasons: { legal: "pour des raisons juridiques", error: "en raison d’une erreur", privacy: "pour protéger la vie privée", rights: "en raison de droits de tiers", other: "" },
  toHome: "Vers la une",
  preview: "Ceci est un aperçu. Il n’est pas publié.",
};

const zh: Words = {
  skip: "跳到正文",
  languages: "语言",
  sections: "栏目",
  search: "搜索",
  searchFor: "搜索词",
  results: (count) => `${count} 篇文章`,
  nothingFound: "没有找到。请减少或更换搜索词。",
  didYouMean: "您是不是要找",
  all: "全部栏目",
  page: (number) => `第 ${number} 页`,
  previous: "上一页",
  next: "下一页",
  older: "更早的文章",
  newest: "最新文章",
  path: "当前位置",
  by: "作者",
  translatedBy: "译者",
  minutes: (count) => `阅读约 ${count} 分钟`,
  related: "相关文章",
  topics: "话题",
  latest: "最新",
  articlesBy: "文章",
  articlesOn: "话题",
  feed: "订阅源",
  notices: { correction: "更正", clarification: "说明", retraction: "撤稿", expression_of_concern: "存疑声明" },
  missing: "没有这个页面",
  missingText: "地址可能有误，或页面已不存在。请搜索，或从首页开始。",
  gone: "本文已撤下",
  goneText: "撤下日期",
  reasons: { legal: "法律原因", error: "内容有误", privacy: "保护隐私", rights: "他人权利", other: "" },
  toHome: "返回首页",
  preview: "这是预览，尚未发布。",
};

const words: Record<string, Words> = { en, fr, zh };

export function wordsOf(lang: string): Words {
  return words[lang] ?? words[lang.split("-")[0] ?? ""] ?? en;
}

/** A civil date in the words of a language. */
export function longDate(date: string, lang: string): string {
  return new Intl.DateTimeFormat(lang, { dateStyle: "long", timeZone: "UTC" }).format(new Date(date.slice(0, 10)));
}

/** Names in one line, as a language lists them. */
export function listed(names: readonly string[], lang: string): string {
  return new Intl.ListFormat(lang, { type: "conjunction" }).format(names);
}
