import type { Org, RowChange } from "../org.ts";

/** What an open transaction will have written, all at once, at an instant of the vendor's clock. */
interface OpenTransaction {
  changes: RowChange[];
  startedAt: number;
  commitsAt: number;
}

/**
 * Transactions that have begun and not committed: nobody sees their rows, which carry the stamps of when they were written. The rows
 * they touch, and those these point to, are locked meanwhile, as the vendor locks them.
 */
export class Transactions {
  readonly #org: Org;
  #open: OpenTransaction[] = [];

  constructor(org: Org) {
    this.#org = org;
  }

  /**
   * Does the work unseen until `commitsAt`, or at once where that is past. False, and nothing done, when a row was changed after
   * this transaction began: in truth it would have had to wait for that one.
   */
  begin(work: () => void, commitsAt: number): boolean {
    const startedAt = this.#org.now();
    const changes = this.#org.recorded(work);
    const stamp = (row: RowChange["before"]) => String(row?.SystemModstamp ?? "");
    const isBackwards = changes.some(({ before, after }) => stamp(before) > stamp(after));
    if (isBackwards || commitsAt > startedAt) for (const change of changes.toReversed()) this.#put(change, "before");
    if (!isBackwards && commitsAt > startedAt) this.#open.push({ changes, startedAt, commitsAt });
    return !isBackwards;
  }

  /** Commits what is due at this instant, in the order of commits. */
  settle(until: number): void {
    const due = this.#open.filter(({ commitsAt }) => commitsAt <= until);
    if (due.length === 0) return;
    this.#open = this.#open.filter(({ commitsAt }) => commitsAt > until);
    for (const { changes } of due.toSorted((a, b) => a.commitsAt - b.commitsAt)) {
      for (const change of changes) this.#put(change, "after");
    }
  }

  /** Whether an open transaction holds this row. */
  isLocked(id: string): boolean {
    return this.#open.some(({ changes }) =>
      changes.some(({ after }) => after !== null && Object.values(after).includes(id)),
    );
  }

  /** When the longest-running transaction began; null when none is open. */
  get oldestStart(): number | null {
    return this.#open.reduce<number | null>((oldest, { startedAt }) => Math.min(oldest ?? startedAt, startedAt), null);
  }

  #put({ object, id, ...rows }: RowChange, which: "before" | "after"): void {
    const row = rows[which];
    if (row) this.#org.table(object).put(row);
    else this.#org.table(object).remove(id);
  }
}
