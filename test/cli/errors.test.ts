import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli } from "../fixtures/process.ts";
import { breakMappings, mendMappings } from "../hub/errors/mappings.ts";
import { startAccount } from "./harness.ts";

let account: Awaited<ReturnType<typeof startAccount>>;
beforeAll(async () => {
  account = await startAccount();
  breakMappings(account.folder);
  await run("sync");
}, 120_000);
afterAll(() => account.stop());

const run = (...args: string[]) => runCli([...args, "--data", account.folder]);
const json = async (...args: string[]) => JSON.parse((await run(...args, "--json")).stdout);
const error = async () => (await json("errors", "list", "--records")).errors[0];

test("errors lists causes, each with its number, an example and what to do; --records lists them one by one", async () => {
  const { code, stdout } = await run("errors");
  expect(code).toBe(0);
  expect(stdout).toContain("3 × contacts title value");
  expect(stdout).toMatch(/e\.g\. hubspot:contacts:10\d: the expression of title does not fit this record/);
  expect(stdout).toContain("→ Correct the value");
  expect((await json("errors")).groups).toMatchObject([
    { fingerprint: "contacts title value", amount: 3, retry: "map" },
  ]);
  const { errors } = await json("errors", "list", "--records", "--record", "hubspot:contacts:102");
  expect(errors).toMatchObject([{ record_key: "hubspot:contacts:102", status: "open" }]);
});

test("show tells all of one error, with the record as it landed", async () => {
  const { id, record_key } = await error();
  const { stdout } = await run("errors", "show", id);
  expect(stdout).toContain(record_key);
  expect(stdout).toContain('"lastname": "Example"');
  const unknown = await run("errors", "show", "nothing");
  expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining("There is no error nothing")]);
});

test("dismiss wants a reason, and keeps it", async () => {
  const { id } = await error();
  const without = await run("errors", "dismiss", id);
  expect([without.code, without.stderr]).toEqual([2, expect.stringContaining("--reason")]);
  expect(await json("errors", "dismiss", id, "--reason", "a test record")).toEqual({ dismissed: [id] });
  expect((await json("errors", "list", "--records", "--status", "dismissed")).errors).toMatchObject([
    { id, dismissed: { reason: "a test record" } },
  ]);
});

test("retry wants to know which, exits with 1 while something is open, and with 0 when all is closed", async () => {
  const nothing = await run("errors", "retry");
  expect([nothing.code, nothing.stderr]).toEqual([2, expect.stringContaining("--fingerprint")]);
  const asBefore = await run("errors", "retry", "--all");
  expect([asBefore.code, asBefore.stdout.trim()]).toEqual([1, "2 tried: 0 closed, 2 still open."]);
  mendMappings(account.folder);
  const mended = await run("errors", "retry", "--fingerprint", "contacts title value");
  expect([mended.code, mended.stdout.trim()]).toEqual([0, "2 tried: 2 closed, 0 still open."]);
  expect((await run("errors")).stdout.trim()).toBe("✓ no error is open");
  const again = await run("errors", "retry", "--all");
  expect([again.code, again.stderr]).toEqual([1, expect.stringContaining("No open error is among these")]);
  expect((await json("customer", "hubspot:contacts:101")).customer.stage).not.toBeNull();
});
