import { SourceError } from "../connector/index.ts";
import { ConfigError } from "./folder/config.ts";

/** Why a piece of work failed, for whoever must do something about it. */
export interface FailureView {
  message: string;
  /** What to do about it. */
  remedy: string | null;
  /** The setting of the connection that is wrong. */
  setting: string | null;
  /**
   * What it takes: a `person` at the vendor (credentials, permissions), `time` (the vendor is down or asks to wait), other `settings` in
   * journey-hub.yaml; `hub`: something of the hub's own.
   */
  needs: "person" | "time" | "settings" | "hub";
  /** How long the vendor asks us to wait. */
  retry_after_ms: number | null;
}

const later =
  "Nothing is lost: what was read is kept and the next run goes on from there. If it lasts, look at the vendor's status page.";
const byPerson =
  "Prove the connection with `journey-hub connect`; the connector's page says what its credentials must be allowed to do.";

/** What a thrown value means. @example failureView(new SourceError("retry", "HubSpot answered 503")).needs // "time" */
export function failureView(cause: unknown): FailureView {
  const message = cause instanceof Error ? cause.message : String(cause);
  const plain = { message, remedy: null, setting: null, retry_after_ms: null };
  if (cause instanceof ConfigError) return { ...plain, needs: "settings" };
  if (!(cause instanceof SourceError)) return { ...plain, needs: "hub" };
  const { remedy, field = null, afterMs = null } = cause.details;
  const needs = needsPerson(cause) ? "person" : cause.next === "retry" ? "time" : "hub";
  const usual = { person: byPerson, time: later, hub: null }[needs];
  return { message, remedy: remedy ?? usual, setting: field, needs, retry_after_ms: afterMs };
}

/** Whether a vendor refuses the connection itself, so that no other call to it is worth while. */
export function needsPerson(cause: unknown): boolean {
  return cause instanceof SourceError && (cause.next === "stop" || cause.next === "reauthorise");
}

/** Whether what is left of a run can as well be left: a person is needed, or nobody answers at the vendor's address. */
export function concernsConnection(cause: unknown): boolean {
  if (!(cause instanceof SourceError)) return false;
  return (needsPerson(cause) && cause.details.object === undefined) || cause.details.unreachable === true;
}
