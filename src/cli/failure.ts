import { SourceError } from "../connector/errors.ts";
import { ConfigError } from "../hub/folder/config.ts";
import { FolderInUseError } from "../hub/folder/lock.ts";
import { StoreFullError } from "../store/store.ts";

/**
 * Exit codes, the same for every verb: 0 done; 1 the work failed or found something wrong; 2 the command or the configuration cannot be
 * used as it is; 3 a vendor refuses the credentials or a person is needed there.
 */
export const exitCodes = { done: 0, failed: 1, unusable: 2, refused: 3 } as const;

/** A mistake in how a verb was called; its message says how to call it. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export interface Failure {
  message: string;
  remedy?: string;
  exitCode: number;
}

/** What a thrown value means for the person at the terminal. */
export function failureOf(cause: unknown): Failure {
  if (cause instanceof SourceError) {
    const refused = cause.next === "stop" || cause.next === "reauthorise";
    const { field, remedy } = cause.details;
    const message = field ? `${cause.message} (setting: ${field})` : cause.message;
    return { message, ...(remedy ? { remedy } : {}), exitCode: refused ? exitCodes.refused : exitCodes.failed };
  }
  const message = cause instanceof Error ? cause.message : String(cause);
  if (cause instanceof ConfigError || cause instanceof FolderInUseError || cause instanceof UsageError) {
    return { message, exitCode: exitCodes.unusable };
  }
  if (cause instanceof StoreFullError) return { message, exitCode: exitCodes.failed };
  if (isSystemError(cause, "EADDRINUSE")) {
    return {
      message: `The port is in use (${message})`,
      remedy: "Give another one with --port, or stop what uses it.",
      exitCode: exitCodes.unusable,
    };
  }
  return { message, exitCode: exitCodes.failed };
}

function isSystemError(cause: unknown, code: string): boolean {
  return cause instanceof Error && "code" in cause && cause.code === code;
}
