import { describe, expect, test } from "vitest";
import { z } from "zod";
import { callerOf, hostileOrg, minuteMs, pageOf, requestToken, rowsOf, signIn } from "./account.ts";

async function orgWith(only: string | null) {
  const org = hostileOrg();
  const caller = callerOf(org, await signIn(org));
  if (only) org.beset({ only: [only] });
  return { org, ...caller, caller };
}

const contacts = "SELECT Id FROM Contact ORDER BY Id";

describe("clock-skew", () => {
  const skewSeconds = async (only: string | null) => {
    const { org, query } = await orgWith(only);
    const { headers } = await query(contacts);
    return (Date.parse(headers.get("date") ?? "") - org.clock.now()) / 1_000;
  };

  test("the vendor's answers are dated by a clock that is minutes off", async () => {
    const skew = Math.abs(await skewSeconds("clock-skew"));
    expect([skew > 10, skew <= 600]).toEqual([true, true]);
  });

  test("without it they are dated right, refused sign-ins too", async () => {
    expect(await skewSeconds(null)).toBe(0);
    const { account, clock } = hostileOrg();
    account.beset({ seed: 1, level: "extreme", only: ["sign-in-refused"] });
    const dates = await Promise.all(Array.from({ length: 10 }, () => requestToken(account)));
    expect(new Set(dates.map(({ headers }) => Date.parse(headers.get("date") ?? "")))).toEqual(new Set([clock.now()]));
  });

  test("taken away, the clock does not go back: rows changed later never have older stamps", async () => {
    for (const seed of [1, 2, 3, 4]) {
      const org = hostileOrg({ seed });
      const caller = callerOf(org, await signIn(org));
      const stamps = async () =>
        (await rowsOf(caller, "SELECT SystemModstamp FROM Task")).map((row) => String(row.SystemModstamp));
      org.account.beset({ seed, level: "extreme", only: ["clock-skew"] });
      org.account.live({ seed, count: 40 });
      const newest = (await stamps()).toSorted().at(-1) ?? "";
      org.beset({ level: "none" });
      const before = new Set(await stamps());
      org.account.live({ seed: seed + 100, count: 40 });
      expect((await stamps()).filter((stamp) => !before.has(stamp) && stamp < newest)).toEqual([]);
    }
  });
});

describe("long-limit-info", () => {
  test.each([
    ["long-limit-info", /^api-usage=\d+\/100000; api-bursts=1\/750; per-app-api-usage=/],
    [null, /^api-usage=\d+\/100000$/],
  ])("%s", async (only, form) => {
    const { query } = await orgWith(only);
    expect((await query(contacts)).headers.get("sforce-limit-info")).toMatch(form);
  });
});

describe("short-pages", () => {
  const sizes = async (only: string | null) => {
    const { query } = await orgWith(only);
    const pages = Array.from({ length: 12 }, async () => (await pageOf(await query(contacts))).records.length);
    return new Set(await Promise.all(pages));
  };

  test("pages differ in size, none over 25 rows", async () => {
    const found = await sizes("short-pages");
    expect(found.size).toBeGreaterThan(3);
    expect(Math.max(...found)).toBeLessThanOrEqual(25);
  });

  test("without it they hold 25", async () => {
    expect(await sizes(null)).toEqual(new Set([25]));
  });

  test("is over once it is taken away", async () => {
    const { org, query } = await orgWith("short-pages");
    org.beset({ level: "none" });
    expect((await pageOf(await query(contacts))).records).toHaveLength(25);
  });
});

describe("account-time-zone", () => {
  test.each([
    ["account-time-zone", /^(Pacific|America|Asia)\//],
    [null, /^null$/],
  ])("%s: the zone of the user whose TODAY it is", async (only, zone) => {
    const { caller } = await orgWith(only);
    const [user] = await rowsOf(caller, "SELECT Id, TimeZoneSidKey FROM User ORDER BY Id LIMIT 1");
    expect(String(user?.TimeZoneSidKey)).toMatch(zone);
  });
});

const saved = z.array(
  z.looseObject({
    success: z.boolean(),
    errors: z.array(z.looseObject({ statusCode: z.string(), message: z.string() })),
  }),
);

/** Writes a field of many rows in one call; gives each refusal, null for a row that was saved. */
async function refusals({ patch }: ReturnType<typeof callerOf>, type: string, ids: readonly string[], values = {}) {
  const records = ids.map((id) => ({ attributes: { type }, id, Journey_Hub_Grade__c: "A", ...values }));
  const reply = await patch("/composite/sobjects", { allOrNone: false, records });
  if (reply.status !== 200) return reply.status;
  const results = saved.parse(await reply.json());
  return results.map(({ errors: [first] }) => (first ? `${first.statusCode} ${first.message}` : null));
}

describe("bad-field-fails-call", () => {
  test.each([
    ["bad-field-fails-call", 400],
    [null, ["INVALID_FIELD No such column 'Nope__c' on sobject of type Contact"]],
  ])("%s", async (only, answer) => {
    const { org, caller } = await orgWith(only);
    const [id = ""] = org.account.truth().get("Contact") ?? [];
    expect(await refusals(caller, "Contact", [id], { Nope__c: 1 })).toEqual(answer);
  });
});

describe("row-locks", () => {
  const accounts = ({ account }: ReturnType<typeof hostileOrg>) => [...(account.truth().get("Account") ?? [])];

  test("some rows cannot be had for a minute; later others cannot", async () => {
    const { org, caller } = await orgWith("row-locks");
    const ids = accounts(org);
    const lockedNow = async () => {
      const found = await refusals(caller, "Account", ids);
      return Array.isArray(found) ? ids.filter((_, at) => found[at]?.startsWith("UNABLE_TO_LOCK_ROW")) : [];
    };
    const first = await lockedNow();
    expect([first.length > 0, first.length < ids.length / 2]).toEqual([true, true]);
    expect(await lockedNow()).toEqual(first);
    org.clock.advance(minuteMs);
    expect(await lockedNow()).not.toEqual(first);
  });

  test("a row that an open transaction has written is locked until that commits", async () => {
    const org = hostileOrg();
    const caller = callerOf(org, await signIn(org));
    org.beset({ only: ["row-locks", "late-commit"] });
    org.account.live({ seed: 1, count: 60 });
    const during = await refusals(caller, "Account", accounts(org));
    org.account.settle();
    const after = await refusals(caller, "Account", accounts(org));
    const count = (found: typeof during) => (Array.isArray(found) ? found.filter(Boolean).length : Number.NaN);
    expect(count(during)).toBeGreaterThan(count(after));
  });

  test("without it every row can be saved", async () => {
    const { org, caller } = await orgWith(null);
    expect(await refusals(caller, "Account", accounts(org))).toEqual(accounts(org).map(() => null));
  });
});

describe("duplicate-rule", () => {
  async function twins(only: string | null) {
    const { org, caller } = await orgWith(only);
    const rows = await rowsOf(caller, "SELECT Id, Email FROM Contact WHERE IsDeleted = false AND Email != null");
    const twin = rows.find((row) => rows.some((other) => other.Id !== row.Id && other.Email === row.Email));
    const others = rows.filter((other) => other.Id !== twin?.Id && other.Email === twin?.Email);
    return { org, caller, id: twin?.Id ?? "", others };
  }

  test("a contact whose address another one has cannot be saved, and the answer says which", async () => {
    const { caller, id, others } = await twins("duplicate-rule");
    expect(await refusals(caller, "Contact", [id])).toEqual(["DUPLICATES_DETECTED Use one of these records?"]);
    const single = await caller.patch(`/sobjects/Contact/${id}`, { Title: "Buyer" });
    const [error] = z.array(z.looseObject({ duplicateResult: z.unknown() })).parse(await single.json());
    expect(single.status).toBe(400);
    expect(error?.duplicateResult).toMatchObject({
      allowSave: false,
      matchResults: [{ size: others.length, matchRecords: others.map(({ Id }) => ({ record: { Id } })) }],
    });
  });

  test("without it the contact is saved", async () => {
    const { caller, id } = await twins(null);
    expect(await refusals(caller, "Contact", [id])).toEqual([null]);
  });
});

describe("validation-rule", () => {
  const unreachable = "SELECT Id FROM Lead WHERE IsDeleted = false AND Phone = null AND Email = null LIMIT 1";

  test.each([
    ["validation-rule", ["FIELD_CUSTOM_VALIDATION_EXCEPTION A lead needs a telephone number or an e-mail address."]],
    [null, [null]],
  ])("%s: a lead nobody can reach", async (only, answer) => {
    const { caller } = await orgWith(only);
    const [lead] = await rowsOf(caller, unreachable);
    expect(await refusals(caller, "Lead", [lead?.Id ?? ""])).toEqual(answer);
  });

  test("people in the org are not held up by the rules for the API", async () => {
    const org = hostileOrg();
    org.beset({ only: ["validation-rule", "duplicate-rule", "row-locks"] });
    expect(() => org.account.live({ seed: 1, count: 300 })).not.toThrow();
  });
});
