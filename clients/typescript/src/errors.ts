import type { Problem } from "./schema.js";

/** An answer of the service that is no success. */
export class MastheadError extends Error {
  override readonly name = "MastheadError";
  /** Status of the answer. */
  readonly status: number;
  /** Stable code of the problem; `undefined` where something in between answered, such as a proxy. */
  readonly code: Problem["code"] | undefined;
  /** The problem document (RFC 9457). */
  readonly problem: Problem | undefined;
  readonly response: Response;

  constructor(response: Response, content: unknown) {
    const problem = isProblem(content) ? content : undefined;
    super(`${response.url}: ${response.status} ${problem?.detail ?? response.statusText}`.trimEnd());
    this.status = response.status;
    this.code = problem?.code;
    this.problem = problem;
    this.response = response;
  }
}

function isProblem(content: unknown): content is Problem {
  return (
    typeof content === "object" && content !== null &&
    "code" in content && typeof content.code === "string" &&
    "status" in content && typeof content.status === "number"
  );
}
