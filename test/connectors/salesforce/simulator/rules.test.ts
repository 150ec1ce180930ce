import { describe, expect, it } from "vitest";
import { cells, ids, readPage, sampleOrg, wednesday } from "./sampleOrg.ts";

/** An org whose clock moves a minute with every write. */
async function livingOrg() {
  let now = wednesday;
  const org = await sampleOrg({ now: () => now });
  const send = (method: string, path: string, body: unknown) => {
    now += 60_000;
    return org.send(method, path, body);
  };
  const rows = async (statement: string) => (await readPage(await org.query(statement))).records.map(cells);
  return { ...org, send, rows };
}

describe("opportunities", () => {
  const stateOf = (n: number) =>
    `SELECT IsClosed, IsWon, Probability, ForecastCategory, ExpectedRevenue, LastStageChangeDate FROM Opportunity WHERE Id = '${ids.opportunity(n)}'`;

  it("take closed, won, probability and forecast from their stage", async () => {
    const { send, rows } = await livingOrg();
    expect(await rows(stateOf(2))).toEqual([[false, false, 10, "Pipeline", 500, null]]);
    await send("PATCH", `/sobjects/Opportunity/${ids.opportunity(2)}`, { StageName: "Closed Won" });
    expect(await rows(stateOf(2))).toEqual([[true, true, 100, "Closed", 5000, "2026-03-18T10:01:00.000+0000"]]);
    await send("PATCH", `/sobjects/Opportunity/${ids.opportunity(2)}`, { StageName: "Closed Lost" });
    expect(await rows(stateOf(2))).toEqual([[true, false, 0, "Omitted", 0, "2026-03-18T10:02:00.000+0000"]]);
  });

  it("keep a probability that was set by hand with the stage", async () => {
    const { send, rows } = await livingOrg();
    await send("PATCH", `/sobjects/Opportunity/${ids.opportunity(2)}`, {
      StageName: "Value Proposition",
      Probability: 65,
    });
    expect(await rows(stateOf(2))).toEqual([[false, false, 65, "Pipeline", 3250, "2026-03-18T10:01:00.000+0000"]]);
  });

  it("leave a history row for a new stage, amount or close date, and none for other changes", async () => {
    const { send, rows } = await livingOrg();
    const path = `/sobjects/Opportunity/${ids.opportunity(3)}`;
    await send("PATCH", path, { Amount: 900 });
    await send("PATCH", path, { NextStep: "call", Amount: 900 });
    await send("PATCH", path, { CloseDate: "2026-05-01" });
    await send("PATCH", path, { StageName: "Closed Won" });
    expect(
      await rows(
        "SELECT StageName, Amount, CloseDate, Probability, PrevAmount, PrevCloseDate, CreatedDate FROM OpportunityHistory " +
          `WHERE OpportunityId = '${ids.opportunity(3)}' ORDER BY CreatedDate`,
      ),
    ).toEqual([
      ["Negotiation/Review", 900, "2026-03-31", 90, null, "2026-03-31", "2026-03-18T10:01:00.000+0000"],
      ["Negotiation/Review", 900, "2026-05-01", 90, 900, "2026-03-31", "2026-03-18T10:03:00.000+0000"],
      ["Closed Won", 900, "2026-05-01", 100, 900, "2026-05-01", "2026-03-18T10:04:00.000+0000"],
    ]);
  });

  it("begin their history when they are created", async () => {
    const { send, rows } = await livingOrg();
    await send("POST", "/sobjects/Opportunity", { Name: "New", StageName: "Prospecting", CloseDate: "2026-06-01" });
    expect(await rows("SELECT Opportunity.Name, StageName, Probability FROM OpportunityHistory")).toEqual([
      ["Prospecting", 10, "New"],
    ]);
  });
});

describe("cases, tasks and people", () => {
  it("close a case with its status, with the date, and reopen it", async () => {
    const { send, rows } = await livingOrg();
    const path = `/sobjects/Case/500Hs0000000001IAA`;
    const state = "SELECT IsClosed, ClosedDate FROM Case WHERE CaseNumber = '00001001'";
    await send("PATCH", path, { Status: "Closed", IsEscalated: true });
    expect(await rows(state)).toEqual([[true, "2026-03-18T10:01:00.000+0000"]]);
    await send("PATCH", path, { Status: "Working" });
    expect(await rows(state)).toEqual([[false, null]]);
  });

  it("number new cases and complete tasks", async () => {
    const { send, rows } = await livingOrg();
    await send("POST", "/sobjects/Case", { Subject: "Third" });
    expect(await rows("SELECT CaseNumber, Status, Priority FROM Case WHERE Subject = 'Third'")).toEqual([
      ["00001003", "New", "Medium"],
    ]);
    await send("PATCH", "/sobjects/Task/00THs0000000002MAA", { Status: "Completed" });
    expect(await rows("SELECT IsClosed, IsHighPriority, CompletedDateTime FROM Task WHERE Subject = 'Email'")).toEqual([
      [true, true, "2026-03-18T10:02:00.000+0000"],
    ]);
  });

  it("put a person's name together", async () => {
    const { send, rows } = await livingOrg();
    await send("PATCH", `/sobjects/Contact/${ids.contact(1)}`, { LastName: "Ray-Silva" });
    expect(await rows(`SELECT Name FROM Contact WHERE Id = '${ids.contact(1)}'`)).toEqual([["Ann Ray-Silva"]]);
  });

  it("merge two accounts: the loser is deleted with its master's id, its contacts and deals move", async () => {
    const { simulator, rows, query } = await livingOrg();
    simulator.state.merge("Account", ids.account(3), ids.account(1));
    const gone = await readPage(
      await query(`SELECT IsDeleted, MasterRecordId FROM Account WHERE Id = '${ids.account(1)}'`, "queryAll"),
    );
    expect(gone.records.map(cells)).toEqual([[true, ids.account(3)]]);
    expect(
      await rows(
        `SELECT LastName FROM Contact WHERE AccountId = '${ids.account(3)}' AND SystemModstamp = 2026-03-18T10:00:00Z`,
      ),
    ).toEqual([["Ray"], ["Silva"]]);
    expect(await rows(`SELECT Name FROM Opportunity WHERE AccountId = '${ids.account(3)}'`)).toHaveLength(3);
  });
});
