import { createQuerySerializer } from "openapi-fetch";
import type { Answer, Masthead } from "./client.js";
import type { Page } from "./pages.js";
import type { Article, operations } from "./schema.js";

/** Parameters of a list of articles. */
export type ArticleQuery = NonNullable<operations["list_articles"]["parameters"]["query"]>;

/** Name of a field of an article. */
export type ArticleField = keyof Article;

/** An article with some of its fields. */
export type ArticleWith<F extends ArticleField> = Pick<Article, F | "id" | "lang">;

const commas = createQuerySerializer({ array: { style: "form", explode: false } });

/**
 * A page of articles with these fields only, and typed so: a teaser needs a tenth of an article. `id` and `lang` always come.
 *
 * `articlesWith(client, ["title", "url"], { lang: "en", ...page })`
 */
export function articlesWith<F extends ArticleField>(
  client: Masthead, fields: readonly F[], query: ArticleQuery = {},
): Promise<Answer<Page<ArticleWith<F>>>> {
  const querySerializer = (given: object): string => commas({ ...given, fields });
  return client.GET("/api/articles", { params: { query }, querySerializer });
}
