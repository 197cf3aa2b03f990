/** What is tried again, and for how long. */
export interface RetryOptions {
  /** Instead of the global `fetch`. */
  fetch?: ((request: Request) => Promise<Response>) | undefined;
  /** Number of further attempts after a broken connection, a 429 or a 503. 2 unless given. */
  retries?: number | undefined;
  /** Longest `Retry-After` that is waited for, in seconds. A longer one is the answer. 60 unless given. */
  longestWait?: number | undefined;
  /** Seconds until an answer must begin. 30 unless given. */
  timeout?: number | undefined;
}

const RETRIED_STATUS = new Set([429, 503]);

/**
 * A `fetch` that repeats what may be repeated: reads, and writes with an `Idempotency-Key`. It waits as long as
 * `Retry-After` says, in seconds or as a date.
 */
export function retrying(options: RetryOptions = {}): (request: Request) => Promise<Response> {
  const { fetch = globalThis.fetch, retries = 2, longestWait = 60, timeout = 30 } = options;
  return async (request) => {
    const attempts = isRepeatable(request) ? retries : 0;
    for (let attempt = 0; ; attempt += 1) {
      const isLast = attempt >= attempts;
      const pause = backoff(attempt);
      try {
        const response = await within(timeout, request, isLast, fetch);
        if (isLast || !RETRIED_STATUS.has(response.status)) return response;
        const wait = retryAfter(response.headers.get("retry-after")) ?? pause;
        if (wait > longestWait) return response;
        await response.body?.cancel();
        await sleep(wait, request.signal);
      } catch (error) {
        if (isLast || request.signal.aborted) throw error;
        await sleep(pause, request.signal);
      }
    }
  };
}

/** Seconds before the attempt that follows, 0.25 to 0.5 after the first one, doubled each time, at most 30. */
export function backoff(attempt: number): number {
  return Math.min(30, 0.5 * 2 ** attempt) * (0.5 + Math.random() / 2);
}

/** Seconds that a `Retry-After` asks for (RFC 9110, 10.2.3). */
export function retryAfter(field: string | null, now = Date.now()): number | undefined {
  if (field === null) return undefined;
  if (/^\s*\d+\s*$/.test(field)) return Number(field);
  const at = Date.parse(field);
  return Number.isNaN(at) ? undefined : Math.max(0, (at - now) / 1000);
}

/** Waits; rejects at once where the signal is aborted. */
export function sleep(seconds: number, signal?: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, seconds * 1000);
    signal?.addEventListener("abort", stop, { once: true });
  });
}

function isRepeatable(request: Request): boolean {
  return ["GET", "HEAD"].includes(request.method) || request.headers.has("idempotency-key");
}

/** Sends a copy of the request unless it is the last one, and gives up where no answer begins in time. */
async function within(
  seconds: number, request: Request, isLast: boolean, fetch: (request: Request) => Promise<Response>,
): Promise<Response> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new DOMException(`no answer within ${seconds} s`, "TimeoutError")), seconds * 1000);
  try {
    const signal = AbortSignal.any([request.signal, late.signal]);
    return await fetch(new Request(isLast ? request : request.clone(), { signal }));
  } finally {
    clearTimeout(timer);
  }
}
