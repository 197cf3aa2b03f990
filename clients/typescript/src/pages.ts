import { type Answer, ok } from "./client.js";

/** A part of a list. */
export interface Page<T> {
  data: T[];
  meta: { has_more: boolean; next_cursor: string | null };
}

/** Parameters of the page that is asked for. Spread them last into the query. */
export interface PageRequest {
  cursor?: string;
}

/**
 * The pages of a list, one after the other.
 *
 * @param ask Asks for one page: `(page) => client.GET("/api/articles", { params: { query: { lang: "en", ...page } } })`.
 * @param from `meta.next_cursor` of the page before the first one.
 */
export async function* pages<P extends Page<unknown>>(
  ask: (page: PageRequest) => Promise<Answer<P>>, from?: string | undefined,
): AsyncGenerator<P, void, undefined> {
  let cursor = from;
  for (;;) {
    const page = await ok(ask(cursor === undefined ? {} : { cursor }));
    yield page;
    const { has_more, next_cursor } = page.meta;
    if (!has_more || next_cursor === null) return;
    if (next_cursor === cursor) throw new Error("a page leads to itself: ask for it with the cursor that is given");
    cursor = next_cursor;
  }
}

/** The rows of a list, over all its pages. */
export async function* items<T>(
  ask: (page: PageRequest) => Promise<Answer<Page<T>>>, from?: string | undefined,
): AsyncGenerator<T, void, undefined> {
  for await (const page of pages(ask, from)) yield* page.data;
}
