import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { discovery } from "../../src/api/discovery-schemas.ts";
import { vendors } from "../../src/cli/vendors.ts";
import { readSchema } from "../../src/hub/drift/schema.ts";
import { syncConnection } from "../../src/hub/sync.ts";
import { replay } from "../../src/pipeline/replay.ts";
import { visit } from "../console/visitor.ts";
import { type OwnObjects, openOwnObjects } from "./own-objects.ts";

/*
 * A mapping file names an object that only this account has, and a field that only its contacts have. Then, while the hub reads, an administrator
 * renames a field that the mapping reads, removes another, and makes a text of a third. The tests of a vendor build on one another.
 */

describe.each(vendors)("%s", (vendor) => {
  let own: OwnObjects;
  beforeAll(async () => {
    own = await openOwnObjects(vendor);
    await syncConnection(own.hub, vendor);
  });
  afterAll(() => own.close());

  const sync = async (afterMs = 600_000) => {
    own.clock.advance(afterMs);
    return syncConnection(own.hub, vendor);
  };
  const nameOf = (path: string) => path.split(".").at(-1) ?? "";
  const ask = async <T>(path: string): Promise<T> =>
    (await (await own.app.request(path, { headers: await own.as("viewer") })).json()) as T;

  const post = async (path: string, body: object): Promise<unknown> => {
    const headers = { ...(await own.as("admin")), "content-type": "application/json" };
    return (await own.app.request(path, { method: "POST", headers, body: JSON.stringify(body) })).json();
  };

  test("records of the account's own object are read with its own fields, and nothing else is amiss", async () => {
    const { level, colour } = own.account.fields;
    expect((await own.memberships())["Ben's membership"]).toEqual({
      deleted: false,
      custom: { [nameOf(level)]: "silver", [nameOf(colour)]: "red" },
    });
    const open = (await own.rows("errors")).filter(({ message }) => message.includes(own.account.object));
    expect(open).toEqual([]);
  });

  test("a field of the account's own is kept beside a contact's", async () => {
    const contacts = (await own.rows("records")).filter(({ kind }) => kind === "contact");
    const clubs = contacts.map(({ custom_fields }) => Object.values(JSON.parse(custom_fields)));
    expect(clubs.flat().sort()).toEqual(["club 1", "club 2", "club 3"]);
  });

  test("a record is on its customer's timeline, at the instant its own date tells", async () => {
    const { items: found } = await ask<{ items: { id: string }[] }>(
      "/api/v1/customers?identifier=email:ann@acme.example",
    );
    const { items } = await ask<{ items: { title: string; occurred_at: string }[] }>(
      `/api/v1/customers/${found[0]?.id}/timeline`,
    );
    expect(items.filter(({ title }) => title.includes("membership"))).toMatchObject([
      { title: "Activity: Ann's membership", occurred_at: "2026-02-01T08:30:00.000Z" },
    ]);
  });

  test("discovery tells the account's own objects and fields, and which are mapped", async () => {
    const discover = async (body: object) =>
      discovery.parse(await post(`/api/v1/connections/${vendor}/discover`, body));
    const { object, fields } = own.account;
    const { objects, failure } = await discover({});
    expect(failure).toBeNull();
    const memberships = objects.find(({ name }) => name === object);
    expect(memberships).toMatchObject({ custom: true, mapped: true });
    expect(memberships?.found.filter(({ mapped }) => mapped).map(({ path }) => path)).toEqual(
      expect.arrayContaining(Object.values(fields)),
    );
    const [asked] = (await discover({ object })).objects;
    expect(asked?.fields?.total).toBe(asked?.found.length);
    expect(asked?.found.length).toBeGreaterThan(memberships?.found.length ?? 0);
    expect((await discover({ object: "nobody_has_this" })).objects).toMatchObject([{ mapped: false, fields: null }]);
  });

  const openErrors = async (kind: string) =>
    (await own.rows("errors")).filter(
      (row) =>
        row.status === "open" &&
        row.class === kind &&
        row.step === "pull" &&
        row.fingerprint.includes(own.account.object),
    );

  test("fields renamed, removed and retyped amid a run: no record is lost, no value is taken for emptied", async () => {
    own.clock.advance(600_000);
    for (const n of [1, 2, 3]) await own.account.set(n, { name: `${n} renewed` });
    own.onNextReading(own.account.disfigure);
    const before = await own.memberships();
    const counts = await syncConnection(own.hub, vendor);
    expect(counts.in).toBe(counts.stored + counts.duplicate);
    const now = await own.memberships();
    expect(Object.keys(now)).toEqual(["1 renewed", "2 renewed", "3 renewed"]);
    expect(Object.values(now).map(({ custom }) => custom)).toEqual(Object.values(before).map(({ custom }) => custom));
    const raw = (await own.rows("raw_records")).filter(({ object }) => object === own.account.object);
    const { level, colour } = own.account.fields;
    expect(Object.keys(JSON.parse(raw.at(-1)?.payload ?? "")._kept)).toEqual([colour, level]);
  });

  test("each is an open error with the place that reads the field, and what to do", async () => {
    const errors = await openErrors("drift");
    const { object, fields } = own.account;
    const place = `${vendor}/${object}.yaml`;
    const told = errors.map(({ fingerprint }) => fingerprint).sort();
    expect(told).toEqual(
      [`${object}.${fields.colour}`, `${object}.${fields.level}`, `drift:${object}.${fields.since} type`].sort(),
    );
    expect(errors.map(({ message }) => message)).toEqual(errors.map(() => expect.stringContaining(`${place}:`)));
    expect(errors.find(({ fingerprint }) => fingerprint.endsWith("type"))?.message).toMatch(/is \w+ now, it was \w/);
  });

  test("the changes are noted, those that do no harm as well", async () => {
    const { schema } = await readSchema(own.hub.store, vendor);
    const noted = schema.changes.map(({ path, change, harmful }) => [
      path.split(".").at(-1)?.toLowerCase(),
      change,
      harmful,
    ]);
    const tier = noted.find(([path]) => String(path).includes("tier"));
    expect(tier?.slice(1)).toEqual(["added", false]);
    expect(noted.filter(([, , harmful]) => harmful)).toHaveLength(3);
  });

  test("the console lists them", async () => {
    const { text } = await (await visit(own.hub)).see(`/fields?connection=${vendor}`);
    expect(text).toContain(`${own.account.object} ${own.account.fields.colour} removed`);
  });

  test("another sync says nothing twice, and a replay comes to the same records", async () => {
    const said = await own.rows("errors");
    own.clock.advance(3_700_000);
    await syncConnection(own.hub, vendor);
    expect((await own.rows("errors")).length).toBe(said.length);
    const records = await own.memberships();
    await replay(own.hub.pipeline);
    expect(await own.memberships()).toEqual(records);
  });

  test("a value that does not fit any more is an open error of its record, its payload kept", async () => {
    own.clock.advance(600_000);
    await own.account.set(2, { since: "next spring" });
    await syncConnection(own.hub, vendor);
    const errors = (await own.rows("errors")).filter(({ status, step }) => status === "open" && step === "map");
    expect(errors.map(({ message }) => message)).toEqual([expect.stringContaining("next spring")]);
    const raw = (await own.rows("raw_records")).filter(({ payload }) => payload.includes("next spring"));
    expect(raw).toHaveLength(1);
  });

  test("all are closed by themselves when the fields are back", async () => {
    await own.account.mend();
    own.clock.advance(3_700_000);
    for (const n of [1, 2, 3]) await own.account.set(n, { name: `${n} again`, level: "gold" });
    await syncConnection(own.hub, vendor);
    expect(await openErrors("drift")).toEqual([]);
    expect(await openErrors("missing_field")).toEqual([]);
    expect(Object.keys(await own.memberships())).toEqual(["1 again", "2 again", "3 again"]);
  });

  test("what changes is read by the next sync, and what is deleted, at the latest by the daily reading of all", async () => {
    await own.account.set(1, { level: "bronze" });
    await own.account.delete(3);
    await sync();
    expect((await own.memberships())["1 again"]?.custom[nameOf(own.account.fields.level)]).toBe("bronze");
    await sync(25 * 3_600_000);
    const deleted = Object.values(await own.memberships()).map((membership) => membership.deleted);
    expect(deleted).toEqual([false, false, true]);
  });

  if (vendor !== "salesforce") return; // the others' fields are made by the write-back itself, or by a file of ours
  test("the fields that are written back to are created when that is asked for", async () => {
    const ask = async (path: string) => post(`/api/v1/writebacks/${path}`, { connection: vendor });
    expect(await ask("check")).toMatchObject({ missing: { length: 15 }, failure: null });
    expect(await ask("create-fields")).toMatchObject({ created: { length: 15 }, missing: [], failure: null });
    expect(await ask("check")).toEqual({ missing: [], creatable: true, failure: null });
  });
});
