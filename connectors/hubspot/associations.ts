import { type Lane, SourceError } from "journey-hub/connector";
import { objectNamed, objects } from "./objects.ts";
import { type AssociatedId, associationsReply, type ObjectReply } from "./replies.ts";
import { exchange, type HubspotSession } from "./session.ts";

/** The associations of one record as its payload holds them: each type that was asked for, be it empty. */
export type Associations = Record<string, { results: AssociatedId[] }>;

/**
 * Reads the associations of records of one object to each of the types, by v4 batch read (at most 1,000 ids).
 * @returns an entry for each id
 */
export async function readAssociations(
  session: HubspotSession,
  { object, ids, types, lane }: { object: string; ids: readonly string[]; types: readonly string[]; lane: Lane },
): Promise<Map<string, Associations>> {
  const found = new Map(ids.map((id) => [id, associationsOf(types, () => [])]));
  if (ids.length === 0) return found;
  await Promise.all(types.map((type) => readType(session, { from: object, to: type, lane }, found)));
  for (const associations of found.values()) for (const tied of Object.values(associations)) tied.results.sort(byRank);
  return found;
}

/** The associations a list gave, in the same form; null when the list gave only the first ones. */
export function listedAssociations(
  object: string,
  types: readonly string[],
  listed: ObjectReply["associations"] = {},
): Associations | null {
  if (types.some((type) => listed[type]?.paging?.next)) return null;
  return associationsOf(types, (type) => {
    const { name, primary } = namesOf(object, type);
    const results = (listed[type]?.results ?? []).map((tie) => ({
      id: tie.id,
      type: tie.type === primary ? primary : name,
    }));
    return unique(results).sort(byRank);
  });
}

/** Each round follows the paging of the records that have more; 500 associations a round and record. */
const roundsMax = 200;

async function readType(
  session: HubspotSession,
  { from, to, lane }: { from: string; to: string; lane: Lane },
  found: ReadonlyMap<string, Associations>,
): Promise<void> {
  let inputs: { id: string; after?: string }[] = [...found.keys()].map((id) => ({ id }));
  const { name, primary } = namesOf(from, to);
  for (let round = 0; round < roundsMax; round++) {
    const { results } = await exchange(session, {
      operation: `${from}.associations.${to}`,
      lane,
      reply: associationsReply,
      send: ({ crm }, options) => crm.associations.v4.batchApi.getPage(from, to, { inputs }, options),
    });
    for (const result of results) {
      const ties = result.to.flatMap(({ toObjectId, associationTypes }) =>
        associationTypes.map(({ typeId }) => ({ id: toObjectId, type: primaryTypeIds.has(typeId) ? primary : name })),
      );
      found.get(result.from.id)?.[to]?.results.push(...unique(ties));
    }
    inputs = results.flatMap(({ from: { id }, paging }) => (paging?.next ? [{ id, after: paging.next.after }] : []));
    if (inputs.length === 0) return;
  }
  throw new SourceError("stop", `The associations of ${from} ${inputs[0]?.id} to ${to} do not come to an end`, {
    remedy: `Look at this record in HubSpot: it has more than ${roundsMax * 500} associated ${to}.`,
  });
}

const associationsOf = (types: readonly string[], results: (type: string) => AssociatedId[]): Associations =>
  Object.fromEntries(types.map((type) => [type, { results: results(type) }]));

/** The primary company of a contact, deal or ticket, and its opposite. All other associations have no such type. */
const primaryTypeIds: ReadonlySet<number> = new Set([1, 2, 5, 6, 25, 26]);
const withPrimaryCompany = ["contact", "deal", "ticket"];

/**
 * The names a list gives to associations. v4 gives type ids and labels instead, and a list names an account's own labels as v4 does not;
 * so every association that is not the primary one goes by its unlabelled name, and both ways agree.
 */
function namesOf(fromObject: string, toObject: string): { name: string; primary: string } {
  const [from, to] = [singular(fromObject), singular(toObject)];
  const plain = `${from}_to_${to}`;
  const other = from === "company" ? to : to === "company" ? from : "";
  return { primary: plain, name: withPrimaryCompany.includes(other) ? `${plain}_unlabeled` : plain };
}

function singular(name: string): string {
  const object = objectNamed(name);
  return object ? objects[object].singular : name;
}

const unique = (ties: AssociatedId[]): AssociatedId[] =>
  ties.filter(({ id, type }, index) => ties.findIndex((other) => other.id === id && other.type === type) === index);

/** The primary one first: a mapping that takes one company takes that. */
function byRank(a: AssociatedId, b: AssociatedId): number {
  return rank(a) - rank(b) || Number(a.id) - Number(b.id);
}
const rank = ({ type }: AssociatedId): number => (type.endsWith("_unlabeled") ? 1 : 0);
