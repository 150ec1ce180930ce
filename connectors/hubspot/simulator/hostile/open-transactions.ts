/** What was begun in the account and shows only later, under the stamp of its beginning. */
export interface OpenTransactions {
  /** `commit` runs as soon as the account's clock has come to `dueMs`. */
  begin(dueMs: number, commit: () => void): void;
  commitDue(nowMs: number): void;
  commitAll(): void;
}

export function openTransactions(): OpenTransactions {
  let open: { dueMs: number; commit: () => void }[] = [];
  return {
    begin: (dueMs, commit) => {
      open.push({ dueMs, commit });
    },
    commitDue: (nowMs) => {
      if (open.length === 0) return;
      const due = open.filter(({ dueMs }) => dueMs <= nowMs).sort((a, b) => a.dueMs - b.dueMs);
      open = open.filter(({ dueMs }) => dueMs > nowMs);
      for (const { commit } of due) commit();
    },
    commitAll: () => {
      const rest = open.sort((a, b) => a.dueMs - b.dueMs);
      open = [];
      for (const { commit } of rest) commit();
    },
  };
}
