import { type FailureView, failureView } from "../hub/failure.ts";
import { FolderInUseError } from "../hub/folder/lock.ts";
import type { RunView } from "../hub/queries/queries.ts";

/**
 * Exit codes, the same for every verb: 0 done; 1 the work failed or found something wrong; 2 the command or the configuration cannot be
 * used as it is; 3 a vendor refuses the credentials or a person is needed there.
 */
export const exitCodes = { done: 0, failed: 1, unusable: 2, refused: 3 } as const;

/** A mistake in how a verb was called; its message says how to call it. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** A run of the hub that ended in failure. */
export class RunFailedError extends Error {
  override readonly name = "RunFailedError";
  readonly run: RunView;
  constructor(run: RunView) {
    super(run.message ?? "the run failed");
    this.run = run;
  }
}

/** Told to end by Ctrl-C or SIGTERM before the work was done. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
  readonly exitCode: number;
  constructor(signal: "SIGINT" | "SIGTERM", meaning: string) {
    super(`Interrupted: ${meaning}`);
    this.exitCode = signal === "SIGINT" ? 130 : 143;
  }
}

export interface Failure {
  message: string;
  remedy?: string;
  exitCode: number;
  /** How long the vendor asks us to wait. */
  retryAfterMs?: number;
}

/** What a thrown value means for the person at the terminal. */
export function failureOf(cause: unknown): Failure {
  if (cause instanceof RunFailedError) {
    const { message, run } = cause;
    return told({ ...(run.failure ?? unexplained), message });
  }
  if (cause instanceof InterruptedError) return { message: cause.message, exitCode: cause.exitCode };
  if (cause instanceof FolderInUseError || cause instanceof UsageError) {
    return { message: cause.message, exitCode: exitCodes.unusable };
  }
  if (isSystemError(cause, "EADDRINUSE")) {
    return {
      message: `The port is in use (${cause.message})`,
      remedy: "Give another one with --port, or stop what uses it.",
      exitCode: exitCodes.unusable,
    };
  }
  return told(failureView(cause));
}

const unexplained = { remedy: null, setting: null, needs: "hub", retry_after_ms: null } as const;
const exitCodeOf = {
  person: exitCodes.refused,
  settings: exitCodes.unusable,
  time: exitCodes.failed,
  hub: exitCodes.failed,
};

/** A failure as the hub tells it, for the person at the terminal. */
export function told({ message, remedy, setting, needs, retry_after_ms }: FailureView): Failure {
  return {
    message: setting === null ? message : `${message} (setting: ${setting})`,
    ...(remedy === null ? {} : { remedy }),
    exitCode: exitCodeOf[needs],
    ...(retry_after_ms === null ? {} : { retryAfterMs: retry_after_ms }),
  };
}

function isSystemError(cause: unknown, code: string): cause is Error {
  return cause instanceof Error && "code" in cause && cause.code === code;
}
