import { deriveAll, syncConnection } from "../../src/hub/sync.ts";
import { customerIdOf } from "../../src/pipeline/resolve/plan.ts";
import { addPeople, createDesk, writeDeskMapping } from "../hub/desk.ts";
import { heldClock, newFolder, openWorld, removeFolder, shopEntry, type World } from "../hub/world.ts";

/** A desk with thirty people, pulled and derived, behind an API that is asked with an admin's key. */
export const desk = createDesk();
export const clock = heldClock();
export let world: World;
export let admin: { authorization: string };

/** For `beforeAll`. */
export async function openDesk(): Promise<void> {
  const folder = newFolder();
  writeDeskMapping(folder);
  const connections = {
    desk: { connector: "desk", config: { token: "canary-token-of-the-desk" } },
    shop: shopEntry,
    unset: { connector: "hubspot", config: { access_token: "$" + "{env:NOT_SET_ANYWHERE}" } },
  };
  world = await openWorld(connections, { clock, folder, connectors: [desk.connector] });
  admin = await world.as("admin");
  addPeople(desk, 30);
  await syncConnection(world.hub, "desk");
  await deriveAll(world.hub);
}

/** For `afterAll`. */
export async function closeDesk(): Promise<void> {
  await world.close();
  removeFolder(world.folder);
}

export async function get<T = Record<string, unknown>>(
  path: string,
): Promise<{ status: number; body: T; headers: Headers }> {
  const { status, headers, ...reply } = await ask("GET", path);
  return { status, headers, body: JSON.parse(reply.text) as T };
}

export async function ask(method: string, path: string, body?: unknown) {
  const reply = await world.app.request(path, {
    method,
    headers: { ...admin, ...(body === undefined ? {} : { "content-type": "application/json" }) },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  return { status: reply.status, headers: reply.headers, text: await reply.text() };
}

export interface List {
  items: { id: string; name: string; stage: { stage: string } | null }[];
  next_cursor: string | null;
}
export const idOf = (person: string) => customerIdOf(`desk:people:${person}`);
