import createClient, { type Client, type QuerySerializerOptions } from "openapi-fetch";
import { MastheadError } from "./errors.js";
import { retrying, type RetryOptions } from "./retry.js";
import type { paths } from "./schema.js";

/** Every operation of the service: `GET`, `POST`, `PUT`, `PATCH` and `DELETE`, each with a path of the OpenAPI document. */
export type Masthead = Client<paths>;

export interface MastheadOptions extends RetryOptions {
  /** Address of the service, with its path prefix: `https://api.example.org`. */
  baseUrl: string;
  /** Key of the caller. What is published needs none. */
  key?: string | undefined;
  /** Header fields of every request. */
  headers?: Record<string, string> | undefined;
}

/** Makes a client. Lists in a query are sent with commas, which mean any of them; see {@link allOf}. */
export function createMasthead(options: MastheadOptions): Masthead {
  const { baseUrl, key, headers } = options;
  return createClient<paths>({
    baseUrl: baseUrl.replace(/\/+$/, ""),
    fetch: retrying(options),
    headers: { ...headers, ...(key === undefined ? {} : { Authorization: `Bearer ${key}` }) },
    querySerializer: { array: { style: "form", explode: false } },
  });
}

/** `querySerializer` of a call whose lists mean all of their values: `tag=a&tag=b`. */
export const allOf: QuerySerializerOptions = { array: { style: "form", explode: true } };

/** What a call answers. */
export interface Answer<T> {
  data?: T | undefined;
  error?: unknown;
  response: Response;
}

/** The content of an answer; throws {@link MastheadError} where it is no success. */
export async function ok<T>(call: Promise<Answer<T>> | Answer<T>): Promise<T> {
  const answer = await call;
  if (hasContent(answer)) return answer.data;
  throw new MastheadError(answer.response, answer.error);
}

/** Waits for a call that answers without content, such as a `DELETE`; throws {@link MastheadError} where it is no success. */
export async function done(call: Promise<Answer<unknown>> | Answer<unknown>): Promise<void> {
  const { error, response } = await call;
  if (!response.ok) throw new MastheadError(response, error);
}

function hasContent<T>(answer: Answer<T>): answer is Answer<T> & { data: T } {
  return answer.response.ok && answer.data !== undefined;
}
