import { done, type Masthead, ok } from "./client.js";
import { MastheadError } from "./errors.js";
import { backoff, retryAfter, sleep } from "./retry.js";
import type { Article, ChangeEvent, operations } from "./schema.js";

/** An article that the copy takes. */
export type Upserted = Omit<ChangeEvent, "op" | "article"> & { op: "upsert"; article: Article };
/** An article that the copy shows no longer, whether it has it or not. */
export type Deleted = Omit<ChangeEvent, "op" | "article"> & { op: "delete" };
export type Change = Upserted | Deleted;

/**
 * Changes to apply in one transaction, in this order: mark every article of the copy where `reset` is true; apply `changes`,
 * which removes the mark of each article that they name; remove the articles that are still marked where `complete` is true;
 * store `cursor`.
 */
export interface ChangeBatch {
  /** True where the copy is told anew: at a first copy, and after the database of the service was restored. */
  reset: boolean;
  changes: Change[];
  /** True where the copy now has everything. */
  complete: boolean;
  /** The place to go on from. */
  cursor: string;
}

type Query = NonNullable<operations["list_changes"]["parameters"]["query"]>;

/** Limits of the copy, and the form of its bodies. They may differ from those that the cursor was given with. */
export type ChangeFilters = Omit<Query, "since" | "limit">;

export interface FollowOptions {
  /** Cursor that the copy has stored. Without it everything comes, with `reset`. */
  since?: string | null | undefined;
  filters?: ChangeFilters | undefined;
  /** Number of changes in a batch, 1 to 100. 100 unless given. */
  limit?: number | undefined;
  /** Ends when the copy is complete, instead of waiting for more. */
  once?: boolean | undefined;
  /** Seconds between two looks for more. 5 unless given. */
  interval?: number | undefined;
  /** Acknowledges each batch when the next one is asked for. For keys of partners. */
  acknowledge?: boolean | undefined;
  /** Ends the iteration: it returns, and a batch that was given stays given. */
  signal?: AbortSignal | undefined;
  /** Told of each failure that is tried again. */
  onRetry?: ((error: unknown, seconds: number) => void) | undefined;
}

/**
 * Follows the changes of what is published. A batch is over when the next one is asked for. A program that is killed at any
 * point goes on from the cursor that its last transaction stored.
 *
 * Broken connections, 429 and 5xx are tried again without end; every other answer is thrown as {@link MastheadError}. A
 * cursor that was given to another key is a 400 with `parameter: "since"`: begin without one.
 */
export async function* followChanges(
  client: Masthead, options: FollowOptions = {},
): AsyncGenerator<ChangeBatch, void, undefined> {
  const { signal, interval = 5 } = options;
  let cursor = options.since ?? undefined;
  let isOwed = true;
  try {
    if (options.acknowledge && cursor !== undefined) await patiently(options, () => acknowledgeStored(client, cursor));
    for (;;) {
      const batch = await patiently(options, () => read(client, cursor, options));
      // A page without a change matters where the copy was not complete before it.
      if (isOwed || batch.reset || batch.changes.length > 0) {
        yield batch;
        if (options.acknowledge) await patiently(options, () => acknowledgeStored(client, batch.cursor));
      }
      cursor = batch.cursor;
      isOwed = !batch.complete;
      if (batch.complete && options.once) return;
      if (batch.complete) await sleep(interval, signal);
    }
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}

/** Says that the copy has applied everything up to a cursor. */
export async function acknowledge(client: Masthead, cursor: string): Promise<void> {
  await done(client.POST("/api/changes/ack", { body: { cursor } }));
}

/** A cursor from before a restore proves nothing; what follows it is acknowledged in its turn. */
async function acknowledgeStored(client: Masthead, cursor: string | undefined): Promise<void> {
  if (cursor === undefined) return;
  try {
    await acknowledge(client, cursor);
  } catch (error) {
    if (!(error instanceof MastheadError && error.code === "conflict")) throw error;
  }
}

async function read(client: Masthead, cursor: string | undefined, options: FollowOptions): Promise<ChangeBatch> {
  const { filters, limit = 100, signal } = options;
  const query = { ...filters, limit, ...(cursor === undefined ? {} : { since: cursor }) };
  const { data, meta } = await ok(client.GET("/api/changes", { params: { query }, ...(signal ? { signal } : {}) }));
  return {
    reset: meta.reset || cursor === undefined,
    changes: data.map(change),
    complete: !meta.has_more,
    cursor: meta.next_cursor,
  };
}

function change({ op, article, ...rest }: ChangeEvent): Change {
  if (op === "delete") return { ...rest, op };
  if (article === undefined) throw new Error(`change ${rest.seq} brings no article`);
  return { ...rest, op, article };
}

async function patiently<T>({ signal, onRetry }: FollowOptions, attempt: () => Promise<T>): Promise<T> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (signal?.aborted || !passes(error)) throw error;
      const asked = error instanceof MastheadError ? retryAfter(error.response.headers.get("retry-after")) : undefined;
      const seconds = asked ?? backoff(failures);
      onRetry?.(error, seconds);
      await sleep(seconds, signal);
    }
  }
}

/** True for what time may mend: a server that is away or busy, and a connection that broke (`TypeError` in `fetch`). */
function passes(error: unknown): boolean {
  if (error instanceof MastheadError) return error.status === 429 || error.status >= 500;
  return error instanceof TypeError || (error instanceof DOMException && error.name === "TimeoutError");
}
