import type { LimitUser } from "journey-hub/connector";
import { beforeEach, expect, test } from "vitest";
import { createMember, type Member } from "../../../src/hub/processes/member.ts";
import type { Row } from "../../../src/store/tables.ts";

/* One process's part, step by step: what it has after which row was written. */

const now = Date.parse("2026-03-18T12:00:00.000Z");
const beatMs = 2_000;
let isSure: boolean;
let isWaiting: boolean;
let running: number;
let paused: number[];
let member: Member;
let memberOf: (limits: LimitUser["limits"]) => Member;
beforeEach(() => {
  [isSure, isWaiting, running, paused] = [true, true, 0, []];
  const user: Omit<LimitUser, "limits"> = {
    inUse: () => ({ concurrency: running }),
    isWaiting: () => isWaiting,
    onChange: () => undefined,
    pauseFor: (leftMs) => void paused.push(leftMs),
  };
  const pulse = {
    id: "b",
    report: () => Promise.reject(new Error("nobody asks")),
    isSure: () => isSure,
    livesUntil: (seenAt: number) => seenAt + 5 * beatMs,
    now: () => now,
    hurry: () => undefined,
  };
  memberOf = (limits) => createMember("crm", { ...user, limits }, { pulse, idleMs: 0 });
  member = memberOf([{ name: "concurrency", units: 8, windowMs: 0 }]);
});

const row = (process: string, concurrency: number, more: Partial<Row<"quota_shares">> = {}): Row<"quota_shares"> => ({
  connection: "crm",
  process,
  units: JSON.stringify({ concurrency }),
  window_s: 0,
  paused_until: null,
  left_at: null,
  ...more,
});
const plan = (...rows: Row<"quota_shares">[]) =>
  member.plan(rows, { now, others: rows.map(({ process }) => ({ id: process, seenAt: now - beatMs })) });
const units = () => member.share.unitsOf("concurrency");
const written = ({ writes }: ReturnType<Member["plan"]>) => writes.map(({ op, rows }) => [op, rows[0]?.[2]]);

test("nothing is its own before its row says so, and less at once", () => {
  const taking = plan();
  expect([taking.takes, written(taking), units()]).toEqual([true, [["set", '{"concurrency":8}']], 0]);
  taking.committed();
  expect([units(), member.share.lackOf("concurrency")]).toEqual([8, null]);
  running = 6;
  const giving = plan(row("a", 0));
  expect([giving.takes, written(giving), units()]).toEqual([false, [["set", '{"concurrency":6}']], 4]);
});

test("its row says for how long the vendor counts a call at the longest, so that it is kept so long after its process", () => {
  const limits = { concurrency: 0, burst: 10_000, "pool day": 86_400_000, "pool odd": 1_500 };
  const dayLong = memberOf(Object.entries(limits).map(([name, windowMs]) => ({ name, units: 8, windowMs })));
  const [write] = dayLong.plan([], { now, others: [] }).writes;
  expect(write?.rows[0]?.[3]).toBe(86_400);
});

test("a row that says the same is not written again, unless others may have taken this process for dead", () => {
  plan().committed();
  expect(plan().writes).toEqual([]);
  member.lose();
  expect(units()).toBe(0);
  const again = plan();
  expect([again.takes, written(again)]).toEqual([true, [["set", '{"concurrency":8}']]]);
});

test("nothing is its own while it is not sure that others know it lives", () => {
  plan().committed();
  isSure = false;
  expect([units(), member.share.lackOf("concurrency")]).toEqual([0, { forMs: expect.any(Number) }]);
});

test("it takes part for as long as a call waits, however long, and gives its row back after the last has ended", () => {
  plan(row("a", 8)).committed();
  expect([member.takesPart(), units()]).toEqual([true, 0]);
  plan(row("a", 4)).committed();
  [isWaiting, running] = [false, 1];
  plan(row("a", 4)).committed();
  expect(units()).toBe(4);
  running = 0;
  const resting = plan(row("a", 4));
  expect(resting.writes).toMatchObject([{ op: "remove", rows: [["crm", "b"]] }]);
  resting.committed();
  expect([member.takesPart(), units()]).toEqual([false, 0]);
});

test("a pause is told until it is over, by one that rests as well; each of others is heard once, of a dead one too", () => {
  const told = (minutes: number) => new Date(now + minutes * 60_000).toISOString();
  plan(row("a", 4, { paused_until: told(2) }), row("c", 0, { paused_until: told(-1) })).committed();
  plan(row("a", 4, { paused_until: told(2) })).committed();
  expect(paused).toEqual([120_000]);
  plan(row("a", 4, { paused_until: told(3), left_at: told(-60) })).committed();
  expect(paused).toEqual([120_000, 180_000]);
  member.share.pausedFor(600_000);
  isWaiting = false;
  const [write] = plan().writes;
  expect(write).toMatchObject({ op: "set", rows: [["crm", "b", '{"concurrency":0}', 0, expect.any(String), null]] });
  expect(Math.abs(Date.parse(String(write?.rows[0]?.[4])) - now - 600_000)).toBeLessThan(60_000);
});

test("one that ended in order keeps what the vendor still counts, one that fell silent what its row says for ten seconds", () => {
  const ended = row("a", 6, { left_at: new Date(now - 1).toISOString() });
  plan(ended).committed();
  expect(units()).toBe(8);
  const silent = (seenAt: number) => member.plan([row("c", 3)], { now, others: [{ id: "c", seenAt }] });
  silent(now - 9_999).committed();
  expect(units()).toBe(4);
  silent(now - 10_000).committed();
  expect(units()).toBe(8);
});
