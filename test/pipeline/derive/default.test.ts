import { describe, expect, test } from "vitest";
import { compileJourney, compileScore } from "../../../src/pipeline/derive/plan.ts";
import { defaultJourneyText, defaultScoreText, event, tell } from "./histories.ts";

const journey = compileJourney(defaultJourneyText, "mappings/journeys/default.yaml");
const score = compileScore(defaultScoreText, "mappings/scores/default.yaml");
if (Array.isArray(journey) || Array.isArray(score)) throw new Error("the shipped files do not compile");
const rules = { journey, score };

/** The stages passed, implied ones in brackets: `awareness (consideration) decision`, each cycle on its own line. */
function path(events: Parameters<typeof tell>[0], asOf: string, fields = {}): string[] {
  const cycles: string[][] = [];
  for (const { stage, cause, cycle_no } of tell(events, { ...rules, fields, asOf }).intervals) {
    const cycle = cycles[cycle_no - 1] ?? [];
    cycles[cycle_no - 1] = cycle;
    cycle.push(cause === "implied" ? `(${stage})` : stage);
  }
  return cycles.map((cycle) => cycle.join(" "));
}

const order = (at: string, id: string) =>
  event(at, "order.placed", { record_key: `ns:order:${id}`, facts: { status: "pending" } });
const invoice = (at: string, kind: string, id: string) =>
  event(at, kind, { record_key: `ns:invoice:${id}`, facts: { status: "open", due_on: "2026-12-01" } });
const deal = (at: string, kind: string, id = "1", status = "open") =>
  event(at, kind, { record_key: `sf:deal:${id}`, facts: { status } });

describe("the default journey on the customers there are", () => {
  test("a consumer who only orders", () => {
    const implied = "(awareness) (consideration) (decision)";
    expect(path([order("2026-01-05", "1")], "2026-02-01")).toEqual([`${implied} purchase`]);
    expect(path([order("2026-01-05", "1"), order("2026-03-05", "2")], "2026-04-01")).toEqual([
      `${implied} purchase (onboarding) retention`,
    ]);
    expect(path([order("2026-01-05", "1")], "2027-01-05")).toEqual([`${implied} purchase churned`]);
    expect(path([order("2026-01-05", "1"), order("2027-05-01", "2")], "2027-05-02")).toEqual([
      `${implied} purchase churned`,
      `${implied} (purchase) (onboarding) retention`,
    ]);
  });

  test("a consumer known by invoices alone", () => {
    const events = [invoice("2026-01-05", "invoice.issued", "1"), invoice("2026-01-25", "invoice.paid", "1")];
    expect(path(events, "2026-01-10")).toEqual(["(awareness) (consideration) (decision) (purchase) onboarding"]);
    expect(path(events, "2026-02-01")).toEqual([
      "(awareness) (consideration) (decision) (purchase) onboarding retention",
    ]);
  });

  test("a lead who fills in a form, asks again, and falls silent", () => {
    const events = [
      event("2026-01-05", "contact.created"),
      event("2026-01-05 09:00", "form.submitted"),
      event("2026-01-12", "call.logged"),
    ];
    expect(path(events, "2026-01-06")).toEqual(["awareness"]);
    expect(path(events, "2026-01-13")).toEqual(["awareness consideration"]);
    expect(path(events, "2026-04-12")).toEqual(["awareness consideration awareness"]);
    expect(path(events, "2027-04-12")).toEqual(["awareness consideration awareness lost"]);
    expect(path([...events, event("2027-06-01", "form.submitted")], "2027-06-02")).toEqual([
      "awareness consideration awareness lost",
      "awareness",
    ]);
  });

  test("a disqualified lead", () => {
    const events = [event("2026-01-05", "contact.created"), event("2026-01-06", "lead.disqualified")];
    expect(path(events, "2026-01-07")).toEqual(["awareness lost"]);
  });

  test("a company from first deal to advocacy", () => {
    const events = [
      event("2026-01-05", "company.created"),
      deal("2026-01-10", "deal.created"),
      deal("2026-02-20", "deal.won", "1", "won"),
      order("2026-02-21", "1"),
      event("2026-03-01", "order.fulfilled", { record_key: "ns:order:1" }),
      invoice("2026-03-02", "invoice.issued", "1"),
      invoice("2026-03-30", "invoice.paid", "1"),
      event("2026-04-15", "survey.answered", { facts: { rating: 10 } }),
    ];
    expect(path(events, "2026-05-01")).toEqual(["awareness decision purchase onboarding retention advocacy"]);
    // Five of five stars are no low recommendation.
    const stars = event("2026-05-20", "survey.answered", { facts: { rating: 5, kind: "csat" } });
    expect(path([...events, stars], "2026-06-02").at(-1)).toMatch(/advocacy$/);
    const detractor = event("2026-05-20", "survey.answered", { facts: { rating: 5, kind: "nps" } });
    expect(path([...events, detractor], "2026-06-02").at(-1)).toMatch(/advocacy retention$/);
    const escalated = event("2026-06-01", "ticket.escalated", { facts: { is_escalated: true } });
    expect(path([...events, escalated], "2026-06-02").at(-1)).toMatch(/advocacy retention$/);
    expect(path(events, "2027-04-20").at(-1)).toMatch(/advocacy churned$/);
  });

  test("a deal lost, and one opened later", () => {
    const events = [
      event("2026-01-05", "company.created"),
      deal("2026-01-10", "deal.created"),
      deal("2026-02-20", "deal.lost", "1", "lost"),
    ];
    expect(path(events, "2026-03-01")).toEqual(["awareness decision lost"]);
    expect(path([...events, deal("2026-09-01", "deal.created", "2")], "2026-09-02")).toEqual([
      "awareness decision lost",
      "decision",
    ]);
  });

  test("a deal nobody touches any more, moved on at last", () => {
    const events = [deal("2026-01-10", "deal.created"), deal("2026-06-10", "deal.stage_changed")];
    expect(path(events, "2026-06-01")).toEqual(["decision consideration"]);
    expect(path(events, "2026-06-11")).toEqual(["decision consideration decision"]);
  });

  test("a customer keeps its stage when a later deal is lost", () => {
    const events = [
      order("2026-01-05", "1"),
      deal("2026-02-10", "deal.created"),
      deal("2026-03-20", "deal.lost", "1", "lost"),
    ];
    expect(path(events, "2026-04-01").at(-1)).toMatch(/purchase$/);
  });

  test("a high score alone is interest", () => {
    const events = ["05", "06", "07"].map((day) => event(`2026-01-${day}`, "form.submitted"));
    const fields = {
      "person.title": "VP Sales",
      "person.email_domain": "acme.example",
      "company.number_of_employees": 500,
    };
    expect(path([...events, event("2026-01-07 12:00", "email.received")].slice(0, 3), "2026-01-08")).toEqual([
      "awareness",
    ]);
    expect(path([...events, event("2026-01-07 12:00", "email.received")], "2026-01-08", fields)).toEqual([
      "awareness consideration",
    ]);
  });
});

describe("the default score", () => {
  test("fit and engagement, added by hand", () => {
    const fields = {
      "person.title": "VP Sales",
      "person.email_domain": "acme.example",
      "company.number_of_employees": 500,
    };
    const events = [
      event("2026-01-05", "form.submitted", { id: "f", title: "Form 'Demo' filled in" }),
      event("2026-01-05", "meeting.held", { id: "m", title: "Meeting with Ann" }),
      deal("2026-01-05", "deal.created"),
    ];
    const { score: first } = tell(events, { ...rules, fields, asOf: "2026-01-05" });
    // fit: 20 senior + 15 size + 10 own mail domain; engagement: 12 form + 12 meeting + 15 open deal
    expect(first.dimensions).toEqual({ fit: 45, engagement: 39 });
    expect([first.value, first.grade]).toEqual([84, "A1"]);
    expect(first.reason).toBe(
      "A1, 84 points: +20 Senior role: VP Sales; +15 500 employees; +15 Deal open: deal.created on 5 Jan 2026",
    );
    // After 45 days the form is half: 6; the meeting has lost 37.5 %: 7.5 rounds to 8
    expect(tell(events, { ...rules, fields, asOf: "2026-02-19" }).score.dimensions).toEqual({
      fit: 45,
      engagement: 29,
    });
  });

  test("a mailbox anybody can have costs points, at whichever of the services it is; an own domain brings them", () => {
    const contributed = (domain: string) =>
      tell([], { ...rules, fields: { "person.email_domain": domain }, asOf: "2026-01-05" }).score.contributions.map(
        ({ rule, points }) => [rule, points],
      );
    expect(contributed("gmail.com")).toEqual([["fit.free_mail", -5]]);
    expect(contributed("web.de")).toEqual([["fit.free_mail", -5]]);
    expect(contributed("acme.example")).toEqual([["fit.business_email", 10]]);
  });

  test("a disqualified lead has the lowest grade", () => {
    const fields = { "person.title": "CEO", "person.lead_status": "unqualified" };
    expect(tell([], { ...rules, fields, asOf: "2026-01-05" }).score.grade).toBe("D4");
  });

  test("an invoice a month overdue costs points at the instant it is", () => {
    const events = [event("2026-01-01", "deal.created"), invoice("2026-11-01", "invoice.issued", "1")];
    const at = (asOf: string) => tell(events, { ...rules, asOf }).score.dimensions.engagement;
    expect([at("2026-12-31 23:59"), at("2027-01-01")]).toEqual([15, 0]);
  });
});
