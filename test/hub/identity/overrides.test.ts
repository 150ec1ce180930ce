import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { authorHeader } from "../../../src/api/access.ts";
import { createKey, processKey } from "../../../src/hub/folder/keys.ts";
import {
  linkRecords,
  listOverrides,
  OverrideRefusedError,
  revokeOverrides,
  separateRecords,
  unmergeRecords,
} from "../../../src/hub/identity/overrides.ts";
import { currentCustomerId } from "../../../src/hub/queries/customer.ts";
import { listReviews } from "../../../src/hub/queries/reviews.ts";
import { verifyHub } from "../../../src/hub/rules/scratch.ts";
import { deriveAll } from "../../../src/hub/sync.ts";
import { derivedTables } from "../../../src/pipeline/replay.ts";
import { customerIdOf } from "../../../src/pipeline/resolve/plan.ts";
import { dump } from "../../../src/pipeline/verify.ts";
import { planConnection } from "../../../src/pipeline/writeback/run.ts";
import type { World } from "../world.ts";
import { ann, anne, bob, carl, karl, key, olga, openLookalikes, robert, undecided } from "./lookalikes.ts";

/* What people decide about the look-alikes, and what follows. */

let world: World;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ world, close } = await openLookalikes());
});
afterAll(() => close());
beforeEach(() => undecided(world));

/** Everything derived, row by row; what is marked to be derived anew is not among it. */
async function everything() {
  await deriveAll(world.hub);
  const tables = derivedTables.filter((table) => table !== "dirty");
  const rows = await Promise.all(
    tables.map(async (table) => [table, [...(await dump(world.hub.store, table))].sort()]),
  );
  return Object.fromEntries(rows);
}

/** What would be written back, by record. */
async function wishes(): Promise<Record<string, object>> {
  const { writeback } = world.hub.connection("hubspot").open;
  if (!writeback) throw new Error("nothing is written back");
  const planned: Record<string, object> = {};
  for await (const page of planConnection(world.hub.store, "hubspot", writeback)) {
    for (const { record_key, desired } of page) planned[record_key] = desired;
  }
  return planned;
}

async function customerOf(recordKey: string): Promise<string | undefined> {
  const [link] = await world.hub.store.byKey("links", "record_key", [recordKey]);
  return link?.customer_id;
}

async function timelineOf(recordKey: string): Promise<string[]> {
  const customer_id = (await customerOf(recordKey)) ?? "";
  const events = await world.hub.store.timeline({ customer_id, limit: 100 });
  return [...new Set(events.map(({ record_key }) => record_key))].sort();
}

const reviewed = async () =>
  (await listReviews(world.hub, { limit: 10 })).items.map(
    ({ left, right }) => `${left.record_key} ~ ${right.record_key}`,
  );

describe("linking, taking apart and linking again", () => {
  test("loses nothing: timeline, stages and what is written back follow, and replay gives the same", async () => {
    const apart = { rows: await everything(), wishes: await wishes() };
    const link = await linkRecords(world.hub, { left: bob, right: ann }, olga);
    expect(link).toMatchObject({ kind: "must_link", left_key: ann, right_key: bob, by: "Olga", revoked_at: null });
    const dirty = (await world.rows("dirty")).map(({ customer_id }) => customer_id).sort();
    expect(dirty).toEqual([customerIdOf(ann), customerIdOf(bob)].sort());
    const together = { rows: await everything(), wishes: await wishes() };
    expect(await timelineOf(ann)).toEqual([ann, bob]);
    expect(together.wishes[ann]).toEqual(together.wishes[bob]);
    expect(apart.wishes[ann]).not.toEqual(apart.wishes[bob]);
    expect(await customerOf(bob)).toBe(customerIdOf(ann)); // the part that landed first keeps its id
    expect(await currentCustomerId(world.hub, customerIdOf(bob))).toBe(customerIdOf(ann));

    await unmergeRecords(world.hub, [bob], olga);
    expect({ rows: await everything(), wishes: await wishes() }).toEqual(apart);

    const again = await linkRecords(world.hub, { left: ann, right: bob }, olga);
    const { links: _, ...rows } = await everything();
    const { links: __, ...before } = together.rows;
    expect({ rows, wishes: await wishes() }).toEqual({ rows: before, wishes: together.wishes });
    const [evidence] = (await world.rows("links")).flatMap(({ record_key, evidence }) =>
      record_key === bob ? [evidence] : [],
    );
    expect(JSON.parse(evidence ?? "")).toMatchObject({ claim: null, with: ann, override: { id: again.id, ...olga } });
    expect((await verifyHub(world.hub)).filter(({ extra, missing }) => extra + missing > 0)).toEqual([]);
  });

  test("a decision that is revoked leaves it to the rules again", async () => {
    const before = await everything();
    const { id } = await linkRecords(world.hub, { left: robert, right: bob }, olga);
    expect(await customerOf(robert)).toBe(await customerOf(bob));
    const ivo = { by: "Ivo", reason: "two badges" };
    expect(await revokeOverrides(world.hub, [id], ivo)).toMatchObject([{ id, revoked_by: "Ivo" }]);
    expect(await everything()).toEqual(before);
    const { items } = await listOverrides(world.hub, { limit: 5, record: bob });
    expect(items).toMatchObject([
      { id, by: "Olga", reason: "she asked them", revoked_by: "Ivo", revoked_reason: "two badges" },
    ]);
  });

  test("a link that is revoked leaves records as far apart as a person had them before", async () => {
    await linkRecords(world.hub, { left: robert, right: bob }, olga);
    await unmergeRecords(world.hub, [bob], olga);
    const before = await everything();
    const { id } = await linkRecords(world.hub, { left: ann, right: bob }, olga);
    const again = await linkRecords(world.hub, { left: robert, right: bob }, { by: "Ivo", reason: "one badge" });
    await revokeOverrides(world.hub, [again.id, id], olga);
    expect(await everything()).toEqual(before);
    const standing = (await world.rows("overrides")).filter(({ revoked_at }) => revoked_at === null);
    expect(standing.map(({ kind, by }) => `${kind} ${by}`)).toEqual(["must_link Olga", "cannot_link Olga"]);
    const parted = await separateRecords(world.hub, { left: ann, right: anne }, olga);
    const link = await linkRecords(world.hub, { left: ann, right: anne }, olga);
    const word = await separateRecords(world.hub, { left: ann, right: anne }, { by: "Ivo", reason: "two desks" });
    await revokeOverrides(world.hub, [link.id], olga);
    const { items } = await listOverrides(world.hub, { limit: 9, record: anne });
    expect(items.filter(({ revoked_at }) => revoked_at === null).map((row) => row.id)).toEqual([word.id]); // not both
    expect(items.map((row) => row.id)).toContain(parted.id);
  });
});

describe("for review", () => {
  test("are pairs that could be one customer and are not, the most probable first, a page at a time", async () => {
    const { items, next_cursor } = await listReviews(world.hub, { limit: 2, kind: "person" });
    expect(items).toMatchObject([
      {
        kind: "person",
        refused: true,
        shared: { claim: "email:c3@c.example", because: "limit:email" },
        left: { record_key: carl },
        right: { record_key: karl },
      },
      {
        kind: "person",
        refused: false,
        shared: null,
        left: { record_key: ann, customer: { name: "Ann Lee" } },
        right: { record_key: anne },
      },
    ]);
    expect(items[1]?.fields.map(({ field, level }) => `${field} ${level}`)).toEqual([
      "first_name exact",
      "last_name exact",
      "email different",
    ]);
    expect(items[0]?.values).toContainEqual({
      field: "email",
      left: ["c1@c.example", "c2@c.example", "c3@c.example"],
      right: ["c4@c.example", "c3@c.example"],
      agree: true,
    });
    const rest = await listReviews(world.hub, { limit: 2, kind: "person", cursor: next_cursor ?? "" });
    expect(rest.items.map(({ left, right }) => [left.record_key, right.record_key])).toEqual([[bob, robert]]);
    expect(rest.next_cursor).toBeNull();
    expect((await listReviews(world.hub, { limit: 2, kind: "company" })).items).toEqual([]);
  });

  test("is nothing that a person has decided, until that is revoked", async () => {
    const { id } = await separateRecords(world.hub, { left: anne, right: ann }, olga);
    expect(await reviewed()).toEqual([`${carl} ~ ${karl}`, `${bob} ~ ${robert}`]);
    await linkRecords(world.hub, { left: carl, right: karl }, olga);
    expect(await reviewed()).toEqual([`${bob} ~ ${robert}`]);
    await revokeOverrides(world.hub, [id], olga);
    expect(await reviewed()).toEqual([`${ann} ~ ${anne}`, `${bob} ~ ${robert}`]);
  });
});

describe("is refused, with nothing changed:", () => {
  const cases: [string, () => Promise<unknown>, RegExp][] = [
    [
      "a record that is not known",
      () => linkRecords(world.hub, { left: ann, right: key(9) }, olga),
      /hubspot:contacts:9 is not known/,
    ],
    [
      "what is no person or company",
      () => separateRecords(world.hub, { left: ann, right: "hubspot:deals:1" }, olga),
      /deals:1 is none of/,
    ],
    ["a record and itself", () => linkRecords(world.hub, { left: ann, right: ann }, olga), /one record, named twice/],
    ["taking out all there is", () => unmergeRecords(world.hub, [ann], olga), /all there is of customer c_/],
    ["records of several customers at once", () => unmergeRecords(world.hub, [ann, bob], olga), /different customers/],
    ["revoking what does not stand", () => revokeOverrides(world.hub, [77], olga), /No decision 77 stands/],
    [
      "revoking as many as may be named at once",
      () =>
        revokeOverrides(
          world.hub,
          Array.from({ length: 1_000 }, (_, n) => n + 1),
          olga,
        ),
      /No decision 1 stands/,
    ],
  ];
  test.each(cases)("%s", async (_, attempt, message) => {
    const before = await everything();
    await expect(attempt()).rejects.toThrow(OverrideRefusedError);
    await expect(attempt()).rejects.toThrow(message);
    expect(await everything()).toEqual(before);
    expect(await world.rows("overrides")).toEqual([]);
  });

  test("what would change nothing, as more records hang together than can be decided about", async () => {
    const { id } = await separateRecords(world.hub, { left: ann, right: bob }, olga);
    const reach = { roundsMax: 1, recordsMax: 100, recordsPerPartyMax: 1 };
    const near = { ...world.hub, pipeline: { ...world.hub.pipeline, reach } };
    const before = await everything();
    for (const attempt of [
      () => linkRecords(near, { left: ann, right: anne }, olga),
      () => separateRecords(near, { left: carl, right: karl }, olga),
      () => revokeOverrides(near, [id], olga),
    ]) {
      const refused = await attempt().catch((cause: unknown) => cause);
      expect(refused).toBeInstanceOf(OverrideRefusedError);
      expect(String(refused)).toMatch(/More records than can be decided about at once .* Block the values/);
    }
    expect(await everything()).toEqual(before);
    expect(await world.rows("overrides")).toMatchObject([{ id, revoked_at: null }]);
  });

  test("the same decision twice", async () => {
    await separateRecords(world.hub, { left: ann, right: bob }, olga);
    const again = separateRecords(world.hub, { left: bob, right: ann }, olga);
    await expect(again).rejects.toThrow(/decided already by Olga at 2026-11-02T12:00:01.*: she asked them/);
  });
});

describe("over the API", () => {
  const post = async (path: string, body: object, role: "operator" | "viewer" = "operator") => {
    const headers = { ...(await world.as(role)), "content-type": "application/json" };
    return world.app.request(`/api/v1/overrides${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  };
  const get = async (path: string) => (await world.app.request(path, { headers: await world.as("viewer") })).json();
  const ids = async () => (await world.rows("overrides")).map(({ id }) => id);

  test("pairs are looked through, decided about, listed and left to the rules again", async () => {
    expect(await get("/api/v1/reviews?limit=1&kind=person")).toMatchObject({
      items: [{ refused: true, left: { record_key: carl }, right: { record_key: karl } }],
    });
    const made = await post("", { kind: "must_link", left: carl, right: karl, reason: "one desk" });
    expect(await made.json()).toMatchObject({
      kind: "must_link",
      by: "a operator",
      reason: "one desk",
      revoked_at: null,
    });
    const parted = await post("/unmerge", { records: [karl], reason: "two desks" });
    expect(await parted.json()).toMatchObject({ items: [{ kind: "cannot_link", left_key: carl, right_key: karl }] });
    expect(await get(`/api/v1/overrides?record=${karl}`)).toMatchObject({
      items: [
        { reason: "two desks", overruled_by: null },
        { reason: "one desk", overruled_by: 2 },
      ],
      next_cursor: null,
    });
    const revoked = await post("/revoke", { ids: await ids(), reason: "undone" });
    expect(await revoked.json()).toMatchObject({
      items: [
        { revoked_by: "a operator", revoked_reason: "undone" },
        { revoked_by: "a operator", revoked_reason: "undone" },
      ],
    });
    expect(await get("/api/v1/reviews?limit=1")).toMatchObject({ items: [{ left: { record_key: carl } }] });
  });

  test("who decides at the command line is kept; whoever has a key is called as the key is", async () => {
    const decide = async (key: string, said: string, body: object) => {
      const headers = { authorization: `Bearer ${key}`, "content-type": "application/json", [authorHeader]: said };
      const reply = await world.app.request("/api/v1/overrides", {
        method: "POST",
        headers,
        body: JSON.stringify(body),
      });
      return ((await reply.json()) as { by: string }).by;
    };
    const body = { kind: "cannot_link", left: ann, right: bob, reason: "asked" };
    expect(await decide(processKey(world.hub), encodeURIComponent("Zoë & Kim"), body)).toBe("cli:Zoë & Kim");
    expect(await decide(processKey(world.hub), "a%00b", { ...body, left: anne })).toBe("cli");
    const { key } = await createKey(world.hub, { name: "ops desk", role: "operator" });
    expect(await decide(key, "Zo", { ...body, left: carl })).toBe("ops desk");
  });

  test("what cannot be is refused with the reason, and a viewer decides nothing", async () => {
    const refused = await post("", { kind: "must_link", left: ann, right: key(9), reason: "I think so" });
    expect([refused.status, await refused.json()]).toMatchObject([
      409,
      { detail: expect.stringMatching(/contacts:9 is not known/) },
    ]);
    expect((await post("", { kind: "must_link", left: ann, right: bob })).status).toBe(400);
    expect((await post("/revoke", { ids: [1] })).status).toBe(400);
    expect((await post("/revoke", { ids: [1], reason: "no" }, "viewer")).status).toBe(403);
  });
});
