import fc from "fast-check";
import type { DivisibleLimit, Units } from "journey-hub/connector";
import { describe, expect, test } from "vitest";
import { type OtherHolder, planShare } from "../../../src/hub/processes/plan.ts";

const limit = (units: number, windowMs = 0, name = "concurrency"): DivisibleLimit => ({ name, units, windowMs });
const none: Units = {};
const now = 1_000_000;

function other(id: string, kept: Units, more: Partial<OtherHolder> = {}): OtherHolder {
  return { id, kept, takesPart: true, freeFrom: Number.POSITIVE_INFINITY, ...more };
}

/** The plan of process "b" for one limit. */
function planOfB(whole: DivisibleLimit, others: readonly OtherHolder[], own: { held?: number; inUse?: number } = {}) {
  const { name } = whole;
  const holder = { id: "b", held: { [name]: own.held ?? 0 }, inUse: { [name]: own.inUse ?? 0 }, wants: true };
  const { held, kept, takes, isSettled } = planShare([whole], holder, others, now);
  return { held: held[name], kept: kept[name], takes, isSettled };
}

describe("a process", () => {
  test("alone takes the whole", () => {
    expect(planOfB(limit(8), [])).toEqual({ held: 8, kept: 8, takes: true, isSettled: true });
    expect(planOfB(limit(8), [], { held: 8 })).toEqual({ held: 8, kept: 8, takes: false, isSettled: true });
  });

  test("that comes later begins with what is left, and waits for its part", () => {
    expect(planOfB(limit(8), [other("a", { concurrency: 8 })])).toMatchObject({ held: 0, kept: 0, isSettled: false });
    expect(planOfB(limit(8), [other("a", { concurrency: 6 })])).toMatchObject({ held: 2, kept: 2, isSettled: false });
    expect(planOfB(limit(8), [other("a", { concurrency: 4 })])).toMatchObject({ held: 4, kept: 4, isSettled: true });
  });

  test("that has too much uses it no more at once, and keeps it until its calls count no more", () => {
    const newcomer = [other("a", none)];
    const before = { held: 8 };
    expect(planOfB(limit(8), newcomer, { ...before, inUse: 7 })).toMatchObject({ held: 4, kept: 7, isSettled: false });
    expect(planOfB(limit(8), newcomer, { ...before, inUse: 3 })).toMatchObject({ held: 4, kept: 4, isSettled: true });
  });

  test("that makes no calls gives its part up, as far as it is not in use", () => {
    const idle = { id: "b", held: { concurrency: 4 }, inUse: { concurrency: 1 }, wants: false };
    expect(planShare([limit(8)], idle, [other("a", { concurrency: 4 })], now)).toMatchObject({
      held: { concurrency: 0 },
      kept: { concurrency: 1 },
    });
  });

  test("gets an odd unit where it is one of the first by name", () => {
    const with2 = (kept: number, ids: string[]) =>
      planOfB(
        limit(7),
        ids.map((id) => other(id, { concurrency: kept })),
      );
    expect(with2(2, ["c", "d"]).held).toBe(3);
    expect(with2(2, ["a", "c"]).held).toBe(2);
  });

  test.each<[string, number, number]>([
    ["under way", 0, 8],
    ["in a window of 10 s", 10_000, 0],
  ])("takes what a dead one held, for calls counted %s", (_, windowMs, held) => {
    const dead = other("a", { concurrency: 8 }, { takesPart: false, freeFrom: now - 5_000 });
    expect(planOfB(limit(8, windowMs), [dead]).held).toBe(held);
    expect(
      planShare([limit(8, windowMs)], { id: "b", held: none, inUse: none, wants: true }, [dead], now + 6_000),
    ).toMatchObject({
      held: { concurrency: 8 },
      isSettled: true,
    });
  });
});

test("where there are fewer units than processes, each has its turn", () => {
  const ids = ["a", "b", "c", "d", "e"];
  const turns = Array.from({ length: 10 }, (_, turn) => {
    const held = ids.map((id) => {
      const others = ids.filter((each) => each !== id).map((each) => other(each, none));
      return (
        planShare([limit(2)], { id, held: none, inUse: none, wants: true }, others, turn * 10_000).held.concurrency ?? 0
      );
    });
    expect(held.reduce((sum, each) => sum + each, 0)).toBe(2);
    return held;
  });
  expect(ids.map((_, n) => turns.reduce((sum, held) => sum + (held[n] ?? 0), 0))).toEqual([4, 4, 4, 4, 4]);
});

/** A process as the simulated world has it; its row is `kept`, seen by all. */
interface Simulated {
  held: number;
  inUse: number;
  wants: boolean;
  kept: number;
  hasRow: boolean;
}

/** What one process does at a time: takes its turn at the database, begins calls up to its share, ends one, is busy or idle. */
const happening = fc.record({
  process: fc.nat({ max: 4 }),
  does: fc.constantFrom("plan", "plan", "plan", "begin", "end", "want", "rest"),
});

test("whatever happens in whatever order, all together never use more than there is; left alone, each gets its part", () => {
  const units = fc.integer({ min: 1, max: 12 });
  fc.assert(
    fc.property(units, fc.array(happening, { maxLength: 120 }), (whole, happenings) => {
      const world = Array.from({ length: 5 }, () => ({ held: 0, inUse: 0, wants: false, kept: 0, hasRow: false }));
      for (const { process, does } of happenings) {
        const one = world[process] as Simulated;
        if (does === "plan") plan(world, process, whole);
        if (does === "begin" && one.inUse < one.held) one.inUse += 1;
        if (does === "end" && one.inUse > 0) one.inUse -= 1;
        if (does === "want") one.wants = true;
        if (does === "rest") one.wants = false;
        expect(world.reduce((sum, { inUse }) => sum + inUse, 0)).toBeLessThanOrEqual(whole);
      }
      for (const each of world) each.inUse = 0;
      for (let round = 0; round < 3; round++) world.forEach((_, process) => void plan(world, process, whole));
      const wanting = world.filter(({ wants }) => wants);
      const fair = Math.floor(whole / wanting.length);
      if (whole >= wanting.length) for (const { held } of wanting) expect(held).toBeGreaterThanOrEqual(fair);
      if (wanting.length > 0) expect(wanting.reduce((sum, { held }) => sum + held, 0)).toBe(whole);
    }),
    { seed: 20261122, numRuns: 300 },
  );
});

function plan(world: Simulated[], process: number, whole: number): void {
  const one = world[process] as Simulated;
  const others = world.flatMap((each, n) =>
    n !== process && each.hasRow ? [other(`p${n}`, { concurrency: each.kept })] : [],
  );
  const own = {
    id: `p${process}`,
    held: { concurrency: one.held },
    inUse: { concurrency: one.inUse },
    wants: one.wants,
  };
  const { held, kept } = planShare([limit(whole)], own, others, now);
  one.held = held.concurrency ?? 0;
  one.kept = kept.concurrency ?? 0;
  one.hasRow = one.wants || one.kept > 0;
}
