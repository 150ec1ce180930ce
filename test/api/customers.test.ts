import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deriveAll, syncConnection } from "../../src/hub/sync.ts";
import { clock, closeDesk, desk, get, idOf, type List, openDesk, world } from "./desk-api.ts";

beforeAll(openDesk);
afterAll(closeDesk);

describe("customers", () => {
  test("are listed by name, page by page, none twice and none left out", async () => {
    const seen: string[] = [];
    let cursor: string | null = "";
    for (let n = 0; n < 10 && cursor !== null; n++) {
      const path: string = `/api/v1/customers?limit=7${cursor ? `&cursor=${cursor}` : ""}`;
      const { body }: { body: List } = await get<List>(path);
      seen.push(...body.items.map(({ name }) => name));
      cursor = body.next_cursor;
    }
    expect(seen).toHaveLength(30);
    expect(seen).toEqual([...new Set(seen)].sort());
  });

  test.each([
    ["by part of the name, whatever the case", "q=SON%2017"],
    ["by e-mail address", "identifier=email:%20Person17@ACME.example"],
    ["by an e-mail address among other searches", "q=person17@acme.example"],
    ["by a record", "identifier=desk:people:p17"],
    ["by an address that has blanks about it", "identifier=%20email:person17@acme.example%20"],
    ["by a record that has blanks about it", "identifier=%20desk:people:p17%20"],
  ])("are found %s", async (_, query) => {
    const { body } = await get<List>(`/api/v1/customers?${query}`);
    expect(body.items).toMatchObject([{ id: idOf("p17"), name: "Person 17 Miller", kind: "person" }]);
  });

  test.each(["identifier=email:nobody@acme.example", "q=100%25", "q=_erson", "kind=company", "stage=nowhere"])(
    "are none for %s",
    async (query) => {
      expect((await get(`/api/v1/customers?${query}`)).body).toEqual({ items: [], next_cursor: null });
    },
  );

  test.each([
    ["ann@acme.example", 'write "email:ann@acme.example".'],
    ["Ann Lee <Ann@ACME.example>", 'write "email:ann@acme.example".'],
    ["mail:ann@acme.example", 'write "email:ann@acme.example".'],
    ["EMAIL:ann@acme.example", 'write "email:ann@acme.example".'],
    ["+1 (425) 555-0100", 'write "phone:+14255550100".'],
    ["(425) 555-0100", 'write "phone:+…", the number with the code of its country.'],
    ["acme.example", 'write "domain:acme.example".'],
    ["people:p17", 'write "desk:people:p17".'],
    ["people:p99", "email:…, phone:…"],
    ["desk", "or a record as <connection>:<object>:<remote id>."],
    ["email:", "email:…, phone:…"],
    ["desk:p17", "or a record as <connection>:<object>:<remote id>."],
  ])("are asked for by %s, which is answered with what was meant", async (identifier, meant) => {
    const { status, body } = await get<object>(`/api/v1/customers?identifier=${encodeURIComponent(identifier)}`);
    expect([status, body]).toEqual([
      400,
      expect.objectContaining({
        detail: expect.stringContaining(meant),
        errors: [expect.objectContaining({ at: "identifier" })],
      }),
    ]);
  });

  test("are found by the stage they are shown with", async () => {
    const { body } = await get<List>("/api/v1/customers?limit=1");
    const stage = body.items[0]?.stage?.stage ?? "";
    expect(stage).not.toBe("");
    const found = await get<List>(`/api/v1/customers?limit=100&stage=${stage}`);
    expect(found.body.items.every((item) => item.stage?.stage === stage)).toBe(true);
    expect(found.body.items).toHaveLength(30);
  });

  test("show each value with the record it came from, their records and identifiers", async () => {
    const { body } = await get(`/api/v1/customers/${idOf("p1")}`);
    expect(body).toMatchObject({
      id: idOf("p1"),
      name: "Person 1 Miller",
      golden: {
        email: { value: "person1@acme.example", record_key: "desk:people:p1", rule: "only_value", losers: [] },
      },
      records: [{ record_key: "desk:people:p1", deleted: false, evidence: { claim: null, with: null } }],
      identifiers: ["email:person1@acme.example"],
      associated: { contact: 1 },
      company: null,
      score: { grade: expect.any(String) },
    });
  });

  test("have a timeline in pages, newest or oldest first", async () => {
    for (const phase of ["lead", "opportunity"]) {
      clock.advance(86_400_000);
      const person = desk.people.get("p2");
      if (person) desk.people.set("p2", { ...person, phase, at: world.hub.now() });
      await syncConnection(world.hub, "desk");
    }
    const path = `/api/v1/customers/${idOf("p2")}/timeline`;
    const { body } = await get<{ items: { id: string; kind: string }[]; next_cursor: string }>(`${path}?limit=2`);
    expect(body.items.map(({ kind }) => kind)).toEqual(["lifecycle.changed", "lifecycle.changed"]);
    const rest = await get<typeof body>(`${path}?limit=2&cursor=${body.next_cursor}`);
    expect(rest.body.items.map(({ kind }) => kind)).toEqual(["contact.created"]);
    expect(rest.body.next_cursor).toBeNull();
    const upward = await get<typeof body>(`${path}?order=oldest_first`);
    expect(upward.body.items.map(({ id }) => id).reverse()).toEqual(
      [...body.items, ...rest.body.items].map(({ id }) => id),
    );
  });

  test("have a journey, a score and an explanation that cites the events behind them", async () => {
    await deriveAll(world.hub);
    const id = idOf("p2");
    const journey = await get<{ subject_id: string; intervals: { stage: string; valid_to: string | null }[] }>(
      `/api/v1/customers/${id}/journey`,
    );
    expect(journey.body.subject_id).toBe(id);
    const stage = journey.body.intervals.at(-1);
    expect(stage?.valid_to).toBeNull();
    const score = await get<{ contributions: unknown[] }>(`/api/v1/customers/${id}/score`);
    expect(score.body).toMatchObject({ value: expect.any(Number), rule_version: expect.any(String) });

    const { body } = await get<{ stage: { stage: string; because: { events: { title: string }[] } } }>(
      `/api/v1/customers/${id}/explain`,
    );
    expect(body).toMatchObject({
      id,
      records: [{ record_key: "desk:people:p2", evidence: { claim: null } }],
      stage: { stage: stage?.stage, because: { rule: expect.any(String), rule_version: expect.any(String) } },
    });
    expect(body.stage.because.events[0]?.title).toEqual(expect.any(String));
  });

  test("can be asked for as known at an instant: what was learned later is left out, and stage and score are of that time", async () => {
    clock.advance(86_400_000);
    const then = world.hub.now();
    const path = (part: string) => `/api/v1/customers/${idOf("p5")}/${part}`;
    interface Told {
      intervals: { stage: string; valid_from: string; valid_to: string | null }[];
      items: { kind: string }[];
    }
    const before = { journey: (await get<Told>(path("journey"))).body, score: (await get(path("score"))).body };
    clock.advance(86_400_000);
    const person = desk.people.get("p5");
    // It happened before `then`, and was learned after.
    if (person)
      desk.people.set("p5", { ...person, phase: "opportunity", at: new Date(Date.parse(then) - 1_000).toISOString() });
    await syncConnection(world.hub, "desk");
    await deriveAll(world.hub);
    const now = (await get<Told>(path("timeline"))).body.items;
    expect(now.map(({ kind }) => kind)).toEqual(["lifecycle.changed", "contact.created"]);
    const known = (await get<Told>(path(`timeline?known_at=${then}`))).body.items;
    expect(known.map(({ kind }) => kind)).toEqual(["contact.created"]);
    const stages = ({ intervals }: Told) => intervals.map(({ stage, valid_from }) => [stage, valid_from]);
    const knownThen = (await get<Told>(path(`journey?known_at=${then}`))).body;
    expect(knownThen).toMatchObject({ as_of: then });
    expect(stages(knownThen)).toEqual(stages(before.journey));
    expect(stages((await get<Told>(path("journey"))).body)).not.toEqual(stages(before.journey));
    expect((await get(path(`score?known_at=${then}`))).body).toMatchObject({ grade: before.score.grade, as_of: then });
    expect((await get(path("score?known_at=2020-01-01T00:00:00Z"))).status).toBe(404);
    expect((await get(path("journey?known_at=2020-01-01T00:00:00%2B02:00"))).body).toMatchObject({ intervals: [] });
    expect((await get(path("timeline?known_at=yesterday"))).status).toBe(400);
  });

  test("that were merged away answer as the one they are now", async () => {
    const [p3, p4] = [desk.people.get("p3"), desk.people.get("p4")];
    if (!p3 || !p4) throw new Error("there are thirty people");
    clock.advance(1_000);
    desk.people.set("p4", { ...p4, first: p3.first, email: p3.email, at: world.hub.now() });
    await syncConnection(world.hub, "desk");
    const merged = await get(`/api/v1/customers/${idOf("p4")}`);
    expect([merged.status, merged.body.id]).toEqual([200, idOf("p3")]);
    expect(merged.headers.get("content-location")).toBe(`/api/v1/customers/${idOf("p3")}`);
    expect((await get(`/api/v1/customers/${idOf("p4")}/timeline`)).status).toBe(200);
    const explained = await get<{ records: { evidence: { claim: string | null } }[] }>(
      `/api/v1/customers/${idOf("p4")}/explain`,
    );
    expect(explained.body.records.map(({ evidence }) => evidence.claim)).toEqual([null, "email:person3@acme.example"]);
  });

  test.each(["", "/timeline", "/journey", "/score", "/explain"])("there are not: 404 at %s", async (part) => {
    const { status, body } = await get(`/api/v1/customers/c_00000000000000000000${part}`);
    expect([status, body.detail]).toEqual([404, "There is no customer c_00000000000000000000."]);
  });
});
