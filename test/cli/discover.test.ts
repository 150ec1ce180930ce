import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterEach, expect, test, vi } from "vitest";
import { stringify } from "yaml";
import type { Trouble } from "../../connectors/hubspot/simulator/index.ts";
import { addConnect } from "../../src/cli/verbs/connect.ts";
import { addDiscover } from "../../src/cli/verbs/discover.ts";
import { startAccount } from "./harness.ts";

/* What `connect` tells of an account's own, and what `discover` ends with when there is nothing to tell. */

const notToday = { times: 100, body: { status: "error", message: "not today" } };

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
});

test("a connection that is proven tells the account's own objects and fields by name, the first ten of many", async () => {
  const clubs = Array.from({ length: 12 }, (_, n) => `club${n}`);
  const property = (name: string) =>
    ({ name, label: name, type: "string", fieldType: "text", groupName: "own" }) as const;
  const account = await startAccount();
  account.simulator.load({
    ...{ portalId: 4711, objects: {}, associations: [], owners: [], pipelines: {} },
    customObjects: [{ name: "membership", labels: { singular: "Membership", plural: "Memberships" } }],
    properties: { contacts: clubs.map(property), p4711_membership: [property("level")] },
  });
  const printed = await run("connect", "hubspot", "--data", account.folder);
  await account.stop();
  expect(printed).toContain("1 object of its own (p4711_membership), 0 read");
  expect(printed).toMatch(
    /12 fields of its own that no mapping names \(contacts\.properties\.club\d+, .*club\d+ and 2 more\)/,
  );
});

test.each<[string, Trouble | null, string, number, string]>([
  ["a vendor that does not answer for now", { ...notToday, status: 503 }, "contacts", 1, "not today"],
  ["a vendor that refuses the credentials", { ...notToday, status: 401 }, "contacts", 3, "not today"],
  ["an object that the account has not", null, "nosuch", 1, "The account has no such object"],
])("%s", async (_, trouble, object, code, said) => {
  const account = await startAccount({}, { tries: 1 });
  if (trouble) account.simulator.trouble(trouble);
  const printed = await run("discover", "hubspot", object, "--data", account.folder);
  await account.stop();
  expect([printed, process.exitCode]).toEqual([expect.stringContaining(said), code]);
});

test.each([
  ["what a connection cannot tell", ["discover", "web"], "there is nothing to discover"],
  ["subscriptions where there are none", ["connect", "web", "--webhooks"], "no webhooks that the hub could have"],
  ["a connection that there is not", ["discover", "nosuch"], 'There is no connection "nosuch"'],
])("to be asked for %s is a request that cannot be used: it ends with 2, also for programs", async (_, words, said) => {
  const folder = mkdtempSync(join(tmpdir(), "journey-hub-cli-"));
  const web = { connector: "tracking", config: { write_key: "0123456789abcdef0123" } };
  writeFileSync(join(folder, "journey-hub.yaml"), stringify({ apiVersion: "journey-hub/v1", connections: { web } }));
  const printed = await run(...words, "--data", folder, "--json");
  rmSync(folder, { recursive: true, force: true });
  const { error } = JSON.parse(printed.trimEnd().split("\n").at(-1) ?? "");
  expect([error.message, process.exitCode]).toEqual([expect.stringContaining(said), 2]);
});

/** What a verb prints. */
async function run(...words: string[]): Promise<string> {
  const printed: string[] = [];
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, "write").mockImplementation((text) => printed.push(String(text)) > 0);
  }
  const program = new Command();
  addConnect(program);
  addDiscover(program);
  await program.parseAsync(words, { from: "user" });
  return printed.join("");
}
