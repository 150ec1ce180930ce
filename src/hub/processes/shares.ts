import type { LimitShare, LimitUser, SharedLimits, Units } from "../../connector/index.ts";
import { type Roll, replan, type Store } from "../../store/store.ts";
import { put, set } from "../../store/writes.ts";
import { createMember, type Member } from "./member.ts";
import type { Pulse } from "./pulse.ts";

/** What this process has of the limits of vendors' accounts, beside the other processes of the store. */
export interface LimitShares {
  of(connection: string): SharedLimits;
  /** One step towards a fair division, with a report that this process lives: gives up what others are due, takes what is free. */
  settle(): Promise<Roll>;
  /** The step failed; who waits for a share hears it. */
  failed(cause: unknown): void;
  /** Whether this process has its part of everything, and keeps no more. */
  isSettled(): boolean;
  /** Gives all up; what still counts with the vendor stays counted. */
  leave(): Promise<void>;
}

/** Units are taken by one process at a time: every taking moves this row on. */
const takingLane = "shares of limits";

/** Divides limits by the tables `processes` and `quota_shares`. After `idleMs` without a call a process gives its part up. */
export function createLimitShares(store: Store, pulse: Pulse, idleMs: number): LimitShares {
  const members = new Map<string, Member>();
  const users = new Map<string, readonly LimitUser[]>();
  const atWork = () => [...members.values()].filter((member) => member.takesPart());

  /** Read in this order: who is taken for dead can since have taken nothing without the first row moving on. */
  async function step(): Promise<Roll> {
    const [lane] = await store.byKey("lanes", "name", [takingLane]);
    const { roll, wasSure } = await pulse.report();
    const sharing = atWork();
    if (!wasSure) for (const member of sharing) member.lose();
    const names = sharing.map(({ connection }) => connection);
    const rows = await store.byKey("quota_shares", "connection", names);
    const plans = sharing.map((member) => member.plan(rows, roll));
    const writes = plans.flatMap((plan) => plan.writes);
    const revision = (lane?.revision ?? 0) + 1;
    if (plans.some(({ takes }) => takes)) writes.push(put("lanes", [{ name: takingLane, revision }]));
    if (writes.length > 0) await store.commit(writes);
    for (const plan of plans) plan.committed();
    return roll;
  }

  return {
    of: (connection) => ({
      join(user) {
        const all = [user, ...(users.get(connection) ?? [])].slice(0, usersMax);
        users.set(connection, all);
        members.get(connection)?.lose();
        const member = createMember(connection, together(user, all), { pulse, idleMs });
        members.set(connection, member);
        return shareOf(() => members.get(connection) ?? member);
      },
    }),
    settle: async () => (atWork().length === 0 ? (await pulse.report()).roll : replan(step)),
    failed(cause) {
      for (const member of atWork()) member.failed(cause);
    },
    isSettled: () => atWork().every((member) => member.isSettled()),
    async leave() {
      const leaving = atWork();
      for (const member of leaving) member.lose();
      const rows = leaving.flatMap((member) => member.left());
      if (rows.length > 0) await store.commit([set("quota_shares", rows)]);
    },
  };
}

/** With changed settings another governor makes an account's calls: of those before it so many may still have calls to make. */
const usersMax = 8;

/** The governors of one account in this process: what was begun with settings of before is ended beside what the newest, `last`, lets go. */
function together(last: LimitUser, all: readonly LimitUser[]): LimitUser {
  return {
    limits: last.limits,
    inUse: () => sum(all.map((user) => user.inUse())),
    isWaiting: () => all.some((user) => user.isWaiting()),
    onChange() {
      for (const user of all) user.onChange();
    },
    pauseFor(leftMs) {
      for (const user of all) user.pauseFor(leftMs);
    },
  };
}

function sum(all: readonly Units[]): Units {
  const total: Record<string, number> = {};
  for (const [name, units] of all.flatMap(Object.entries<number>)) total[name] = (total[name] ?? 0) + units;
  return total;
}

/** What is this process's at any time, whichever governor asks. */
function shareOf(member: () => Member): LimitShare {
  return {
    want: () => member().share.want(),
    unitsOf: (limit) => member().share.unitsOf(limit),
    lackOf: (limit) => member().share.lackOf(limit),
    pausedFor: (leftMs) => member().share.pausedFor(leftMs),
  };
}
