import { describe, expect, test } from "vitest";
import { callerOf, type HostileOrg, hostileOrg, minuteMs, noon, type Row, rowsOf, signIn } from "./account.ts";

type Caller = ReturnType<typeof callerOf>;

async function orgWith(only: string): Promise<{ org: HostileOrg; caller: Caller }> {
  const org = hostileOrg();
  const caller = callerOf(org, await signIn(org));
  org.beset({ only: [only] });
  return { org, caller };
}

/** Lets the trouble happen until it has come `times` times, one happening a second. */
function happens({ account, clock }: HostileOrg, name: string, times = 1): void {
  for (let n = 0; n < 1_000 && (account.door().struck[name] ?? 0) < times; n++) {
    clock.advance(1_000);
    account.live({ seed: n, count: 1 });
  }
}

const stamps = "Id, SystemModstamp, LastModifiedDate, IsDeleted";

/** Every row of the objects by id, as the API shows it. */
async function shown(caller: Caller, objects: readonly string[], fields = stamps): Promise<Map<string, Row>> {
  const rows = new Map<string, Row>();
  for (const object of objects) {
    for (const row of await rowsOf(caller, `SELECT ${fields} FROM ${object} ORDER BY Id`)) rows.set(row.Id, row);
  }
  return rows;
}

const worked = ["Account", "Contact", "Lead", "Opportunity", "OpportunityContactRole", "Case", "Task", "Event"];

describe("late-commit", () => {
  test("rows come to be seen with a stamp older than ones seen before", async () => {
    const { org, caller } = await orgWith("late-commit");
    org.account.live({ seed: 1, count: 60 });
    const before = await shown(caller, worked);
    org.clock.advance(9 * minuteMs);
    const after = await shown(caller, worked);
    const late = [...after.values()].filter((row) => before.get(row.Id)?.SystemModstamp !== row.SystemModstamp);
    expect(late.length).toBeGreaterThan(0);
    const stampsOfLate = late.map(({ SystemModstamp }) => Date.parse(String(SystemModstamp)));
    expect(Math.max(...stampsOfLate)).toBeLessThanOrEqual(Date.parse(noon));
    expect(Math.min(...stampsOfLate)).toBeGreaterThan(Date.parse(noon) - 9 * minuteMs);
  });

  test("settling commits at once what is open", async () => {
    const { org, caller } = await orgWith("late-commit");
    org.account.live({ seed: 1, count: 60 });
    const before = await shown(caller, worked);
    org.account.settle();
    const after = await shown(caller, worked);
    expect([...after.values()]).not.toEqual([...before.values()]);
    org.clock.advance(60 * minuteMs);
    expect(await shown(caller, worked)).toEqual(after);
  });

  test("the feed of updated ids covers no more than the time before the oldest open transaction", async () => {
    const { org, caller } = await orgWith("late-commit");
    const feed = () => caller.call(`/sobjects/Account/updated?start=2026-03-18T11:00:00Z&end=2026-03-18T12:30:00Z`);
    expect(await (await feed()).json()).toMatchObject({ latestDateCovered: "2026-03-18T12:00:00.000+0000" });
    org.account.live({ seed: 1, count: 60 });
    const { latestDateCovered } = (await (await feed()).json()) as { latestDateCovered: string };
    expect(Date.parse(latestDateCovered)).toBeLessThan(Date.parse(noon));
  });
});

test("mass-update: more rows carry one stamp than a page holds", async () => {
  const { org, caller } = await orgWith("mass-update");
  happens(org, "mass-update", 4);
  const counts = new Map<string, number>();
  for (const object of ["Account", "Contact", "Task", "Case"]) {
    for (const row of await rowsOf(caller, `SELECT Id, SystemModstamp FROM ${object}`)) {
      const key = `${object} ${row.SystemModstamp}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  expect(Math.max(...counts.values())).toBeGreaterThan(25);
});

test("merge-chain: a merged row's master is itself merged away, at the same instant", async () => {
  const { org, caller } = await orgWith("merge-chain");
  happens(org, "merge-chain");
  const rows = await shown(caller, ["Account", "Contact", "Lead", "Case"], `${stamps}, MasterRecordId`);
  const chains = [...rows.values()].flatMap((row) => {
    const middle = rows.get(String(row.MasterRecordId));
    return middle?.MasterRecordId ? [[row, middle]] : [];
  });
  expect(chains.length).toBeGreaterThan(0);
  expect(chains[0]?.map(({ IsDeleted }) => IsDeleted)).toEqual([true, true]);
});

/** What a trouble changed, and whether it left the stamp as it was. */
async function silentChanges(name: string, objects: readonly string[], fields: string, times = 6) {
  const { org, caller } = await orgWith(name);
  const before = await shown(caller, objects, `${stamps}, ${fields}`);
  happens(org, name, times);
  const after = await shown(caller, objects, `${stamps}, ${fields}`);
  const changed = [...after.values()].filter((row) => JSON.stringify(row) !== JSON.stringify(before.get(row.Id)));
  return changed.filter((row) => row.SystemModstamp === before.get(row.Id)?.SystemModstamp);
}

describe("a change that moves no stamp", () => {
  test("formula-change", async () => {
    const changed = await silentChanges("formula-change", ["Contact", "Lead"], "Health_Score__c");
    expect(changed.length).toBeGreaterThan(0);
    expect(changed.every(({ Health_Score__c: score }) => typeof score === "number")).toBe(true);
  });

  test("merge-without-stamps", async () => {
    const changed = await silentChanges("merge-without-stamps", ["Contact", "Case"], "AccountId", 12);
    expect(changed.length).toBeGreaterThan(0);
    expect(changed.every(({ IsDeleted }) => IsDeleted === false)).toBe(true);
  });

  test("cascade-without-stamps", async () => {
    const changed = await silentChanges("cascade-without-stamps", ["Contact", "OpportunityContactRole"], "CreatedDate");
    expect(changed.length).toBeGreaterThan(0);
    expect(changed.every(({ IsDeleted }) => IsDeleted === true)).toBe(true);
  });

  test("activity-archived: and only queryAll still shows the row", async () => {
    const changed = await silentChanges("activity-archived", ["Task", "Event"], "IsArchived");
    expect(changed.length).toBeGreaterThan(0);
    const { org, caller } = await orgWith("activity-archived");
    happens(org, "activity-archived", 6);
    const archived = [...(await shown(caller, ["Task", "Event"], "Id, IsArchived")).values()].filter(
      (row) => row.IsArchived,
    );
    const [row] = archived;
    const object = row?.Id.startsWith("00T") ? "Task" : "Event";
    const plain = await caller.call(
      `/query?q=${encodeURIComponent(`SELECT Id FROM ${object} WHERE Id = '${row?.Id}'`)}`,
    );
    expect(await plain.json()).toMatchObject({ totalSize: 0 });
    expect(
      org.account
        .truth()
        .get(object)
        ?.has(row?.Id ?? ""),
    ).toBe(true);
  });
});

test("system-change: SystemModstamp moves alone", async () => {
  const { org, caller } = await orgWith("system-change");
  happens(org, "system-change", 3);
  const rows = [...(await shown(caller, worked)).values()];
  const moved = rows.filter(
    (row) => String(row.SystemModstamp) > "2026-03-18T12" && String(row.LastModifiedDate) < "2026-03-18T12",
  );
  expect(moved.length).toBeGreaterThan(0);
});

test("purge: a row is gone without a deleted one left behind", async () => {
  const { org, caller } = await orgWith("purge");
  const before = await shown(caller, worked);
  happens(org, "purge", 5);
  const after = await shown(caller, worked);
  expect([...before.keys()].filter((id) => !after.has(id)).length).toBeGreaterThan(0);
});

test("born-and-gone: a row appears deleted, made in the same second", async () => {
  const { org, caller } = await orgWith("born-and-gone");
  happens(org, "born-and-gone");
  const rows = [...(await shown(caller, worked, `${stamps}, CreatedDate`)).values()];
  const gone = rows.filter(({ IsDeleted, CreatedDate, SystemModstamp }) => IsDeleted && CreatedDate === SystemModstamp);
  expect(gone.length).toBeGreaterThan(0);
});

describe("the schema", () => {
  const hideable = {
    Contact: "Title",
    Account: "Industry",
    Lead: "City",
    Case: "Priority",
    Task: "ActivityDate",
    Opportunity: "Amount",
  };

  async function refusedFields(caller: Caller): Promise<string[]> {
    const statuses = Object.entries(hideable).map(async ([object, field]) => {
      const { status } = await caller.query(`SELECT ${field} FROM ${object} LIMIT 1`);
      return status === 400 ? [`${object}.${field}`] : [];
    });
    return (await Promise.all(statuses)).flat();
  }

  test("field-hidden: a field is not there for the API, then is again, its values as they were", async () => {
    const { org, caller } = await orgWith("field-hidden");
    expect(await refusedFields(caller)).toEqual([]);
    happens(org, "field-hidden");
    const [hidden = ""] = await refusedFields(caller);
    const [object = "", field = ""] = hidden.split(".");
    const { fields } = (await (await caller.call(`/sobjects/${object}/describe`)).json()) as {
      fields: { name: string }[];
    };
    expect(fields.map(({ name }) => name)).not.toContain(field);
    org.account.settle();
    expect(await refusedFields(caller)).toEqual([]);
    const rows = await rowsOf(caller, `SELECT Id, ${field} FROM ${object} WHERE ${field} != null`);
    expect(rows.length).toBeGreaterThan(0);
  });

  test("field-added: a field is there that was not", async () => {
    const { org, caller } = await orgWith("field-added");
    happens(org, "field-added", 4);
    const replies = await Promise.all(["Contact", "Account"].map((name) => caller.call(`/sobjects/${name}/describe`)));
    expect((await Promise.all(replies.map((reply) => reply.text()))).join()).toContain("Added_1__c");
  });

  test("stage-removed: a stage is gone from the list", async () => {
    const { org, caller } = await orgWith("stage-removed");
    const stages = () => rowsOf(caller, "SELECT Id FROM OpportunityStage");
    const before = (await stages()).length;
    happens(org, "stage-removed");
    expect((await stages()).length).toBeLessThan(before);
    expect(org.account.truth().get("OpportunityStage")?.size).toBe((await stages()).length);
  });
});
