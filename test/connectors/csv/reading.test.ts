import { utimesSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { type CursorState, pull } from "journey-hub/connector";
import { describe, expect, test } from "vitest";
import { contactsIn, folderWith, importing, recordsOf } from "./folder.ts";
import { rfc4180 } from "./rfc4180.ts";

describe("compared with a reader written by the letter of RFC 4180", () => {
  const bits = ["", "a", '"', '""', ",", ";", "\n", "\r\n", "\r", "\uFEFF", "é", "🚲", " ", "=cmd()", "\0", "\t"];
  const cell = fc.array(fc.constantFrom(...bits), { maxLength: 6 }).map((parts) => parts.join(""));
  const width = 4;
  const row = fc.array(cell, { minLength: width, maxLength: width });
  const lineEnd = fc.constantFrom("\n", "\r\n", "\r");

  test("count and cells are the same for nasty cells", async () => {
    const property = fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 30 }), lineEnd, async (rows, end) => {
      const written = rows.map((cells, n) => [String(n), ...cells].map(quoted).join(",") + end).join("");
      const content = `id,a,b,c,d${end}${written}`;
      const read = (await importing(content)).map(({ payload }) => Object.values(payload));
      expect(read).toEqual(rfc4180(content).slice(1));
      expect(read).toEqual(rows.map((cells, n) => [String(n), ...cells]));
    });
    await fc.assert(property, { numRuns: 300, seed: 20_260_101 });
  });

  test("cells that meet the chunks' borders are whole", async () => {
    const border = 64 * 1024;
    for (let shift = -12; shift <= 3; shift++) {
      const header = "id,text,more\r\n";
      const filler = "x".repeat(border + shift - header.length - '1,"'.length - '",\r\n'.length);
      const content = `${header}1,"${filler}",\r\n2,"é""\r\n🚲",""\r\n3,,\r\n`;
      const read = (await importing(content)).map(({ payload }) => Object.values(payload));
      expect(read, `shift ${shift}`).toEqual(rfc4180(content).slice(1));
    }
  });
});

const quoted = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

describe("a run that was ended", () => {
  const rows = (count: number) => Array.from({ length: count }, (_, n) => `${n},"line\n${n}"\n`).join("");

  test("goes on after the last stored page, in another process as well", async () => {
    const folder = folderWith({ "contacts.csv": `id,a\n${rows(1_700)}` });
    const ids: string[] = [];
    let cursor: CursorState | null = null;
    for (let runs = 0; runs < 10; runs++) {
      for await (const batch of pull(contactsIn(folder), cursor, { fields: [], now: 0 })) {
        ids.push(...batch.records.map(({ id }) => id));
        cursor = batch.cursor;
        break; // killed after each page
      }
      if (cursor?.mode === "whole" && cursor.after === null) break;
    }
    expect(ids).toEqual(Array.from({ length: 1_700 }, (_, n) => String(n)));
  });

  test("begins again when the file has changed", async () => {
    const folder = folderWith({ "contacts.csv": `id,a\n${rows(600)}` });
    const file = join(folder, "contacts.csv");
    const { next } = await contactsIn(folder).pages({ after: null, fields: [] });
    const onward = async () => (await contactsIn(folder).pages({ after: next, fields: [] })).records.at(0)?.id;
    expect(await onward()).toBe("500");

    const changedAt = new Date("2026-01-01T00:00:00.000Z");
    utimesSync(file, changedAt, changedAt);
    expect(await onward()).toBe("0");

    writeFileSync(file, `id,a\n${rows(600).replace("0,", "9,")}`);
    expect(await onward()).toBe("9");
  });

  test("begins again when the place it kept is not one", async () => {
    const folder = folderWith({ "contacts.csv": "id\n1\n" });
    const page = await contactsIn(folder).pages({ after: "anything", fields: [] });
    expect(page).toEqual({ records: [expect.objectContaining({ id: "1" })], next: null });
  });
});

test("500 rows make a page, and large rows fewer", async () => {
  const row = `,${"x".repeat(100_000)}\n`;
  const content = `id,a\n${Array.from({ length: 60 }, (_, n) => n + row).join("")}`;
  const page = await contactsIn(folderWith({ "contacts.csv": content })).pages({ after: null, fields: [] });
  expect(page.records).toHaveLength(42); // 4 MB
  expect(await recordsOf(contactsIn(folderWith({ "contacts.csv": content })))).toHaveLength(60);
});

test("a file of 100,000 rows is read whole, in flat memory", async () => {
  const folder = folderWith({});
  const count = 100_000;
  await writeRows(join(folder, "contacts.csv"), count);
  const stream = contactsIn(folder);
  let seen = 0;
  let characters = 0;
  let peak = 0;
  const before = process.memoryUsage().rss;
  for await (const { records } of pull(stream, null, { fields: [], now: 0 })) {
    for (const { id, payload } of records) {
      if (id !== String(seen)) throw new Error(`row ${seen} was read as ${id}`);
      characters += String(payload.text).length;
      seen += 1;
    }
    peak = Math.max(peak, process.memoryUsage().rss);
  }
  expect(seen).toBe(count);
  expect(characters).toBe(count * cellText.length);
  expect(peak - before).toBeLessThan(120 * 1024 * 1024); // the file has 60 MB in 20 columns
});

const cellText = 'he said "no",\r\nthen went';

async function writeRows(path: string, count: number): Promise<void> {
  const file = await open(path, "w");
  const others = Array.from({ length: 18 }, (_, n) => `column ${n}`);
  await file.write(`id,text,${others.join(",")}\r\n`);
  const rest = others.map((name) => `"${name} of this row"`).join(",");
  for (let from = 0; from < count; from += 1_000) {
    const rows = Array.from({ length: 1_000 }, (_, n) => `${from + n},${quoted(cellText)},${rest}\r\n`);
    await file.write(rows.join(""));
  }
  await file.close();
}
