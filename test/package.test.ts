import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "./fixtures/process.ts";

/*
 * What `npm pack` makes, unpacked in a folder of its own beside nothing but the packages it names as dependencies: a file left out of
 * the package, or a development dependency used at run time, shows here.
 */

const root = fileURLToPath(new URL("..", import.meta.url));
const elsewhere = mkdtempSync(join(tmpdir(), "journey-hub-package-"));
const installed = join(elsewhere, "node_modules", "journey-hub");
afterAll(() => rmSync(elsewhere, { recursive: true, force: true }));

beforeAll(() => {
  // The build has been made before the tests; packing would only make it again.
  const pack = ["pack", "--ignore-scripts", "--silent", "--pack-destination", elsewhere];
  const tarball = execFileSync("npm", pack, { cwd: root, encoding: "utf8" }).trim().split("\n").at(-1) ?? "";
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", ["-xzf", join(elsewhere, tarball), "-C", installed, "--strip-components=1"]);
  const { dependencies } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
  for (const name of Object.keys(dependencies)) {
    const place = join(elsewhere, "node_modules", name);
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(join(root, "node_modules", name), place);
  }
});

function run(...args: string[]) {
  const { bin } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
  const command = join(installed, bin["journey-hub"]);
  return spawnSync(process.execPath, [command, ...args], { cwd: elsewhere, encoding: "utf8", timeout: 170_000 });
}

test("the package holds what it needs and nothing of the workshop", () => {
  for (const file of [
    "LICENSE",
    "README.md",
    "CHANGELOG.md",
    "mappings/hubspot/contacts.yaml",
    "drizzle/sqlite/0000_start.sql",
    "connectors/hubspot/README.md",
  ]) {
    expect([file, existsSync(join(installed, file))]).toEqual([file, true]);
  }
  for (const folder of ["test", "node_modules", ".ci"]) expect(existsSync(join(installed, folder))).toBe(false);
});

test("its command starts a folder and finds its own rules good", () => {
  expect(run("init", "--data", "data").status).toBe(0);
  const { status, stdout } = run("lint", "--data", "data", "--json");
  expect([status, JSON.parse(stdout).findings]).toEqual([0, []]);
});

test("its demo runs to the end", async () => {
  const { status, stdout, stderr } = run("demo", "--exit", "--json", "--port", String(await freePort()));
  expect([status, stderr]).toEqual([0, ""]);
  const { first, story } = JSON.parse(stdout);
  expect(first.records).toBeGreaterThan(20_000);
  expect(first.customers).toBeGreaterThan(2_000);
  // One stage, score and grade stand in all three CRMs.
  const told = story.standing.map(({ values }: { values: Record<string, unknown> }) => [
    values.stage,
    String(values.score),
    values.grade,
    values.why,
  ]);
  expect(told).toHaveLength(3);
  expect(new Set(told.map((values: unknown[]) => JSON.stringify(values))).size).toBe(1);
  expect(told[0]?.[0]).toEqual(expect.any(String));
  const kinds = story.customer.timeline.map(({ kind }: { kind: string }) => kind);
  expect(kinds).toEqual(expect.arrayContaining(["form.submitted", "deal.won", "invoice.paid", "ticket.escalated"]));
}, 180_000);
