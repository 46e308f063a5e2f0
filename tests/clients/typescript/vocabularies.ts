// What a client does with a word of a vocabulary that it does not know: it compiles, and goes on. A
// closed list stays one, of which the compiler knows every word; so are the words known today.

import {
  resultOf,
  type components,
  type KnownMetricKey,
  type KnownRole,
  type KnownWorkKind,
  type ListPath,
} from "peer-learning-network";

type Schemas = components["schemas"];

const work: Schemas["WorkKind"] = "a_kind_of_next_year";
const metric: Schemas["MetricKey"] = "a_metric_of_next_year";
const role: Schemas["Role"] = "a_role_of_next_year";
export const unknown = [work, metric, role];

const titles: Partial<Record<KnownWorkKind, string>> = { review_report: "Review a report" };
/** What a screen says of a kind of work, of next year's too. */
export const title = (kind: Schemas["WorkKind"]): string => titles[kind as KnownWorkKind] ?? kind;

export const known: [KnownMetricKey, KnownRole] = ["fill", "coordinator"];

/** How many faults a spreadsheet had: the type of a result follows from the kind of the work. */
export const faults = (operation: Schemas["OperationOut"]): number | undefined =>
  resultOf(operation, "import_people")?.fault_count;

// @ts-expect-error: nobody knows it today.
export const newer: KnownRole = "a_role_of_next_year";

// @ts-expect-error: the statuses of a lifecycle are all known.
export const closed: Schemas["GrantStatus"] = "a_status_of_next_year";

export const list: ListPath = "/v1/grants";
// @ts-expect-error: what was done is a feed without an end, which is read by `after`.
export const feed: ListPath = "/v1/activity";
