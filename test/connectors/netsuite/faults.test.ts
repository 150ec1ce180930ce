import { afterEach, expect, test } from "vitest";
import type { NetsuiteSimulatorOptions } from "../../../connectors/netsuite/simulator/index.ts";
import {
  customers,
  failureOf,
  html,
  idsOf,
  openNetsuite,
  problem,
  readStream,
  startAccount,
  streamOf,
  type TestAccount,
} from "./account.ts";

let account: TestAccount;
afterEach(() => account.close());

async function accountWith(count: number, options: NetsuiteSimulatorOptions = {}): Promise<void> {
  account = await startAccount({ customer: customers(count) }, options);
}
const run = (fields: readonly string[] = ["companyname"]) => readStream(account, "customer", null, fields);
const outcomes = () => account.exchanges.map(({ outcome }) => outcome);
const busy = "Concurrent request limit exceeded. Request blocked.";

test("an error page, a cut connection and an unexpected error are tried again", async () => {
  await accountWith(5);
  const unexpected = problem(500, "UNEXPECTED_ERROR", "An unexpected error occurred. Error ID: abc");
  account.troubles.push(html(503), () => "cut", unexpected, html(502));
  expect(idsOf((await run()).records)).toHaveLength(5);
  expect(outcomes().slice(0, 5)).toEqual(["retry", "retry", "retry", "retry", "ok"]);
});

test("an account that takes too long is asked again", async () => {
  await accountWith(5);
  // Answers when the client has gone.
  account.troubles.push(
    (request) => new Promise((resolve) => request.signal.addEventListener("abort", () => resolve("cut"))),
  );
  account.connection = openNetsuite({ base_url: account.url }, { exchanges: account.exchanges, timeoutMs: 1_000 });
  expect(idsOf((await run()).records)).toHaveLength(5);
  expect(outcomes().slice(0, 2)).toEqual(["retry", "ok"]);
});

test("every attempt has a signature of its own: NetSuite takes none twice", async () => {
  await accountWith(5);
  account.troubles.push(html(503), html(503));
  await run();
  expect(account.signatures.length).toBeGreaterThanOrEqual(3);
  expect(new Set(account.signatures).size).toBe(account.signatures.length);
});

test.each([429, 400])("a refusal for concurrency is known by its code, with status %i", async (status) => {
  await accountWith(5);
  account.troubles.push(
    problem(status, "CONCURRENCY_LIMIT_EXCEEDED", busy),
    problem(status, "CONCURRENCY_LIMIT_EXCEEDED", busy),
  );
  const startedAt = account.clock.now();
  expect(idsOf((await run()).records)).toHaveLength(5);
  expect(outcomes().slice(0, 3)).toEqual(["retry", "retry", "ok"]);
  expect(account.clock.now() - startedAt).toBe(1_500);
});

test.each(["429", "400", "401"] as const)(
  "more requests than the account takes lose nothing, refused as %s",
  async (concurrencyRefusal) => {
    await accountWith(20, { concurrencyMax: 2, concurrencyRefusal, latencyMs: 100 });
    account.connection = account.open({ concurrency: 4 });
    await account.connection.check();
    const stream = streamOf(account.connection, "customer");
    const pages = await Promise.all(Array.from({ length: 8 }, () => stream.pages({ after: null, fields: [] })));
    expect(pages.map(({ records }) => records.length)).toEqual(Array(8).fill(20));
    expect(outcomes()).toContain("retry");
  },
);

test.each(["429", "400", "401"] as const)(
  "refused as %s, requests go one at a time, and more again when twenty in a row were taken",
  async (concurrencyRefusal) => {
    await accountWith(20, { concurrencyMax: 1, concurrencyRefusal, latencyMs: 20 });
    account.connection = account.open({ concurrency: 4 });
    await account.connection.check();
    const stream = streamOf(account.connection, "customer");
    const pages = (count: number) =>
      Promise.all(Array.from({ length: count }, () => stream.pages({ after: null, fields: [] })));
    await pages(8);
    const refused = outcomes().filter((outcome) => outcome === "retry").length;
    expect(refused).toBeGreaterThan(0);
    await pages(6); // six more are too few to try two at a time again
    expect(outcomes().filter((outcome) => outcome === "retry")).toHaveLength(refused);
    await pages(30);
    expect(outcomes().filter((outcome) => outcome === "retry").length).toBeGreaterThan(refused);
  },
);

test("a limit that never lets us through names concurrency", async () => {
  await accountWith(5, { concurrencyMax: 0 });
  const failure = await failureOf(run());
  expect(failure).toMatchObject({ next: "retry", code: "CONCURRENCY_LIMIT_EXCEEDED", field: "concurrency" });
  expect(failure.remedy).toContain("Integration Governance");
});

test("a login refused in the middle is tried again, because too many requests look the same", async () => {
  await accountWith(2_500);
  const refused = problem(401, "INVALID_LOGIN_ATTEMPT", "Invalid login attempt.");
  account.troubles.push(() => undefined, refused, refused, refused, refused);
  expect(idsOf((await run()).records)).toHaveLength(2_500);
});

test("… but not for ever", async () => {
  await accountWith(2_500);
  const refused = problem(401, "INVALID_LOGIN", "Invalid login attempt.");
  account.troubles.push(() => undefined, ...Array.from({ length: 8 }, () => refused));
  const failure = await failureOf(run());
  expect(failure).toMatchObject({ next: "stop", code: "INVALID_LOGIN" });
  expect(failure.remedy).toContain("lower concurrency");
  expect(outcomes()).toEqual(["ok", "retry", "retry", "retry", "retry", "retry", "stop"]);
});

test("a Retry-After is kept to when the refusal is NetSuite's own", async () => {
  await accountWith(3);
  const refuse = problem(429, "CONCURRENCY_LIMIT_EXCEEDED", busy);
  account.troubles.push(async (request) => {
    const answer = await refuse(request);
    return answer instanceof Response
      ? new Response(answer.body, { status: 429, headers: { "retry-after": "17" } })
      : answer;
  });
  const startedAt = account.clock.now();
  await run();
  expect(account.clock.now() - startedAt).toBe(17_000);
});

test("a Retry-After that is a date is one of NetSuite's clock", async () => {
  await accountWith(3);
  // Their clock is three minutes behind ours: by ours, the date has passed.
  const theirs = () => account.clock.now() - 180_000;
  const at = (ms: number) => new Date(ms).toUTCString();
  account.troubles.push(() => {
    const headers = { date: at(theirs()), "retry-after": at(theirs() + 40_000) };
    return new Response("busy", { status: 503, headers });
  });
  const startedAt = account.clock.now();
  await run();
  expect(account.clock.now() - startedAt).toBe(40_000);
});

test("a Retry-After is kept to", async () => {
  await accountWith(3);
  account.troubles.push(() => new Response("busy", { status: 503, headers: { "retry-after": "30" } }));
  const startedAt = account.clock.now();
  await run();
  expect(account.clock.now() - startedAt).toBe(30_000);
});

test("a column NetSuite calls an unexpected error by name is left out like any other", async () => {
  await accountWith(3);
  const detail =
    "Field 'comments' for record 'customer' was not found. Reason: NOT_EXPOSED - Not available for channel SEARCH";
  account.troubles.push(problem(500, "UNEXPECTED_ERROR", detail));
  const { records, batches } = await run(["companyname", "comments"]);
  expect(records).toHaveLength(3);
  expect(batches[0]?.missingFields).toEqual(["comments"]);
});

test("a select field that is not exposed takes with it what is read through it", async () => {
  await accountWith(3);
  const detail = "Field 'subsidiary' for record 'customer' was not found. Reason: NOT_EXPOSED";
  account.troubles.push(problem(400, "INVALID_PARAMETER", detail));
  const { batches } = await run(["companyname", "subsidiary", "subsidiary_name"]);
  expect(batches[0]?.missingFields).toEqual(["subsidiary", "subsidiary_name"]);
});

test("a statement refused for another reason stops the stream with NetSuite's words", async () => {
  await accountWith(3);
  account.troubles.push(
    problem(400, "INVALID_PARAMETER", "Invalid search query. Search error occurred: Invalid or unsupported search"),
  );
  const failure = await failureOf(run());
  expect(failure).toMatchObject({ next: "stop", status: 400, code: "INVALID_PARAMETER" });
  expect(failure.message).toContain("Invalid or unsupported search");
});

test("more than 100 mapped columns are an error, not an empty stream", async () => {
  await accountWith(3);
  const failure = await failureOf(run(Array.from({ length: 120 }, (_, n) => `custentity_${n}`)));
  expect(failure).toMatchObject({ next: "stop", code: "TOO_MANY_COLUMNS" });
  expect(account.statements).toEqual([]);
});

test("a table the role may not see stops its stream and names the permission", async () => {
  await accountWith(3, { hiddenRecords: ["supportcase"] });
  const failure = await failureOf(readStream(account, "supportcase", null, ["title"]));
  expect(failure).toMatchObject({ next: "stop", field: "token_id" });
  expect(failure.remedy).toContain("“Lists → Cases”");
});

test("an empty page that is not the last is no end", async () => {
  await accountWith(5);
  const empty = () => Response.json({ items: [], hasMore: true, totalResults: 5 });
  account.troubles.push(empty);
  expect(idsOf((await run()).records)).toHaveLength(5);
  account.troubles.push(...Array.from({ length: 6 }, () => empty));
  const failure = await failureOf(run());
  expect(failure).toMatchObject({ next: "retry" });
  expect(failure.message).toContain("an empty page that is not the last");
});
