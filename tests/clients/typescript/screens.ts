// Three screens of a front-end, as programs that make what a person would see on them. The requests of
// each are counted up to its first paint, and held.

import assert from "node:assert/strict";
import {
  connect,
  held,
  pages,
  Refused,
  taken,
  upload,
  type components,
  type Connection,
  type KnownWorkKind,
} from "peer-learning-network";

type Schemas = components["schemas"];

const address = process.env["PLN_ADDRESS"] ?? "http://127.0.0.1:8000";
const PASSWORD = "seven otters crossed the tideway";

/** What sends requests, counts them, and breaks the connection when it is told to. */
class Network {
  sent: string[] = [];
  breaksAt: string | undefined;

  readonly fetch = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    this.sent.push(`${request.method} ${pathname}`);
    const response = await fetch(request);
    if (this.breaksAt && `${request.method} ${pathname}`.startsWith(this.breaksAt)) {
      this.breaksAt = undefined;
      throw new TypeError("The connection broke.");
    }
    return response;
  };
}

async function signIn(name: string): Promise<{ as: Connection; network: Network }> {
  const network = new Network();
  const as = connect({ address, fetch: network.fetch });
  await as.logIn({ email: `${name}@example.org`, password: PASSWORD });
  network.sent = [];
  return { as, network };
}

/** Writes down what a screen asked for up to its first paint. */
function painted(screen: string, network: Network, most: number, lines: string[]): void {
  const { length } = network.sent;
  console.log(`${screen}: ${length} requests (at most ${most}), ${lines.length} lines`);
  assert.ok(length <= most, `${screen} asked for ${network.sent.join(", ")}`);
  assert.ok(lines.length > 0 && !lines.some((line) => /undefined|\[object/.test(line)), lines.join("\n"));
}

const TITLES: Partial<Record<KnownWorkKind, string>> = {
  review_report: "Review the report",
  resend_invitation: "Send the invitation again",
  settle_grant: "Settle the grant",
};

/** A line of a work list; a kind of work that nobody knows yet is shown as it stands. */
const told = (item: Schemas["WorkItemOut"]) =>
  `${TITLES[item.kind as KnownWorkKind] ?? item.kind}: ${item.subject.name}` +
  ` (${item.cohort?.name ?? "the network"}), ${item.due_at ?? "whenever"} [${item.action.name}]`;

/** Where a role is held. */
const named = (scope: { kind: string; name?: string | null }) => scope.name ?? `a ${scope.kind}`;

/** The coordinator's home: who I am, what waits, what is due, and how the cohorts do. */
async function home(): Promise<void> {
  const { as, network } = await signIn("rosa.adeyemi");
  const [me, work, due, cohorts] = await Promise.all([
    as.api.GET("/v1/me").then(taken),
    as.api.GET("/v1/me/work", { params: { query: { limit: 20 } } }).then(taken),
    as.api.GET("/v1/obligations", { params: { query: { standing: ["overdue"] } } }).then(taken),
    as.api.GET("/v1/cohorts").then(taken),
  ]);
  painted("The coordinator's home", network, 4, [
    `${me.name}, ${me.roles.map(({ role, scope }) => `${role} of ${named(scope)}`).join(", ")}`,
    ...work.items.map(told),
    ...due.items.map((one) => `${one.subject.name}, ${one.waits_for}, due on ${one.due_on}`),
    ...cohorts.items.map(
      (one) => `${one.name} (${one.status}): ${one.places_taken} of ${one.announced_capacity ?? "any"}`,
    ),
  ]);
  const review = work.items.find((item) => item.kind === "review_report");
  assert.ok(review, "a report waits for her");
  const opened = await as.send(new Request(`${address}/v1/reports/${review.subject.id}`));
  assert.equal(opened.status, 200, "a work list leads to what it names");
}

/** The lead's report: a change round is answered, with a file whose upload breaks and goes on. */
async function report(): Promise<void> {
  const { as, network } = await signIn("pilar.ortega");
  const { value: mine } = await pages(as.api, "/v1/reports", {
    query: { status: ["changes_requested"] },
  }).next();
  assert.ok(mine, "changes were requested of her");
  network.sent = [];
  const params = { path: { report_id: mine.id } };
  const [read, actions, milestone] = await Promise.all([
    as.api.GET("/v1/reports/{report_id}", { params }).then(held),
    as.api.GET("/v1/reports/{report_id}/actions", { params }).then(taken),
    as.api
      .GET("/v1/milestones/{milestone_id}", { params: { path: { milestone_id: mine.milestone.id } } })
      .then(taken),
  ]);
  const open = read.value.change_requests.filter((one) => one.answered_at === null);
  assert.ok(open.length > 0, "a change request is open");
  painted("The lead's report", network, 3, [
    `${milestone.title}, due on ${milestone.due_on} in ${milestone.timezone}: ${read.value.status}`,
    ...read.value.answers.map((one) => `${one.statement}: ${one.answer ?? "no answer yet"}`),
    ...open.map((one) => `${one.requested_by.name} asks: ${one.request}`),
    ...actions.actions.map(
      (one) => `[${one.name}] ${one.possible ? "" : one.unmet.map(({ detail }) => detail).join(" ")}`,
    ),
  ]);

  network.breaksAt = "PATCH /v1/uploads/";
  const agreement = new Blob(["Signed by all four partners on 4 May.\n"], { type: "text/plain" });
  const fileId = await upload(as, agreement, { name: "agreement.txt" });
  const sent = network.sent.map((one) => one.split("/")[0]?.trim());
  assert.ok(sent.filter((method) => method === "HEAD").length === 2, "it asks where it stands");
  for (const one of read.value.answers.filter(({ is_unlocked }) => is_unlocked)) {
    const header = one.etag ? { "If-Match": one.etag } : { "If-None-Match": "*" };
    const path = { ...params.path, criterion_id: one.criterion_id };
    const body = { answer: `${one.answer ?? ""} Signed on 4 May.`.trim(), is_met: true };
    taken(
      await as.api.PUT("/v1/reports/{report_id}/answers/{criterion_id}", {
        params: { path, header },
        body,
      }),
    );
    taken(
      await as.api.POST("/v1/reports/{report_id}/evidence", {
        params,
        body: { criterion_id: one.criterion_id, file_id: fileId, description: "The agreement" },
      }),
    );
  }
  const written = held(await as.api.GET("/v1/reports/{report_id}", { params }));
  const submitted = await as.api.POST("/v1/reports/{report_id}/submit", {
    params: { ...params, header: written.ifMatch },
  });
  assert.equal(taken(submitted).status, "submitted");
}

/** People and roles: who holds what where, who was invited, and which roles there are to give. */
async function people(): Promise<void> {
  const { as, network } = await signIn("helen.marsh");
  const [me, held, invited, roles] = await Promise.all([
    as.api.GET("/v1/me").then(taken),
    as.api.GET("/v1/role-assignments", { params: { query: { limit: 200 } } }).then(taken),
    as.api.GET("/v1/invitations", { params: { query: { status: ["pending"] } } }).then(taken),
    as.api.GET("/v1/roles").then(taken),
  ]);
  const mine = new Set(me.roles.map(({ role }) => role));
  const givable = new Set(
    roles.items.filter(({ name }) => mine.has(name)).flatMap(({ grants }) => grants),
  );
  assert.ok(givable.has("coordinator"));
  painted("People and roles", network, 4, [
    ...held.items.map((one) => `${one.account.name}: ${one.role} of ${named(one.scope)}`),
    ...invited.items.map((one) => `${one.name} (${one.email}), ${one.role}, until ${one.expires_at}`),
    ...roles.items.map((one) => `${one.name}: ${one.summary}`),
  ]);
  const body = { email: "nobody", name: "", role: "coordinator", scope_id: mine.size ? me.id : "" };
  const refusal = await as.api
    .POST("/v1/invitations", { body })
    .then(taken)
    .catch((error: unknown) => error);
  assert.ok(refusal instanceof Refused);
  assert.deepEqual([...refusal.fields.keys()].sort(), ["/email", "/name"]);
}

await home();
await report();
await people();
