import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { drainInbox } from "../../src/hub/inbox/inbox.ts";
import { virtualClock } from "../../src/lib/clock.ts";
import { newFolder, noon, openWorld, removeFolder } from "../hub/world.ts";
import { site, writeKey } from "./tracking.ts";

/* What the connector's page advises where the key is public: addresses that visitors name make nobody another customer. */

const shipped = fileURLToPath(new URL("../../mappings/tracking/users.yaml", import.meta.url));

let folder: string;
beforeEach(() => {
  folder = newFolder();
});
afterEach(() => removeFolder(folder));

/** The mapping of users without some of its fields and identifiers, in the data folder. */
function writeUsers({ fields, identifiers }: { fields: readonly string[]; identifiers: readonly string[] }): void {
  const { examples: _, ...users } = parse(readFileSync(shipped, "utf8"));
  for (const field of fields) delete users.fields[field];
  users.identifiers = users.identifiers.filter(({ type }: { type: string }) => !identifiers.includes(type));
  mkdirSync(join(folder, "mappings", "tracking"), { recursive: true });
  writeFileSync(join(folder, "mappings", "tracking", "users.yaml"), stringify(users));
}

/** How many customers two users are who name one address. */
async function customersOfTwo(): Promise<number> {
  const world = await openWorld({ web: site }, { clock: virtualClock(noon), folder });
  for (const traits of [{ name: "Jon" }, { plan: "gold" }]) {
    const call = { writeKey, userId: JSON.stringify(traits), traits: { ...traits, email: "jon24@contoso.example" } };
    await world.app.request("/v1/identify", { method: "POST", body: JSON.stringify(call) });
  }
  await drainInbox(world.hub, "web", { retry: false });
  const { length } = await world.rows("customers");
  await world.close();
  return length;
}

const identifiers = ["email", "phone"];

test("without emails, phone_numbers and their identifiers, two users who name one address are two customers", async () => {
  writeUsers({ fields: ["emails", "phone_numbers"], identifiers });
  expect(await customersOfTwo()).toBe(2);
});

test("without the identifiers alone they are one: what a field holds is a claim as well", async () => {
  writeUsers({ fields: [], identifiers });
  expect(await customersOfTwo()).toBe(1);
});
