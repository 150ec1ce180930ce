import { realpath } from "node:fs/promises";
import { type Account, SourceError } from "journey-hub/connector";
import type { CsvConfig, CsvFile } from "./config.ts";
import { withFile } from "./file.ts";
import { recordReader } from "./page.ts";
import { readRows } from "./rows.ts";
import { readTable } from "./table.ts";

/**
 * Every file can be read, has the columns named, and its first row is as the header says.
 * @throws SourceError naming the file, the line or column, and the remedy
 */
export async function checkFiles({ folder, files }: CsvConfig): Promise<Account> {
  for (const settings of files) await checkFile(folder, settings);
  return { id: await realpath(folder), name: `CSV files in ${folder}` };
}

async function checkFile(folder: string, settings: CsvFile): Promise<void> {
  await withFile(folder, settings.file, async (file) => {
    const table = await readTable(file, settings);
    const record = recordReader(table, settings, file);
    for await (const row of readRows(file, table.firstRow, table.delimiter)) {
      const { at, payload } = record(table.cells(row));
      const written = settings.modified === undefined ? "" : payload[settings.modified];
      if (written === "" || at !== null) return;
      throw new SourceError(
        "stop",
        `${file.name}, line ${row.line}: ${settings.modified} is no ISO 8601 time: ${written}`,
        {
          field: "files",
          remedy: "Write it as 2024-05-02T12:15:00Z, or leave modified out.",
        },
      );
    }
  });
}
