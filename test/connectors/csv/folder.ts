import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createTransport, type OpenConnection, type OpenStream, pull, type SourceRecord } from "journey-hub/connector";
import { onTestFinished } from "vitest";
import connector from "../../../connectors/csv/index.ts";
import { virtualClock } from "../../../src/lib/clock.ts";

export type Files = Record<string, string | Uint8Array>;

/** A folder with these files, gone after the test. */
export function folderWith(files: Files): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "journey-hub-csv-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

export function connect(folder: string, files: object[]): OpenConnection {
  const transport = createTransport({ limits: { concurrency: 1 }, clock: virtualClock("2026-01-01T00:00:00.000Z") });
  return connector.open(connector.config.parse({ folder, files }), transport);
}

/** The one stream of a connection to `contacts.csv`, whose key is `id`. */
export function contactsIn(folder: string, more: object = {}): OpenStream {
  const { streams } = connect(folder, [{ file: "contacts.csv", object: "contacts", key: "id", ...more }]);
  const [stream] = Object.values(streams);
  if (!stream) throw new Error("a file is a stream");
  return stream;
}

export async function recordsOf(stream: OpenStream): Promise<SourceRecord[]> {
  const records: SourceRecord[] = [];
  for await (const batch of pull(stream, null, { fields: [], now: 0 })) records.push(...batch.records);
  return records;
}

/** The records of one file with this content. */
export function importing(content: string | Uint8Array, more: object = {}): Promise<SourceRecord[]> {
  return recordsOf(contactsIn(folderWith({ "contacts.csv": content }), more));
}
