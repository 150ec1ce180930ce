import { createHash } from "node:crypto";
import { type Page, type PageRequest, SourceError, type SourceRecord } from "journey-hub/connector";
import type { CsvFile } from "./config.ts";
import { type CsvSource, withFile } from "./file.ts";
import { instantOf } from "./instant.ts";
import { type Place, readRows } from "./rows.ts";
import { readTable, type Table } from "./table.ts";

const pageRecordsMax = 500;
const pageBytesMax = 4 * 1024 * 1024;

/**
 * Reads the next rows of a file, at most 500. `next` names the place and the file: when the file has changed since, it is read from its
 * beginning. Every page opens the file anew, so a run that was ended goes on where its last stored page ended.
 * @throws SourceError naming file and line
 */
export async function readPage(folder: string, settings: CsvFile, { after }: PageRequest): Promise<Page<string>> {
  return withFile(folder, settings.file, async (file) => {
    const table = await readTable(file, settings);
    const record = recordReader(table, settings, file);
    const start = placeAfter(after, file) ?? table.firstRow;
    const records: SourceRecord[] = [];
    for await (const row of readRows(file, start, table.delimiter)) {
      records.push(record(table.cells(row)));
      const isFull = records.length === pageRecordsMax || row.next.offset - start.offset >= pageBytesMax;
      if (isFull && row.next.offset < file.size) return { records, next: token(row.next, file) };
    }
    return { records, next: null };
  });
}

/**
 * Makes records of a file's rows. A row without a value in the key column is named by its content, so that it is kept and seen.
 * @throws SourceError when the header lacks a configured column
 */
export function recordReader(
  table: Table,
  settings: CsvFile,
  file: CsvSource,
): (cells: readonly string[]) => SourceRecord {
  const key = columnOf(table, settings.key, { setting: "key", file });
  const modified =
    settings.modified === undefined ? null : columnOf(table, settings.modified, { setting: "modified", file });
  return (cells) => ({
    id: cells[key]?.trim() || `row-${createHash("sha256").update(JSON.stringify(cells)).digest("hex").slice(0, 20)}`,
    at: modified === null ? null : instantOf(cells[modified] ?? ""),
    deleted: false,
    // fromEntries makes own properties, whatever a column is called.
    payload: Object.fromEntries(table.columns.map((column, n) => [column, cells[n] ?? ""])),
  });
}

function columnOf(table: Table, column: string, { setting, file }: { setting: string; file: CsvSource }): number {
  const index = table.columns.indexOf(column);
  if (index >= 0) return index;
  throw new SourceError("stop", `${file.name} has no column "${column}", which ${setting} names`, {
    field: "files",
    remedy: `Set ${setting} to one of its columns: ${table.columns.slice(0, 30).join(", ")}.`,
  });
}

const token = ({ offset, line }: Place, file: CsvSource) => `${offset}:${line}:${file.fingerprint}`;

/** Where to go on; null when there is no token, or it is of another state of the file. */
function placeAfter(after: string | null, file: CsvSource): Place | null {
  const [offset, line, fingerprint] = after?.split(":") ?? [];
  if (fingerprint !== file.fingerprint) return null;
  return { offset: Number(offset), line: Number(line) };
}
