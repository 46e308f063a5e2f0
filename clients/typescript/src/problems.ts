// Refusals as errors: what a program asks of them, and what a form shows.

import type { components } from "./generated/schema.ts";

type Schemas = components["schemas"];
type Problem = Schemas["ConflictProblem"];

export type Fault = Schemas["FieldProblem"];
/** A condition that a move waits for, with the field to mark or the things that it is about. */
export type Unmet = {
  code: string;
  detail: string;
  pointer?: string | null;
  subjects?: Schemas["Ref"][];
};

/** The service refused (RFC 9457). `code` is for the program, `message` for the person. */
export class Refused extends Error {
  override readonly name: string = "Refused";
  readonly problem: Problem;
  readonly response: Response;

  constructor(problem: Problem, response: Response) {
    super(problem.detail);
    this.problem = problem;
    this.response = response;
  }

  /** The kind of problem, as a stable word; more may come. */
  get code(): string {
    return this.problem.code;
  }

  get status(): number {
    return this.problem.status;
  }

  /** What to quote when asking for help. */
  get requestId(): string {
    return this.problem.request_id;
  }

  /** What is wrong with which part of the request. */
  get errors(): Fault[] {
    return this.problem.errors;
  }

  /** Each condition that a move waits for. */
  get unmet(): Unmet[] {
    return this.problem.unmet ?? [];
  }

  /** What to say beside each field of a form, by the JSON Pointer of the field. */
  get fields(): Map<string, string> {
    const said = [...this.errors, ...this.unmet].flatMap(({ pointer, detail }) =>
      pointer ? [[pointer, detail] as const] : [],
    );
    return new Map(said);
  }
}

/** Somebody changed it in between: read it again, and let the person decide. */
export class Stale extends Refused {
  override readonly name = "Stale";
}

interface Result<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The answer of an endpoint; throws what it was refused with. */
export function taken<T>({ data, error, response }: Result<T>): T {
  if (response.ok) return data as T;
  const kind = response.status === 412 ? Stale : Refused;
  throw new kind(isProblem(error) ? error : unexplained(response), response);
}

function isProblem(error: unknown): error is Problem {
  return typeof error === "object" && error !== null && "code" in error;
}

/** What did not come from the service, but from something before it. */
function unexplained(response: Response): Problem {
  return {
    type: "about:blank",
    title: response.statusText,
    status: response.status,
    detail: `The answer was ${response.status}, without an explanation.`,
    instance: new URL(response.url).pathname,
    code: "unexplained",
    request_id: response.headers.get("X-Request-Id") ?? "",
    errors: [],
  };
}
