import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli } from "../fixtures/process.ts";
import { breakMappings } from "../hub/errors/mappings.ts";
import { startAccount } from "./harness.ts";

/* Three contacts without a job title, which the broken files cannot do without; one folder, its tests one after the other. */

let account: Awaited<ReturnType<typeof startAccount>>;
let id: string;
const key = "hubspot:contacts:101";
beforeAll(async () => {
  account = await startAccount();
  breakMappings(account.folder);
  await run("sync");
  [{ id }] = (await json("errors", "list", "--records", "--record", key)).errors;
}, 120_000);
afterAll(() => account.stop());

const run = (...args: string[]) => runCli([...args, "--data", account.folder]);
const json = async (...args: string[]) => JSON.parse((await run(...args, "--json")).stdout);
const reason = ["--reason", "as her card says"];
const status = async () => (await json("errors", "show", id)).errors[0].status;

test("fix wants to know which record, how it should have come, and why", async () => {
  const calls: [string[], string][] = [
    [["errors", "fix", ...reason], "errors fix <id>"],
    [["errors", "fix", id, ...reason], "--payload FILE, or --set field=value"],
    [["errors", "fix", id, "--set", "properties.jobtitle=Buyer"], "--reason"],
    [["errors", "fix", id, "--set", "jobtitle", ...reason], "give it as field=value"],
    [["errors", "fix", id, "--payload", join(account.folder, "none.json"), ...reason], "cannot be read as JSON"],
  ];
  for (const [args, says] of calls) {
    const { code, stderr } = await run(...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(says)]);
  }
});

test("--dry-run prints what the mapping makes of it, and keeps nothing", async () => {
  const tried = await run(
    "errors",
    "fix",
    id,
    "--set",
    "properties.jobtitle=Buyer",
    "--set",
    "properties.hs_language=en",
    "--dry-run",
  );
  expect([tried.code, tried.stderr]).toEqual([0, ""]);
  expect(tried.stdout).toMatch(/^hubspot:contacts:101 would pass as contact$/m);
  expect(tried.stdout).toMatch(/^ {2}title +Buyer$/m);
  expect(tried.stdout).toContain("Nothing was kept");
  expect(await status()).toBe("open");
});

test("a correction that still fails is refused with the mapping's finding and exit code 1; nothing is kept", async () => {
  const fails = await run("errors", "fix", id, "--set", "properties.firstname=Anna", ...reason);
  expect([fails.code, fails.stderr]).toEqual([1, expect.stringMatching(/nothing was kept: the expression of title/)]);
  expect((await json("errors", "show", id)).errors).toMatchObject([{ status: "open", landed: { correction: null } }]);
});

test("what show printed, edited, is taken as it is; the record passes, and show and explain say by whom, when and why", async () => {
  const file = join(account.folder, "f.json");
  const properties = /"lastname":"Example"/;
  const shown = (await run("errors", "show", id, "--json")).stdout;
  writeFileSync(file, shown.replace(properties, '$&,"jobtitle":"Buyer","hs_language":"en"'));
  const fixed = await run("errors", "fix", id, "--payload", file, ...reason);
  expect([fixed.code, fixed.stdout]).toEqual([0, expect.stringContaining("is corrected and has passed as contact")]);
  expect(await status()).toBe("resolved");
  expect((await run("errors", "show", id)).stdout).toMatch(/corrected by cli:\S+ at 20\S+Z: as her card says/);
  expect((await run("explain", key)).stdout).toMatch(
    /hubspot:contacts:101 +landed first; corrected by .*: as her card says/,
  );
  const fixedNow = (await run("errors", "fixed")).stdout;
  expect(fixedNow).toMatch(/^hubspot:contacts:101: stands$/m);
  expect(fixedNow).toMatch(/^ {2}properties\.jobtitle: sent as nothing, corrected to "Buyer"$/m);
  expect(fixedNow).toContain(`→ journey-hub errors unfix ${id}`);
  // The file was made on what stands no longer.
  writeFileSync(file, readFileSync(file, "utf8").replace("Buyer", "CTO"));
  const late = await run("errors", "fix", id, "--payload", file, ...reason);
  expect([late.code, late.stderr]).toEqual([
    1,
    expect.stringContaining("Another version of the record has landed since"),
  ]);
});

test("unfix wants a reason, puts the vendor's version back and says that it fails", async () => {
  expect((await run("errors", "unfix", id)).code).toBe(2);
  const taken = await run("errors", "unfix", id, "--reason", "it was her brother's card");
  expect([taken.code, taken.stdout.trim()]).toEqual([
    0,
    "hubspot:contacts:101: the vendor's own version counts again; it fails, and its error is open.",
  ]);
  expect(await status()).toBe("open");
  expect((await run("errors", "unfix", id, ...reason)).stderr).toContain("No correction stands");
  expect((await json("errors", "fixed")).corrections).toEqual([]);
  expect((await json("errors", "fixed", "--all")).corrections).toMatchObject([{ state: "taken_back", error_id: id }]);
  expect((await run("verify")).code).toBe(0);
});
