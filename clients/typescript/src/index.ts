export { connect, type Api, type Connection, type Options, type Tokens } from "./connection.ts";
export type { components, operations, paths } from "./generated/schema.ts";
export * from "./generated/words.ts";
export { pages, type ItemOf, type ListPath } from "./lists.ts";
export { Refused, taken, Stale, type Fault, type Unmet } from "./problems.ts";
export { held, type Held } from "./saving.ts";
export { upload, type Upload } from "./uploads.ts";
export { resultOf } from "./work.ts";
