import { afterEach, describe, expect, test } from "vitest";
import { customers, idsOf, readStream, startAccount, type TestAccount, type Trouble } from "./account.ts";

let account: TestAccount;
afterEach(() => account.close());

const read = () => readStream(account, "customer", null, ["companyname"]);
const pagesOf = (pageSizeMax: number) => ({ pageSizeMax, limitAbovePage: "clamped" }) as const;
const numbers = (last: number) => Array.from({ length: last }, (_, n) => n + 1);

/** Where the statements of a backfill began and ended. */
const stretches = (statements: readonly string[]) =>
  statements
    .filter((statement) => statement.endsWith("ORDER BY t.id") && !statement.includes("lastmodifieddate >"))
    .map(
      (statement) => `${/t\.id > (\d+)/.exec(statement)?.[1] ?? ""}..${/t\.id <= (\d+)/.exec(statement)?.[1] ?? ""}`,
    );

describe("a large object", () => {
  test("is read in stretches of ids side by side, up to its highest id and beyond", async () => {
    account = await startAccount({ customer: customers(900) }, pagesOf(100));
    const { records } = await read();
    expect(records.map(({ id }) => Number(id))).toEqual(numbers(900));
    expect(account.statements.filter((statement) => statement.includes("MAX("))).toEqual([
      "SELECT MAX(t.id) AS id FROM customer t",
    ]);
    const asked = stretches(account.statements);
    expect(asked.slice(0, 4)).toEqual(["..", "100..", "200..", "300.."]);
    expect(asked.slice(4).sort()).toEqual(["400..500", "500..600", "600..700", "700..800", "800.."]);
  });

  test("of one transaction type, whose ids others share, is read whole", async () => {
    const transaction = Array.from({ length: 1_500 }, (_, n) => ({
      id: n + 1,
      type: n % 3 === 0 ? "CustInvc" : "SalesOrd",
      lastmodifieddate: "2026-03-01T08:00:00Z",
    }));
    account = await startAccount({ transaction }, pagesOf(50));
    const { records } = await readStream(account, "invoice", null, ["trandate"]);
    expect(idsOf(records)).toEqual(numbers(500).map((n) => 3 * n - 2));
    expect(account.statements).toContain("SELECT MAX(t.id) AS id FROM transaction t WHERE t.type = 'CustInvc'");
  });

  test("is read whole where the account grants fewer requests at a time than the connection is set to", async () => {
    account = await startAccount({ customer: customers(2_000) }, { ...pagesOf(100), concurrencyMax: 1 });
    expect(idsOf((await read()).records)).toEqual(numbers(2_000));
    expect(account.exchanges.filter(({ outcome }) => outcome === "retry").length).toBeLessThan(12);
  });

  test("is read in order where the role may not ask for the highest id", async () => {
    account = await startAccount({ customer: customers(900) }, pagesOf(100));
    const refused = Response.json({ "o:errorDetails": [{ detail: "no", "o:errorCode": "X" }] }, { status: 400 });
    const none = () => undefined;
    const noAggregates: Trouble = async (request) => {
      const { q }: { q: string } = JSON.parse(await request.clone().text());
      return q.includes("MAX(") ? refused : undefined;
    };
    account.troubles.push(none, none, none, noAggregates, noAggregates);
    expect(idsOf((await read()).records)).toEqual(numbers(900));
    expect(stretches(account.statements)).toEqual(numbers(9).map((n) => `${n === 1 ? "" : (n - 1) * 100}..`));
  });
});

test("rows of another question are not taken for an answer", async () => {
  account = await startAccount({ customer: customers(300) }, pagesOf(100));
  const earlier: Response[] = [];
  const keep: Trouble = async (request) => {
    const answer = await account.simulator.app.fetch(request);
    earlier.push(answer.clone());
    return answer;
  };
  account.troubles.push(
    keep,
    () => undefined,
    () => earlier[0],
  ); // the third answer is the first once more
  expect(idsOf((await read()).records)).toEqual(numbers(300));
  expect(account.exchanges.filter(({ outcome }) => outcome === "retry")).toHaveLength(1);
});
