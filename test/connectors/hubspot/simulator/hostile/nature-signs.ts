import { listOf, minuteMs, type Reply, type Stage, since } from "./account.ts";
import type { Sign } from "./wire-signs.ts";

const searchContacts = "/crm/v3/objects/contacts/search";

/** Ids of all contacts changed since an instant, as search knows them. */
async function searched({ clock, visitor }: Stage, at: number): Promise<string[]> {
  const ids: string[] = [];
  let after: string | undefined;
  for (let n = 0; n < 50; n++) {
    clock.advance(201); // HubSpot answers five searches a second
    const page: Reply = await visitor.post(searchContacts, since(at, after ? { after } : {}));
    ids.push(...page.results.map(({ id }) => String(id)));
    after = page.paging?.next.after;
    if (!after) return ids;
  }
  throw new Error("the search does not end");
}

/** What the list shows as changed since then and search does not. */
async function notSearched(stage: Stage, at: number): Promise<number> {
  const found = new Set(await searched(stage, at));
  const listed = await stage.visitor.all(listOf("contacts", "&properties=city"));
  return listed.filter(({ id, updatedAt }) => Date.parse(updatedAt) >= at && !found.has(id)).length;
}

/** Writes to the first contact; what HubSpot says to it. */
const patch = async ({ visitor }: Stage, properties: Record<string, string>) =>
  (await visitor.call("PATCH", "/crm/v3/objects/contacts/1001", { properties })).text();

export const natureSigns: Record<string, Sign> = {
  async "search-lag"(stage) {
    const at = stage.clock.now();
    stage.account.live({ seed: 3, count: 60 });
    return (await notSearched(stage, at)) > 0;
  },
  async "search-straggler"(stage) {
    const at = stage.clock.now();
    for (let n = 0; n < 10; n++) {
      stage.account.live({ seed: n, count: 30 });
      stage.clock.advance(minuteMs);
    }
    stage.clock.advance(10 * minuteMs);
    const late = await notSearched(stage, at);
    stage.clock.advance(60 * minuteMs);
    await stage.visitor.renew();
    return late > 0 && (await notSearched(stage, at)) === 0;
  },
  async "search-disorder"({ visitor }) {
    const { results } = await visitor.post(searchContacts, since(1_000));
    const stamps = results.map(({ updatedAt }) => String(updatedAt));
    return stamps.some((stamp, n) => stamp < (stamps[n - 1] ?? ""));
  },
  async "rows-below-bound"({ visitor }) {
    const [any] = await visitor.all(listOf("contacts"));
    const bound = Date.parse(any?.updatedAt ?? "") + 1;
    const { results } = await visitor.post(searchContacts, since(bound));
    return results.some(({ updatedAt }) => Date.parse(String(updatedAt)) < bound);
  },
  async "search-cap"({ visitor }) {
    const page = await visitor.post(searchContacts, since(1_000, { after: "40" }));
    return page.httpStatus === 400;
  },
  async "epoch-zero-fails"({ visitor }) {
    return (await visitor.post(searchContacts, since(0))).httpStatus === 500;
  },
  async "clock-skew"({ clock, visitor }) {
    const { headers } = await visitor.call("GET", listOf("contacts"));
    return Math.abs(Date.parse(headers.get("date") ?? "") - clock.now()) > minuteMs;
  },
  async "account-time-zone"({ visitor }) {
    return (await visitor.get("/account-info/v3/details")).timeZone !== "UTC";
  },
  async "address-length"({ visitor }) {
    const names = Array.from({ length: 600 }, (_, n) => `custom_field_${n}`).join(",");
    return (await visitor.call("GET", listOf("contacts", `&properties=${names}`))).status === 414;
  },
  async "archive-forgets"({ clock, visitor }) {
    const before = await visitor.all(listOf("contacts", "&archived=true"));
    clock.advance(91 * 24 * 60 * minuteMs);
    await visitor.renew();
    const after = await visitor.all(listOf("contacts", "&archived=true"));
    return before.length > 0 && after.length === 0;
  },
  async "forward-only-lifecycle"(stage) {
    await patch(stage, { lifecyclestage: "other" });
    await patch(stage, { lifecyclestage: "lead" });
    const { properties } = await stage.visitor.get("/crm/v3/objects/contacts/1001?properties=lifecyclestage");
    return JSON.stringify(properties).includes('"lifecyclestage":"other"');
  },
  async "bad-property-fails-batch"({ visitor }) {
    const inputs = [
      { id: "1001", properties: { city: "Oslo" } },
      { id: "1002", properties: { no_such_property: "x" } },
    ];
    return (await visitor.post("/crm/v3/objects/contacts/batch/update", { inputs })).httpStatus === 400;
  },
  async "validation-rules"(stage) {
    return (await patch(stage, { phone: "555 1234" })).includes("Phone numbers begin with +.");
  },
  async "merge-makes-new-id"({ visitor }) {
    const [winner, loser] = await visitor.all(listOf("companies"));
    const body = { primaryObjectId: winner?.id, objectIdToMerge: loser?.id };
    const { id } = await visitor.post("/crm/v3/objects/companies/merge", body);
    return id !== winner?.id;
  },
  async "association-ids-as-text"({ visitor }) {
    const { results } = await visitor.get("/crm/v4/objects/contacts/1001/associations/companies");
    return typeof results[0]?.toObjectId === "string";
  },
};
