import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { RawRecord } from "../../src/model/record.ts";
import type { BatchCounts } from "../../src/pipeline/context.ts";
import { decide } from "../../src/pipeline/decide.ts";
import { processBatch } from "../../src/pipeline/index.ts";
import { replay } from "../../src/pipeline/replay.ts";
import { customerIdOf } from "../../src/pipeline/resolve/plan.ts";
import type { Row } from "../../src/store/tables.ts";
import { clear } from "../../src/store/writes.ts";
import { at, crmMappings, gone, received } from "../fixtures/pipeline/crm.ts";
import {
  clustersOf,
  customerOf,
  emptied,
  openSmallHub,
  rowsOf,
  type SmallHub,
  type SmallHubOptions,
  timelineOf,
} from "../fixtures/pipeline/hub.ts";

type Values = Record<string, unknown>;
const ann: Values = { first: "Ann", last: "Lee", emails: ["ann@a.example"] };
const person = (id: string, values: Values, hour = 1) => received("people", id, values, { version: at(hour) });
const firm = (id: string, values: Values = {}, hour = 1) => received("firms", id, values, { version: at(hour) });
const deal = (id: string, values: Values, hour = 1) => received("deals", id, values, { version: at(hour) });
const role = (id: string, values: Values, hour = 1) => received("roles", id, values, { version: at(hour) });

/** What the pipeline must do whatever the database; run by sqlite.test.ts and postgres.test.ts. */
export function pipelineSuite(name: string, options: () => Promise<SmallHubOptions>): void {
  describe(name, () => {
    let hub: SmallHub;
    let mappings = { ...crmMappings };
    beforeAll(async () => {
      hub = await openSmallHub({ ...(await options()), mappings: () => mappings });
    });
    afterAll(() => hub.close());
    beforeEach(async () => {
      mappings = { ...crmMappings };
      await emptied(hub.store);
      hub.hour(10);
    });

    /** Sends batches one after the other. */
    async function send(...batches: RawRecord[][]): Promise<BatchCounts[]> {
      const counts: BatchCounts[] = [];
      for (const records of batches) counts.push(await processBatch(hub.pipeline, { records, also: [] }));
      return counts;
    }
    const openErrors = async () =>
      (await rowsOf(hub.store, "errors"))
        .filter(({ status }) => status === "open")
        .map((row) => row.fingerprint)
        .sort();
    const dirty = async () => (await rowsOf(hub.store, "dirty")).map(({ customer_id }) => customer_id).sort();
    const derived = () => hub.store.commit([clear("dirty")]);

    describe("counting", () => {
      test("in = stored + duplicate; what failed is among the stored, with an error row each", async () => {
        const records = [person("1", ann), person("1", ann), received("leaflets", "1", {}), role("1", { deal: "1" })];
        expect(await send(records)).toEqual([{ in: 4, stored: 3, duplicate: 1, failed: 2, events: 1 }]);
        expect(await openErrors()).toEqual(["no mapping for leaflets", "roles association.to value"]);
        expect(await rowsOf(hub.store, "raw_records")).toHaveLength(3);
      });

      test("landing anything twice creates no event and marks nobody", async () => {
        const records = [person("1", ann), deal("1", { people: [{ id: "1", role: "buyer" }], stage: "a" })];
        await send(records);
        await derived();
        expect(await send(records, records.toReversed())).toEqual([
          { in: 2, stored: 0, duplicate: 2, failed: 0, events: 0 },
          { in: 2, stored: 0, duplicate: 2, failed: 0, events: 0 },
        ]);
        expect([await dirty(), (await rowsOf(hub.store, "events")).length]).toEqual([[], 2]);
      });

      test("the echo of our own write-back is kept raw, and causes nothing", async () => {
        await send([person("1", ann)]);
        await derived();
        const echo = person("1", { ...ann, jh: { stage: "decision", score: 71 } }, 3);
        expect(await send([echo])).toEqual([{ in: 1, stored: 1, duplicate: 0, failed: 0, events: 0 }]);
        const [record] = await rowsOf(hub.store, "records");
        expect([await dirty(), record?.observed, record?.changed_at, record?.remote_updated_at]).toEqual([
          [],
          '{"stage":"decision","stage_date":null,"score":71,"grade":null,"reason":null}',
          at(1),
          at(3),
        ]);
      });

      test("what the caller adds is committed with the batch, and with an empty one", async () => {
        const also = { op: "set", table: "settings", by: [], rows: [["mark", "1"]] } as const;
        await processBatch(hub.pipeline, { records: [], also: [also] });
        expect(await rowsOf(hub.store, "settings")).toContainEqual({ name: "mark", value: "1" });
      });
    });

    describe("errors", () => {
      test("a version that cannot be mapped leaves the record as it was, until a version passes", async () => {
        await send([role("1", { deal: "1", person: "1" })], [role("1", { deal: "1" }, 2)]);
        expect([await openErrors(), (await rowsOf(hub.store, "associations")).length]).toEqual([
          ["roles association.to value"],
          1,
        ]);
        await send([role("1", { deal: "1", person: "2" }, 3)]);
        expect([await openErrors(), (await rowsOf(hub.store, "associations"))[0]?.to_key]).toEqual([
          [],
          "crm:people:2",
        ]);
      });

      test("a batch in which a version fails and the next passes leaves no open error", async () => {
        await send([role("1", { deal: "1" }), role("1", { deal: "1", person: "2" }, 2)]);
        expect([await openErrors(), (await rowsOf(hub.store, "errors")).map(({ status }) => status)]).toEqual([
          [],
          ["resolved"],
        ]);
      });

      test("fixing a mapping and replaying closes all errors of its kind, unknown values too", async () => {
        mappings.find = (connector, object) => (object === "deals" ? undefined : crmMappings.find(connector, object));
        await send([deal("1", { name: "Fleet" }), deal("2", {}), person("1", { ...ann, status: "sleepy" })]);
        expect(await openErrors()).toEqual([
          "no mapping for deals",
          "no mapping for deals",
          "people lead_status unknown_value sleepy",
        ]);
        mappings.find = crmMappings.find;
        await replay(hub.pipeline);
        expect(await openErrors()).toEqual(["people lead_status unknown_value sleepy"]); // still unknown
        expect((await rowsOf(hub.store, "events")).map(({ kind }) => kind).sort()).toEqual([
          "contact.created",
          "deal.created",
          "deal.created",
        ]);
        await send([person("1", { ...ann, status: "new" }, 2)]);
        const people = crmMappings.find("crm", "people");
        mappings.find = (connector, object) => {
          if (object !== "people" || !people) return crmMappings.find(connector, object);
          // The file now knows the value.
          return { ...people, map: (payload, context) => people.map({ ...payload, status: "new" }, context) };
        };
        await replay(hub.pipeline);
        expect(await openErrors()).toEqual([]);
      });
    });

    describe("associations", () => {
      const world: RawRecord[] = [
        person("1", { ...ann, firms: ["1"] }),
        firm("1", { name: "Acme" }),
        deal("1", { name: "Fleet" }),
        role("1", { deal: "1", person: "1", role: "buyer" }),
        received("calls", "1", { deal: "1" }),
      ];
      const orders = [
        world,
        world.toReversed(),
        [3, 4, 1, 0, 2].map((n) => world[n]),
        [4, 3, 2, 1, 0].map((n) => world[n]),
      ];
      test.each(orders.map((order) => [order.flatMap((record) => record ?? [])]))(
        "give the same memberships and timelines before and after their ends (%#)",
        async (order) => {
          await send(...order.map((record) => [record]));
          const roles = (await rowsOf(hub.store, "memberships")).map(
            ({ record_key, role, customer_id }) =>
              `${record_key} ${role} ${customer_id === customerIdOf("crm:firms:1") ? "acme" : "ann"}`,
          );
          expect(roles.sort()).toEqual([
            "crm:calls:1 deal ann",
            "crm:calls:1 member acme",
            "crm:deals:1 buyer ann",
            "crm:deals:1 member acme",
            "crm:firms:1 self acme",
            "crm:people:1 member acme",
            "crm:people:1 self ann",
          ]);
          const happened = ["call.logged crm:calls:1", "contact.created crm:people:1", "deal.created crm:deals:1"];
          expect((await timelineOf(hub.store, "crm:people:1")).sort()).toEqual(happened);
          expect((await timelineOf(hub.store, "crm:firms:1")).sort()).toEqual(
            [...happened, "company.created crm:firms:1"].sort(),
          );
        },
      );

      test("a contact who moves leaves what happened at the one company there, and goes on at the other", async () => {
        const call = (id: string, hour: number) => received("calls", id, { person: "1", at: at(hour) });
        await send([firm("1"), firm("2"), person("1", { ...ann, firms: ["1"] }), call("1", 3)]);
        await derived();
        await send([person("1", { ...ann, firms: ["2"] }, 4), call("2", 5)]);
        const moved = "contact.company_changed crm:people:1";
        const past = ["call.logged crm:calls:1", "company.created crm:firms:1", moved, "contact.created crm:people:1"];
        expect((await timelineOf(hub.store, "crm:firms:1")).sort()).toEqual(past);
        expect((await timelineOf(hub.store, "crm:firms:2")).sort()).toEqual([
          "call.logged crm:calls:2",
          "company.created crm:firms:2",
          moved,
        ]);
        expect(await dirty()).toEqual(["crm:firms:1", "crm:firms:2", "crm:people:1"].map(customerIdOf).sort());
        await send([call("3", 2), person("1", { ...ann, firms: ["1"] }, 6), call("4", 7)]);
        // What is learned late goes by when it happened; who comes back finds what was there, and not the time between.
        expect((await timelineOf(hub.store, "crm:firms:1")).sort()).toEqual(
          [...past, moved, "call.logged crm:calls:3", "call.logged crm:calls:4"].sort(),
        );
      });

      test("a role that changes is kept as it is now", async () => {
        await send([person("1", ann), deal("1", { people: [{ id: "1", role: "user" }] })]);
        await send([deal("1", { people: [{ id: "1", role: "decision maker" }] }, 2)]);
        expect(
          (await rowsOf(hub.store, "memberships")).find(({ record_key }) => record_key === "crm:deals:1")?.role,
        ).toBe("decision maker");
      });

      test("a company whose values change has its people derived anew", async () => {
        await send([firm("1", { name: "Acme" }), person("1", { ...ann, firms: ["1"] }), person("2", {})]);
        await derived();
        await send([firm("1", { name: "Acme", industry: "bikes" }, 2)]);
        expect(await dirty()).toEqual(["crm:firms:1", "crm:people:1"].map(customerIdOf).sort());
      });
    });

    describe("identity", () => {
      test("a record that joins two customers moves timeline, memberships and links, and the absorbed customer is no more", async () => {
        await send([person("1", { emails: ["ann@a.example"] }), person("2", { emails: ["ann@b.example"] })]);
        await send([received("calls", "1", { person: "2" })]);
        expect(await clustersOf(hub.store)).toEqual(["crm:people:1", "crm:people:2"]);
        await send([person("3", { emails: ["ann@a.example", "ann@b.example"] })]);
        expect(await clustersOf(hub.store)).toEqual(["crm:people:1 + crm:people:2 + crm:people:3"]);
        expect((await rowsOf(hub.store, "customers")).map(({ id }) => id)).toEqual([customerIdOf("crm:people:1")]);
        expect((await timelineOf(hub.store, "crm:people:1")).sort()).toEqual([
          "call.logged crm:calls:1",
          "contact.created crm:people:1",
          "contact.created crm:people:2",
          "contact.created crm:people:3",
        ]);
        expect(new Set((await rowsOf(hub.store, "timeline")).map((row) => row.customer_id)).size).toBe(1);
        expect(await dirty()).toContain(customerIdOf("crm:people:2")); // so that its stage and score go
      });

      test("a record that leaves takes its values with it", async () => {
        await send([
          person("1", { emails: ["ann@a.example"] }),
          person("2", { emails: ["ann@a.example"], title: "CTO" }, 2),
        ]);
        await send([person("2", { emails: ["bob@b.example"], title: "CTO" }, 3)]);
        const golden = new Map((await rowsOf(hub.store, "customers")).map((row) => [row.id, JSON.parse(row.golden)]));
        expect(golden.get(customerIdOf("crm:people:1"))).toEqual({
          email: { value: "ann@a.example", record_key: "crm:people:1", rule: "only_value", losers: [] },
          email_domain: { value: "a.example", record_key: "crm:people:1", rule: "of_email", losers: [] },
        });
        expect(golden.get(customerIdOf("crm:people:2"))?.title.value).toBe("CTO");
      });

      test("records that shared a value with too many are joined once few enough are left", async () => {
        const sharing = Array.from({ length: 13 }, (_, n) => person(String(n), { emails: ["shop@a.example"] }));
        await send(sharing);
        expect(await clustersOf(hub.store)).toHaveLength(13);
        await send([person("0", { emails: [] }, 2)]);
        expect(await clustersOf(hub.store)).toHaveLength(2);
        await send([person("0", { emails: ["shop@a.example"] }, 3)]);
        expect(await clustersOf(hub.store)).toHaveLength(13);
      });
    });

    describe("decisions of people", () => {
      test("join and part records whatever they share, and are gone by when they are revoked", async () => {
        await send([person("1", ann), person("2", { first: "Bob", last: "Marsh" })]);
        const apart = await clustersOf(hub.store);
        const [left_key, right_key] = ["crm:people:1", "crm:people:2"] as const;
        const made = { id: 1, kind: "must_link", left_key, right_key, by: "Olga", at: at(10), reason: "she asked" };
        const standing = { ...made, revoked_at: null, revoked_by: null, revoked_reason: null };
        const decided = (row: Row<"overrides">) => decide(hub.pipeline, async () => ({ rows: [row], output: row.id }));
        expect(await decided(standing)).toBe(1);
        expect(await clustersOf(hub.store)).toEqual(["crm:people:1 + crm:people:2"]);
        expect(await timelineOf(hub.store, "crm:people:2")).toHaveLength(2);
        await decide(hub.pipeline, async ({ nextId }) => {
          expect(nextId).toBe(2);
          return { rows: [{ ...standing, revoked_at: at(11), revoked_by: "Ivo", revoked_reason: "no" }], output: null };
        });
        expect(await clustersOf(hub.store)).toEqual(apart);
      });
    });

    describe("deletions", () => {
      test("a deleted deal stays on the timeline with what became of it", async () => {
        await send([person("1", ann), deal("1", { people: [{ id: "1", role: "buyer" }] })], [gone("deals", "1")]);
        expect((await timelineOf(hub.store, "crm:people:1")).sort()).toEqual([
          "contact.created crm:people:1",
          "deal.created crm:deals:1",
          "record.deleted crm:deals:1",
        ]);
        const deleted = (await rowsOf(hub.store, "events")).find(({ kind }) => kind === "record.deleted");
        expect([deleted?.occurred_at, deleted?.facts]).toEqual([at(10), '{"status":"open"}']);
      });

      test("a deleted contact's values give way to those of its other records", async () => {
        await send([person("1", { ...ann, title: "CTO" }, 5), person("2", { ...ann, title: "Buyer" }, 2)]);
        await send([gone("people", "1", { version: at(6) })]);
        const [customer] = await rowsOf(hub.store, "customers");
        expect(JSON.parse(customer?.golden ?? "{}").title).toMatchObject({ value: "Buyer" });
      });

      test("word without a stamp is not undone by a page read before it; a restored record comes back", async () => {
        await send([person("1", ann, 2)], [gone("people", "1")], [person("1", ann, 2)]);
        expect((await rowsOf(hub.store, "records"))[0]?.deleted).toBe(1);
        await send([person("1", ann, 3)]);
        expect((await rowsOf(hub.store, "records"))[0]?.deleted).toBe(0);
      });

      test("a record that is back while a field of it is hidden has that field's last value", async () => {
        await send([person("1", { ...ann, title: "CTO" }, 2)], [gone("people", "1")]);
        await send([{ ...person("1", ann, 4), missing: ["title"] }]);
        const [record] = await rowsOf(hub.store, "records");
        expect([record?.deleted, JSON.parse(record?.fields ?? "{}").title]).toEqual([0, "CTO"]);
      });

      test("an association row that goes takes the membership with it", async () => {
        await send([person("1", ann), deal("1", {}), role("1", { deal: "1", person: "1" })]);
        expect(await timelineOf(hub.store, "crm:people:1")).toHaveLength(2);
        await send([role("1", { deal: "1", person: "1", gone: true }, 2)]);
        expect(await timelineOf(hub.store, "crm:people:1")).toEqual(["contact.created crm:people:1"]);
      });
    });

    describe("reference data", () => {
      const stages = received("stages", "sales", { stages: [{ id: "w", name: "Won at last", status: "won" }] });
      test("counts for the records behind it, in one batch or two", async () => {
        await send([deal("1", { stage: "w" }), stages, deal("2", { stage: "w" })]);
        const labels = async () =>
          (await rowsOf(hub.store, "records"))
            .filter(({ kind }) => kind === "deal")
            .map(({ remote_id, fields }) => `${remote_id} ${JSON.parse(fields).stage_label}`)
            .sort();
        expect(await labels()).toEqual(["1 undefined", "2 Won at last"]);
        await replay(hub.pipeline);
        expect(await labels()).toEqual(["1 undefined", "2 Won at last"]);
      });
    });

    test("an id of an absorbed customer's founder leads to the customer it belongs to now", async () => {
      await send([person("1", ann)], [person("2", ann, 2)]);
      expect(await customerOf(hub.store, "crm:people:2")).toBe(customerIdOf("crm:people:1"));
    });
  });
}
