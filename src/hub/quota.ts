import { eq } from "drizzle-orm";
import type { Limits, QuotaLedger } from "../connector/index.ts";
import { StaleError, type Store } from "../store/store.ts";
import type { Row } from "../store/tables.ts";
import { put, remove, type Write } from "../store/writes.ts";

type Booking = Parameters<QuotaLedger["book"]>[0];

/** Processes that book at the same instant take turns: so many of them are waited for. */
const turnsMax = 50;

/** Keeps a connection's calls in the store, where every process that works on it books before it calls. */
export function storedQuota(store: Store, connection: string): QuotaLedger {
  const { quotas } = store.tables;
  return {
    async book(booking) {
      for (let turn = 1; ; turn++) {
        const rows = await store.db.select().from(quotas).where(eq(quotas.connection, connection));
        const { writes, used } = planBooking(connection, rows, booking);
        try {
          await store.commit(writes);
          return used;
        } catch (cause) {
          if (!(cause instanceof StaleError) || turn === turnsMax) throw cause;
        }
      }
    },
  };
}

/** One row a stretch of time; stretches that no longer count are forgotten. */
function planBooking(
  connection: string,
  rows: readonly Row<"quotas">[],
  { window, since, calls, limit }: Booking,
): { writes: Write[]; used: number } {
  const standing = rows.find(({ window_start }) => window_start === window);
  const booked = {
    connection,
    window_start: window,
    used: (standing?.used ?? 0) + calls,
    allowance: limit,
    revision: (standing?.revision ?? 0) + 1,
  };
  const counting = rows.filter(({ window_start }) => window_start >= since && window_start !== window);
  const over = rows.filter(({ window_start }) => window_start < since).map((row) => [connection, row.window_start]);
  return {
    writes: [
      put("quotas", [booked]),
      ...(over.length > 0 ? [remove("quotas", ["connection", "window_start"], over)] : []),
    ],
    used: counting.reduce((sum, row) => sum + row.used, booked.used),
  };
}

/** A connector's limits with the share of the allowance that a connection's settings give the hub. */
export function withShare(limits: Limits, share: number | undefined): Limits {
  return share === undefined ? limits : { ...limits, reserve: 1 - share };
}
