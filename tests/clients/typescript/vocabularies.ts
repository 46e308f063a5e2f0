// What a client does with a word of a vocabulary that it does not know: it compiles, and goes on. A
// closed list stays one, of which the compiler knows every word.

import type { components } from "../../../build/clients/schema.d.ts";

type Schemas = components["schemas"];

const work: Schemas["WorkKind"] = "a_kind_of_next_year";
const metric: Schemas["MetricKey"] = "a_metric_of_next_year";
const role: Schemas["Role"] = "a_role_of_next_year";
export const unknown = [work, metric, role];

// @ts-expect-error: the statuses of a lifecycle are all known.
export const closed: Schemas["GrantStatus"] = "a_status_of_next_year";
