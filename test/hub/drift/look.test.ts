import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Connector, defineConnector, type FoundField, SourceError } from "journey-hub/connector";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { dismissError } from "../../../src/hub/errors/dismiss.ts";
import { listErrorGroups } from "../../../src/hub/queries/errors.ts";
import { syncConnection } from "../../../src/hub/sync.ts";
import { virtualClock } from "../../../src/lib/clock.ts";
import { writeDeskMapping } from "../desk.ts";
import { newFolder, noon, openWorld, removeFolder, type World } from "../world.ts";

const field = (path: string, type = "text"): FoundField => ({ path, label: path, type, custom: true, writable: true });
const allFields = ["first", "last", "email", "phase"].map((path) => field(path));

/** A CRM with one person, and clubs where the account has made them. */
function tinyCrm() {
  const crm = {
    looks: [] as string[],
    read: [] as string[],
    hasClubs: true,
    missing: [] as string[],
    fields: [...allFields] as FoundField[] | SourceError,
  };
  const record = (object: string) => {
    crm.read.push(object);
    return [{ id: "1", at: noon, deleted: false, payload: { id: "1", first: object } }];
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
        pages: async () => ({ records: record("people"), next: null, missingFields: crm.missing }),
      },
    },
    customStreams: (object) => ({
      [object]: {
        object,
        async pages() {
          if (crm.hasClubs) return { records: record(object), next: null };
          throw new SourceError("stop", `The desk has no ${object}`, { object, remedy: "Make them." });
        },
      },
    }),
    discover: {
      objects: async () => [{ name: "people", label: "People", custom: false }],
      async fields(_, object) {
        crm.looks.push(object);
        if (crm.fields instanceof SourceError) throw crm.fields;
        return object === "clubs" && !crm.hasClubs ? null : crm.fields;
      },
    },
  });
  return { crm, connector };
}

let folder: string;
let world: World;
let crm: ReturnType<typeof tinyCrm>["crm"];
const clock = virtualClock(noon);
beforeEach(async () => {
  folder = newFolder();
  writeDeskMapping(folder);
  const made = tinyCrm();
  crm = made.crm;
  world = await openWorld({ desk: { connector: "desk" } }, { clock, folder, connectors: [made.connector] });
});
afterEach(async () => {
  await world.close();
  removeFolder(folder);
});

const sync = async (afterMs: number) => {
  clock.advance(afterMs);
  await syncConnection(world.hub, "desk");
};
const anHour = 3_600_000;
const openErrors = async () =>
  (await world.rows("errors")).filter(({ status }) => status === "open").map(({ message }) => message);

test("the fields are looked at once an hour, however often the connection is pulled", async () => {
  for (const afterMs of [0, 60_000, anHour - 61_000, 1_000, 60_000]) await sync(afterMs);
  expect(crm.looks).toEqual(["people", "people"]);
});

test("an error about a field says that it closes with a comparison, and how often that is", async () => {
  await sync(0);
  crm.fields = allFields.slice(1);
  await sync(anHour);
  const [group] = await listErrorGroups(world.hub, { status: "open" });
  expect(group?.refusal).toContain("closes with a `journey-hub sync`, which compares once an hour");
});

test("credentials that may not look are one open error, and what was seen before is remembered", async () => {
  await sync(0);
  crm.fields = new SourceError("stop", "The desk hides its fields", { remedy: "Allow it." });
  await sync(anHour);
  expect(await openErrors()).toEqual([
    expect.stringContaining("fields of people go unnoticed: The desk hides its fields"),
  ]);
  crm.fields = allFields.filter(({ path }) => path !== "phase");
  await sync(anHour);
  expect(await openErrors()).toEqual([
    expect.stringMatching(/people .* has no field phase any more.* desk\/people.yaml:10:/),
  ]);
});

test("a vendor that does not answer is asked another time, and nothing is taken for changed", async () => {
  await sync(0);
  crm.fields = new SourceError("retry", "The desk is closed");
  await sync(anHour);
  expect(await openErrors()).toEqual([]);
});

test.each([
  ["retyped", [field("phase", "number")], "phase of people of connection desk is number now, it was text"],
  ["removed", [], "people of connection desk has no field phase any more"],
])(
  "of a field that is %s, what a person has set aside stays so until it is over, and opens again when it comes back",
  async (_, phase, message) => {
    const harm = async (isThere: boolean) => {
      crm.fields = isThere ? [...allFields.slice(0, 3), ...phase] : allFields;
      crm.missing = isThere && phase.length === 0 ? ["phase"] : [];
      await sync(anHour);
      return openErrors();
    };
    await sync(0);
    expect(await harm(true)).toEqual([expect.stringContaining(message)]);
    const [error] = (await world.rows("errors")).filter(({ status }) => status === "open");
    await dismissError(world.hub, error?.id ?? "", { by: "Ann", reason: "we know" });
    expect([await harm(true), await harm(true)]).toEqual([[], []]);
    expect(await harm(false)).toEqual([]);
    expect(await harm(true)).toEqual([expect.stringContaining(message)]);
  },
);

test("an object of the account's own that is gone holds up no other, and its error closes when it is back", async () => {
  const clubs = `apiVersion: journey-hub/v1
kind: Mapping
metadata: { connector: desk, object: clubs }
to: company
record: { id: id }
fields: { name: first }
`;
  mkdirSync(join(folder, "mappings", "desk"), { recursive: true });
  writeFileSync(join(folder, "mappings", "desk", "a-clubs.yaml"), clubs);
  await world.close();
  const made = tinyCrm();
  crm = made.crm;
  world = await openWorld({ desk: { connector: "desk" } }, { clock, folder, connectors: [made.connector] });
  await sync(0);
  expect(crm.read).toEqual(["people", "clubs"]);
  crm.hasClubs = false;
  await expect(sync(anHour)).rejects.toThrow("The desk has no clubs");
  expect(crm.read).toEqual(["people", "clubs", "people"]);
  expect(await openErrors()).toEqual(
    expect.arrayContaining([expect.stringContaining("shows no object clubs any more")]),
  );
  crm.hasClubs = true;
  await sync(anHour);
  expect(await openErrors()).toEqual([]);
});
