import { SourceError } from "journey-hub/connector";
import type { CsvSource } from "./file.ts";

/** A border between two rows: where the next one begins. `line` counts from 1, as an editor does. */
export interface Place {
  offset: number;
  line: number;
}

export interface Row {
  /** Without its line end. */
  bytes: Buffer;
  line: number;
  columns: number;
  /** Where the row after it begins. */
  next: Place;
}

const quote = 0x22;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** A quote that is never closed would make one row of all that follows. */
const rowBytesMax = 1024 * 1024;

/**
 * Finds the rows from a place on, empty lines left out. Only borders are sought here, byte by byte, so that a place can be kept and come
 * back to, a fault can name its line, and what is cut off or crooked is never read as if it were whole.
 * @param delimiter the byte between cells
 * @throws SourceError naming file and line
 */
export async function* readRows(file: CsvSource, from: Place, delimiter: number): AsyncGenerator<Row> {
  let { offset, line } = from;
  let bytes: Buffer = Buffer.alloc(0);
  let start = 0; // bytes[start] is the file's byte at `offset`
  while (offset < file.size) {
    const end = offset + bytes.length - start;
    const atEnd = end >= file.size;
    const scan = scanRow(bytes, start, { delimiter, atEnd });
    if (scan.kind === "unfinished" && !atEnd) {
      if (end - offset > rowBytesMax) throw endlessRow(file, line);
      bytes = Buffer.concat([bytes.subarray(start), await file.read(end)]);
      start = 0;
      continue;
    }
    if (scan.kind !== "row") throw crookedRow(file, line, scan);
    const next = { offset: offset + scan.next - start, line: line + scan.lines };
    if (scan.end > start) yield { bytes: bytes.subarray(start, scan.end), line, columns: scan.columns, next };
    start = scan.next;
    ({ offset, line } = next);
  }
}

type Scan =
  | { kind: "row"; end: number; next: number; columns: number; lines: number }
  /** The bytes end within the row; at the file's end that can only be within quotes. */
  | { kind: "unfinished" }
  | { kind: "malformed"; lines: number };

/** RFC 4180 with any of the three line ends; a quote within a cell that does not begin with one is a character like others. */
function scanRow(bytes: Buffer, start: number, { delimiter, atEnd }: { delimiter: number; atEnd: boolean }): Scan {
  const isBorder = (byte: number | undefined) => byte === delimiter || byte === lineFeed || byte === carriageReturn;
  let columns = 1;
  let lines = 0;
  let at = start;
  while (at < bytes.length) {
    if (bytes[at] === quote) {
      const quoted = scanQuoted(bytes, at);
      if (quoted === null) return { kind: "unfinished" };
      lines += quoted.lines;
      at = quoted.end;
      if (at < bytes.length && !isBorder(bytes[at])) return { kind: "malformed", lines };
    }
    while (at < bytes.length && !isBorder(bytes[at])) at += 1;
    if (bytes[at] === delimiter) {
      columns += 1;
      at += 1;
    } else if (at < bytes.length) {
      const isPair = bytes[at] === carriageReturn && bytes[at + 1] === lineFeed;
      if (bytes[at] === carriageReturn && at + 1 === bytes.length && !atEnd) return { kind: "unfinished" };
      return { kind: "row", end: at, next: at + (isPair ? 2 : 1), columns, lines: lines + 1 };
    }
  }
  return atEnd ? { kind: "row", end: at, next: at, columns, lines: lines + 1 } : { kind: "unfinished" };
}

/** Where a quoted cell ends, past its closing quote, and the line ends within it; null when the quote is not closed. */
function scanQuoted(bytes: Buffer, start: number): { end: number; lines: number } | null {
  let lines = 0;
  for (let at = start + 1; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === quote) {
      if (bytes[at + 1] !== quote) return { end: at + 1, lines };
      at += 1;
    } else if (byte === lineFeed || (byte === carriageReturn && bytes[at + 1] !== lineFeed)) {
      lines += 1;
    }
  }
  return null;
}

/** A file whose content cannot be taken as it is; the import stands where it stood before. */
export function contentError(file: CsvSource, line: number, said: string, remedy: string): SourceError {
  return new SourceError("stop", `${file.name}, line ${line}: ${said}`, { field: "files", remedy });
}

function crookedRow(file: CsvSource, line: number, scan: Exclude<Scan, { kind: "row" }>): SourceError {
  if (scan.kind === "unfinished") {
    const remedy =
      "The file may be cut off: write it again as a whole. Else close the quote, and double quotes within a cell.";
    return contentError(file, line, "the row begins a quote that is not closed before the file ends", remedy);
  }
  const remedy = 'Double every quote within a quoted cell: "the ""best"" one".';
  return contentError(file, line + scan.lines, "text stands between a closing quote and the end of its cell", remedy);
}

function endlessRow(file: CsvSource, line: number): SourceError {
  const remedy = "A quote is probably not closed: close it, and double quotes within a cell.";
  return contentError(file, line, `the row is longer than ${rowBytesMax / 1024} KB`, remedy);
}
