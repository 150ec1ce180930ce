import type { Detour, OpenStream } from "journey-hub/connector";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { pullStream } from "../../../src/pipeline/pull/run.ts";
import { at } from "../../fixtures/pipeline/crm.ts";
import { emptied, openSmallHub, rowsOf, type SmallHub } from "../../fixtures/pipeline/hub.ts";

let hub: SmallHub;
beforeAll(async () => {
  hub = await openSmallHub();
});
afterAll(() => hub.close());
beforeEach(() => emptied(hub.store));

const dear: Detour = { name: "query-job", message: "The vendor refuses query jobs", remedy: "Permit them." };

/** Reads an object whose one page tells this of its way. */
async function pullOf(object: string, detour: Detour | null | undefined): Promise<void> {
  const page = { records: [], next: null, ...(detour === undefined ? {} : { detour }) };
  const stream: OpenStream = { object, pages: async () => page };
  const nowMs = Date.parse(at(10));
  await pullStream({ pipeline: hub.pipeline, connection: "crm", name: object, stream, fields: [], nowMs });
}

const errors = async () =>
  (await rowsOf(hub.store, "errors")).map(({ fingerprint, status, message }) => `${status} ${fingerprint} ${message}`);

describe("a way that costs more than need be", () => {
  test("is an open error of the connection, once, until the better way was taken", async () => {
    await pullOf("people", dear);
    await pullOf("people", dear);
    await pullOf("people", undefined);
    expect(await errors()).toEqual(["open detour:people.query-job The vendor refuses query jobs"]);
    await pullOf("people", null);
    expect(await errors()).toEqual(["resolved detour:people.query-job The vendor refuses query jobs"]);
  });

  test("stays open while another object, whose name begins alike, is read in the best way", async () => {
    await pullOf("people", dear);
    await pullOf("peoples", null);
    await pullOf("peop", null);
    expect(await errors()).toEqual(["open detour:people.query-job The vendor refuses query jobs"]);
  });
});
