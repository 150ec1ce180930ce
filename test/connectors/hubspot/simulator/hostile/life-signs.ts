import { listOf, minuteMs, type Row, type Stage } from "./account.ts";
import type { Sign } from "./wire-signs.ts";

const objects = ["contacts", "companies", "deals", "tickets", "notes", "emails", "calls", "meetings"];
const calculated =
  "notes_last_updated,num_conversion_events,num_associated_contacts,hs_projected_amount,last_engagement_date,hs_body_preview";
const asked = `&properties=hs_merged_object_ids,${calculated}&associations=companies,contacts`;

interface Seen {
  live: Map<string, Row>;
  archived: Map<string, Row>;
}

/** Everything a caller can list. */
async function look({ clock, visitor }: Stage): Promise<Seen> {
  const seen: Seen = { live: new Map(), archived: new Map() };
  for (const object of objects) {
    clock.advance(10_000 / objects.length); // 110 requests in ten seconds
    for (const row of await visitor.all(listOf(object, asked))) seen.live.set(`${object}/${row.id}`, row);
    for (const row of await visitor.all(listOf(object, "&archived=true")))
      seen.archived.set(`${object}/${row.id}`, row);
  }
  return seen;
}

/** Compares what is there before and after 40 happenings. */
const comparing =
  (shows: (before: Seen, after: Seen, stage: Stage) => boolean | Promise<boolean>): Sign =>
  async (stage) => {
    const before = await look(stage);
    stage.account.live({ seed: 11, count: 40 });
    return shows(before, await look(stage), stage);
  };

/** Some record is another in this, under the same stamp. */
const silently = (part: (row: Row) => unknown) =>
  comparing((before, after) =>
    [...after.live].some(([key, row]) => {
      const was = before.live.get(key);
      return was?.updatedAt === row.updatedAt && JSON.stringify(part(was)) !== JSON.stringify(part(row));
    }),
  );

const otherTies = silently(({ associations }) => associations ?? {});
const stampsOf = (rows: ReadonlyMap<string, Row>, object: string) =>
  [...rows].flatMap(([key, row]) => (key.startsWith(object) ? [row] : []));

export const lifeSigns: Record<string, Sign> = {
  async "late-commit"(stage) {
    stage.account.live({ seed: 11, count: 40 });
    const before = await look(stage);
    stage.clock.advance(4 * minuteMs);
    const after = await look(stage);
    // Nobody did anything, and yet there is something else, under a stamp of before.
    const late = [...after.live].filter(([key, row]) => before.live.get(key)?.updatedAt !== row.updatedAt);
    return late.some(([, { updatedAt }]) => updatedAt === "2026-11-02T12:00:00.000Z");
  },
  ties: comparing((_before, after) =>
    objects.some((object) => {
      const stamps = stampsOf(after.live, object).map(({ updatedAt }) => updatedAt);
      return stamps.some((stamp) => stamps.filter((other) => other === stamp).length > 40);
    }),
  ),
  "archive-wave": comparing((before, after) =>
    objects.some((object) => {
      const gone = stampsOf(after.archived, object).filter(({ id }) => !before.archived.has(`${object}/${id}`));
      return gone.length >= 4 && gone.some(({ archivedAt, updatedAt }) => archivedAt === updatedAt);
    }),
  ),
  erased: comparing(async (before, after, { visitor }) => {
    const gone = [...before.live.keys(), ...before.archived.keys()].filter(
      (key) => !after.live.has(key) && !after.archived.has(key),
    );
    for (const key of gone) {
      const asLive = await visitor.call("GET", `/crm/v3/objects/${key}`);
      const asArchived = await visitor.call("GET", `/crm/v3/objects/${key}?archived=true`);
      // A merged id answers as the record it went into.
      if (asLive.status === 404 && asArchived.status === 404) return true;
    }
    return false;
  }),
  "restored-unmoved": comparing((before, after) =>
    [...before.archived].some(([key, row]) => after.live.get(key)?.updatedAt === row.updatedAt),
  ),
  "merge-chain": comparing((before, after) =>
    [...after.live.values()].some(({ id, properties }) => {
      const merged = properties.hs_merged_object_ids?.split(";") ?? [];
      const was = [...before.live.values()].find((row) => row.id === id)?.properties.hs_merged_object_ids ?? null;
      return merged.length >= 2 && was === null;
    }),
  ),
  "silent-merge": otherTies,
  "silent-association": otherTies,
  "silent-value": silently(({ properties }) => properties),
  async "property-removed"({ account, visitor }) {
    for (let n = 0; n < 15; n++) {
      account.live({ seed: n, count: 2 });
      const { results } = await visitor.get(listOf("contacts", "&properties=bike_size"));
      if (!JSON.stringify(results).includes('"bike_size"')) return true;
    }
    return false;
  },
  async "property-added"({ account, visitor }) {
    account.live({ seed: 11, count: 40 });
    const { results } = await visitor.get("/crm/v3/properties/contacts");
    const rows = await visitor.all(listOf("contacts", "&properties=saddle_colour"));
    return results.some(({ name }) => name === "saddle_colour") && rows.some((row) => row.properties.saddle_colour);
  },
  async "reference-removed"({ account, visitor }) {
    const before = await visitor.get("/crm/v3/pipelines/deals");
    account.live({ seed: 11, count: 20 });
    const after = await visitor.get("/crm/v3/pipelines/deals");
    const ids = after.results.map(({ id }) => id);
    return before.results.some(({ id }) => !ids.includes(id));
  },
  async "deleted-between-requests"({ visitor }) {
    const rows = await visitor.all(listOf("contacts"));
    const inputs = rows.slice(0, 5).map(({ id }) => ({ id }));
    for (let n = 0; n < 10; n++) {
      const reply = await visitor.post("/crm/v3/objects/contacts/batch/read", { inputs, properties: ["email"] });
      if (reply.httpStatus === 207) return true;
    }
    return false;
  },
  async "changed-between-requests"({ visitor }) {
    const first = await visitor.all(listOf("contacts"));
    const second = await visitor.all(listOf("contacts"));
    return JSON.stringify(first) !== JSON.stringify(second);
  },
};
