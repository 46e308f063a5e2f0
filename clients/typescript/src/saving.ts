// Saving safely: what is written is what was read.

import { taken } from "./problems.ts";

/** A thing as it was read, with the header that lets it be changed only if it still stands. */
export interface Held<T> {
  value: T;
  ifMatch: { "If-Match": string };
}

/** What was read or written, to be changed: `params: { header: read.ifMatch }`. */
export function held<T>(result: { data?: T; error?: unknown; response: Response }): Held<T> {
  const value = taken(result);
  return { value, ifMatch: { "If-Match": result.response.headers.get("ETag") ?? "" } };
}
