// Writes what the types of the document do not say: the words that each vocabulary has today, the
// codes with which each operation refuses, what comes of long work of each kind, and which writes take
// no Idempotency-Key.

import { readFileSync, writeFileSync } from "node:fs";

type Answer = { $ref?: string; "x-problem-codes"?: string[] };
type Parameter = { $ref?: string; name?: string };
type Operation = {
  operationId: string;
  parameters?: Parameter[];
  responses: Record<string, Answer>;
  "x-problem-codes"?: string[];
};
type Schema = { properties?: Record<string, { "x-result-by-kind"?: Record<string, string> }> };
type Document = {
  paths: Record<string, Record<string, Operation>>;
  components: {
    responses: Record<string, Answer>;
    parameters: Record<string, Parameter>;
    schemas: Record<string, Schema>;
  };
  "x-vocabularies": Record<string, string[]>;
};

const here = (path: string) => new URL(path, import.meta.url);
const document: Document = JSON.parse(
  readFileSync(here("../../../openapi/openapi.json"), "utf8"),
);
const { responses, parameters, schemas } = document.components;

const union = (words: string[]) =>
  words.length === 0 ? "never" : words.map((word) => JSON.stringify(word)).join(" | ");
const pascal = (name: string) => name.replace(/(?:^|_)(\w)/g, (_, first) => first.toUpperCase());
const named = (reference?: string) => reference?.split("/").at(-1) ?? "";

const words = Object.entries(document["x-vocabularies"]).map(
  ([name, known]) => `export type Known${pascal(name)} =\n  ${union(known)};`,
);
const shared = Object.entries(responses).flatMap(([name, answer]) =>
  answer["x-problem-codes"] ? [`  ${name}: ${union(answer["x-problem-codes"])};`] : [],
);
const codes: string[] = [];
const keyless: string[] = [];
for (const [path, item] of Object.entries(document.paths)) {
  for (const [method, operation] of Object.entries(item)) {
    const common = Object.values(operation.responses)
      .map((answer) => named(answer.$ref))
      .filter((name) => responses[name]?.["x-problem-codes"])
      .map((name) => `SharedProblems["${name}"]`);
    const own = operation["x-problem-codes"]?.map((code) => JSON.stringify(code)) ?? [];
    codes.push(`  ${operation.operationId}: ${[...own, ...common].join(" | ") || "never"};`);
    const taken = operation.parameters?.map((one) => parameters[named(one.$ref)]?.name ?? one.name);
    if (!["get", "head"].includes(method) && !taken?.includes("Idempotency-Key")) {
      keyless.push(`  "${method.toUpperCase()} ${path}",`);
    }
  }
}

const byKind = schemas["OperationOut"]?.properties?.["result"]?.["x-result-by-kind"] ?? {};
const results = Object.entries(byKind).map(
  ([kind, name]) => `  ${kind}: components["schemas"]["${name}"];`,
);

writeFileSync(
  here("../src/generated/words.ts"),
  `// Written by scripts/words.ts from the document.

import type { components } from "./schema.ts";

${words.join("\n\n")}

/** The codes that every operation with this shared answer may refuse with. */
export interface SharedProblems {
${shared.join("\n")}
}

/** The codes that each operation may refuse with, by its operationId. More may come. */
export interface Problems {
${codes.join("\n")}
}

/** What comes of long work, by its kind. */
export interface Results {
${results.join("\n")}
}

/** The writes that take no Idempotency-Key: what they answer is not kept. */
export const keyless: ReadonlySet<string> = new Set([
${keyless.join("\n")}
]);
`,
);
