import { describe, expect, test } from "vitest";
import { type Hostile, hostile, listed, stamp } from "./account.ts";

const troubles = hostile().account.troubles.filter(({ kind }) => kind === "life");
const extreme = 0.5;

/** Every record with its stamp and the values troubles change, by `object id`. */
async function recordsOf({ rows }: Hostile): Promise<Map<string, Record<string, string>>> {
  const values: Record<string, string> = {
    customer: "creditlimit, TO_CHAR(lastsaledate, 'YYYY-MM-DD') AS sold, BUILTIN.DF(entitystatus) AS status",
    contact: "company",
    employee: "lastname",
    supportcase: "company, BUILTIN.DF(status) AS status",
  };
  const found = new Map<string, Record<string, string>>();
  for (const [object, from] of Object.entries(listed)) {
    const columns = values[object] ?? "entity, memo, foreignamountunpaid, daysopen, projectedtotal";
    for (const row of await rows(`${columns}, ${stamp}`, from)) found.set(`${object} ${row.id}`, row);
  }
  return found;
}

const tombstones = async ({ page }: Hostile): Promise<number> => {
  const { items } = await page("SELECT COUNT(*) AS n FROM deletedrecord");
  return Number(items[0]?.n);
};

/** Lives 20 happenings, half of them this trouble, an hour after the beginning; and the same without it. */
async function liveUnder(name: string, seed = 4) {
  const [with_, without] = [hostile(), hostile()];
  const before = await recordsOf(with_);
  for (const each of [with_, without]) {
    each.clock.advance(3_600_000);
    each.beset(each === with_ ? [name] : [], each === with_ ? "extreme" : "none");
    each.account.live({ seed, count: 20 });
  }
  const silent = (after: Map<string, Record<string, string>>) =>
    [...after].filter(([key, row]) => {
      const old = before.get(key);
      return old && old.stamp === row.stamp && JSON.stringify(old) !== JSON.stringify(row);
    });
  const gone = (after: Map<string, unknown>) => [...before.keys()].filter((key) => !after.has(key));
  const pictureOf = async (each: Hostile) => {
    const after = await recordsOf(each);
    return { after, silent: silent(after), gone: gone(after), tombstones: await tombstones(each) };
  };
  return { hostile: with_, before, here: await pictureOf(with_), calm: await pictureOf(without) };
}

test("each has a name of its own, a sentence and a source", () => {
  expect(troubles.map(({ name }) => name)).toEqual([
    "late-commit",
    "mass-update",
    "late-mass-update",
    "chained-merge",
    "silent-merge",
    "deletion-without-tombstone",
    "association-alone",
    "calculated-value",
    "renamed-lookup",
    "withheld-column",
    "meanwhile",
  ]);
  for (const { about, source } of troubles) expect(Math.min(about.length, source.length)).toBeGreaterThan(5);
});

describe("late-commit", () => {
  test("shows records minutes after the time they are stamped with", async () => {
    const { hostile: each, here } = await liveUnder("late-commit");
    each.clock.advance(5 * 60_000);
    const later = await recordsOf(each);
    const late = [...later].filter(
      ([key, row]) => row.stamp === "2026-10-20 10:30:00" && here.after.get(key)?.stamp !== row.stamp,
    );
    expect(late.length).toBeGreaterThan(2);
    // Nothing happened in between: all that is new was begun an hour after the beginning.
    for (const [key, row] of later) {
      if (JSON.stringify(here.after.get(key)) !== JSON.stringify(row)) expect(row.stamp).toBe("2026-10-20 10:30:00");
    }
  });

  test("commits at once when everything is to be settled", async () => {
    const { hostile: each } = await liveUnder("late-commit");
    const truth = each.account.truth();
    each.account.settle();
    const settled = await recordsOf(each);
    each.clock.advance(3_600_000);
    expect(await recordsOf(each)).toEqual(settled);
    expect(each.account.truth()).not.toEqual(truth);
  });

  test("comes after what a writer waited for: who writes to a record sees it finished", async () => {
    const { hostile: each } = await liveUnder("late-commit");
    const [id] = each.account.truth().get("customer") ?? [];
    await each.send("PATCH", `/record/v1/customer/${id}`, { phone: "1" });
    const committed = await recordsOf(each);
    each.clock.advance(3_600_000);
    expect(await recordsOf(each)).toEqual(committed);
  });
});

const tiedIn = (records: Map<string, Record<string, string>>, object: string) =>
  [...records].filter(([key, row]) => key.startsWith(`${object} `) && row.stamp === "2026-10-20 10:30:00").length;

test("mass-update gives more records one second than a page or a capped query holds", async () => {
  const { here, calm } = await liveUnder("mass-update");
  const most = (records: Map<string, Record<string, string>>) =>
    Math.max(...Object.keys(listed).map((object) => tiedIn(records, object)));
  expect(most(here.after)).toBeGreaterThan(60);
  expect(most(calm.after)).toBeLessThan(20);
});

test("late-mass-update shows such a second minutes later", async () => {
  const { hostile: each, here } = await liveUnder("late-mass-update", 1);
  each.clock.advance(5 * 60_000);
  const later = await recordsOf(each);
  const grown = Object.keys(listed).filter((object) => tiedIn(later, object) > tiedIn(here.after, object) + 15);
  expect(grown.length).toBeGreaterThan(0);
});

test("chained-merge takes two customers at a time, and what pointed to the first points to the last", async () => {
  const { hostile: each, here, calm } = await liveUnder("chained-merge");
  const goneCustomers = (gone: string[]) => gone.filter((key) => key.startsWith("customer ")).length;
  expect(goneCustomers(here.gone)).toBeGreaterThan(goneCustomers(calm.gone) + 4);
  expect(here.silent).toEqual([]);
  const customers = each.account.truth().get("customer");
  for (const [key, { entity }] of here.after) if (entity) expect([key, customers?.has(entity)]).toEqual([key, true]);
});

test("silent-merge leaves no tombstone and moves no stamp of what pointed to the duplicate", async () => {
  const { here, calm } = await liveUnder("silent-merge");
  expect(here.gone.length).toBeGreaterThan(here.tombstones);
  expect(here.silent.length).toBeGreaterThan(0);
  expect(calm.silent).toEqual([]);
});

test("deletion-without-tombstone is told nowhere", async () => {
  const { here, calm } = await liveUnder("deletion-without-tombstone");
  expect(here.gone.length).toBeGreaterThanOrEqual(here.tombstones + 5);
  expect(calm.gone.length).toBeLessThanOrEqual(calm.tombstones);
});

test("calculated-value and renamed-lookup change records whose stamps stay", async () => {
  for (const name of ["calculated-value", "renamed-lookup"]) {
    const { here, calm } = await liveUnder(name);
    expect(here.silent.length).toBeGreaterThan(3);
    expect(calm.silent).toEqual([]);
  }
});

test("association-alone applies a payment elsewhere, and the payment's stamp stays", async () => {
  const each = hostile();
  const linked = async () => {
    const { rows, page } = each;
    const links = new Map<string, string>();
    for (const { id } of await rows(stamp, listed.customerpayment ?? "")) {
      const { items } = await page(`SELECT previousdoc AS invoice FROM nexttransactionlinelink WHERE nextdoc = ${id}`);
      links.set(id, String(items[0]?.invoice));
    }
    return {
      links,
      stamps: new Map((await rows(stamp, listed.customerpayment ?? "")).map((row) => [row.id, row.stamp])),
    };
  };
  const before = await linked();
  each.clock.advance(3_600_000);
  each.beset(["association-alone"]);
  each.account.live({ seed: 4, count: 20 });
  const after = await linked();
  const moved = [...before.links].filter(([id, invoice]) => after.links.has(id) && after.links.get(id) !== invoice);
  const silent = moved.filter(([id]) => before.stamps.get(id) === after.stamps.get(id));
  expect(silent.length).toBeGreaterThan(2);
});

describe("withheld-column", () => {
  const refusals = async ({ page }: Hostile) => {
    const columns = ["customer.phone", "customer.url", "customer.terms", "contact.title", "contact.email"];
    const more = ["employee.title", "transaction.memo", "transaction.foreigntotal", "supportcase.priority"];
    const answers: { name: string; status: number; detail: string }[] = [];
    for (const name of [...columns, ...more]) {
      const [table, column] = name.split(".");
      const { status, "o:errorDetails": [refused] = [] } = await page(`SELECT id, ${column} FROM ${table} ORDER BY id`);
      answers.push({ name, status, detail: refused?.detail ?? "" });
    }
    return answers;
  };

  test("takes a column from the role and gives it back, and no record is stamped for it", async () => {
    const each = hostile();
    const stamps = await each.rows(stamp, "customer WHERE 1 = 1");
    each.beset(["withheld-column"]);
    const seen = new Set<string>();
    for (let seed = 1; seed <= 12; seed++) {
      each.account.live({ seed, count: 1 });
      const [refused, ...others] = (await refusals(each)).filter(({ status }) => status !== 200);
      expect(others).toEqual([]);
      if (refused) expect(refused.detail).toMatch(/Field '\w+' for record '\w+' was not found\. Reason: NOT_EXPOSED/);
      seen.add(refused?.name ?? "none");
    }
    expect(seen.size).toBeGreaterThan(2);
    expect(stamps.length).toBeGreaterThan(100);
    each.beset([], "none");
    expect((await refusals(each)).filter(({ status }) => status !== 200)).toEqual([]);
  });
});

describe("meanwhile", () => {
  test("something happens between two requests, in the same second", async () => {
    const each = hostile();
    each.clock.advance(3_600_000);
    each.beset(["meanwhile"]);
    for (let n = 0; n < 60; n++) await each.page("SELECT id FROM employee ORDER BY id");
    each.beset([], "none");
    const now = [...(await recordsOf(each)).values()].filter((row) => row.stamp === "2026-10-20 10:30:00");
    expect(now.length).toBeGreaterThan(60 * extreme * 0.5);
  });

  test("and nothing when it is not on", async () => {
    const each = hostile();
    const before = await recordsOf(each);
    expect(await recordsOf(each)).toEqual(before);
  });
});
