import type { History, SourceError } from "../../connector/index.ts";
import type { Problem } from "../../model/problem.ts";
import type { Store } from "../../store/store.ts";
import type { Row } from "../../store/tables.ts";
import { set } from "../../store/writes.ts";
import { isStanding, keepStanding, type ReadStanding, readErrors, standingRow } from "../problems.ts";

interface Origin {
  store: Store;
  connection: string;
  object: string;
  now(): string;
  /** Gives the errors of connections as such where they have been read already. */
  standing?: ReadStanding | undefined;
}

/** The error of an object whose past was not told when it was last asked for; a person may have set it aside. */
export async function standingTrouble({ store, connection, object, standing }: Origin): Promise<Row<"errors"> | null> {
  const rows = standing ? await standing() : await readErrors(store, [""]);
  const isTrouble = (row: Row<"errors">) => row.connection === connection && row.fingerprint === fingerprintOf(object);
  return rows.find((row) => isStanding(row) && isTrouble(row)) ?? null;
}

/** Keeps what an answer tells of the past as such: what of it may not be read, and whether it was told. */
export async function keepPastErrors(
  origin: Origin,
  { missing, unread }: Pick<History, "missing"> & { unread: SourceError | null },
  trouble: Row<"errors"> | null,
): Promise<void> {
  const { store, connection, object, standing } = origin;
  const now = origin.now();
  if (missing !== undefined) {
    const problems = missing.map((source) => missingPast(connection, object, source));
    const concerns = ({ fingerprint }: Row<"errors">) => fingerprint.startsWith(`history:${object}.`);
    await keepStanding(origin, { connection, step: "pull", problems, concerns }, standing);
  }
  if (unread !== null) {
    // One that was resolved begins anew: records wait once more.
    const row = standingRow(unreadPast(connection, object, unread), trouble ?? undefined, now);
    await store.commit([set("errors", [row])]);
  } else if (trouble) await store.commit([set("errors", [{ ...trouble, status: "resolved", last_seen_at: now }])]);
}

const fingerprintOf = (object: string): string => `past unread:${object}`;

function unreadPast(connection: string, object: string, { message, details }: SourceError): Problem {
  return {
    connection,
    record_key: "",
    step: "pull",
    class: "rejected",
    fingerprint: fingerprintOf(object),
    message: `The past of ${object} cannot be read: ${message}`,
    remedy:
      details.remedy ??
      "Records wait for it for five minutes; those that come after land without it, and their past begins then.",
    raw_seq: null,
  };
}

function missingPast(connection: string, object: string, source: string): Problem {
  return {
    connection,
    record_key: "",
    step: "pull",
    class: "missing_field",
    fingerprint: `history:${object}.${source}`,
    message: `Connection ${connection} has no ${source}, or these credentials may not read it; what it tells of the past of ${object} stays unknown`,
    remedy: `Grant access to ${source}, or leave it: the past of ${object} then begins with what else is told of it.`,
    raw_seq: null,
  };
}
