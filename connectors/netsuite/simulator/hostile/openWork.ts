import type { Row } from "../partition.ts";
import type { Account, Table } from "../storage.ts";

/** What is done in an account while nobody sees it yet: transactions that are begun and not committed. */
export interface OpenWork {
  /** Does a piece of work that all see at once. Open work on the same rows is committed before, as a lock would have it. */
  atOnce(work: Work): void;
  /** Does it as at once, but nobody sees it before `dueAt`. */
  late(dueAt: number, work: Work): void;
  /** Commits what is due at that instant, in order. */
  commitDue(now: number): void;
  commitAll(): void;
}

/** Writes to the account it is given; may be called twice, and must do the same then. */
export type Work = (account: Account) => void;

/** Open work over one account. */
export function createOpenWork(account: Account): OpenWork {
  let open: { dueAt: number; steps: readonly Step[] }[] = [];

  function commit(chosen: (entry: { dueAt: number; steps: readonly Step[] }) => boolean): void {
    const due = open.filter(chosen).sort((left, right) => left.dueAt - right.dueAt);
    open = open.filter((entry) => !due.includes(entry));
    for (const { steps } of due) for (const { table, after, before } of steps) put(table, before, after);
  }

  /** The steps of the work, done; what was open on the same rows is committed first. */
  function run(work: Work): readonly Step[] {
    const steps = record(account, work);
    const touched = locksOf(steps);
    const isInTheWay = (entry: { steps: readonly Step[] }) =>
      [...locksOf(entry.steps)].some((lock) => touched.has(lock));
    if (!open.some(isInTheWay)) return steps;
    undo(steps);
    commit(isInTheWay);
    return run(work);
  }

  return {
    atOnce: (work) => void run(work),
    late(dueAt, work) {
      const steps = run(work);
      undo(steps);
      open.push({ dueAt, steps });
    },
    commitDue: (now) => commit(({ dueAt }) => dueAt <= now),
    commitAll: () => commit(() => true),
  };
}

/** One write: a row as it was and as it is; null where it was not or is no more. */
interface Step {
  table: Table;
  before: Row | null;
  after: Row | null;
}

function record(account: Account, work: Work): readonly Step[] {
  const steps: Step[] = [];
  const tables = new Map([...account.tables].map(([name, table]) => [name, recorded(table, steps)]));
  work({
    ...account,
    tables,
    table: (name) => tables.get(name === "opportunity" ? "transaction" : name) ?? account.table(name),
  });
  return steps;
}

function recorded(table: Table, steps: Step[]): Table {
  const rowOf = (id: number) => table.all.rows.get(id) ?? null;
  return {
    ...table,
    insert(row) {
      const after = table.insert(row);
      steps.push({ table, before: null, after });
      return after;
    },
    update(id, changes) {
      const before = rowOf(id);
      const after = table.update(id, changes);
      steps.push({ table, before, after });
      return after;
    },
    remove(id) {
      const before = rowOf(id);
      table.remove(id);
      if (before) steps.push({ table, before, after: null });
    },
  };
}

function undo(steps: readonly Step[]): void {
  for (const { table, before, after } of steps.toReversed()) put(table, after, before);
}

function put(table: Table, from: Row | null, to: Row | null): void {
  if (to) table.insert(to);
  else if (from) table.remove(from.id);
}

function locksOf(steps: readonly Step[]): ReadonlySet<string> {
  return new Set(steps.map(({ table, before, after }) => `${table.schema.name}/${(after ?? before)?.id}`));
}
