import type { FileHandle } from "node:fs/promises";
import type { Hub } from "../hub/hub.ts";
import { everyLink, type LinkRow, linkColumns } from "../hub/queries/links.ts";
import { writeWhole } from "./out-file.ts";

export type ExportFormat = "csv" | "jsonl";

/**
 * Writes every link a page at a time, to a file or to standard output until nobody reads on. A file is there as a whole or not at all.
 * @returns how many were written
 */
export async function exportLinks(
  hub: Pick<Hub, "store">,
  { format, out }: { format: ExportFormat; out: string | undefined },
): Promise<number> {
  if (out === undefined) return writeLinks(hub, format, writeToOutput);
  return writeWhole(out, (file) => writeLinks(hub, format, writeTo(file)));
}

/** Says whether anybody takes more. */
type WriteText = (text: string) => Promise<boolean>;

async function writeLinks(hub: Pick<Hub, "store">, format: ExportFormat, write: WriteText): Promise<number> {
  let rows = 0;
  if (format === "csv" && !(await write(`${linkColumns.join(",")}\r\n`))) return rows;
  for await (const page of everyLink(hub)) {
    const lines = page.map(format === "csv" ? csvLine : (row) => `${JSON.stringify(row)}\n`);
    if (!(await write(lines.join("")))) return rows;
    rows += page.length;
  }
  return rows;
}

/** Resolves once the text is taken, so that a slow reader slows the export and not its memory. */
function writeToOutput(text: string): Promise<boolean> {
  return new Promise((resolve) => {
    process.stdout.write(text, (cause) => resolve(!cause));
  });
}

function writeTo(file: FileHandle): WriteText {
  return async (text) => {
    await file.write(text);
    return true;
  };
}

function csvLine(row: LinkRow): string {
  return `${linkColumns.map((column) => csvCell(row[column])).join(",")}\r\n`;
}

/** RFC 4180. */
function csvCell(value: string | number | null): string {
  const text = value === null ? "" : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
