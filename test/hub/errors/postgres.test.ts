import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dismissError } from "../../../src/hub/errors/dismiss.ts";
import { fixError, unfixError } from "../../../src/hub/errors/fix.ts";
import { retryErrors } from "../../../src/hub/errors/retry.ts";
import { listCorrections } from "../../../src/hub/queries/corrections.ts";
import { findError, listErrorGroups, listErrors } from "../../../src/hub/queries/errors.ts";
import { verifyHub } from "../../../src/hub/rules/scratch.ts";
import { deriveAll, syncConnection } from "../../../src/hub/sync.ts";
import { replay } from "../../../src/pipeline/replay.ts";
import { dump } from "../../../src/pipeline/verify.ts";
import { startPostgres } from "../../fixtures/postgres.ts";
import { addPeople, createDesk, writeDeskMapping } from "../desk.ts";
import { heldClock, newFolder, openWorld, removeFolder, type World } from "../world.ts";

const server = await startPostgres();
const folder = newFolder();
let world: World;
beforeAll(async () => {
  const desk = createDesk();
  addPeople(desk, 120);
  writeDeskMapping(folder);
  rewrite((text) => text.replace("first_name: first", `first_name: { value: "raw.nickname + ''" }`));
  const environment = { JOURNEY_HUB_DATABASE_URL: await server.database({ icu: "en-US" }) };
  const connectors = [desk.connector];
  world = await openWorld({ desk: { connector: "desk" } }, { clock: heldClock(), folder, environment, connectors });
  await syncConnection(world.hub, "desk");
});
afterAll(async () => {
  await world.close();
  removeFolder(folder);
  await server.stop();
});

function rewrite(change: (text: string) => string): void {
  const file = join(folder, "mappings", "desk", "people.yaml");
  writeFileSync(file, change(readFileSync(file, "utf8")).replace(/examples:[\s\S]*/, ""));
}

test("on Postgres, errors are grouped, shown, dismissed, tried again and corrected as on SQLite", async () => {
  const cause = { fingerprint: "people first_name value" };
  expect(await listErrorGroups(world.hub, { status: "open" })).toMatchObject([{ ...cause, amount: 120, retry: "map" }]);
  const { items, next_cursor } = await listErrors(world.hub, { ...cause, limit: 100 });
  const rest = await listErrors(world.hub, { ...cause, limit: 100, cursor: next_cursor ?? "" });
  expect(new Set([...items, ...rest.items].map(({ id }) => id)).size).toBe(120);
  const id = items[0]?.id ?? "";
  await dismissError(world.hub, id, { by: "Olga", reason: "a test record" });
  expect(await findError(world.hub, id)).toMatchObject({
    dismissed: { reason: "a test record" },
    landed: { payload: { last: "Miller" } },
  });

  rewrite((text) => text.replace(/first_name: .*/, "first_name: first"));
  const { counts } = await retryErrors(world.hub, cause);
  expect(counts).toEqual({ found: 119, closed: 119, open: 0, pending: 0, refused: 0 });
  expect(await world.rows("records")).toHaveLength(119);

  // The dismissed one passes by a correction, which is taken back again; replay has the same to say.
  const olga = { by: "Olga", reason: "as her card says" };
  rewrite((text) => text.replace(/first_name: .*/, `first_name: { value: "raw.nickname + ''" }`));
  await fixError(world.hub, id, { set: { nickname: "Annie" }, ...olga });
  expect(await findError(world.hub, id)).toMatchObject({
    status: "resolved",
    landed: { payload: { nickname: "Annie" }, correction: { ...olga, sent: { last: "Miller" } } },
  });
  const standing = { state: "stands", error_id: id, changes: [{ path: "nickname", corrected: "Annie" }] };
  expect((await listCorrections(world.hub, { state: "stands", limit: 1 })).items).toMatchObject([standing]);
  expect((await listCorrections(world.hub, { state: "ended", limit: 1 })).items).toEqual([]);
  expect(await syncConnection(world.hub, "desk")).toMatchObject({ stored: 0 });
  const made = (await dump(world.hub.store, "events")).size;
  expect(await unfixError(world.hub, id, olga)).toMatchObject({ passed: false });
  rewrite((text) => text.replace(/first_name: .*/, "first_name: { from: [nickname, first] }"));
  await retryErrors(world.hub, cause);
  expect((await dump(world.hub.store, "events")).size).toBeGreaterThanOrEqual(made);
  await replay(world.hub.pipeline);
  await deriveAll(world.hub);
  expect((await verifyHub(world.hub)).filter(({ extra, missing }) => extra + missing > 0)).toEqual([]);
});
