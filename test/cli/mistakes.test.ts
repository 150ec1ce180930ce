import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { shippedMappings } from "../../src/mapping/index.ts";
import { builtCli, runCli } from "../fixtures/process.ts";
import { startAccount } from "./harness.ts";

/* A typing error in a rule file, and other mistakes of a person: what each verb of the built command says, and that it harms nothing. */

let account: Awaited<ReturnType<typeof startAccount>>;
beforeEach(async () => {
  account = await startAccount();
});
afterEach(() => account.stop());

const run = (...args: string[]) => runCli([...args, "--data", account.folder]);
const own = (file: string) => join(account.folder, "mappings", file);

/** A copy of a shipped file in the data folder, with one text in it changed. */
function change(file: string, from: string, to: string): void {
  mkdirSync(join(own(file), ".."), { recursive: true });
  writeFileSync(own(file), readFileSync(join(shippedMappings, file), "utf8").replace(from, to));
}

async function nameOfFirst(): Promise<string> {
  const { stdout } = await run("customer", "email:person1@acme.example", "--json");
  return JSON.parse(stdout).customer.name;
}

describe("a typing error in a mapping that is in use", () => {
  const place = /hubspot\/contacts\.yaml:16:3 .*frist_name/;

  test("reaches neither the customers nor the CRM, every verb says so, and mending the file is all it takes", async () => {
    expect((await run("sync")).code).toBe(0);
    expect((await run("apply")).code).toBe(0);

    change("hubspot/contacts.yaml", "\n  first_name:", "\n  frist_name:");
    const synced = await run("sync");
    expect([synced.code, synced.stderr]).toEqual([1, expect.stringMatching(place)]);
    expect(synced.stderr).toMatch(/lint.*journey-hub sync/);
    for (const verb of ["replay", "plan", "apply", "verify"]) {
      const { code, stderr } = await run(verb);
      expect([verb, code, stderr]).toEqual([verb, 2, expect.stringMatching(place)]);
    }
    const { stdout } = await run("errors");
    expect(stdout).toMatch(place);
    expect(stdout).not.toMatch(/There is no mapping file/);
    expect(await nameOfFirst()).toBe("Person1 Example");

    rmSync(own("hubspot/contacts.yaml"));
    expect(await run("plan")).toMatchObject({ code: 2, stderr: expect.stringMatching(/journey-hub sync/) });
    expect(await run("sync")).toMatchObject({ code: 0, stderr: "" });
    expect((await run("plan")).stdout).toMatch(/0 fields of 0 records/);
    expect((await run("verify")).code).toBe(0);
    expect((await run("errors")).stdout).not.toMatch(place);
    // A process for each verb, one after the other.
  }, 180_000);
});

test("a mistake in the identity rules is told with its line and column", async () => {
  change("identity/default.yaml", "cutoff: 12,", "cutof: 12,");
  const linted = await run("lint");
  expect([linted.code, linted.stdout]).toEqual([1, expect.stringMatching(/default\.yaml:(?!1:)\d+:\d+ unknown key/)]);
  const synced = await run("sync");
  expect([synced.code, synced.stderr]).toEqual([2, expect.stringMatching(/default\.yaml:(?!1:)\d+:\d+ unknown key/)]);
});

test("what is not there is not found good: a folder, a connection, a mapping file", async () => {
  const nowhere = await runCli(["lint", "--data", join(account.folder, "nowhere")]);
  expect([nowhere.code, nowhere.stderr]).toEqual([2, expect.stringMatching(/nowhere.*journey-hub init/)]);
  const unknown = await run("audit", "--show", "nosuch");
  expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringMatching(/no connection "nosuch".*hubspot/)]);
  const file = await run("preview", "nosuch.yaml");
  expect([file.code, file.stderr]).toEqual([2, expect.stringMatching(/There is no file nosuch\.yaml/)]);
});

test("a customer who is asked for without saying by what is not looked for: the right form is told", async () => {
  for (const verb of ["customer", "explain"]) {
    const { code, stderr } = await run(verb, "person1@acme.example");
    expect([code, stderr]).toEqual([2, expect.stringContaining('write "email:person1@acme.example".')]);
  }
});

test("more events may be asked for than fit a page", async () => {
  await run("sync");
  const { code, stdout } = await run("customer", "email:person1@acme.example", "--events", "500", "--json");
  expect([code, JSON.parse(stdout).timeline.length]).toEqual([0, expect.any(Number)]);
});

describe("doctor", () => {
  test("finds a folder whose database is damaged", async () => {
    await run("sync");
    expect((await run("doctor")).code).toBe(0);
    const file = join(account.folder, "journey-hub.db");
    rmSync(`${file}-wal`, { force: true });
    truncateSync(file, 8_192);
    const { code, stdout } = await run("doctor");
    expect([code, stdout]).toEqual([1, expect.stringMatching(/✗ database: .*malformed/)]);
  });

  test("finds a folder that its user may not write", async () => {
    chmodSync(account.folder, 0o555);
    const { code, stdout } = await asNobody("doctor", "--data", account.folder);
    chmodSync(account.folder, 0o755);
    expect([code, stdout]).toEqual([1, expect.stringMatching(/✗ access: .*EACCES.*as its owner/)]);
  });
});

/** Runs a verb as a user to whom modes apply, which they do not to root. */
function asNobody(...args: string[]): Promise<{ code: unknown; stdout: string }> {
  const nobody = 65_534;
  const who = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
  return new Promise((resolve) => {
    execFile(process.execPath, [builtCli, ...args], { ...who, env: { PATH: process.env.PATH } }, (cause, stdout) =>
      resolve({ code: cause ? cause.code : 0, stdout }),
    );
  });
}
