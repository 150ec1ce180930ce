import type { LimitShare, LimitUser, Units } from "../../connector/index.ts";
import type { Roll } from "../../store/store.ts";
import type { Row } from "../../store/tables.ts";
import { remove, set, type Write } from "../../store/writes.ts";
import { elapsedMs, type Moment, thisMoment } from "./moment.ts";
import { type OtherHolder, planShare } from "./plan.ts";
import type { Pulse } from "./pulse.ts";
import { createLacks, createPauses } from "./waits.ts";

type ShareRow = Row<"quota_shares">;

/** One process's part in the limits of one connection's account. */
export interface Member {
  connection: string;
  share: LimitShare;
  takesPart(): boolean;
  isSettled(): boolean;
  /** Others may have taken what it held. */
  lose(): void;
  /** What it is to have less it has no more from now on; what it is to have more, once the writes are committed. */
  plan(rows: readonly ShareRow[], roll: Roll): { takes: boolean; writes: Write[]; committed(): void };
  failed(cause: unknown): void;
  /** The row of a process that ends: it says what still counts. */
  left(): ShareRow[];
}

export interface MemberOptions {
  pulse: Pulse;
  idleMs: number;
}

/** Nothing is a member's before its row says so, nor once others may take its process for dead. */
export function createMember(connection: string, user: LimitUser, { pulse, idleMs }: MemberOptions): Member {
  let held: Units = {};
  let row: ShareRow | null = null;
  let isSettled = true;
  const wish = createWish(user, idleMs);
  const window_s = Math.ceil(Math.max(0, ...user.limits.map(({ windowMs }) => windowMs)) / 1_000);
  const lacks = createLacks();
  const pauses = createPauses();
  const unitsOf = (limit: string) => (pulse.isSure() ? (held[limit] ?? 0) : 0);

  return {
    connection,
    share: {
      want() {
        if (!wish.isNew()) return;
        isSettled = false;
        lacks.forget();
        pulse.hurry();
      },
      unitsOf,
      lackOf: (limit) => (unitsOf(limit) >= 1 ? null : lacks.of(limit)),
      pausedFor(leftMs) {
        pauses.told(leftMs);
        pulse.hurry();
      },
    },
    takesPart: () => row !== null || wish.stands(),
    isSettled: () => isSettled,
    lose() {
      held = {};
      if (row) row = { ...row, units: "" }; // it may be gone: it is written anew, whatever it is to say
    },
    plan(rows, roll) {
      const others = rows.filter((other) => other.connection === connection && other.process !== pulse.id);
      for (const leftMs of pauses.heard(others, roll.now)) user.pauseFor(leftMs);
      const own = { id: pulse.id, held, inUse: user.inUse(), wants: wish.stands() };
      const plan = planShare(user.limits, own, otherHolders(others, roll, pulse), roll.now);
      held = lesser(held, plan.held);
      const said = { connection, process: pulse.id, window_s, paused_until: pauses.until(roll.now) };
      const next = rowFor(said, plan.kept, own.wants);
      return {
        takes: plan.takes,
        writes: changes(row, next),
        committed() {
          held = plan.held;
          row = next;
          isSettled = plan.isSettled;
          lacks.settle(unitsOf);
          user.onChange();
        },
      };
    },
    failed(cause) {
      isSettled = false;
      lacks.failed(cause);
      user.onChange();
    },
    left: () => (row ? [leftRow(row, user.inUse(), pulse.now())] : []),
  };
}

/** Whether a process makes calls: one came a short time ago, waits or is under way. */
function createWish({ inUse, isWaiting }: LimitUser, idleMs: number) {
  let at: Moment | null = null;
  const stands = () => (at !== null && elapsedMs(at) < idleMs) || isWaiting() || (inUse().concurrency ?? 0) > 0;
  return {
    stands,
    /** A call comes: true where none had come for long. */
    isNew(): boolean {
      const isNew = !stands();
      at = thisMoment();
      return isNew;
    },
  };
}

const lesser = (units: Units, other: Units): Units =>
  Object.fromEntries(Object.entries(other).map(([name, most]) => [name, Math.min(most, units[name] ?? 0)]));

function changes(row: ShareRow | null, next: ShareRow | null): Write[] {
  if (next === null)
    return row ? [remove("quota_shares", ["connection", "process"], [[row.connection, row.process]])] : [];
  return row?.units === next.units && row.paused_until === next.paused_until ? [] : [set("quota_shares", [next])];
}

/** A row is for those who want a part, still have one, or have a pause to tell of. */
function rowFor(said: Omit<ShareRow, "units" | "left_at">, kept: Units, wants: boolean): ShareRow | null {
  const isNeeded = wants || said.paused_until !== null || Object.values(kept).some((units) => units > 0);
  return isNeeded ? { ...said, units: JSON.stringify(kept), left_at: null } : null;
}

function leftRow(row: ShareRow, inUse: Units, now: number): ShareRow {
  return { ...row, units: JSON.stringify(inUse), left_at: new Date(now).toISOString() };
}

/** A row without its process counts no more: the process had reported before it wrote. */
function otherHolders(rows: readonly ShareRow[], { now, others }: Roll, pulse: Pulse): OtherHolder[] {
  const reports = new Map(others.map(({ id, seenAt }) => [id, seenAt]));
  return rows.map(({ process, units, left_at }) => {
    const seenAt = reports.get(process);
    const livesUntil = seenAt === undefined ? Number.NEGATIVE_INFINITY : pulse.livesUntil(seenAt);
    const takesPart = left_at === null && now < livesUntil;
    const goneAt = left_at === null ? livesUntil : Date.parse(left_at);
    const freeFrom = takesPart ? Number.POSITIVE_INFINITY : goneAt;
    return { id: process, kept: JSON.parse(units) as Units, takesPart, freeFrom };
  });
}
