// What came of long work.

import type { components } from "./generated/schema.ts";
import type { Results } from "./generated/words.ts";

/** What came of long work of this kind; null while it runs, and where it is of another kind. */
export function resultOf<Kind extends keyof Results>(
  operation: components["schemas"]["OperationOut"],
  kind: Kind,
): Results[Kind] | null {
  return operation.kind === kind ? (operation.result as Results[Kind] | null) : null;
}
