/**
 * What the hub does next about a failed exchange with a vendor:
 * `retry` (after `afterMs`, if the vendor said), `skip` this record and go on, `reauthorise` (get a new token), `stop` (a person is needed).
 */
export type NextStep = "retry" | "skip" | "reauthorise" | "stop";

export interface SourceErrorDetails {
  cause?: unknown;
  /** How long the vendor asks us to wait. */
  afterMs?: number;
  /** The setting of the connection that is wrong, e.g. `access_token`. */
  field?: string;
  /** What a person can do about it, one sentence. */
  remedy?: string;
  /** Only the object of this name is refused; the others can be read. */
  object?: string;
  /** The vendor takes fewer requests at the same time: the governor lets fewer through. */
  crowded?: boolean;
  /** Nobody answers at the address, whatever is asked there. */
  unreachable?: boolean;
  /** A person's approval (OAuth) is over or was never given: nothing but a new one helps. */
  lostApproval?: boolean;
  /** The vendor does not know the page token any more: reading begins anew. */
  lostPlace?: boolean;
  /** The hub was to stop, so that it was given up before its time: it says nothing of the vendor. */
  cutShort?: boolean;
  /** Of a write-back's outcome: no fault of the record, which was not written; any other would have failed so. */
  common?: boolean;
  /** HTTP status and the vendor's own error code. */
  status?: number;
  code?: string;
}

/**
 * Every failure that reaches the hub from a connector is one of these.
 * @example throw new SourceError("retry", "HubSpot asked us to slow down", { afterMs: 10_000, cause })
 */
export class SourceError extends Error {
  override readonly name = "SourceError";
  readonly next: NextStep;
  readonly details: Omit<SourceErrorDetails, "cause">;

  constructor(next: NextStep, message: string, { cause, ...details }: SourceErrorDetails = {}) {
    super(message, cause === undefined ? {} : { cause });
    this.next = next;
    this.details = details;
  }

  /** The same failure with more said of it. @example throw error.with({ cutShort: true }) */
  with(details: Omit<SourceErrorDetails, "cause">): SourceError {
    return new SourceError(this.next, this.message, { ...this.details, ...details, cause: this.cause });
  }
}

const retryStatuses = new Set([408, 420, 423, 425, 429, 477, 500, 502, 503, 504, 521, 522, 523, 524, 525, 526]);

/**
 * The reading of a plain HTTP refusal that every vendor shares; a connector looks at its vendor's codes first and falls back to this.
 * `retryAfter` is the header as sent: seconds or an HTTP date.
 */
export function errorForStatus(
  status: number,
  message: string,
  { retryAfter, now, ...details }: SourceErrorDetails & { retryAfter?: string | null; now: number },
): SourceError {
  const afterMs = retryAfterMs(retryAfter, now);
  const known = { ...details, status, ...(afterMs === undefined ? {} : { afterMs }) };
  if (status >= 300 && status < 400) {
    const remedy = "The hub follows no redirects: set the connection's address to where the vendor answers.";
    return new SourceError("stop", message, { remedy, ...known });
  }
  if (status === 401) return new SourceError("reauthorise", message, known);
  if (retryStatuses.has(status)) return new SourceError("retry", message, known);
  if (status === 403) return new SourceError("stop", message, known);
  return new SourceError("skip", message, known);
}

/** A failure below HTTP (refused, reset, timed out, name not found): worth another try, and says which host. */
export function errorForNetwork(cause: unknown, what: string): SourceError {
  const code = networkCode(cause);
  const why = code === "ETIMEDOUT" || code === "CONNECT_TIMEOUT" ? "no answer in time" : "the connection failed";
  return new SourceError("retry", `${what}: ${why}${code ? ` (${code})` : ""}`, {
    cause,
    ...(code ? { code } : {}),
    ...(unreachableCodes.has(code ?? "") ? { unreachable: true } : {}),
    remedy: certificateCode.test(code ?? "")
      ? "Check the vendor's TLS certificate, this machine's clock, and that no proxy answers in the vendor's place."
      : "Check that the vendor's address is right and can be reached from this machine.",
  });
}

const unreachableCodes = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "CONNECT_TIMEOUT",
]);
const certificateCode = /CERT|UNABLE_TO_|CRL/;

/** The system's error code behind a failure, however deeply a client wrapped it; `ETIMEDOUT` when a time-out of ours ended it. */
export function networkCode(cause: unknown): string | undefined {
  for (let depth = 0, at = cause; depth < 5 && at instanceof Error; depth++, at = at.cause) {
    if (at.name === "TimeoutError") return "ETIMEDOUT";
    if ("code" in at && typeof at.code === "string" && at.code !== "ABORT_ERR" && /^[A-Z][A-Z0-9_]+$/.test(at.code)) {
      return at.code;
    }
  }
  return undefined;
}

/** A longer wait than this is not believed; the hub asks again after a day. */
const retryAfterMaxMs = 86_400_000;
const httpDate = /^[A-Z][a-z]{2,8}, \d{2}[ -][A-Z][a-z]{2}[ -]\d{2,4} \d{2}:\d{2}:\d{2} GMT$/;

/** Milliseconds to wait by a `Retry-After` header (seconds or an HTTP date), a day at most; undefined when absent or unreadable. */
export function retryAfterMs(header: string | null | undefined, now: number): number | undefined {
  const text = header?.trim() ?? "";
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : null;
  const waitMs = seconds === null ? (httpDate.test(text) ? Date.parse(text) : Number.NaN) - now : seconds * 1_000;
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(0, Math.ceil(waitMs)), retryAfterMaxMs);
}
