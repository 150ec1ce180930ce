import { hash } from "node:crypto";
import { and, eq, inArray } from "drizzle-orm";
import type { Delivery } from "../../connector/index.ts";
import type { Problem } from "../../model/problem.ts";
import { recordKey } from "../../model/record.ts";
import { isStanding, planErrors, readErrors } from "../../pipeline/problems.ts";
import type { Row } from "../../store/tables.ts";
import { append, set, type Write } from "../../store/writes.ts";
import type { Hub } from "../hub.ts";

/** What became of the deliveries of one request. */
export interface Kept {
  accepted: number;
  duplicate: number;
  /** Dedupe keys that were kept before with other content, where the sender says that must not be. */
  conflicts: string[];
}

/**
 * Keeps deliveries for later work, and what must be written with them: when this returns they are on disk. A key kept before has no effect;
 * requests that arrive together share one write to the disk. Throws StoreFullError, StoreError, and StaleError as `also` has it: then
 * nothing was kept.
 */
export async function keepDeliveries(
  hub: Hub,
  connection: string,
  deliveries: readonly Delivery[],
  also: readonly Write[] = [],
): Promise<Kept> {
  if (deliveries.length === 0) {
    if (also.length > 0) await hub.store.commit(also);
    return { accepted: 0, duplicate: 0, conflicts: [] };
  }
  const firstSeq = await hub.store.reserve(deliveries.length);
  const received_at = hub.now();
  const rows = deliveries.map(({ dedupe_key, body }, n): Row<"inbox"> => {
    const bytes = Buffer.from(body);
    const content_hash = hash("sha256", bytes, "base64url");
    const seq = firstSeq + n;
    return { connection, dedupe_key, seq, received_at, content_hash, body: bytes, status: "waiting", attempts: 0 };
  });
  const { changed } = await hub.store.commit([append("inbox", rows), ...also]);
  const accepted = changed[0] ?? 0;
  if (accepted === rows.length) return { accepted, duplicate: 0, conflicts: [] };
  const conflicts = await conflictsOf(
    hub,
    connection,
    rows.filter((_, n) => deliveries[n]?.onConflict === "refuse"),
  );
  if (conflicts.length > 0) await openProblems(hub, conflicts.map(conflictProblem(connection)));
  return { accepted, duplicate: rows.length - accepted - conflicts.length, conflicts };
}

/** Keys looked up at once. */
const keysPerQuery = 500;

async function conflictsOf(hub: Hub, connection: string, rows: readonly Row<"inbox">[]): Promise<string[]> {
  const { inbox } = hub.store.tables;
  const conflicts: string[] = [];
  for (let start = 0; start < rows.length; start += keysPerQuery) {
    const asked = rows.slice(start, start + keysPerQuery);
    const keys = asked.map(({ dedupe_key }) => dedupe_key);
    const kept = await hub.store.db
      .select({ dedupe_key: inbox.dedupe_key, content_hash: inbox.content_hash })
      .from(inbox)
      .where(and(eq(inbox.connection, connection), inArray(inbox.dedupe_key, keys)));
    const known = new Map(kept.map((row) => [row.dedupe_key, row.content_hash]));
    conflicts.push(
      ...asked.filter((row) => known.get(row.dedupe_key) !== row.content_hash).map(({ dedupe_key }) => dedupe_key),
    );
  }
  return conflicts;
}

function conflictProblem(connection: string): (dedupeKey: string) => Problem {
  return (dedupeKey) => ({
    connection,
    record_key: recordKey(connection, "inbox", dedupeKey),
    step: "hook",
    class: "conflict",
    fingerprint: "one id, two contents",
    message: `A delivery with the id ${dedupeKey} came again with other content; the first one stands, the second was refused`,
    remedy: "Let the sender give each event an id of its own, and send the refused one again under a new id.",
    raw_seq: null,
  });
}

/** Opens errors of the webhook step, or renews them. */
export async function openProblems(hub: Hub, problems: readonly Problem[]): Promise<void> {
  const keys = [...new Set(problems.map(({ record_key }) => record_key))];
  const known = await readErrors(hub.store, keys);
  await hub.store.commit(planErrors({ step: "hook", problems, passed: new Set(), known, now: hub.now() }));
}

/** What is wrong with a connection's sender as such; one open error each. */
export type SenderProblem = "signature" | "malformed";

/** Keeps the errors of senders without letting a flood of bad requests become a flood of writes. */
export interface SenderErrors {
  /** Opens the error, at most once a minute a connection and kind. */
  report(connection: string, kind: SenderProblem, reason: string): Promise<void>;
  /** A good request came: what was open is resolved. */
  passed(connection: string): Promise<void>;
  /** Whether nothing is open, so that `passed` has nothing to do. */
  isClean(connection: string): boolean;
}

const reportPauseMs = 60_000;

export function createSenderErrors(hub: Hub): SenderErrors {
  const reportedAt = new Map<string, number>();
  /** Connections that may have an open error; at the start that is not known of any. */
  const clean = new Set<string>();
  return {
    async report(connection, kind, reason) {
      const place = `${connection} ${kind}`;
      if (hub.clock.now() - (reportedAt.get(place) ?? Number.NEGATIVE_INFINITY) < reportPauseMs) return;
      reportedAt.set(place, hub.clock.now());
      clean.delete(connection);
      await openProblems(hub, [senderProblem(connection, kind, reason)]);
    },
    isClean: (connection) => clean.has(connection),
    async passed(connection) {
      clean.add(connection);
      const known = await readErrors(hub.store, [""]);
      const over = known.filter((row) => row.connection === connection && row.step === "hook" && isStanding(row));
      if (over.length === 0) return;
      const now = hub.now();
      await hub.store.commit([
        set(
          "errors",
          over.map((row): Row<"errors"> => ({ ...row, status: "resolved", last_seen_at: now })),
        ),
      ]);
    },
  };
}

const reasonLengthMax = 200;

function senderProblem(connection: string, kind: SenderProblem, reason: string): Problem {
  const said = reason.slice(0, reasonLengthMax);
  const about = { connection, record_key: "", step: "hook", raw_seq: null } as const;
  if (kind === "signature") {
    return {
      ...about,
      class: "signature",
      fingerprint: "signature refused",
      message: `A webhook was refused: ${said}`,
      remedy:
        "If it came from the real sender: check the connection's webhook secret or write key, public_url in journey-hub.yaml (signatures may cover the address) and this machine's clock.",
    };
  }
  return {
    ...about,
    class: "value",
    fingerprint: "malformed body",
    message: `A signed webhook could not be read: ${said}`,
    remedy: "Correct what the sender sends; the refused request was answered 400 and nothing of it was kept.",
  };
}
