import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Connector, defineConnector } from "journey-hub/connector";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { backfillNote } from "../../src/cli/backfill-note.ts";
import { auditStream } from "../../src/hub/audit/audit.ts";
import { readMappingsAnew } from "../../src/hub/errors/mappings.ts";
import { findConnection } from "../../src/hub/queries/connections.ts";
import { syncConnection } from "../../src/hub/sync.ts";
import { virtualClock } from "../../src/lib/clock.ts";
import { writeDeskMapping } from "./desk.ts";
import { newFolder, noon, openWorld, removeFolder, type World } from "./world.ts";

const people = 250;

/** A CRM that gives one person a page, with no more of them than is asked for, and firms as well; what it was asked. */
function tinyPages() {
  const asked: string[] = [];
  const person = (n: number, fields: readonly string[]) => {
    const payload = { id: `p${n}`, ...(fields.includes("size") ? { size: n } : {}) };
    return { id: `p${n}`, at: noon, deleted: false, payload };
  };
  const connector: Connector = defineConnector({
    id: "desk",
    title: "Desk",
    config: z.strictObject({}),
    limits: () => ({ concurrency: 4 }),
    open: () => null,
    check: async () => ({ id: "1", name: "Desk" }),
    streams: {
      people: {
        object: "people",
        async pages(_, { after, fields }) {
          const n = Number(after ?? 0) + 1;
          asked.push(`person ${n}`);
          return { records: [person(n, fields)], next: n < people ? String(n) : null };
        },
        async changes() {
          asked.push("changes of people");
          return { records: [], next: null };
        },
        byId: async (_, ids, { fields }) => ids.map((id) => person(Number(id.slice(1)), fields)),
        count: async () => people,
      },
      firms: {
        object: "firms",
        async pages() {
          asked.push("all firms");
          return { records: [], next: null };
        },
      },
    },
  });
  return { connector, asked };
}

let folder: string;
let world: World;
let asked: string[];
beforeEach(async () => {
  folder = newFolder();
  writeDeskMapping(folder);
  const desk = tinyPages();
  asked = desk.asked;
  const options = { clock: virtualClock(noon), folder, connectors: [desk.connector] };
  world = await openWorld({ desk: { connector: "desk" } }, options);
  await syncConnection(world.hub, "desk");
  asked.splice(0);
});
afterEach(async () => {
  await world.close();
  removeFolder(folder);
});

/** The mapping of people begins to read their size. */
async function readSizes(): Promise<void> {
  mkdirSync(join(folder, "mappings", "desk"), { recursive: true });
  const path = join(folder, "mappings", "desk", "people.yaml");
  writeFileSync(path, readFileSync(path, "utf8").replace("\nidentifiers:", "\ncustom_fields: [size]\nidentifiers:"));
  await readMappingsAnew(world.hub);
}

const view = async () => {
  const found = await findConnection(world.hub, "desk");
  if (!found) throw new Error("the desk is configured");
  return found;
};
const timesAsked = (what: string) => asked.filter((question) => question.startsWith(what)).length;

test("one sync reads all records again for a new field, each once, and changes in between", async () => {
  await readSizes();
  await syncConnection(world.hub, "desk");
  expect(timesAsked("person")).toBe(people);
  expect([timesAsked("changes of people"), timesAsked("all firms")]).toEqual([3, 1]);
  expect((await world.rows("records")).filter(({ custom_fields }) => custom_fields.includes("size"))).toHaveLength(
    people,
  );
});

test("stopped amid it, the hub says what is read again, why and how far, and the next sync goes on there", async () => {
  await readSizes();
  const stopping = new AbortController();
  let seen = "";
  const stopped = syncConnection(
    world.hub,
    "desk",
    () => {
      if (timesAsked("person") < 130 || stopping.signal.aborted) return;
      stopping.abort(new Error("stopped"));
    },
    { signal: stopping.signal },
  );
  await expect(stopped).rejects.toThrow("stopped");
  const standing = (await view()).streams.find(({ name }) => name === "people")?.rereading;
  expect(standing?.fields).toEqual(["size"]);
  expect(standing?.records).toBeGreaterThan(100);
  asked.splice(0);
  await syncConnection(world.hub, "desk", async () => {
    seen ||= backfillNote(await view(), Date.parse(noon), "Europe/Berlin");
  });
  expect(seen).toMatch(/^people \(read again for size\): \d+ of 250, /);
  expect(asked.filter((question) => question.startsWith("person"))[0]).toBe(`person ${(standing?.records ?? 0) + 1}`);
  expect((await view()).streams.map(({ rereading }) => rereading)).toEqual([null, null]);
});

test("until they are read again, an audit does not take records for stale that lack the new field", async () => {
  await readSizes();
  const audit = () => auditStream(world.hub, world.hub.connection("desk"), "people");
  expect(await audit()).toMatchObject({ compared: people, sampled: 0, stale: 0 });
  await syncConnection(world.hub, "desk");
  const pass = await audit();
  expect(pass).toMatchObject({ compared: people, stale: 0 });
  expect(pass?.sampled).toBeGreaterThan(0);
});
