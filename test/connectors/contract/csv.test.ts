import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CursorState, pull, SourceError } from "journey-hub/connector";
import { createRandom, type Random } from "journey-hub/connector/testing";
import { describe, expect, test } from "vitest";
import { contactsIn, folderWith } from "../csv/folder.ts";

/*
 * A folder has no vendor that could be hostile; whoever writes its files can be: files are cut off, ragged, and replaced while they are
 * imported. (The webhook connector asks nobody for anything: what senders do to it is tested with the hub's inbox.)
 */

const rowsMax = 1_600;
const namedBy = (row: [id: string, name: string]) => row.map((cell) => `"${cell}"`).join(",");

/** A file as it is meant, and as it is written: whole, or spoiled so that it cannot be taken. */
function nextFile(rows: Map<string, string>, chance: Random): { text: string; isWhole: boolean } {
  for (let n = 0; n < 40; n++) rows.set(String(chance.int(1, rowsMax)), `Name ${chance.int(1, 1e6)}\nof two lines`);
  const whole = `id,name\n${[...rows].map(namedBy).join("\n")}\n`;
  const spoiled = chance.pick(["no", "no", "cut", "ragged"]);
  if (spoiled === "cut") return { text: whole.slice(0, whole.lastIndexOf('"')), isWhole: false };
  if (spoiled === "ragged") return { text: `${whole}"1","2","3"\n`, isWhole: false };
  return { text: whole, isWhole: true };
}

/** Imports until the run ends or is killed after some page; gives whether it came to the file's end. */
async function importInto(
  held: Map<string, unknown>,
  folder: string,
  { state, pages }: { state: CursorState | null; pages: number },
): Promise<{ state: CursorState | null; isDone: boolean }> {
  let standing = state;
  let left = pages;
  try {
    for await (const { records, cursor } of pull(contactsIn(folder), state, { fields: [], now: 0 })) {
      for (const { id, payload } of records) held.set(id, payload.name);
      standing = cursor;
      left -= 1;
      if (left === 0) return { state: standing, isDone: false };
    }
    return { state: standing, isDone: true };
  } catch (cause) {
    if (!(cause instanceof SourceError)) throw cause;
    return { state: standing, isDone: false };
  }
}

describe("whatever happens to the file while it is imported, the next whole import of a whole file has all of it", () => {
  test.each(Array.from({ length: 100 }, (_, n) => n + 1))("seed %i", async (seed) => {
    const chance = createRandom(seed).fork("csv");
    const rows = new Map(Array.from({ length: rowsMax }, (_, n) => [String(n + 1), `Name ${n + 1}`]));
    const held = new Map<string, unknown>();
    const folder = folderWith({});
    let state: CursorState | null = null;
    for (let turn = 0; turn < 5; turn++) {
      const { text, isWhole } = nextFile(rows, chance);
      writeFileSync(join(folder, "contacts.csv"), text);
      const imported = await importInto(held, folder, { state, pages: chance.int(1, 6) });
      state = imported.state;
      expect(imported.isDone && !isWhole).toBe(false);
    }
    writeFileSync(join(folder, "contacts.csv"), `id,name\n${[...rows].map(namedBy).join("\n")}\n`);
    const last = await importInto(held, folder, { state, pages: 1_000 });
    expect(last.isDone).toBe(true);
    expect([...held].sort()).toEqual([...rows].sort());
  });
});
