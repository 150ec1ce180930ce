import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { noon } from "../hub/world.ts";
import {
  basic,
  clock,
  closeSite,
  customers,
  get,
  notAsReplayed,
  openErrors,
  openSite,
  post,
  previousKey,
  tell,
  timeline,
  titles,
  workOff,
  world,
  writeKey,
} from "./tracking.ts";

beforeAll(() => openSite());
afterAll(closeSite);

const later = () => clock.advance(1_000);

describe("Segment's calls", () => {
  test.each([
    ["track", { event: "Product Viewed" }, "action.tracked inbound web", "Tracked: Product Viewed"],
    ["track", { event: "Form Submitted" }, "form.submitted inbound web", "Filled in a form: Form Submitted"],
    ["page", { name: "Prices" }, "page.viewed inbound web", "Page viewed: Prices"],
    ["page", { context: { page: { title: "Home" } } }, "page.viewed inbound web", "Page viewed: Home"],
    ["screen", { name: "Basket" }, "screen.viewed inbound app", "Screen viewed: Basket"],
    ["identify", {}, "activity.logged none web", "Activity: Identified"],
    ["group", { groupId: "g0", traits: { name: "Acme" } }, "activity.logged none web", "Activity: Acme"],
    ["alias", { previousId: "before" }, "activity.logged none web", "Activity: Two ids of one user"],
    ["t", { event: "By the first letter alone" }, "action.tracked inbound web", "Tracked: By the first letter alone"],
  ])("%s %j stands on its user's timeline", async (type, call, kind, title) => {
    later();
    const userId = `caller of ${title}`;
    const { status, body } = await post(`/v1/${type}`, { userId, ...call });
    expect([status, body]).toEqual([200, { success: true }]);
    await workOff();
    const [event, ...others] = await timeline(`user_id:${userId}`);
    expect(others).toEqual([]);
    expect([`${event?.kind} ${event?.direction} ${event?.channel}`, event?.title]).toEqual([kind, title]);
    expect(event?.occurred_at).toBe(world.hub.now());
  });

  test("in a batch are events of their own, with what the batch says of all", async () => {
    const batch = [
      { type: "track", userId: "b1", event: "One" },
      { type: "page", userId: "b1" },
      { type: "track", userId: "b1", event: "Two", context: { page: { title: "its own" } } },
    ];
    const context = { page: { title: "the batch's" } };
    for (const path of ["/v1/batch", "/v1/import", "/v1/b"]) {
      const messages = batch.map((message, n) => ({ ...message, messageId: `b1 ${n}` }));
      expect((await post(path, { batch: messages, context })).body).toEqual({ success: true });
    }
    await workOff();
    expect((await titles("user_id:b1")).sort()).toEqual(["Page viewed: the batch's", "Tracked: One", "Tracked: Two"]);
  });

  test("that come again have no effect, whether they have an id or say when it happened", async () => {
    const named = { messageId: "once", userId: "r1", event: "Named" };
    const dated = { userId: "r1", event: "Dated", timestamp: noon };
    const neither = { userId: "r1", event: "Neither" };
    for (const sentAt of ["2026-11-02T12:00:10.000Z", "2026-11-02T12:00:20.000Z"]) {
      for (const call of [named, dated, neither]) await post("/v1/track", { ...call, sentAt });
    }
    await workOff();
    expect((await titles("user_id:r1")).sort()).toEqual([
      "Tracked: Dated",
      "Tracked: Named",
      "Tracked: Neither",
      "Tracked: Neither",
    ]);
  });

  /** Seconds from the hub's clock, as an instant. */
  const off = (seconds: number) => new Date(clock.now() + seconds * 1_000).toISOString();

  test.each<[string, () => object, number]>([
    ["two hours fast", () => ({ timestamp: off(7_195), sentAt: off(7_200) }), -5],
    ["a day slow", () => ({ timestamp: off(-86_460), sentAt: off(-86_400) }), -60],
    ["without a time of sending", () => ({ timestamp: off(-3_600).replace("Z", "+00:00") }), -3_600],
    ["of RudderStack", () => ({ originalTimestamp: off(7_198), sentAt: off(7_200) }), -2],
    ["in milliseconds", () => ({ timestamp: clock.now() - 1_000 }), -1],
    ["that tells of the future", () => ({ timestamp: off(86_400), sentAt: off(0) }), 0],
    ["that tells no time", () => ({}), 0],
  ])("are dated by the hub's clock: a sender %s", async (what, times, seconds) => {
    await tell({ type: "track", userId: `clock ${what}`, event: "Tick", ...times() });
    const [event] = await timeline(`user_id:clock ${what}`);
    expect(event?.occurred_at).toBe(off(seconds));
  });

  test("of RudderStack's browsers are taken too: an empty userId is nobody's, traits stand in the context", async () => {
    const anonymous = { anonymousId: "rudder", userId: "", event: "Seen", originalTimestamp: noon, channel: "web" };
    const context = { traits: { email: "rudder@acme.example", firstName: "Rhea" } };
    await tell({ type: "track", ...anonymous }, { type: "identify", anonymousId: "rudder", userId: "rhea", context });
    expect(await titles("email:rudder@acme.example")).toEqual(
      expect.arrayContaining(["Tracked: Seen", "Activity: Identified", "Contact created"]),
    );
  });
});

describe("what an anonymous visitor did", () => {
  test("waits, then stands on the customer's timeline once, whichever came first; replay gives the same", async () => {
    const seen = { type: "track", anonymousId: "browser 1", event: "Before" };
    await tell(seen, { type: "page", anonymousId: "browser 1", name: "Prices" });
    expect(await customers("anonymous_id:browser 1")).toEqual([]);
    later();
    const traits = { email: "ida@acme.example", name: "Ida Smith" };
    await tell({ type: "identify", anonymousId: "browser 1", userId: "ida", traits });
    later();
    await tell({ type: "track", anonymousId: "browser 1", event: "After" }, { ...seen, messageId: "late" });
    const expected = [
      "Tracked: Before",
      "Page viewed: Prices",
      "Activity: Identified",
      "Contact created",
      "Tracked: After",
      "Tracked: Before",
    ];
    expect((await titles("user_id:ida")).sort()).toEqual(expected.sort());
    expect(await customers("email:ida@acme.example")).toMatchObject([{ name: "Ida Smith", kind: "person" }]);
    expect(await notAsReplayed()).toEqual([]);
  });

  test("joins by any call that names browser and user, and by an alias", async () => {
    await tell(
      { type: "track", anonymousId: "browser 2", event: "On the phone" },
      { type: "track", anonymousId: "browser 3", event: "At the desk" },
      { type: "page", anonymousId: "browser 2", userId: "joe", name: "Log-in" },
      { type: "alias", previousId: "browser 3", userId: "joe" },
    );
    expect((await titles("user_id:joe")).sort()).toEqual([
      "Activity: Two ids of one user",
      "Page viewed: Log-in",
      "Tracked: At the desk",
      "Tracked: On the phone",
    ]);
  });

  test("is not a known user's, though another user takes the browser over", async () => {
    await tell({ type: "track", anonymousId: "shared", userId: "kim", event: "Kim's" });
    later();
    await tell({ type: "track", anonymousId: "shared", event: "Somebody's" });
    later();
    await tell({ type: "identify", anonymousId: "shared", userId: "lee" });
    expect(await titles("user_id:kim")).toEqual(["Tracked: Kim's"]);
    expect((await titles("user_id:lee")).sort()).toEqual(["Activity: Identified", "Tracked: Somebody's"]);
  });

  test("joins whoever is known by the same address", async () => {
    await tell(
      { type: "track", anonymousId: "browser 4", event: "Quote asked for" },
      { type: "identify", anonymousId: "browser 4", traits: { email: "mia@acme.example" } },
      { type: "identify", userId: "mia", traits: { email: "Mia@acme.example" } },
    );
    expect(await titles("user_id:mia")).toContain("Tracked: Quote asked for");
    expect(await customers("email:mia@acme.example")).toHaveLength(1);
  });
});

describe("traits", () => {
  interface Golden {
    golden: Record<string, { value: unknown }>;
  }
  const goldenOf = async (identifier: string) => {
    const [customer] = await customers(identifier);
    const { golden } = await get<Golden>(`/api/v1/customers/${customer?.id}`);
    return Object.fromEntries(Object.entries(golden).map(([field, { value }]) => [field, value]));
  };

  test("stand beside those told before; of one trait the newest counts, in whatever order they came", async () => {
    const told = (minute: string, traits: object) => ({
      type: "identify",
      userId: "nia",
      timestamp: `2026-11-02T10:${minute}:00.000Z`,
      traits,
    });
    await tell(
      told("20", { firstName: "Nia", email: "new@acme.example" }),
      told("30", { title: "CTO" }),
      told("10", { firstName: "N.", email: "old@acme.example" }),
    );
    expect(await goldenOf("user_id:nia")).toMatchObject({ first_name: "Nia", email: "new@acme.example", title: "CTO" });
  });

  test("of a group make a company, with its users' events on its timeline", async () => {
    await tell(
      { type: "group", userId: "ole", groupId: "g1", traits: { name: "Contoso", website: "www.contoso.example" } },
      { type: "group", userId: "pia", groupId: "g1" },
      { type: "track", userId: "pia", event: "Invited a colleague" },
    );
    expect(await customers("group_id:g1")).toMatchObject([{ name: "Contoso", kind: "company" }]);
    expect(await titles("group_id:g1")).toEqual(
      expect.arrayContaining(["Company created", "Tracked: Invited a colleague", "Activity: Contoso"]),
    );
    expect(await goldenOf("group_id:g1")).toMatchObject({ domain: "contoso.example" });
  });
});

test("the key may be the one before, may stand in the body, and is not kept", async () => {
  await post("/v1/track", { userId: "keys", event: "Before the change" }, { authorization: basic(previousKey) });
  const fromBrowser = { "content-type": "text/plain", origin: "https://www.acme.example" };
  const sent = { writeKey, userId: "keys", event: "From a browser", sentAt: world.hub.now() };
  expect((await post("/v1/t", sent, fromBrowser)).status).toBe(200);
  const third = { type: "track", userId: "keys", event: "Three", writeKey }; // analytics.js writes it on each message
  await post("/v1/batch", { writeKey, batch: [third] }, fromBrowser);
  await workOff();
  expect(await titles("user_id:keys")).toHaveLength(3);
  const kept = [...(await world.rows("inbox")), ...(await world.rows("raw_records"))];
  expect(JSON.stringify(kept.map((row) => ("body" in row ? String(row.body) : row.payload)))).not.toContain(writeKey);
});

test("everything here is as a replay makes it, and left no error", async () => {
  expect(await openErrors()).toEqual([]);
  expect(await notAsReplayed()).toEqual([]);
});
