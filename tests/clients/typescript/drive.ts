// The main path, walked by the TypeScript client: a coordinator sets up a cohort and brings a
// collaboration in, its lead reports a milestone with evidence, the coordinator asks for a change and
// then accepts it, and a dashboard reads what became of it. Answers and parts of a file are lost on
// the way.

import assert from "node:assert/strict";
import {
  connect,
  held,
  pages,
  Refused,
  Stale,
  taken,
  upload,
  type Api,
  type Connection,
  type KnownRole,
  type Problems,
} from "peer-learning-network";

const address = process.env["PLN_ADDRESS"] ?? "http://127.0.0.1:8000";
const administrator = { email: "adam@example.org", password: process.env["PLN_PASSWORD"] ?? "" };
const run = new Date().getTime().toString(36);

/** What is done is refused with this code. */
async function refused(done: Promise<unknown>, code: Problems[keyof Problems]): Promise<Refused> {
  const refusal = await done.then(
    () => assert.fail(`${code} was not refused`),
    (error: unknown) => error,
  );
  assert.ok(refusal instanceof Refused, String(refusal));
  assert.equal(refusal.code, code);
  return refusal;
}

/** A network that loses every answer to one kind of request, once: the request arrives. */
function losing(method: string, path: string): (request: Request) => Promise<Response> {
  let isLost = false;
  return async (request) => {
    const response = await fetch(request);
    if (isLost || request.method !== method || !request.url.includes(path)) return response;
    isLost = true;
    throw new TypeError("The connection broke.");
  };
}

/** A calendar day, so many days from today. */
function day(offset: number): string {
  return new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
}

/** Invites somebody into a role, and accepts the invitation as they would. */
async function join(
  inviter: Api,
  name: string,
  role: KnownRole,
  scopeId: string,
  over?: (request: Request) => Promise<Response>,
): Promise<Connection> {
  const email = `${name.toLowerCase().replaceAll(" ", ".")}.${run}@example.org`;
  const body = { email, name, role, scope_id: scopeId };
  const { link } = taken(await inviter.POST("/v1/invitations", { body }));
  const token = link?.split("#")[1] ?? "";
  const joined = connect({ address, ...(over ? { fetch: over } : {}) });
  const password = `${name} rides a slow bicycle`;
  const accepted = { token, password, name };
  joined.continueWith(taken(await joined.api.POST("/v1/invitations/accept", { body: accepted })));
  return joined;
}

const signedIn = connect({ address });
await signedIn.logIn(administrator);
const adam = signedIn.api;

// Set-up: the organisations, the programme, and who runs it.
const convenor = taken(
  await adam.POST("/v1/organisations", {
    body: { name: `Convenor ${run}`, kind: "non_profit", country: "GB" },
  }),
);
const programme = taken(
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
const { api: mary } = await join(adam, "Mary Manager", "programme_manager", programme.id);
const lossy = losing("POST", "/cohorts");
const { api: cora } = await join(mary, "Cora Coordinator", "coordinator", programme.id, lossy);

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
// The answer is lost, and asked for again: there is one cohort.
const created = await cora.POST("/v1/programmes/{programme_id}/cohorts", {
  params: { path: { programme_id: programme.id } },
  body: cohortBody,
});
const cohort = taken(created);
assert.equal(created.response.headers.get("idempotency-replayed"), "true");

const cohortPath = { path: { cohort_id: cohort.id } };
taken(await cora.POST("/v1/cohorts/{cohort_id}/recruit", { params: cohortPath }));
taken(await cora.POST("/v1/cohorts/{cohort_id}/select", { params: cohortPath }));
const early = cora.POST("/v1/cohorts/{cohort_id}/recruit", { params: cohortPath }).then(taken);
assert.equal((await refused(early, "invalid_transition")).problem.current_status, "selecting");

const collaboration = taken(
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
const offered = taken(
  await cora.POST("/v1/cohorts/{cohort_id}/memberships", {
    params: cohortPath,
    body: { collaboration_id: collaboration.id },
  }),
);
assert.equal(offered.status, "offered");
const breaking = losing("PATCH", "/uploads/");
const lead = await join(cora, "Lea Lead", "collaboration_lead", collaboration.id, breaking);
const lea = lead.api;
const membershipPath = { path: { membership_id: offered.id } };
taken(await lea.POST("/v1/memberships/{membership_id}/accept", { params: membershipPath }));
const eager = lea.POST("/v1/memberships/{membership_id}/onboard", { params: membershipPath });
await refused(eager.then(taken), "not_allowed");
taken(await mary.POST("/v1/cohorts/{cohort_id}/confirm", { params: cohortPath }));
taken(await cora.POST("/v1/memberships/{membership_id}/onboard", { params: membershipPath }));
const member = taken(
  await cora.POST("/v1/memberships/{membership_id}/activate", { params: membershipPath }),
);
assert.equal(member.status, "active");

// A grant, signed by both sides.
const draft = taken(
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
taken(await cora.POST("/v1/grants/{grant_id}/start-due-diligence", { params: grantPath }));
const kinds = ["identity", "sanctions", "governance", "data_protection"] as const;
taken(
  await cora.POST("/v1/grants/{grant_id}/due-diligence-checks/batch", {
    params: grantPath,
    body: { items: kinds.map((kind) => ({ kind, outcome: "passed" as const, done_on: day(-1) })) },
  }),
);
taken(await mary.POST("/v1/grants/{grant_id}/offer", { params: grantPath }));
for (const [signatory, status] of [[lea, "offered"], [mary, "active"]] as const) {
  const read = held(await signatory.GET("/v1/grants/{grant_id}", { params: grantPath }));
  const params = { ...grantPath, header: read.ifMatch };
  const signed = await signatory.POST("/v1/grants/{grant_id}/activate", { params });
  assert.equal(taken(signed).status, status);
}

// A milestone, reported with evidence.
const milestones = pages(lea, "/v1/grants/{grant_id}/milestones", {
  ...grantPath,
  query: { status: ["planned"] },
});
const milestone = (await milestones.next()).value;
assert.ok(milestone);
const criterion = milestone.criteria[0];
assert.ok(criterion);
const report = taken(
  await lea.POST("/v1/milestones/{milestone_id}/reports", {
    params: { path: { milestone_id: milestone.id } },
    body: { period_starts_on: day(-30), period_ends_on: day(0) },
  }),
);
const reportPath = { path: { report_id: report.id } };
// The connection breaks after the file has begun to arrive, and the rest goes on from there.
const file = new Blob(["Signed by all four partners.\n"], { type: "text/plain" });
const fileId = await upload(lead, file, { name: "agreement.txt" });
taken(
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
taken(first);
const written = await lea.GET("/v1/reports/{report_id}", { params: reportPath });
const submitted = await lea.POST("/v1/reports/{report_id}/submit", {
  params: { ...reportPath, header: held(written).ifMatch },
});
taken(submitted);

// The coordinator finds it on her desk, asks for a change, and accepts what comes back.
const work = taken(await cora.GET("/v1/me/work", {}));
assert.ok(work.items.some((item) => item.subject.id === report.id));
taken(await cora.POST("/v1/reports/{report_id}/start-review", { params: reportPath }));
taken(
  await cora.POST("/v1/reports/{report_id}/request-changes", {
    params: { ...reportPath, header: held(submitted).ifMatch },
    body: { requests: [{ criterion_id: criterion.id, request: "The date of the last signature." }] },
  }),
);
const answered = await lea.PUT("/v1/reports/{report_id}/answers/{criterion_id}", {
  params: { ...answerPath, header: held(first).ifMatch },
  body: { answer: "Signed by all four partners; the last on 4 May.", is_met: true },
});
taken(answered);
const rewritten = await lea.GET("/v1/reports/{report_id}", { params: reportPath });
const resubmitted = await lea.POST("/v1/reports/{report_id}/submit", {
  params: { ...reportPath, header: held(rewritten).ifMatch },
});
assert.equal(taken(resubmitted).submissions, 2);
const stale = cora.POST("/v1/reports/{report_id}/accept", {
  params: { ...reportPath, header: { "If-Match": '"1.1"' } },
});
assert.ok((await refused(stale.then(taken), "precondition_failed")) instanceof Stale);
const accepted = await cora.POST("/v1/reports/{report_id}/accept", {
  params: { ...reportPath, header: held(resubmitted).ifMatch },
});
assert.equal(taken(accepted).status, "accepted");

// A dashboard, signed in as a machine, reads what became of it; a second look costs a 304.
const me = taken(await mary.GET("/v1/me", {}));
const dashboard = taken(
  await mary.POST("/v1/service-accounts", { body: { name: `Dashboard ${run}`, owner_id: me.id } }),
);
taken(
  await mary.POST("/v1/role-assignments", {
    body: { account_id: dashboard.id, role: "observer", scope_id: cohort.id },
  }),
);
const { api: machine } = connect({ address });
const token = taken(
  await machine.POST("/v1/oauth/token", {
    body: {
      grant_type: "client_credentials",
      client_id: dashboard.client_id,
      client_secret: dashboard.client_secret,
    },
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
  }),
);
const { api: board } = connect({ address, token: token.access_token });
const metrics = await board.GET("/v1/cohorts/{cohort_id}/metrics", { params: cohortPath });
const values = new Map(taken(metrics).metrics.map((metric) => [metric.key, metric.numerator]));
assert.equal(values.get("milestones_accepted"), 1);
const unchanged = await board.GET("/v1/cohorts/{cohort_id}/metrics", {
  params: { ...cohortPath, header: { "If-None-Match": metrics.response.headers.get("ETag") ?? "" } },
});
assert.equal(unchanged.response.status, 304);
const unseen = board.GET("/v1/grants/{grant_id}", { params: grantPath });
await refused(unseen.then(taken), "grant_not_found");

// An access token that is worth nothing any more is renewed on the way.
const kept = lead.tokens();
assert.ok(kept);
lead.continueWith({ ...kept, access_token: "worn.out.token" });
await Promise.all([lea.GET("/v1/me").then(taken), lea.GET("/v1/me/work").then(taken)]);
await lead.logOut();
await refused(lea.GET("/v1/me").then(taken), "unauthenticated");

console.log(`TypeScript: the path is walked, report ${report.id} accepted`);
