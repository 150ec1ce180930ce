import { describe, expect, test } from "vitest";
import { hostile, listed, stamp } from "./account.ts";

describe("account-time-zone", () => {
  test.each([
    ["Europe/Berlin", "2026-10-20 09:30:00"],
    ["Asia/Kolkata", "2026-10-20 13:00:00"],
    ["America/Los_Angeles", "2026-10-20 00:30:00"],
  ])("an account in %s shows its own wall clock, and tells its clients by their settings", async (timeZone, wall) => {
    const { account, rows } = hostile({ timeZone });
    account.live({ seed: 1, count: 40 });
    const stamps = (await rows(stamp, "customer WHERE 1 = 1")).map((row) => row.stamp ?? "").sort();
    expect(stamps.at(-1)).toBe(wall);
    expect(account.config("http://127.0.0.1:1")).toMatchObject({ time_zone: timeZone, base_url: "http://127.0.0.1:1" });
  });
});

test("row-cap ends a query after three pages", async () => {
  const { page, beset } = hostile();
  const statement = "SELECT id FROM customer ORDER BY id";
  beset(["row-cap"]);
  expect(await page(statement, "?limit=20&offset=40")).toMatchObject({ count: 20, hasMore: false, totalResults: 60 });
  expect(await page(statement, "?limit=20&offset=60")).toMatchObject({ count: 0, hasMore: false, totalResults: 60 });
  beset([], "none");
  expect(await page(statement, "?limit=20&offset=60")).toMatchObject({ count: 20, hasMore: true, totalResults: 144 });
});

describe("unstable-ties", () => {
  const paged = async (order: string, isOn: boolean): Promise<string[]> => {
    const { page, beset } = hostile();
    if (isOn) beset(["unstable-ties"]);
    const ids: string[] = [];
    for (let offset = 0; offset < 144; offset += 20) {
      const { items } = await page(`SELECT id FROM customer ORDER BY ${order}`, `?limit=20&offset=${offset}`);
      ids.push(...items.map(({ id }) => id));
    }
    return ids;
  };

  test("paging by an order that is not unique gives some rows twice and leaves others out", async () => {
    expect(new Set(await paged("isperson", true)).size).toBeLessThan(144);
    expect(new Set(await paged("isperson", false)).size).toBe(144);
  });

  test("an order that ends in the id is kept", async () => {
    expect(new Set(await paged("isperson, id", true)).size).toBe(144);
  });
});

describe("deletions", () => {
  const dates = "SELECT DISTINCT TO_CHAR(deleteddate, 'YYYY-MM-DD HH24:MI:SS') AS at FROM deletedrecord";

  test("are dated to the second, under deletions-by-day by the account's day alone", async () => {
    const { account, page, beset } = hostile();
    account.live({ seed: 2, count: 60 });
    expect((await page(dates)).items).toMatchObject([{ at: "2026-10-20 09:30:00" }]);
    beset(["deletions-by-day"]);
    account.live({ seed: 3, count: 60 });
    const { items } = await page(`${dates} ORDER BY 1`);
    expect(items.map(({ at }) => at)).toEqual(["2026-10-20 00:00:00", "2026-10-20 09:30:00"]);
  });

  test("cannot be read under deletions-withheld", async () => {
    const { page, beset } = hostile();
    beset(["deletions-withheld"]);
    const refused = await page(dates);
    expect(refused.status).toBe(400);
    expect(refused["o:errorDetails"]?.[0]?.detail).toContain("Record 'deletedrecord' was not found");
    beset([], "none");
    expect((await page(dates)).status).toBe(200);
  });
});

test("withheld-as-500 calls what is not there an unexpected error, by its name", async () => {
  const { page, beset } = hostile();
  const statement = "SELECT id, custentity_of_another_account FROM customer";
  expect(await page(statement)).toMatchObject({
    status: 400,
    "o:errorDetails": [{ "o:errorCode": "INVALID_PARAMETER" }],
  });
  beset(["withheld-as-500"]);
  const refused = await page(statement);
  expect(refused).toMatchObject({ status: 500, "o:errorDetails": [{ "o:errorCode": "UNEXPECTED_ERROR" }] });
  expect(refused["o:errorDetails"]?.[0]?.detail).toContain("custentity_of_another_account");
  expect((await page("SELECT nonsense FROM")).status).toBe(400);
});

describe("skewed-clock", () => {
  test("stamps and dates of answers are up to three minutes off, alike", async () => {
    const skews = [1, 2, 3, 4, 5, 6].map(async (seed) => {
      const { account, clock, rows, send, beset } = hostile({ timeZone: "UTC" });
      beset(["skewed-clock"], "low", seed);
      account.live({ seed: 1, count: 40 });
      const stamps = (await rows(stamp, "customer WHERE 1 = 1")).map((row) => row.stamp ?? "").sort();
      const date = (await send("GET", "/record/v1/customer")).headers.get("date") ?? "";
      expect(`${stamps.at(-1)?.replace(" ", "T")}.000Z`).toBe(new Date(date).toISOString());
      return (Date.parse(date) - clock.now()) / 1_000;
    });
    const seconds = await Promise.all(skews);
    expect(Math.max(...seconds.map(Math.abs))).toBeLessThanOrEqual(180);
    expect(Math.min(...seconds)).toBeLessThan(-20);
    expect(Math.max(...seconds)).toBeGreaterThan(20);
  });

  test("and right again when there is no trouble", async () => {
    const { send, beset } = hostile();
    beset(["skewed-clock"], "low", 3);
    beset([], "none");
    expect((await send("GET", "/record/v1/customer")).headers.get("date")).toBe("Tue, 20 Oct 2026 07:30:00 GMT");
  });
});

describe("the account's own rules", () => {
  test("under validation-rule every write to some records is refused", async () => {
    const { account, send, beset } = hostile();
    const ids = [...(account.truth().get("customer") ?? [])];
    const patch = async (id: string | undefined) =>
      (await send("PATCH", `/record/v1/customer/${id}`, { phone: "1" })).status;
    const [strict, free] = [ids.find((id) => Number(id) % 5 === 0), ids.find((id) => Number(id) % 5 !== 0)];
    expect([await patch(strict), await patch(free)]).toEqual([204, 204]);
    beset(["validation-rule"]);
    expect([await patch(strict), await patch(free)]).toEqual([400, 204]);
  });

  test("under duplicate-rule a customer by the name of another is refused", async () => {
    const { rows, send, beset } = hostile();
    const [taken] = await rows("companyname", "customer WHERE companyname IS NOT NULL");
    const make = async (companyName: string | undefined) =>
      (await send("POST", "/record/v1/customer", { companyName })).status;
    expect(await make(taken?.companyname)).toBe(204);
    beset(["duplicate-rule"]);
    expect(await make(taken?.companyname)).toBe(400);
    expect(await make("Nobody else's name")).toBe(204);
  });
});

test("the hundred-and-first column makes every row vanish without a word, always", async () => {
  const { page } = hostile();
  const columns = (count: number) => Array.from({ length: count }, (_, n) => `id AS c${n}`).join(", ");
  expect(await page(`SELECT ${columns(100)} FROM customer ORDER BY id`)).toMatchObject({ status: 200, count: 20 });
  expect(await page(`SELECT ${columns(101)} FROM customer ORDER BY id`)).toMatchObject({ status: 200, count: 0 });
});

test("every object is listed by SuiteQL as by the streams that read it", () => {
  const { account } = hostile();
  expect(Object.keys(listed)).toEqual([...account.truth().keys()]);
  expect(account.connector.streamNames).toEqual([...account.truth().keys()]);
});
