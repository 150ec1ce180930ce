import { z } from "zod";
import { isCustomType, objectTypeOf, type StandardType } from "../object-types.ts";
import { archiveRecord } from "../record-writes.ts";
import { changeValues, create } from "./everyday.ts";
import { type LifeTrouble, pickLive, type Scene } from "./scene.ts";

/** Something that happens between two requests of a client, to what it is just reading. */
export interface BetweenTrouble extends Omit<LifeTrouble, "happens"> {
  strikes(request: Request): boolean;
  happens(scene: Scene, request: Request): Promise<void>;
}

const isReading = ({ method, url }: Request): boolean => method === "GET" || /\/(search|batch\/read)$/.test(url);

export const betweenTroubles: readonly BetweenTrouble[] = [
  {
    name: "deleted-between-requests",
    kind: "life",
    about: "one of the records a request names is archived just before it is answered",
    source: "reliability plan, faulty peers (record deleted between list and get)",
    strikes: (request) => /\/batch\/read$/.test(request.url) && typeIn(request) !== undefined,
    async happens({ portal, chance }, request) {
      const type = typeIn(request);
      if (!type) return;
      const table = portal.table(type);
      const named = (await idsIn(request)).flatMap((id) => table.byId.get(id) ?? []);
      const live = named.filter(({ archivedMs }) => archivedMs === undefined);
      if (live.length > 0) archiveRecord(portal, type, chance.pick(live));
    },
  },
  {
    name: "changed-between-requests",
    kind: "life",
    about:
      "a record of the object that is being read is made, changed or archived between two pages, so that offsets shift",
    source: "reliability plan, faulty peers (page shifted while paging)",
    strikes: (request) => isReading(request) && typeIn(request) !== undefined,
    async happens(scene, request) {
      const found = pickLive(scene, typeIn(request));
      if (!found || scene.chance.chance(0.2)) create(scene);
      else if (scene.chance.chance(0.25)) archiveRecord(scene.portal, found.type, found.record);
      else changeValues(scene, found);
    },
  },
];

/** The first object a path names, under either family of paths. */
function typeIn({ url }: Request): StandardType | undefined {
  const named = new URL(url).pathname.split("/").flatMap((segment) => objectTypeOf(segment) ?? []);
  return named.find((type): type is StandardType => !isCustomType(type));
}

const inputsShape = z.object({ inputs: z.array(z.object({ id: z.string() })) });

async function idsIn(request: Request): Promise<string[]> {
  const parsed = inputsShape.safeParse(await request.clone().json());
  return parsed.success ? parsed.data.inputs.map(({ id }) => id) : [];
}
