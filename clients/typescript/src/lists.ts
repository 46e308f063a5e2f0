// Each item of a list, a page at a time.

import type { Api } from "./connection.ts";
import type { paths } from "./generated/schema.ts";
import { taken } from "./problems.ts";

type Page = { items: unknown[]; next_cursor: string | null };
type Read<Path extends keyof paths> = paths[Path] extends { get: infer Operation } ? Operation : never;
type Answer<Path extends keyof paths> =
  Read<Path> extends { responses: { 200: { content: { "application/json": infer Body } } } }
    ? Body
    : never;
type Asked<Path extends keyof paths> =
  Read<Path> extends { parameters: infer Parameters } ? Parameters : never;

type IsPaged<Path extends keyof paths> =
  Asked<Path> extends { query?: infer Query } ? "cursor" extends keyof NonNullable<Query> ? true : false : false;

/** The paths that are read by pages; not the feed of what was done, which has no end. */
export type ListPath = {
  [Path in keyof paths]: Answer<Path> extends Page
    ? Answer<Path> extends never ? never : IsPaged<Path> extends true ? Path : never
    : never;
}[keyof paths];

/** What the list at a path is made of. */
export type ItemOf<Path extends ListPath> =
  Answer<Path> extends { items: (infer Item)[] } ? Item : never;

/** What may be asked of the list at a path: its filters, and what is above it. */
export type Params<Path extends ListPath> = Pick<
  Asked<Path>,
  Extract<keyof Asked<Path>, "query" | "path">
>;

/** Every item of a list: `for await (const grant of pages(api, "/v1/grants")) …`. */
export async function* pages<Path extends ListPath>(
  api: Api,
  path: Path,
  ...[params]: {} extends Params<Path> ? [params?: Params<Path>] : [params: Params<Path>]
): AsyncGenerator<ItemOf<Path>, void, undefined> {
  const read = api.GET as (
    path: string,
    init: object,
  ) => Promise<{ data?: Page; error?: unknown; response: Response }>;
  let cursor: string | null = null;
  do {
    const asked = (params as { query?: object } | undefined)?.query;
    const query = { limit: 100, ...asked, ...(cursor ? { cursor } : {}) };
    const page: Page = taken(await read(path, { params: { ...params, query } }));
    yield* page.items as ItemOf<Path>[];
    cursor = page.next_cursor;
  } while (cursor);
}
