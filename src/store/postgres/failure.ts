import { DrizzleQueryError } from "drizzle-orm";
import pg from "pg";
import { StaleError, StoreError, StoreFullError } from "../store.ts";

const serializationFailure = "40001";
const deadlock = "40P01";
const diskFull = "53100";
/** The server shuts down or starts up, has ended this connection, or takes no more of them. */
const awayCodes = /^(57P0[1-4]|53300|08)/;

/** What the hub's parts are told instead of the driver's error: StaleError, StoreFullError, StoreError. */
export function errorFor(failure: unknown): Error {
  // The builder's own error shows the whole statement with its values: nothing for a log.
  const cause = failure instanceof DrizzleQueryError ? failure.cause : failure;
  if (cause instanceof StaleError || cause instanceof StoreError) return cause;
  if (!(cause instanceof pg.DatabaseError)) return away(cause);
  const { code = "", message } = cause;
  if (isCollision(cause)) return new StaleError("another process changed the same rows");
  if (code === diskFull) return new StoreFullError(cause);
  return awayCodes.test(code) ? away(cause) : new StoreError(message, { cause });
}

/** True where the server ended a transaction only because of others at the same instant. */
export function isCollision(cause: unknown): boolean {
  return cause instanceof pg.DatabaseError && (cause.code === serializationFailure || cause.code === deadlock);
}

/** Why a database could not be opened at all, and what to look at. */
export function notOpened(failure: unknown): StoreError {
  const cause = failure instanceof DrizzleQueryError ? failure.cause : failure;
  const remedy = "look whether the server runs, and at the address, name and password";
  return new StoreError(`The database of JOURNEY_HUB_DATABASE_URL cannot be opened (${said(cause)}): ${remedy}.`, {
    cause,
  });
}

/** Without the server's word it was the way to it that failed. */
function away(cause: unknown): StoreError {
  const message = `The Postgres server cannot be used now (${said(cause)}). Nothing that was acknowledged is lost; work goes on by itself once the server is back.`;
  return new StoreError(message, { cause });
}

/** A name with several addresses fails with one error for all of them, which says nothing itself. */
function said(cause: unknown): string {
  const each = cause instanceof AggregateError ? cause.errors : [cause];
  return each.map((one) => (one instanceof Error ? one.message : String(one))).join("; ");
}
