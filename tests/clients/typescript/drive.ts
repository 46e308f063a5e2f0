// The main path, walked by a client that was generated from the document: a coordinator sets up a
// cohort and brings a collaboration in, its lead reports a milestone with evidence, the coordinator
// asks for a change and then accepts it, and a dashboard reads what became of it.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "../../../build/clients/schema.d.ts";

type Api = Client<paths>;
type Problem = components["schemas"]["Problem"];
type Role = components["schemas"]["Role"];

const address = process.env["PLN_ADDRESS"] ?? "http://127.0.0.1:8000";
const administrator = { email: "adam@example.org", password: process.env["PLN_PASSWORD"] ?? "" };
const run = new Date().getTime().toString(36);

/** The answer, which must be a success. */
function got<T>(result: { data?: T; error?: Problem; response: Response }): T {
  const { data, error, response } = result;
  if (data === undefined) {
    throw new Error(`${response.status} from ${response.url}: ${JSON.stringify(error)}`);
  }
  return data;
}

/** The problem, which must have this code. */
function refused(result: { error?: Problem }, code: string): Problem {
  assert.equal(result.error?.code, code);
  return result.error;
}

function etagOf(result: { response: Response }): string {
  const tag = result.response.headers.get("etag");
  assert.ok(tag);
  return tag;
}

/** A calendar day, so many days from today. */
function day(offset: number): string {
  return new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
}

function signedIn(token: string): Api {
  return createClient<paths>({
    baseUrl: address,
    headers: { Authorization: `Bearer ${token}` },
  });
}

async function logIn(credentials: { email: string; password: string }): Promise<Api> {
  const anyone = createClient<paths>({ baseUrl: address });
  const tokens = got(await anyone.POST("/v1/auth/login", { body: credentials }));
  return signedIn(tokens.access_token);
}

/** Invites somebody into a role, and accepts the invitation as they would. */
async function join(inviter: Api, name: string, role: Role, scopeId: string): Promise<Api> {
  const email = `${name.toLowerCase().replaceAll(" ", ".")}.${run}@example.org`;
  const body = { email, name, role, scope_id: scopeId };
  const { link } = got(await inviter.POST("/v1/invitations", { body }));
  const token = link?.split("#")[1] ?? "";
  const anyone = createClient<paths>({ baseUrl: address });
  const password = `${name} rides a slow bicycle`;
  const tokens = got(
    await anyone.POST("/v1/invitations/accept", { body: { token, password, name } }),
  );
  return signedIn(tokens.access_token);
}

/** Uploads a file in two parts, as over a connection that broke between them. */
async function upload(client: Api, name: string, text: string): Promise<string> {
  const base64 = (value: string) => Buffer.from(value).toString("base64");
  const digest = createHash("sha256").update(text).digest("hex");
  const metadata = [
    `filename ${base64(name)}`,
    `type ${base64("text/plain")}`,
    `sha256 ${base64(digest)}`,
  ];
  const tus = { "Tus-Resumable": "1.0.0" };
  const announced = got(
    await client.POST("/v1/uploads", {
      params: {
        header: {
          ...tus,
          "Upload-Length": Buffer.byteLength(text),
          "Upload-Metadata": metadata.join(","),
        },
      },
    }),
  );
  const half = Math.floor(text.length / 2);
  for (const [offset, part] of [[0, text.slice(0, half)], [half, text.slice(half)]] as const) {
    const sent = await client.PATCH("/v1/uploads/{upload_id}", {
      params: { path: { upload_id: announced.id }, header: { ...tus, "Upload-Offset": offset } },
      headers: { "Content-Type": "application/offset+octet-stream" },
      body: part,
      bodySerializer: (body) => body,
    });
    assert.equal(sent.response.status, 204);
  }
  return announced.id;
}

const adam = await logIn(administrator);

// Set-up: the organisations, the programme, and who runs it.
const convenor = got(
  await adam.POST("/v1/organisations", {
    body: { name: `Convenor ${run}`, kind: "non_profit", country: "GB" },
  }),
);
const programme = got(
  await adam.POST("/v1/programmes", {
    body: {
      reference: `TS-${run.slice(-6).toUpperCase()}`,
      name: `Peer learning network ${run}`,
      convenor_ids: [convenor.id],
      funder_ids: [convenor.id],
      planned_start_on: day(-90),
      planned_end_on: day(900),
    },
  }),
);
const mary = await join(adam, "Mary Manager", "programme_manager", programme.id);
const cora = await join(mary, "Cora Coordinator", "coordinator", programme.id);

// A cohort, and a collaboration with its people.
const cohortBody = {
  reference: `TS-${run.slice(-6).toUpperCase()}-C1`,
  name: "Cohort 1",
  focus: "Trust between those who share data and those who use it.",
  timezone: "Europe/London",
  announced_capacity: 5,
  planned_start_on: day(-30),
  planned_end_on: day(150),
};
const key = { "Idempotency-Key": `cohort-${run}` };
const inProgramme = { path: { programme_id: programme.id }, header: key };
const created = await cora.POST("/v1/programmes/{programme_id}/cohorts", {
  params: inProgramme,
  body: cohortBody,
});
const cohort = got(created);
const again = await cora.POST("/v1/programmes/{programme_id}/cohorts", {
  params: inProgramme,
  body: cohortBody,
});
assert.deepEqual(got(again), cohort);
assert.equal(again.response.headers.get("idempotency-replayed"), "true");

const cohortPath = { path: { cohort_id: cohort.id } };
got(await cora.POST("/v1/cohorts/{cohort_id}/recruit", { params: cohortPath }));
got(await cora.POST("/v1/cohorts/{cohort_id}/select", { params: cohortPath }));
const early = await cora.POST("/v1/cohorts/{cohort_id}/recruit", { params: cohortPath });
assert.equal(refused(early, "invalid_transition").status, 409);

const collaboration = got(
  await cora.POST("/v1/collaborations", {
    body: {
      name: `Data Cargo ${run}`,
      challenge: "City planners do not know where cargo bikes go, nor couriers what they need.",
      topic: "urban freight",
      country: "GB",
      origin: "network_member",
    },
  }),
);
const offered = got(
  await cora.POST("/v1/cohorts/{cohort_id}/memberships", {
    params: cohortPath,
    body: { collaboration_id: collaboration.id },
  }),
);
assert.equal(offered.status, "offered");
const lea = await join(cora, "Lea Lead", "collaboration_lead", collaboration.id);
const membershipPath = { path: { membership_id: offered.id } };
got(await lea.POST("/v1/memberships/{membership_id}/accept", { params: membershipPath }));
const eager = await lea.POST("/v1/memberships/{membership_id}/onboard", { params: membershipPath });
assert.equal(refused(eager, "not_allowed").status, 403);
got(await mary.POST("/v1/cohorts/{cohort_id}/confirm", { params: cohortPath }));
got(await cora.POST("/v1/memberships/{membership_id}/onboard", { params: membershipPath }));
const member = got(
  await cora.POST("/v1/memberships/{membership_id}/activate", { params: membershipPath }),
);
assert.equal(member.status, "active");

// A grant, signed by both sides.
const draft = got(
  await cora.POST("/v1/memberships/{membership_id}/grants", {
    params: membershipPath,
    body: {
      title: "Opening cargo bike data",
      terms: {
        award: { amount_minor: 2_000_000, currency: "GBP" },
        tax_treatment: "including",
        starts_on: day(-30),
        ends_on: day(150),
        budget_lines: [{ label: "Data engineering", amount_minor: 2_000_000 }],
        milestones: [
          {
            kind: "delivery",
            title: "Data sharing agreement signed by all partners",
            amount_minor: 2_000_000,
            due_on: day(14),
            timezone: "Europe/London",
            criteria: [{ statement: "The signed agreement", is_evidence_required: true }],
          },
        ],
      },
    },
  }),
);
const grantPath = { path: { grant_id: draft.id } };
got(await cora.POST("/v1/grants/{grant_id}/start-due-diligence", { params: grantPath }));
const kinds = ["identity", "sanctions", "governance", "data_protection"] as const;
got(
  await cora.POST("/v1/grants/{grant_id}/due-diligence-checks/batch", {
    params: grantPath,
    body: { items: kinds.map((kind) => ({ kind, outcome: "passed" as const, done_on: day(-1) })) },
  }),
);
got(await mary.POST("/v1/grants/{grant_id}/offer", { params: grantPath }));
for (const [signatory, status] of [[lea, "offered"], [mary, "active"]] as const) {
  const read = await signatory.GET("/v1/grants/{grant_id}", { params: grantPath });
  const header = { "If-Match": etagOf(read) };
  const params = { ...grantPath, header };
  const signed = await signatory.POST("/v1/grants/{grant_id}/activate", { params });
  assert.equal(got(signed).status, status);
}

// A milestone, reported with evidence.
const milestones = got(
  await lea.GET("/v1/grants/{grant_id}/milestones", { params: grantPath }),
);
const milestone = milestones.items[0];
assert.ok(milestone);
const criterion = milestone.criteria[0];
assert.ok(criterion);
const report = got(
  await lea.POST("/v1/milestones/{milestone_id}/reports", {
    params: { path: { milestone_id: milestone.id } },
    body: { period_starts_on: day(-30), period_ends_on: day(0) },
  }),
);
const reportPath = { path: { report_id: report.id } };
const fileId = await upload(lea, "agreement.txt", "Signed by all four partners.\n");
got(
  await lea.POST("/v1/reports/{report_id}/evidence", {
    params: reportPath,
    body: { criterion_id: criterion.id, file_id: fileId, description: "The agreement" },
  }),
);
const answerPath = { path: { report_id: report.id, criterion_id: criterion.id } };
const first = await lea.PUT("/v1/reports/{report_id}/answers/{criterion_id}", {
  params: { ...answerPath, header: { "If-None-Match": "*" } },
  body: { answer: "Signed by all four partners.", is_met: true },
});
got(first);
const written = await lea.GET("/v1/reports/{report_id}", { params: reportPath });
const submitted = await lea.POST("/v1/reports/{report_id}/submit", {
  params: { ...reportPath, header: { "If-Match": etagOf(written) } },
});
got(submitted);

// The coordinator finds it on her desk, asks for a change, and accepts what comes back.
const work = got(await cora.GET("/v1/me/work", {}));
assert.ok(work.items.some((item) => item.subject.id === report.id));
got(await cora.POST("/v1/reports/{report_id}/start-review", { params: reportPath }));
got(
  await cora.POST("/v1/reports/{report_id}/request-changes", {
    params: { ...reportPath, header: { "If-Match": etagOf(submitted) } },
    body: { requests: [{ criterion_id: criterion.id, request: "The date of the last signature." }] },
  }),
);
const answered = await lea.PUT("/v1/reports/{report_id}/answers/{criterion_id}", {
  params: { ...answerPath, header: { "If-Match": etagOf(first) } },
  body: { answer: "Signed by all four partners; the last on 4 May.", is_met: true },
});
got(answered);
const rewritten = await lea.GET("/v1/reports/{report_id}", { params: reportPath });
const resubmitted = await lea.POST("/v1/reports/{report_id}/submit", {
  params: { ...reportPath, header: { "If-Match": etagOf(rewritten) } },
});
assert.equal(got(resubmitted).submissions, 2);
const stale = await cora.POST("/v1/reports/{report_id}/accept", {
  params: { ...reportPath, header: { "If-Match": '"1.1"' } },
});
assert.equal(refused(stale, "precondition_failed").status, 412);
const accepted = await cora.POST("/v1/reports/{report_id}/accept", {
  params: { ...reportPath, header: { "If-Match": etagOf(resubmitted) } },
});
assert.equal(got(accepted).status, "accepted");

// A dashboard, signed in as a machine, reads what became of it; a second look costs a 304.
const me = got(await mary.GET("/v1/me", {}));
const dashboard = got(
  await mary.POST("/v1/service-accounts", { body: { name: `Dashboard ${run}`, owner_id: me.id } }),
);
got(
  await mary.POST("/v1/role-assignments", {
    body: { account_id: dashboard.id, role: "observer", scope_id: cohort.id },
  }),
);
const machine = createClient<paths>({ baseUrl: address });
const token = got(
  await machine.POST("/v1/oauth/token", {
    body: {
      grant_type: "client_credentials",
      client_id: dashboard.client_id,
      client_secret: dashboard.client_secret,
    },
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
  }),
);
const board = signedIn(token.access_token);
const metrics = await board.GET("/v1/cohorts/{cohort_id}/metrics", { params: cohortPath });
const values = new Map(got(metrics).metrics.map((metric) => [metric.key, metric.numerator]));
assert.equal(values.get("milestones_accepted"), 1);
const unchanged = await board.GET("/v1/cohorts/{cohort_id}/metrics", {
  params: { ...cohortPath, header: { "If-None-Match": etagOf(metrics) } },
});
assert.equal(unchanged.response.status, 304);
refused(await board.GET("/v1/grants/{grant_id}", { params: grantPath }), "grant_not_found");

console.log(`TypeScript: the path is walked, report ${report.id} accepted`);
