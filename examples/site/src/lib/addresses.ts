/** Path of a page of this site. The service gives whole addresses, by the templates of the editions. */
export function pathOf(url: string): string {
  return new URL(url, "http://site.invalid").pathname;
}

/** Address of this site. Behind a proxy `SITE_URL` says it. */
export const siteOf = (url: URL): string => process.env["SITE_URL"] ?? url.origin;

export const home = (lang: string): string => `/${lang}`;
export const author = (lang: string, slug: string): string => `/${lang}/authors/${encodeURIComponent(slug)}`;
export const tag = (lang: string, slug: string): string => `/${lang}/tags/${encodeURIComponent(slug)}`;

/** The search page; parameters without a value are left out. */
export function search(lang: string, parameters: Record<string, string | undefined> = {}): string {
  const given = Object.entries(parameters).flatMap(([name, value]) => (value ? [[name, value]] : []));
  const query = new URLSearchParams(given).toString();
  return `/${lang}/search${query && `?${query}`}`;
}

/** The same page with an older part of its list. */
export const olderThan = (path: string, cursor: string): string => `${path}?cursor=${cursor}`;
