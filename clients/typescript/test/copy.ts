import { readFile, rename, writeFile } from "node:fs/promises";
import type { Article, ChangeBatch } from "../src/index.js";

/** A copy in one file. Replacing the file is its transaction. */
export class Copy {
  private constructor(
    private readonly path: string,
    public cursor: string | null,
    private articles: Map<string, Article>,
    private marked: Set<string>,
  ) {}

  static async open(path: string): Promise<Copy> {
    const text = await readFile(path, "utf8").catch(() => '{"cursor":null,"articles":[],"marked":[]}');
    const { cursor, articles, marked }: { cursor: string | null; articles: Article[]; marked: string[] } = JSON.parse(text);
    return new Copy(path, cursor, new Map(articles.map((article) => [article.id, article])), new Set(marked));
  }

  async apply({ reset, changes, complete, cursor }: ChangeBatch): Promise<void> {
    if (reset) this.marked = new Set(this.articles.keys());
    for (const change of changes) {
      this.marked.delete(change.id);
      if (change.op === "upsert") this.articles.set(change.id, change.article);
      else this.articles.delete(change.id);
    }
    if (complete) {
      for (const id of this.marked) this.articles.delete(id);
      this.marked.clear();
    }
    this.cursor = cursor;
    await writeFile(`${this.path}.new`, JSON.stringify({ cursor, articles: [...this.articles.values()], marked: [...this.marked] }));
    await rename(`${this.path}.new`, this.path);
  }

  /** Id and version of each article, in order. */
  versions(): [string, number][] {
    const all = [...this.articles.values()].map((article): [string, number] => [article.id, article.version]);
    return all.sort(([a], [b]) => (a < b ? -1 : 1));
  }
}
