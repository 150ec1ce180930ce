import type { OpenStream } from "journey-hub/connector";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pullStream } from "../../../src/pipeline/pull/run.ts";
import type { Store } from "../../../src/store/store.ts";
import { at, received } from "../../fixtures/pipeline/crm.ts";
import { openSmallHub, pipelineOn, rowsOf, type SmallHub } from "../../fixtures/pipeline/hub.ts";

let hub: SmallHub;
beforeAll(async () => {
  hub = await openSmallHub();
});
afterAll(() => hub.close());

/** A stream of as many pages, each of which tells of a missing field, of a detour and of a past that may not be read. */
function tellingStream(pages: number): OpenStream {
  return {
    object: "people",
    async pages({ after }) {
      const n = Number(after ?? 0);
      const { payload } = received("people", `${n}`, {});
      return {
        records: [{ id: `${n}`, at: at(1), deleted: false, payload }],
        next: n + 1 < pages ? String(n + 1) : null,
        missingFields: ["title"],
        detour: { name: "query-job", message: "The vendor refuses query jobs", remedy: "Permit them." },
      };
    },
    history: async () => ({ versions: [], missing: ["ContactHistory"] }),
  };
}

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
  const nowMs = Date.parse(at(10));
  const stream = tellingStream(3);
  await pullStream({
    pipeline: pipelineOn(counting),
    connection: "crm",
    name: "people",
    stream,
    fields: ["title"],
    nowMs,
  });
  expect(reads).toBe(3);
  expect(
    (await rowsOf(hub.store, "errors")).map(({ fingerprint, status }) => `${status} ${fingerprint}`).sort(),
  ).toEqual(["open detour:people.query-job", "open history:people.ContactHistory", "open people.title"]);
});
