import { Command } from "commander";
import { afterEach, expect, test, vi } from "vitest";
import type { Trouble } from "../../connectors/hubspot/simulator/index.ts";
import { addDiscover } from "../../src/cli/verbs/discover.ts";
import { startAccount } from "./harness.ts";

/* What `discover` ends with when there is nothing to tell. */

const notToday = { times: 100, body: { status: "error", message: "not today" } };

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
});

test.each<[string, Trouble | null, string, number, string]>([
  ["a vendor that does not answer for now", { ...notToday, status: 503 }, "contacts", 1, "not today"],
  ["a vendor that refuses the credentials", { ...notToday, status: 401 }, "contacts", 3, "not today"],
  ["an object that the account has not", null, "nosuch", 1, "The account has no such object"],
])("%s", async (_, trouble, object, code, said) => {
  const account = await startAccount({}, { tries: 1 });
  if (trouble) account.simulator.trouble(trouble);
  const printed: string[] = [];
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, "write").mockImplementation((text) => printed.push(String(text)) > 0);
  }
  const program = new Command();
  addDiscover(program);
  await program.parseAsync(["discover", "hubspot", object, "--data", account.folder], { from: "user" });
  await account.stop();
  expect([printed.join(""), process.exitCode]).toEqual([expect.stringContaining(said), code]);
});
