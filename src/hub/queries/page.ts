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

type Place = readonly (string | number)[];

/** What a cursor's parts are made of. */
export const cursorPart = {
  instant: z.iso.datetime({ precision: 3 }),
  /** A NUL is nothing that both databases can compare with. */
  text: z.string().regex(/^[^\0]*$/),
  /** A number that counts rows. */
  whole: z.int().nonnegative(),
  number: z.number(),
};

/** The place behind a row, opaque to who carries it. @example encodeCursor(["2026-01-01T00:00:00.000Z", "id7"]) */
export function encodeCursor(parts: Place): string {
  return Buffer.from(JSON.stringify(parts)).toString("base64url");
}

/**
 * The parts of a cursor, of the shape that the list gives out; null without one. Throws CursorError.
 * @example decodeCursor(cursor, z.tuple([cursorPart.instant, cursorPart.text]))
 */
export function decodeCursor<T extends Place>(cursor: string | undefined, shape: z.ZodType<T>): T | null {
  if (cursor === undefined) return null;
  const parts = shape.safeParse(parsed(Buffer.from(cursor, "base64url").toString("utf8")));
  if (!parts.success) throw new CursorError();
  return parts.data;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (cause instanceof SyntaxError) throw new CursorError();
    throw cause;
  }
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
