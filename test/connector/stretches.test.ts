import { type Batch, type CursorState, type OpenStream, pull } from "journey-hub/connector";
import { createRandom } from "journey-hub/connector/testing";
import { describe, expect, test } from "vitest";
import { numberedVendor } from "./numbered-vendor.ts";

const now = Date.parse("2026-03-18T12:00:00.000Z");
const upTo = (last: number) => Array.from({ length: last }, (_, n) => n + 1);

/** The batches of a backfill, and what it ended with when that was a failure. */
async function read(stream: OpenStream, state: CursorState | null = null, pagesMax = 1_000) {
  const batches: Batch[] = [];
  let failure: unknown = null;
  try {
    for await (const batch of pull(stream, state, { fields: [], now, pagesMax })) batches.push(batch);
  } catch (cause) {
    failure = cause;
  }
  return { batches, failure, ids: batches.flatMap(({ records }) => records.map(({ id }) => Number(id))) };
}

describe("a large object with numbered records", () => {
  test("is read in stretches side by side once it is known to be large, each id once and in order", async () => {
    const { stream, asked, crowd } = numberedVendor({ ids: upTo(100) });
    expect((await read(stream)).ids).toEqual(upTo(100));
    expect(crowd()).toBe(4);
    expect(asked).toEqual([
      ...["..", "10..", "20..", "last", "30.."],
      ...["40..50", "50..60", "60..70", "70..80", "80..90", "90.."],
    ]);
  });

  test("that turns out small costs no question more than its pages", async () => {
    const { stream, asked } = numberedVendor({ ids: upTo(29) });
    expect((await read(stream)).ids).toEqual(upTo(29));
    expect(asked).toEqual(["..", "10..", "20.."]);
  });

  test("is read in order where the vendor does not tell its last id, or has none", async () => {
    for (const last of ["refused", null, "x"]) {
      const { stream, crowd } = numberedVendor({ ids: upTo(100), last });
      expect((await read(stream)).ids).toEqual(upTo(100));
      expect(crowd()).toBeLessThanOrEqual(2);
    }
  });

  test("is read to its end when records come behind the last id meanwhile", async () => {
    const { stream } = numberedVendor({ ids: upTo(200), last: "70" });
    expect((await read(stream)).ids).toEqual(upTo(200));
  });

  test.each(upTo(20))("is read whole however its ids lie, seed %i, for few questions more than pages", async (seed) => {
    const chance = createRandom(seed);
    const ids = new Set<number>();
    for (let id = 0, n = 0; n < 600; n++) {
      // Long gaps, dense blocks, and everything between.
      id += chance.chance(0.02) ? chance.int(100, 5_000) : chance.int(1, chance.chance(0.5) ? 1 : 6);
      ids.add(id);
    }
    const { stream, asked } = numberedVendor({ ids });
    expect((await read(stream)).ids).toEqual([...ids]);
    expect(asked.length).toBeLessThan(2.5 * 60);
  });

  test("goes on after an end at any batch with the rest, and nothing left out", async () => {
    const ids = upTo(90).filter((id) => id % 7 !== 0 && (id < 40 || id > 55));
    const { batches } = await read(numberedVendor({ ids }).stream);
    for (const [n, { cursor }] of batches.slice(0, -2).entries()) {
      const before = batches.slice(0, n + 1).flatMap(({ records }) => records.map(({ id }) => Number(id)));
      const rest = await read(numberedVendor({ ids }).stream, cursor);
      expect([...before, ...rest.ids]).toEqual(ids);
    }
  });

  test("whose stretch cannot be read gives all before it, and fails there", async () => {
    const { stream } = numberedVendor({ ids: upTo(100), brokenBehind: 70 });
    const { ids, failure, batches } = await read(stream);
    expect(failure).toMatchObject({ next: "retry", message: "no answer after every attempt" });
    expect(ids).toEqual(upTo(70));
    expect(batches.at(-1)?.cursor).toEqual({ mode: "whole", after: "70", behind: "70" });
  });

  test("asks for no page more than a run may read", async () => {
    const { stream, asked } = numberedVendor({ ids: upTo(100) });
    expect((await read(stream, null, 6)).ids).toEqual(upTo(60));
    expect(asked.filter((question) => question !== "last")).toHaveLength(6);
  });

  test("may be left at any page: what was asked for early fails unheard of", async () => {
    const { stream } = numberedVendor({ ids: upTo(100), brokenBehind: 70 });
    for await (const { records } of pull(stream, null, { fields: [], now })) {
      if (records.at(-1)?.id === "50") break;
    }
    await new Promise((turn) => setTimeout(turn, 0)); // a rejection nobody met would end the test run
  });

  test("keeps what it shows as a whole without gaps, so that what vanished is missed", async () => {
    const { stream } = numberedVendor({ ids: upTo(100).filter((id) => id <= 50 || id > 75) });
    const swept: Batch["swept"][] = [];
    for await (const batch of pull(stream, null, { fields: [], now })) if (batch.swept) swept.push(batch.swept);
    expect(swept[0]?.after).toBe(null);
    expect(swept.at(-1)?.upTo).toBe(null);
    for (const [n, { after }] of swept
      .slice(1)
      .flatMap((range) => range ?? [])
      .entries()) {
      expect(after).toBe(swept[n]?.upTo);
    }
  });
});
