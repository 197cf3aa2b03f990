/** An article or a section, with the same in other languages. */
export interface Translated {
  lang: string;
  url: string;
  translations: readonly { lang: string; url: string }[];
}

/** Attributes of a `<link rel="alternate">`. */
export interface Alternate {
  hreflang: string;
  href: string;
}

/**
 * The page in every language, itself included, sorted by language; nothing where it has only one. Search engines want the
 * same list on each of these pages.
 *
 * @param defaultLang Language for readers of none of these (`x-default`).
 * @param address Address of a page where it is not its `url`.
 */
export function alternates(
  page: Translated, defaultLang?: string | undefined, address: (url: string, lang: string) => string = (url) => url,
): Alternate[] {
  if (page.translations.length === 0) return [];
  const all = [{ lang: page.lang, url: page.url }, ...page.translations];
  const links = all.map(({ lang, url }) => ({ hreflang: lang, href: address(url, lang) }));
  links.sort((a, b) => (a.hreflang < b.hreflang ? -1 : 1));
  const fallback = links.find(({ hreflang }) => hreflang === defaultLang);
  return fallback ? [...links, { hreflang: "x-default", href: fallback.href }] : links;
}
