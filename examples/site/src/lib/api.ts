import { articlesWith, createMasthead, items, MastheadError, ok, type ArticleQuery, type ArticleWith, type Edition, type Section } from "masthead-client";

/** Address of the service. Set where the site runs, not where it is built. */
export const MASTHEAD_URL = process.env["MASTHEAD_URL"] ?? "http://localhost:8080";

export const client = createMasthead({ baseUrl: MASTHEAD_URL, timeout: 10 });

/** What a teaser shows. */
export const TEASER = ["title", "summary", "url", "media", "authors", "section", "published_on"] as const;
export type Story = ArticleWith<(typeof TEASER)[number]>;

export interface StoryPage {
  stories: Story[];
  older: string | null;
}

/** Answers what `load` made, for some seconds the same; when it fails, the last that it made. */
function kept<T>(seconds: number, load: () => Promise<T>): () => Promise<T> {
  let last: { value: T; until: number } | undefined;
  return async () => {
    if (last && Date.now() < last.until) return last.value;
    try {
      last = { value: await load(), until: Date.now() + seconds * 1000 };
    } catch (error) {
      if (!last) throw error;
      last.until = Date.now() + 1000;
    }
    return last.value;
  };
}

async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const row of rows) found.push(row);
  return found;
}

/** The editions; the first one is for readers of none of them. */
export const editions = kept(30, () => all<Edition>(items((page) => client.GET("/api/editions", { params: { query: { limit: 100, ...page } } }))));

const sections = kept(30, () => all<Section>(items((page) => client.GET("/api/sections", { params: { query: { limit: 100, ...page } } }))));

/** The sections of an edition that stand in its menu. */
export async function menu(lang: string): Promise<Section[]> {
  return (await sections()).filter((section) => section.lang === lang && section.parent_id === null);
}

/** The sections right below another one. */
export async function sectionsBelow(parent: string): Promise<Section[]> {
  return (await sections()).filter((section) => section.parent_id === parent);
}

export async function edition(lang: string | undefined): Promise<Edition | undefined> {
  return (await editions()).find((one) => one.lang === lang);
}

/** The languages in which somebody reads who prefers this one. */
export async function preferring(lang: string): Promise<string> {
  const others = (await editions()).map((one) => one.lang).filter((one) => one !== lang);
  return [lang, ...others].join();
}

/** A page of stories, the newest first. */
export async function stories(query: ArticleQuery): Promise<StoryPage> {
  const { data, meta } = await ok(articlesWith(client, TEASER, query));
  return { stories: data, older: meta.next_cursor };
}

/** The answer, or nothing where there is no such thing. A withdrawn article and every other failure are thrown. */
export async function known<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof MastheadError && error.status === 404) return undefined;
    throw error;
  }
}

/** The withdrawal that an error tells of. */
export function withdrawal(error: unknown): MastheadError["problem"] {
  return error instanceof MastheadError && error.status === 410 ? error.problem : undefined;
}

/** The article as search engines read it (schema.org). */
export async function structuredData(id: string): Promise<string> {
  const answer = await fetch(`${MASTHEAD_URL}/api/articles/${id}?format=jsonld`, { signal: AbortSignal.timeout(10_000) });
  // Within a script element, `</script>` must not be read.
  return answer.ok ? (await answer.text()).replaceAll("<", "\\u003c") : "";
}
