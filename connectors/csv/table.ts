import { isUtf8 } from "node:buffer";
import { inferSchema, initParser } from "udsv";
import type { CsvFile } from "./config.ts";
import type { CsvSource } from "./file.ts";
import { contentError, type Place, type Row, readRows } from "./rows.ts";

/** What a file's header says, and how its rows are taken apart. */
export interface Table {
  columns: readonly string[];
  /** The byte between cells. */
  delimiter: number;
  firstRow: Place;
  /** A row's cells, as many as there are columns. Throws SourceError naming the line. */
  cells(row: Row): string[];
}

/**
 * Reads a file's header.
 * @throws SourceError when it is empty, not UTF-8, or its columns cannot be told apart
 */
export async function readTable(file: CsvSource, { delimiter: named }: CsvFile): Promise<Table> {
  if (isUtf16(file.head)) {
    throw contentError(file, 1, "the file is written in UTF-16", saveAsUtf8);
  }
  const separator = named === "auto" ? likeliestDelimiter(file.head) : named === "tab" ? "\t" : named;
  const delimiter = separator.charCodeAt(0);
  for await (const row of readRows(file, { offset: markLength(file.head), line: 1 }, delimiter)) {
    const parse = cellParser(row.columns, separator);
    const columns = parse(decode(file, row)).map((name) => name.trim());
    refuseUnclearColumns(file, row.line, columns);
    return {
      columns,
      delimiter,
      firstRow: row.next,
      cells: (next) => parse(decode(file, asWide(file, next, columns))),
    };
  }
  const remedy = "Write the file again: it needs a row of column names, even when no rows follow.";
  throw contentError(file, 1, "the file is empty", remedy);
}

const saveAsUtf8 = "Save it as CSV UTF-8 (in Excel: Save as, CSV UTF-8).";
const isUtf16 = (head: Buffer) => (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);

/** Bytes of the mark that some programs put before UTF-8. */
const markLength = (head: Buffer) => (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0);

const separators = [",", ";", "\t", "|"];

/** The separator most often met outside quotes in the header; a comma when there is none. */
function likeliestDelimiter(head: Buffer): string {
  const counts = new Map(separators.map((separator) => [separator, 0]));
  let isQuoted = false;
  for (const byte of head.subarray(markLength(head))) {
    const character = String.fromCharCode(byte);
    if (character === '"') isQuoted = !isQuoted;
    else if (!isQuoted && (character === "\n" || character === "\r")) break;
    const count = counts.get(character);
    if (!isQuoted && count !== undefined) counts.set(character, count + 1);
  }
  const [[likeliest] = [","]] = [...counts].sort(([, left], [, right]) => right - left);
  return likeliest;
}

/** udsv takes well-formed rows only (a short one runs into the next): each is given alone, its columns counted before. */
function cellParser(columns: number, separator: string): (text: string) => string[] {
  const standIn = `${Array(columns).fill("c").join(separator)}\n`;
  const parser = initParser(inferSchema(standIn, { col: separator, row: "\n", header: () => [] }));
  return (text) => {
    // udsv takes a byte order mark off whatever it is given; one that begins a cell is the cell's.
    const [cells = []] = parser.stringArrs<string[]>(text.startsWith("\uFEFF") ? `\uFEFF${text}` : text);
    return cells;
  };
}

function decode(file: CsvSource, { bytes, line }: Row): string {
  if (isUtf8(bytes)) return bytes.toString("utf8");
  throw contentError(file, line, "the row is not UTF-8", saveAsUtf8);
}

function refuseUnclearColumns(file: CsvSource, line: number, columns: readonly string[]): void {
  const unnamed = columns.indexOf("");
  if (unnamed >= 0) {
    const remedy = "Name every column in the header, or take the empty ones out.";
    throw contentError(file, line, `column ${unnamed + 1} of the header has no name`, remedy);
  }
  const twice = columns.find((name, n) => columns.indexOf(name) < n);
  if (twice !== undefined) {
    const remedy = "Give each column a name of its own.";
    throw contentError(file, line, `the header names the column "${twice}" twice`, remedy);
  }
}

function asWide(file: CsvSource, row: Row, columns: readonly string[]): Row {
  if (row.columns === columns.length) return row;
  const isLast = row.next.offset >= file.size;
  const remedy = isLast
    ? "The file may be cut off: write it again as a whole."
    : "Correct the row (a cell that holds the delimiter must stand in quotes); the import then begins again and stores nothing twice.";
  const said = `the row has ${row.columns === 1 ? "1 cell" : `${row.columns} cells`}, the header ${columns.length} columns`;
  throw contentError(file, row.line, said, remedy);
}
