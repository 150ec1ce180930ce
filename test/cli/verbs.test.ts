import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCli } from "../fixtures/process.ts";
import { startAccount } from "./harness.ts";

const verbs = [
  "init",
  "connect",
  "discover",
  "sync",
  "start",
  "plan",
  "apply",
  "customer",
  "explain",
  "lint",
  "preview",
  "replay",
  "errors",
  "identity",
  "export",
  "audit",
  "verify",
  "doctor",
  "new",
  "simulate",
  "demo",
];

const withoutFolder = ["new", "demo"];

test("every verb tells of itself with --help, and knows --json and, where it works on a data folder, --data", async () => {
  for (const verb of verbs) {
    const { code, stdout } = await runCli([verb, "--help"]);
    expect([verb, code]).toEqual([verb, 0]);
    expect(stdout).toMatch(/--json/);
    expect([verb, /--data/.test(stdout)]).toEqual([verb, !withoutFolder.includes(verb)]);
  }
}, 120_000);

test("the README's table lists the verbs that are, and no other", async () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const [, table = ""] = /^\| verb \|([\s\S]*?)\n\n/m.exec(readme) ?? [];
  const listed = [...table.matchAll(/^\| `([a-z]+)[ `]/gm)].map(([, verb]) => verb);
  expect(listed.sort()).toEqual([...verbs].sort());
});

describe("the way of a small account", () => {
  let account: Awaited<ReturnType<typeof startAccount>>;
  beforeAll(async () => {
    account = await startAccount();
  });
  afterAll(() => account.stop());
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCli([...args, "--json", "--data", account.folder]);
    expect([args[0], code, stderr]).toEqual([args[0], 0, ""]);
    return JSON.parse(stdout);
  };

  test("connect proves the account, sync brings it in, plan shows, apply writes, and a second plan is empty", async () => {
    expect(await run("connect", "hubspot")).toMatchObject({ connection: "hubspot", account: "4711" });
    const { objects } = await run("discover", "hubspot");
    expect(objects.find(({ name }: { name: string }) => name === "contacts")).toMatchObject({ mapped: true });
    const { runs } = await run("sync");
    expect(runs).toMatchObject([
      { connection: "hubspot", status: "done", counts: { in: expect.any(Number), failed: 0 } },
    ]);
    const planned = await run("plan");
    expect(planned).toMatchObject({ planned: { length: 3 }, missing: [], failures: [] });
    expect(planned.planned[0]).toMatchObject({
      record_key: "hubspot:contacts:101",
      values: { stage: expect.any(String) },
      because: expect.stringMatching(/./),
    });
    expect(await run("apply")).toMatchObject([{ counts: { records: 3, refused: 0 } }]);
    expect((await run("plan")).planned).toEqual([]);
    await run("sync");
    expect((await run("plan")).planned).toEqual([]);
  });

  test("customer and explain tell where every value comes from", async () => {
    const { customer, timeline, journey, score } = await run("customer", "hubspot:contacts:102");
    expect(customer.name).toBe("Person2 Example");
    expect(timeline.map(({ kind }: { kind: string }) => kind)).toContain("contact.created");
    expect(journey.intervals[0].evidence.event_ids).toHaveLength(1);
    expect(score.reason.length).toBeLessThanOrEqual(255);
    const explained = await run("explain", "email:person2@acme.example");
    expect(explained.stage.because.events[0].record_key).toBe("hubspot:contacts:102");
    const { code, stdout } = await runCli([
      ...["explain", "hubspot:contacts:102", "--field", "email", "--data", account.folder],
    ]);
    expect([code, stdout]).toEqual([0, expect.stringContaining("person2@acme.example  hubspot:contacts:102, changed")]);
    expect(stdout).toMatch(/raw version \d+ of [\d: -]+, by hubspot\/contacts.yaml:\d+/);
  });

  test("a value is set by hand and let go, each with a reason", async () => {
    const which = ["hubspot:contacts:103", "title"];
    const { code, stderr } = await runCli(["customer", "pin", ...which, "CTO", "--data", account.folder]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("Say why with --reason")]);
    const reason = ["--reason", "as her card says"];
    expect(await run("customer", "pin", ...which, "CTO", ...reason)).toMatchObject({
      golden: { value: "CTO", rule: "pin" },
    });
    expect((await run("customer", "hubspot:contacts:103")).customer.pins).toMatchObject([
      { field: "title", by: expect.stringMatching(/^cli:./) },
    ]);
    expect(await run("customer", "unpin", ...which, ...reason)).toMatchObject({ field: "title", golden: null });
  });

  test("verify finds derived state equal, replay makes it anew, preview shows a changed mapping", async () => {
    expect((await run("verify")).equal).toBe(true);
    expect(await run("audit", "--show")).toMatchObject({ found: 0 });
    expect((await run("replay")).records).toBeGreaterThanOrEqual(3);
    expect((await run("verify")).equal).toBe(true);
    const shipped = readFileSync(new URL("../../mappings/hubspot/contacts.yaml", import.meta.url), "utf8");
    const file = join(account.folder, "contacts.yaml");
    writeFileSync(
      file,
      shipped
        .replace(/^examples:[\s\S]*/m, "")
        .replace("first_name: properties.firstname", "first_name: properties.lastname"),
    );
    const preview = await run("preview", file);
    expect(preview).toMatchObject({ records: 3, changed: 3, failing: 0 });
    expect(preview.examples[0].differences).toContainEqual({
      path: "fields.first_name",
      from: '"Person1"',
      to: '"Example"',
    });
  });

  test("doctor and lint find nothing to mend", async () => {
    expect((await run("doctor")).every(({ ok }: { ok: boolean }) => ok)).toBe(true);
    expect((await run("lint")).findings).toEqual([]);
  });

  test("connect --set seals secrets: the file holds none in the clear", async () => {
    await run("connect", "hubspot", "--set", "app_client_secret=canary-secret-value");
    const text = readFileSync(join(account.folder, "journey-hub.yaml"), "utf8");
    expect(text).not.toContain("canary-secret-value");
    expect(text).toMatch(/app_client_secret: \$\{sealed:[A-Za-z0-9+/=]+\}/);
  });
});
