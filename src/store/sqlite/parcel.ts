import type { Guard } from "../store.ts";
import type { Cell, Write } from "../writes.ts";

/** What one call of `commit` asks for. */
export interface Commit {
  writes: readonly Write[];
  guards: readonly Guard[];
}

/** One statement, to be run for each row. */
export type Statement = Pick<Write, "op" | "table" | "by">;

/**
 * Commits on their way to the writing thread: a few long arrays of plain values and one of bytes, because an object costs more to cross
 * than what it holds.
 */
export interface Parcel {
  /** How many writes each commit makes, in order. */
  commits: number[];
  guards: { commit: number; guards: readonly Guard[] }[];
  statements: Statement[];
  /** Each write: place of its statement, number of rows, cells of a row. */
  writes: number[];
  cells: (string | number | null)[];
  /** Cells that hold bytes: place among the cells, number of bytes. */
  bytesAt: number[];
  bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Puts commits into one parcel; their bytes are copied into a block of its own.
 * @example const parcel = pack(commits); worker.postMessage(parcel, [parcel.bytes.buffer])
 */
export function pack(commits: readonly Commit[]): Parcel {
  const contents: Uint8Array[] = [];
  const parcel: Parcel = {
    commits: [],
    guards: [],
    statements: [],
    writes: [],
    cells: [],
    bytesAt: [],
    bytes: new Uint8Array(0),
  };
  for (const { writes, guards } of commits) {
    if (guards.length > 0) parcel.guards.push({ commit: parcel.commits.length, guards });
    parcel.commits.push(writes.length);
    for (const write of writes) {
      parcel.writes.push(placeOf(write, parcel.statements), write.rows.length, write.rows[0]?.length ?? 0);
      for (const row of write.rows) packRow(row, parcel, contents);
    }
  }
  if (contents.length > 0) parcel.bytes = joined(contents);
  return parcel;
}

/** A commit as the writing thread has it. */
export interface Unpacked {
  writes: { statement: Statement; rows: Cell[][] }[];
  guards: readonly Guard[];
}

/** The commits of a parcel, in order. */
export function unpack(parcel: Parcel): Unpacked[] {
  const cells = cellsOf(parcel);
  const guards = new Map(parcel.guards.map((one) => [one.commit, one.guards]));
  let [write, cell] = [0, 0];
  return parcel.commits.map((writeCount, commit) => {
    const writes: Unpacked["writes"] = [];
    for (let n = 0; n < writeCount; n++, write += 3) {
      const [place = 0, rowCount = 0, width = 0] = parcel.writes.slice(write, write + 3);
      const statement = parcel.statements[place];
      if (!statement) throw new Error(`a parcel of commits names statement ${place}, which it does not hold`);
      const rows: Cell[][] = [];
      for (let row = 0; row < rowCount; row++, cell += width) rows.push(cells.slice(cell, cell + width));
      writes.push({ statement, rows });
    }
    return { writes, guards: guards.get(commit) ?? [] };
  });
}

/** A burst of webhooks is the same statement over and over: it crosses once. */
function placeOf({ op, table, by }: Write, statements: Statement[]): number {
  const last = statements.at(-1);
  const isLast = last?.op === op && last.table === table && by.length === 0 && last.by.length === 0;
  return (isLast ? statements.length : statements.push({ op, table, by })) - 1;
}

function packRow(row: readonly Cell[], { cells, bytesAt }: Parcel, contents: Uint8Array[]): void {
  for (const cell of row) {
    if (cell instanceof Uint8Array) {
      bytesAt.push(cells.length, cell.length);
      contents.push(cell);
      cells.push(null);
    } else cells.push(cell);
  }
}

/** One block of memory of its own, so that it can be handed over instead of copied. */
function joined(contents: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(contents.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const content of contents) {
    bytes.set(content, at);
    at += content.length;
  }
  return bytes;
}

function cellsOf({ cells, bytesAt, bytes: { buffer } }: Parcel): Cell[] {
  const filled: Cell[] = cells;
  let at = 0;
  for (let n = 0; n < bytesAt.length; n += 2) {
    const [place = 0, length = 0] = bytesAt.slice(n, n + 2);
    filled[place] = Buffer.from(buffer, at, length);
    at += length;
  }
  return filled;
}
