import type { Things, Version } from "./things.ts";

/** Acme's API: `/owners`, `/things?after=`, `/things/changes?at=&id=`, `/things/by-id?ids=`. */
export function answer(things: Things, { pathname, searchParams }: URL): Response {
  const asked = (name: string) => searchParams.get(name) ?? "";
  if (pathname === "/owners") return Response.json({ records: things.owners(), next: null });
  if (pathname === "/things")
    return page(
      things,
      byId(alive(things)).filter(({ id }) => id > asked("after")),
    );
  if (pathname === "/things/by-id") {
    const ids = new Set(asked("ids").split(","));
    return Response.json({
      records: alive(things)
        .filter(({ id }) => ids.has(id))
        .map(shown),
      next: null,
    });
  }
  if (pathname !== "/things/changes") return Response.json({ error: "no such path" }, { status: 404 });
  const [at, id] = [asked("at"), asked("id")];
  return page(
    things,
    byStamp(things.present()).filter((thing) => thing.stamp > at || (thing.stamp === at && thing.id > id)),
  );
}

const alive = (things: Things) => things.present().filter(({ gone }) => !gone);

function page(things: Things, rest: Version[]): Response {
  const records = rest.slice(0, things.pageSize()).map(shown);
  const last = records.at(-1);
  return Response.json({ records, next: rest.length > records.length ? { at: last?.stamp, id: last?.id } : null });
}

const shown = ({ id, stamp, gone, name, rating }: Version) => ({ id, stamp, gone, ...(gone ? {} : { name, rating }) });
const byId = (list: Version[]) => list.sort((left, right) => (left.id < right.id ? -1 : 1));
const byStamp = (list: Version[]) =>
  list.sort((left, right) => (left.stamp + left.id < right.stamp + right.id ? -1 : 1));
