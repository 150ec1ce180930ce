import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import {
  linkRecords,
  listOverrides,
  revokeOverrides,
  separateRecords,
  unmergeRecords,
} from "../../../src/hub/identity/overrides.ts";
import type { World } from "../world.ts";
import { ann, bob, carl, olga, openLookalikes, robert, undecided } from "./lookalikes.ts";

let world: World;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ world, close } = await openLookalikes());
});
afterAll(() => close());
beforeEach(() => undecided(world));

async function customerOf(recordKey: string): Promise<string | undefined> {
  const [link] = await world.hub.store.byKey("links", "record_key", [recordKey]);
  return link?.customer_id;
}

test("a decision that a later one overrules says so for as long as it does", async () => {
  const states = async () => {
    const { items } = await listOverrides(world.hub, { limit: 20 });
    return items.map((row) => `${row.id} ${row.kind} ${row.overruled_by}`).reverse();
  };
  await linkRecords(world.hub, { left: ann, right: bob }, olga);
  await linkRecords(world.hub, { left: bob, right: robert }, olga);
  await unmergeRecords(world.hub, [ann], olga);
  const parted = ["3 cannot_link null", "4 cannot_link null"];
  expect(await states()).toEqual(["1 must_link 3", "2 must_link null", ...parted]);
  // Not by a word about the same two any more, but by one about somebody who is one of them.
  await revokeOverrides(world.hub, [3], olga);
  expect(await customerOf(ann)).not.toBe(await customerOf(bob));
  expect((await states())[0]).toBe("1 must_link 4");
  await revokeOverrides(world.hub, [4], olga);
  expect(await customerOf(ann)).toBe(await customerOf(bob));
  expect(await states()).toEqual(["1 must_link null", "2 must_link null", ...parted]);
});

test("one that keeps records apart and is overruled says so as well", async () => {
  await separateRecords(world.hub, { left: ann, right: bob }, olga);
  await linkRecords(world.hub, { left: bob, right: carl }, olga);
  const { id } = await linkRecords(world.hub, { left: ann, right: carl }, olga);
  await linkRecords(world.hub, { left: ann, right: robert }, olga);
  await linkRecords(world.hub, { left: robert, right: carl }, olga);
  await revokeOverrides(world.hub, [id], olga); // brings the first back, and what joins them by others stays
  const { items } = await listOverrides(world.hub, { limit: 20 });
  const states = items.map((row) => `${row.id} ${row.revoked_at === null} ${row.overruled_by}`).reverse();
  expect(await customerOf(ann)).toBe(await customerOf(bob));
  expect(states).toEqual(["1 true 2", "2 true null", "3 false null", "4 true null", "5 true null"]);
});
