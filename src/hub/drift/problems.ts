import type { Problem } from "../../model/problem.ts";
import { isStanding, rowOf, standingRow } from "../../pipeline/problems.ts";
import type { Row } from "../../store/tables.ts";
import { set, type Write } from "../../store/writes.ts";
import type { Harm } from "./compare.ts";

/** A harm as an open error of its connection. */
export function harmProblem(connection: string, harm: Harm): Problem {
  const about = { connection, record_key: "", step: "pull" as const, class: "drift" as const, raw_seq: null };
  return { ...about, ...wordsFor(connection, harm) };
}

type Words = Pick<Problem, "fingerprint" | "message" | "remedy">;

function wordsFor(connection: string, harm: Harm): Words {
  const { object, path, change, from, to, successor } = harm;
  const field = `${object}.${path}`;
  const place = placesText(harm);
  switch (change) {
    case "object_removed":
      return {
        fingerprint: `drift:${object}`,
        message: `Connection ${connection} shows no object ${object} any more; what was read of it stands`,
        remedy: `Give the object, or the access to it, back; or take its mapping file out.`,
      };
    case "retyped":
      return {
        fingerprint: `drift:${field} type`,
        message: `${path} of ${object} of connection ${connection} is ${to} now, it was ${from}; ${place} reads it as before: values it cannot read stay raw, each with its open error`,
        remedy: `Change ${place} to what the field holds now and run \`journey-hub replay\`, or give the field its type back.`,
      };
    case "value_added":
      return {
        fingerprint: `drift:${field} value ${to}`,
        message: `${path} of ${object} of connection ${connection} can have the value "${to}" now, which the table at ${place} does not know`,
        remedy: `Add "${to}" there, or an else:, before records come with it.`,
      };
    case "write_lost":
      return {
        fingerprint: `drift:${field} write`,
        message: `${path} of ${object} may not be written by connection ${connection} any more`,
        remedy: `Give the credentials of ${connection} edit access to ${path} of ${object} again.`,
      };
    default:
      return {
        // That of the error which says that pages came without the field: this one says it better.
        fingerprint: field,
        message: `${object} of connection ${connection} has no field ${path} any more, or these credentials may not read it; ${place} reads it, and its last values stand`,
        remedy: successor
          ? `If it was renamed, write ${successor} at ${place}; else give the field or the access back, or take it out there.`
          : `Give the field or the access back, or take it out at ${place}.`,
      };
  }
}

function placesText({ object, uses }: Harm): string {
  const [first, ...more] = uses.map(({ file, line, column }) => `${file}:${line}:${column}`);
  if (!first) return `the mapping of ${object}`;
  return more.length > 0 ? `${first} (and ${more.length} more)` : first;
}

/** That the fields of an object cannot be looked at. */
export function unseenProblem(
  connection: string,
  { object, message, remedy }: { object: string; message: string; remedy: string },
): Problem {
  const about = { connection, record_key: "", step: "pull" as const, class: "drift" as const, raw_seq: null };
  return {
    ...about,
    fingerprint: `drift:${object} unseen`,
    message: `Changes to the fields of ${object} go unnoticed: ${message}`,
    remedy,
  };
}

/** Opens what is not said yet, words anew what is said otherwise, closes what is over; what a person has set aside stays so until it is over. */
export function planDrift(problems: readonly Problem[], known: readonly Row<"errors">[], now: string): Write[] {
  const said = problems.flatMap((problem): Row<"errors">[] => {
    const before = rowOf(problem, known);
    const row = standingRow(problem, before, now);
    const isSame =
      before?.class === row.class &&
      before.message === row.message &&
      before.remedy === row.remedy &&
      before.status === row.status;
    return isSame ? [] : [row];
  });
  const standing = new Set(problems.map(({ fingerprint }) => fingerprint));
  const over = known.filter((row) => row.class === "drift" && isStanding(row) && !standing.has(row.fingerprint));
  const rows = [...said, ...over.map((row) => ({ ...row, status: "resolved", last_seen_at: now }))];
  return rows.length > 0 ? [set("errors", rows)] : [];
}
