import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Console, createConsole } from "../../src/console/console.tsx";
import { createKey, type Role, roles } from "../../src/hub/folder/keys.ts";
import { createLog } from "../../src/hub/log.ts";
import { createMetrics } from "../../src/hub/metrics.ts";
import { createRunner } from "../../src/hub/runner/runner.ts";
import { openEmptyHub, type SampleHub } from "./sample-hub.ts";
import { cookieOf, ownSite, see, signIn } from "./visitor.ts";

/* Which page and form of the console is for whom. */

let sample: SampleHub;
let pages: Console;
const cookies: Partial<Record<Role, string>> = {};
beforeAll(async () => {
  sample = await openEmptyHub();
  const { hub } = sample;
  const log = createLog({ level: "silent" });
  pages = createConsole({ hub, log, runner: createRunner({ hub, log, metrics: createMetrics() }) });
  for (const role of roles) {
    const { key } = await createKey(hub, { name: role, role });
    cookies[role] = cookieOf(await signIn(pages.app, { key }));
  }
});
afterAll(() => sample.close());

const as = (role: Role) => ({ cookie: cookies[role] ?? "" });
const sentBy = async (path: string, role: Role) =>
  (await pages.app.request(path, { method: "POST", headers: { ...ownSite, ...as(role) }, body: new URLSearchParams() }))
    .status;

const forms: [path: string, needed: Role][] = [
  ["/customers/unmerge", "operator"],
  ["/reviews/decide", "operator"],
  ["/reviews/revoke", "operator"],
  ["/errors/retry", "operator"],
  ["/errors/fix", "operator"],
  ["/errors/unfix", "operator"],
  ["/connect", "admin"],
];

describe.each(forms)("the form %s", (path, needed) => {
  test.each(roles.slice(0, roles.indexOf(needed)))("is closed to a %s", async (role) => {
    expect(await sentBy(path, role)).toBe(403);
  });
  test.each(roles.slice(roles.indexOf(needed)))("is open to a %s", async (role) => {
    expect([401, 403]).not.toContain(await sentBy(path, role));
  });
});

test("no form but that of signing out does anything for a viewer", async () => {
  const paths = pages.app.routes.filter(({ method }) => method === "POST").map(({ path }) => path);
  const others = [...new Set(paths)].filter((path) => !path.startsWith("/sign-"));
  expect(others).toEqual(expect.arrayContaining(forms.map(([path]) => path)));
  for (const path of others) {
    expect([path, await sentBy(path.replaceAll(/:\w+/g, "some-id"), "viewer")]).toEqual([path, 403]);
  }
});

test.each(["/connect", "/connect/hubspot", "/connect/callback?state=x"])("the page %s is an admin's", async (path) => {
  for (const role of ["viewer", "operator"] as const) expect((await see(pages.app, path, as(role))).status).toBe(403);
  expect((await see(pages.app, path, as("admin"))).status).not.toBe(403);
});

test("a viewer sees what syncs have noticed of fields, and the vendor is asked nothing", async () => {
  const { status, text } = await see(pages.app, "/fields?connection=hubspot", as("viewer"));
  expect([status, text]).toEqual([200, expect.stringContaining("Changes noticed")]);
});
