import type { CorrectionView } from "../hub/errors/corrections.ts";
import type { ErrorDetail, ErrorGroup, ErrorView, LandedView } from "../hub/queries/errors.ts";
import { style, table } from "./output.ts";

/** Causes, the most frequent first, each with an example and what to do. */
export function groupsText(groups: readonly ErrorGroup[], status: string): string {
  if (groups.length === 0) return none(status);
  const blocks = groups.map((group) =>
    [
      style.bold(`${group.amount} × ${group.fingerprint}`),
      style.dim(`${group.connection || "the hub itself"}, ${group.step}, ${group.class}; seen ${seen(group)}`),
      `e.g. ${group.example.record_key || "no single record"}: ${group.example.message}`,
      ...whatToDo(group),
    ].join("\n  "),
  );
  const errors = groups.reduce((sum, { amount }) => sum + amount, 0);
  return [...blocks, `${errors} ${status} errors of ${groups.length} causes.`].join("\n\n");
}

/** Single errors, last seen first. */
export function errorsText(errors: readonly ErrorView[], status: string): string {
  if (errors.length === 0) return none(status);
  return table([
    ["id", "record", "step", "class", "last seen", "cause"],
    ...errors.map(({ id, record_key, step, class: kind, last_seen_at, fingerprint }) => [
      id,
      record_key || "—",
      step,
      kind,
      last_seen_at,
      fingerprint,
    ]),
  ]);
}

/** One error with all that is known of it. */
export function detailText(error: ErrorDetail): string {
  const {
    id,
    status,
    connection,
    step,
    class: kind,
    fingerprint,
    record_key,
    message,
    dismissed,
    landed,
    delivery,
  } = error;
  return [
    style.bold(`${record_key || connection || "the hub itself"}: ${message}`),
    ...table([
      ["id", id],
      ["status", status],
      ["cause", `${fingerprint} (${connection}, ${step}, ${kind})`],
      ["seen", seen(error)],
    ]).split("\n"),
    ...whatToDo(error),
    ...(dismissed ? [`dismissed by ${dismissed.by} at ${dismissed.at}: ${dismissed.reason}`] : []),
    ...(landed
      ? [
          ...correctionLines(landed.correction),
          `landed ${landed.known_at}${landed.deleted ? ", deleted" : ""}:`,
          JSON.stringify(landed.payload, null, 2),
        ]
      : []),
    ...(delivery
      ? [
          ...(delivery.correction ? [correctionText(delivery.correction)] : []),
          `delivered ${delivery.received_at}, tried ${delivery.attempts} times:`,
          JSON.stringify(delivery.payload, null, 2),
        ]
      : []),
  ].join("\n");
}

function correctionLines(correction: LandedView["correction"]): string[] {
  if (!correction) return [];
  return [`sent by the vendor: ${JSON.stringify(correction.sent)}`, correctionText(correction)];
}

/** Who corrected a record by hand, when and why. */
export function correctionText({ by, at, reason, taken_back }: CorrectionView): string {
  const end = taken_back ? `; taken back by ${taken_back.by} at ${taken_back.at}: ${taken_back.reason}` : "";
  return `corrected by ${by} at ${at}: ${reason}${end}`;
}

/** What came of a retry, and what closes those that no retry can help. */
export function retryText(counts: Readonly<Record<string, number>>, refused: readonly ErrorGroup[]): string {
  const { found = 0, closed = 0, open = 0, pending = 0 } = counts;
  return [
    `${found} tried: ${closed} closed, ${open} still open${pending > 0 ? `, ${pending} are sent at the next apply` : ""}.`,
    ...refused.map((group) => `${group.amount} × ${group.fingerprint} cannot be tried again: ${group.refusal}`),
  ].join("\n");
}

function whatToDo({ remedy, retry, refusal }: Pick<ErrorView, "remedy" | "retry" | "refusal">): string[] {
  return retry === null ? [`→ ${remedy}`, style.dim(`  ${refusal}`)] : [`→ ${remedy}`];
}

function seen({ first_seen_at, last_seen_at }: Pick<ErrorView, "first_seen_at" | "last_seen_at">): string {
  return first_seen_at === last_seen_at ? first_seen_at : `${first_seen_at} to ${last_seen_at}`;
}

function none(status: string): string {
  return status === "open" ? style.good("✓ no error is open") : `No error is ${status}.`;
}
