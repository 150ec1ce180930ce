import type { OpenStream } from "journey-hub/connector";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { pullStream } from "../../../src/pipeline/pull/run.ts";
import { reportMissing } from "../../../src/pipeline/writeback/fields.ts";
import type { Store } from "../../../src/store/store.ts";
import { set } from "../../../src/store/writes.ts";
import { at, received } from "../../fixtures/pipeline/crm.ts";
import { emptied, openSmallHub, pipelineOn, rowsOf, type SmallHub } from "../../fixtures/pipeline/hub.ts";

let hub: SmallHub;
beforeAll(async () => {
  hub = await openSmallHub();
});
afterAll(() => hub.close());
beforeEach(() => emptied(hub.store));

/** A stream of as many pages, each of which tells of a missing field, of a detour and of a past that may not be read, or that all is well. */
function tellingStream({ pages = 1, hour = 1, isIll = true }): OpenStream {
  return {
    object: "people",
    async pages({ after }) {
      const n = Number(after ?? 0);
      const { payload } = received("people", `${n}`, {}, { version: at(hour) });
      return {
        records: [{ id: `${n}`, at: at(hour), deleted: false, payload }],
        next: n + 1 < pages ? String(n + 1) : null,
        missingFields: isIll ? ["title"] : [],
        detour: isIll ? { name: "query-job", message: "The vendor refuses query jobs", remedy: "Permit them." } : null,
      };
    },
    history: async () => ({ versions: [], missing: isIll ? ["ContactHistory"] : [] }),
  };
}

async function pullOf(stream: OpenStream, store: Store = hub.store): Promise<void> {
  const place = { connection: "crm", name: "people", fields: ["title"], nowMs: Date.parse(at(10)) };
  await pullStream({ pipeline: pipelineOn(store), stream, ...place });
}

const told = async () =>
  (await rowsOf(hub.store, "errors")).map(({ fingerprint, status }) => `${status} ${fingerprint}`).sort();

test("the errors of a connection as such are read once for each page, whatever the page tells", async () => {
  let reads = 0;
  const counting: Store = Object.create(hub.store, {
    byKey: {
      value: ((table, column, keys) => {
        if (table === "errors" && keys.join() === "") reads += 1;
        return hub.store.byKey(table, column, keys);
      }) satisfies Store["byKey"],
    },
  });
  await pullOf(tellingStream({ pages: 3 }), counting);
  expect(reads).toBe(3);
  expect(await told()).toEqual([
    "open detour:people.query-job",
    "open history:people.ContactHistory",
    "open people.title",
  ]);
});

describe("an error of a connection as such that a person has set aside", () => {
  /** What is wrong with the connection, or that nothing is, is found at this hour. */
  const found: Record<string, (hour: number, isIll: boolean) => Promise<void>> = {
    "a page's": (hour, isIll) => pullOf(tellingStream({ hour, isIll })),
    "the write-back's": (_, isIll) => {
      const field = { object: "people", field: "stage", created: false, instructions: "Make it." };
      return reportMissing({ store: hub.store, now: () => at(10) }, "crm", isIll ? [field] : []);
    },
  };
  test.each(Object.entries(found))(
    "stays so while it is found again, and opens again once it was over: %s",
    async (_, find) => {
      await find(1, true);
      const open = await told();
      const as = (status: string) => open.map((error) => error.replace(/^open/, status));
      expect(open.every((error) => error.startsWith("open "))).toBe(true);
      const rows = await rowsOf(hub.store, "errors");
      await hub.store.commit([
        set(
          "errors",
          rows.map((row) => ({ ...row, status: "dismissed" })),
        ),
      ]);
      await find(2, true);
      expect(await told()).toEqual(as("dismissed"));
      await find(3, false);
      expect(await told()).toEqual(as("resolved"));
      await find(4, true);
      expect(await told()).toEqual(open);
    },
  );
});
