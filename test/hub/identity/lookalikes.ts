import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { revokeOverrides } from "../../../src/hub/identity/overrides.ts";
import { deriveAll, syncConnection } from "../../../src/hub/sync.ts";
import { formatMatchModel } from "../../../src/identity/model.ts";
import { virtualClock } from "../../../src/lib/clock.ts";
import { clear } from "../../../src/store/writes.ts";
import { tightIdentity } from "../../fixtures/pipeline/worlds.ts";
import { hubspotEntry, newFolder, noon, openWorld, removeFolder, serveHubspot, type World } from "../world.ts";

/*
 * Ann has two records that the rules think are one person's but leave to people; Bob is somebody else; Robert may be Bob; the two Carls
 * share an address but have more addresses than one person may.
 */

export const olga = { by: "Olga", reason: "she asked them" };
export const key = (id: number) => `hubspot:contacts:${id}`;
export const [ann = "", anne = "", bob = "", robert = "", carl = "", karl = ""] = [
  1001, 1002, 1003, 1004, 1005, 1006,
].map(key);
const properties: Record<string, string>[] = [
  { firstname: "Ann", lastname: "Lee", email: "ann@a.example" },
  { firstname: "Ann", lastname: "Lee", email: "lee@b.example" },
  { firstname: "Bob", lastname: "Marsh", email: "bob@b.example", lifecyclestage: "opportunity" },
  { firstname: "Robert", lastname: "Marsh" },
  { firstname: "Carl", lastname: "Yu", email: "c1@c.example", hs_additional_emails: "c2@c.example;c3@c.example" },
  { firstname: "Carl", lastname: "Yu", email: "c4@c.example", hs_additional_emails: "c3@c.example" },
];

/** A hub that has read them all. */
export async function openLookalikes(): Promise<{ world: World; close(): Promise<void> }> {
  const clock = virtualClock(noon);
  const folder = newFolder();
  const contacts = properties.map((values, n) => ({
    id: String(1001 + n),
    properties: values,
    createdAt: "2026-01-05T08:00:00.000Z",
    updatedAt: "2026-10-01T08:00:00.000Z",
  }));
  const hubspot = await serveHubspot(clock, { objects: { contacts } });
  const rules = join(folder, "mappings", "identity");
  mkdirSync(rules, { recursive: true });
  const { version: _, model, ...file } = tightIdentity;
  if (!model) throw new Error("the rules of the test score nothing");
  writeFileSync(join(rules, "default.yaml"), stringify(file));
  writeFileSync(join(rules, "tight.model.json"), formatMatchModel(model));
  const world = await openWorld({ hubspot: hubspotEntry(hubspot) }, { clock, folder });
  await syncConnection(world.hub, "hubspot");
  return {
    world,
    async close() {
      await world.close();
      await hubspot.close();
      removeFolder(folder);
    },
  };
}

/** As if nobody had ever decided anything. */
export async function undecided({ hub, rows }: World): Promise<void> {
  const standing = (await rows("overrides")).flatMap(({ id, revoked_at }) => (revoked_at === null ? [id] : []));
  if (standing.length > 0) await revokeOverrides(hub, standing, olga);
  await hub.store.commit([clear("overrides")]);
  await deriveAll(hub);
}
