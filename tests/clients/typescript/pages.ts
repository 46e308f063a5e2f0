// What the service draws itself, as a browser shows it: the document's page, by which a call is made, and
// the pages that are read or printed. A page asks nothing of anybody but the service, says nothing wrong,
// is readable by machine (axe) and fits a telephone. Pictures of all are left in a folder.
//
//     PLN_ADDRESS=… PLN_CHROMIUM=/usr/bin/chromium PLN_PICTURES=… node pages.ts

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import { connect, taken, type Connection } from "peer-learning-network";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";

const address = process.env["PLN_ADDRESS"] ?? "http://127.0.0.1:8000";
const pictures = process.env["PLN_PICTURES"] ?? ".";
const PASSWORD = "seven otters crossed the tideway";
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const DESK = { width: 1280, height: 900 };
const TELEPHONE = { width: 360, height: 740 };

interface SignedIn {
  as: Connection;
  token: string;
}

async function signIn(name: string): Promise<SignedIn> {
  const as = connect({ address });
  await as.logIn({ email: `${name}@example.org`, password: PASSWORD });
  return { as, token: as.tokens()?.access_token ?? "" };
}

/** A window without a way out: what a page asks of others is not sent, and is a fault. */
async function opened(browser: Browser, token?: string): Promise<{ page: Page; faults: string[] }> {
  const faults: string[] = [];
  const context: BrowserContext = await browser.newContext({
    viewport: DESK,
    ...(token ? { extraHTTPHeaders: { Authorization: `Bearer ${token}` } } : {}),
  });
  await context.route("**/*", (route) => {
    const { origin, protocol } = new URL(route.request().url());
    if (origin === address || protocol === "data:") return route.continue();
    faults.push(`asks ${origin}`);
    return route.abort();
  });
  const page = await context.newPage();
  page.on("console", (said) => said.type() === "error" && faults.push(said.text()));
  page.on("pageerror", (error) => faults.push(error.message));
  return { page, faults };
}

/** The document: it opens collapsed, filters, is signed in to, and makes a call that succeeds. */
async function tryTheDocument(browser: Browser): Promise<void> {
  const { token } = await signIn("rosa.adeyemi");
  const { page, faults } = await opened(browser);
  await page.goto(`${address}/docs`);
  const sections = page.locator(".opblock-tag-section");
  await sections.first().waitFor({ timeout: 120_000 });
  const all = await sections.count();
  assert.ok(all > 20 && (await page.locator(".opblock").count()) === 0, "it opens collapsed");
  await page.screenshot({ path: `${pictures}/docs.png` });

  await page.locator(".operation-filter-input").fill("Cohorts");
  await page.waitForFunction((most) => document.querySelectorAll(".opblock-tag-section").length < most, all);
  assert.ok((await sections.count()) > 0, "the filter finds what there is");
  await page.locator(".operation-filter-input").fill("");

  await page.locator(".auth-wrapper .authorize").click();
  const bearer = page.locator(".auth-container", { hasText: "bearer  (http, Bearer)" });
  await bearer.locator("input").fill(token);
  await bearer.locator("button.authorize").click();
  await page.locator(".close-modal").click();

  await page.locator("#operations-tag-Me").click();
  const call = page.locator("#operations-Me-get_me");
  await call.locator(".opblock-summary-control").click();
  await call.locator(".try-out__btn").click();
  await call.locator(".execute").click();
  const answer = call.locator(".live-responses-table .response").first();
  await answer.waitFor();
  const told = await answer.innerText();
  assert.ok(told.includes("200") && told.includes("Rosa Adeyemi"), told);
  await call.screenshot({ path: `${pictures}/docs-call.png` });
  assert.deepEqual(faults, []);
  console.log(`the document: ${all} sections`);
}

/** A page that is read: nothing wrong, at a desk and on a telephone. */
async function read(browser: Browser, name: string, path: string, token?: string): Promise<void> {
  const { page, faults } = await opened(browser, token);
  const answer = await page.goto(`${address}${path}`);
  assert.equal(answer?.status(), 200, path);
  await page.screenshot({ path: `${pictures}/${name}.png`, fullPage: true });
  const results = (await page.evaluate(`${AXE}; axe.run()`)) as AxeResults;
  const wrong = results.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  await page.setViewportSize(TELEPHONE);
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  await page.screenshot({ path: `${pictures}/${name}-telephone.png`, fullPage: true });
  assert.deepEqual([...faults, ...wrong], [], name);
  assert.ok(width <= TELEPHONE.width, `${name} is ${width} wide on a telephone`);
  console.log(`${name}: ${results.passes.length} rules of axe`);
}

async function chartOf({ as }: SignedIn): Promise<string> {
  const cohorts = taken(await as.api.GET("/v1/cohorts", { params: { query: { status: ["running"] } } }));
  const cohort = cohorts.items[0];
  assert.ok(cohort, "a cohort is under way");
  const expires_at = new Date(Date.now() + 86_400_000).toISOString();
  const body = { cohort_id: cohort.id, expires_at };
  const made = taken(await as.api.POST("/v1/me/metric-charts", { body }));
  return new URL(made.url).pathname;
}

async function profileOf({ as }: SignedIn): Promise<string> {
  const query = { status: ["published" as const], limit: 1 };
  const [told] = taken(await as.api.GET("/v1/result-sets", { params: { query } })).items;
  assert.ok(told, "results were published");
  const of = { result_set_id: [told.id], perspective: ["self" as const], limit: 1 };
  const [row] = taken(await as.api.GET("/v1/results", { params: { query: of } })).items;
  assert.ok(row?.membership_id, "a member assessed itself");
  return `/v1/result-sets/${told.id}/profiles/${row.membership_id}/report`;
}

async function main(): Promise<void> {
  const browser = await chromium.launch({
    executablePath: process.env["PLN_CHROMIUM"] ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
  });
  try {
    await tryTheDocument(browser);
    await read(browser, "chart", await chartOf(await signIn("rosa.adeyemi")));
    const [finance, manager] = [await signIn("grant.ellery"), await signIn("helen.marsh")];
    const funds = taken(await finance.as.api.GET("/v1/funds", {}));
    const fund = funds.items[0];
    assert.ok(fund, "there is a fund");
    await read(browser, "statement", `/v1/funds/${fund.id}/statement/report`, finance.token);
    await read(browser, "trial-balance", `/v1/funds/${fund.id}/trial-balance/report`, finance.token);
    await read(browser, "profile", await profileOf(manager), manager.token);
    await read(browser, "problem", "/problems/not_allowed");
    await read(browser, "problems", "/problems");
  } finally {
    await browser.close();
  }
}

await main();
