import { z } from "zod";

/** A part of a list; `next_cursor` asks for the part after it, null at the end. */
export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

/** Which part of a list is asked for. */
export interface PageRequest {
  limit: number;
  cursor?: string | undefined;
}

/** A cursor that this hub did not give out, or gave out for another list. */
export class CursorError extends Error {
  override readonly name = "CursorError";
  constructor() {
    super("The cursor cannot be read: take `next_cursor` of the page before as it is, and keep the other parameters.");
  }
}

const place = z.array(z.union([z.string(), z.number()]));
type Place = z.infer<typeof place>;

/** The place behind a row, opaque to who carries it. @example encodeCursor(["2026-01-01T00:00:00.000Z", "id7"]) */
export function encodeCursor(parts: Place): string {
  return Buffer.from(JSON.stringify(parts)).toString("base64url");
}

/** The `width` texts of a cursor; null without one. Throws CursorError. */
export function decodeCursor(cursor: string | undefined, width: number): string[] | null {
  if (cursor === undefined) return null;
  try {
    const parts = place.parse(JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"))).map(String);
    if (parts.length === width && !parts.some((part) => part.includes("\0"))) return parts;
  } catch (cause) {
    if (!(cause instanceof SyntaxError || cause instanceof z.ZodError)) throw cause;
  }
  throw new CursorError();
}

/** Cuts rows, read with one more than the limit, to a page. */
export function pageOf<Row, T>(
  rows: readonly Row[],
  limit: number,
  { view, cursor }: { view: (row: Row) => T; cursor: (row: Row) => Place },
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(view),
    next_cursor: last !== undefined && rows.length > limit ? encodeCursor(cursor(last)) : null,
  };
}
