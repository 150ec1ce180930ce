import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Console, createConsole } from "../../src/console/console.tsx";
import { createKey, processKey, revokeKey } from "../../src/hub/folder/keys.ts";
import { openEmptyHub, type SampleHub } from "./sample-hub.ts";
import { cookieOf, ownSite, see, signIn } from "./visitor.ts";

let sample: SampleHub;
let pages: Console;
let viewer: { id: string; key: string };
beforeAll(async () => {
  sample = await openEmptyHub();
  pages = createConsole({ hub: sample.hub });
  viewer = await createKey(sample.hub, { name: "Vera Viewer", role: "viewer" });
});
afterAll(() => sample.close());

describe("without a session", () => {
  test.each([
    "/customers",
    "/customers/c_1",
    "/errors",
    "/errors/cause",
    "/runs",
    "/audits",
    "/writebacks",
    "/connect",
  ])("%s leads to sign-in and back", async (path) => {
    const { status, headers, html } = await see(pages.app, path);
    expect(status).toBe(303);
    expect(headers.get("location")).toBe(`/sign-in?next=${encodeURIComponent(path)}`);
    expect(html).toBe("");
  });

  test("the overview leads to sign-in", async () => {
    const { status, headers } = await see(pages.app, "/");
    expect([status, headers.get("location")]).toEqual([303, "/sign-in"]);
  });

  test("a made-up session opens nothing", async () => {
    expect((await see(pages.app, "/", { cookie: "journey_hub_session=made-up" })).status).toBe(303);
  });

  test("a link followed from another site is loaded once more, so that a strict cookie comes along", async () => {
    const { status, html } = await see(pages.app, "/customers?q=ada", { "sec-fetch-site": "cross-site" });
    expect(status).toBe(200);
    expect(html).toContain('<meta http-equiv="refresh" content="0; url=/customers?q=ada"/>');
  });
});

describe("with a key", () => {
  test("a viewer's key opens the console and says as whom one looks", async () => {
    const signedIn = await signIn(pages.app, { key: `  ${viewer.key}\n`, next: "/runs" });
    expect([signedIn.status, signedIn.headers.get("location")]).toEqual([303, "/runs"]);
    const { status, text } = await see(pages.app, "/runs", { cookie: cookieOf(signedIn) });
    expect(status).toBe(200);
    expect(text).toContain("Vera Viewer (viewer) Sign out");
  });

  test("the key that a demo prints opens the console too", async () => {
    const cookie = cookieOf(await signIn(pages.app, { key: processKey(sample.hub) }));
    const { status, text } = await see(pages.app, "/", { cookie });
    expect(status).toBe(200);
    expect(text).toMatch(/process \d+ \(admin\) Sign out/);
  });

  test("the session's cookie is out of reach of scripts and other sites, and holds nothing of the key", async () => {
    const cookie = (await signIn(pages.app, { key: viewer.key })).headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/^journey_hub_session=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/);
  });

  test("behind TLS the cookie stays within TLS", async () => {
    const signedIn = await signIn(pages.app, { key: viewer.key }, { ...ownSite, "x-forwarded-proto": "https" });
    expect(signedIn.headers.get("set-cookie")).toContain("; Secure");
  });

  test.each(["", "jh_", "jh_0123456789abcdef_0123456789012345678901234567890123456789012", "x".repeat(5_000)])(
    "what is no key is refused with what to do",
    async (key) => {
      const refused = await signIn(pages.app, { key });
      expect(refused.status).toBe(401);
      expect(refused.headers.get("set-cookie")).toBeNull();
      expect(await refused.text()).toContain("That is no standing API key. Copy the whole of it");
    },
  );

  test("a form without its fields is refused like a wrong key", async () => {
    expect((await signIn(pages.app, {})).status).toBe(401);
  });

  test("a form larger than any key is not read", async () => {
    expect((await signIn(pages.app, { key: "x".repeat(20_000) })).status).toBe(413);
  });

  test.each([{ "sec-fetch-site": "cross-site", origin: "https://evil.example" }, { origin: "null" }, {}])(
    "a form that did not come from the console is refused: %o",
    async (headers: Record<string, string>) => {
      const refused = await signIn(pages.app, { key: viewer.key }, headers);
      expect(refused.status).toBe(403);
      expect(await refused.text()).toContain("The form was sent from another site");
    },
  );

  test("a browser that only tells the origin is let in from the same host, whatever the scheme before a proxy", async () => {
    const headers = { origin: "https://hub.example.com", host: "hub.example.com" };
    expect((await signIn(pages.app, { key: viewer.key }, headers)).status).toBe(303);
  });

  test.each([
    "//evil.example",
    "https://evil.example/",
    "/\\evil.example",
    "javascript:alert(1)",
    "/a\r\nset-cookie:x",
  ])("signing in does not lead to another place: %s", async (next) => {
    expect((await signIn(pages.app, { key: viewer.key, next })).headers.get("location")).toBe("/");
    const page = await see(pages.app, `/sign-in?next=${encodeURIComponent(next)}`);
    expect(page.html).toContain('<input type="hidden" name="next" value="/"/>');
  });

  test("who is signed in already is led on from the sign-in page", async () => {
    const cookie = cookieOf(await signIn(pages.app, { key: viewer.key }));
    const { status, headers } = await see(pages.app, "/sign-in?next=%2Fruns", { cookie });
    expect([status, headers.get("location")]).toEqual([303, "/runs"]);
  });
});

describe("the end of a session", () => {
  const isOpen = async (cookie: string) => (await see(pages.app, "/", { cookie })).status === 200;

  test("signing out ends it here and for every copy of the cookie", async () => {
    const cookie = cookieOf(await signIn(pages.app, { key: viewer.key }));
    expect(await isOpen(cookie)).toBe(true);
    const left = await pages.app.request("/sign-out", { method: "POST", headers: { ...ownSite, cookie } });
    expect([left.status, left.headers.get("location")]).toEqual([303, "/sign-in"]);
    expect(left.headers.get("set-cookie")).toContain("journey_hub_session=; Max-Age=0");
    expect(await isOpen(cookie)).toBe(false);
  });

  test("another site cannot sign anybody out", async () => {
    const cookie = cookieOf(await signIn(pages.app, { key: viewer.key }));
    const headers = { cookie, "sec-fetch-site": "cross-site", "content-type": "application/x-www-form-urlencoded" };
    expect((await pages.app.request("/sign-out", { method: "POST", headers })).status).toBe(403);
    expect(await isOpen(cookie)).toBe(true);
  });

  test("it ends with its key", async () => {
    const { id, key } = await createKey(sample.hub, { name: "leaving", role: "admin" });
    const cookie = cookieOf(await signIn(pages.app, { key }));
    expect(await isOpen(cookie)).toBe(true);
    await revokeKey(sample.hub, id);
    expect(await isOpen(cookie)).toBe(false);
  });

  test("it ends after twelve hours", async () => {
    const cookie = cookieOf(await signIn(pages.app, { key: viewer.key }));
    sample.advance(12 * 3_600_000 - 1);
    expect(await isOpen(cookie)).toBe(true);
    sample.advance(1);
    expect(await isOpen(cookie)).toBe(false);
  });

  test("of more than a thousand the oldest ends", async () => {
    const first = cookieOf(await signIn(pages.app, { key: viewer.key }));
    for (let n = 0; n < 1_000; n++) await pages.app.request(pages.oneTimeLink());
    expect(await isOpen(first)).toBe(false);
  });
});

describe("a one-time link", () => {
  test("signs one person in as a viewer, once", async () => {
    const link = pages.oneTimeLink();
    expect(link).toMatch(/^\/sign-in\?once=[\w-]{43}$/);
    const first = await pages.app.request(link);
    expect([first.status, first.headers.get("location")]).toEqual([303, "/"]);
    expect((await see(pages.app, "/", { cookie: cookieOf(first) })).text).toContain("one-time link (viewer)");
    const second = await pages.app.request(link);
    expect([second.status, second.headers.get("set-cookie")]).toEqual([401, null]);
    expect(await second.text()).toContain("This sign-in link was used already or is older than ten minutes.");
  });

  test("gives the role it was made for: an admin's on the operator's own terminal", async () => {
    const entered = await pages.app.request(pages.oneTimeLink("admin"));
    expect((await see(pages.app, "/", { cookie: cookieOf(entered) })).text).toContain("one-time link (admin)");
  });

  test("is good for ten minutes", async () => {
    const [soon, late] = [pages.oneTimeLink(), pages.oneTimeLink()];
    sample.advance(10 * 60_000 - 1);
    expect((await pages.app.request(soon)).status).toBe(303);
    sample.advance(1);
    expect((await pages.app.request(late)).status).toBe(401);
  });

  test("that was made up opens nothing", async () => {
    expect((await pages.app.request("/sign-in?once=made-up")).status).toBe(401);
  });
});
