import { buildWorld, distortions, type World } from "journey-hub/connector/testing";
import { beforeAll, describe, expect, it } from "vitest";

const epoch = "2026-11-20T09:00:00Z";
const options = { scale: "default", seed: 7, epoch } as const;
let world: World;

beforeAll(() => {
  world = buildWorld(options);
});

describe("the demo's world", () => {
  it("is the same for the same options, and another for another seed", () => {
    expect(buildWorld(options)).toEqual(world);
    const other = buildWorld({ ...options, seed: 8 });
    expect(other.persons.map(({ email }) => email)).not.toEqual(world.persons.map(({ email }) => email));
  });

  it("has two thousand customers and twenty thousand records, without counting histories and roles", () => {
    expect(world.counts.customers).toBeGreaterThanOrEqual(2000);
    expect(world.counts.customers).toBe(world.persons.length + world.companies.length);
    const histories = ["salesforce:OpportunityHistory", "salesforce:OpportunityContactRole", "netsuite:systemnote"];
    const history = histories.reduce((sum, key) => sum + (world.counts.byObject[key] ?? 0), 0);
    expect(world.counts.sourceRecords - history).toBeGreaterThanOrEqual(20_000);
    expect(world.counts.sourceRecords).toBeLessThan(26_000);
  });

  it("has eighty thousand records at full scale", () => {
    const { counts } = buildWorld({ ...options, scale: "full" });
    expect(counts.sourceRecords).toBeGreaterThanOrEqual(80_000);
    expect(counts.sourceRecords).toBeLessThan(100_000);
  });

  it("knows about 45 in 100 customers in two systems and 20 in 100 in three", () => {
    const { customers, inOneSystem, inTwoSystems, inThreeSystems } = world.counts;
    expect(inOneSystem + inTwoSystems + inThreeSystems).toBe(customers);
    expect(inTwoSystems / customers).toBeGreaterThan(0.4);
    expect(inTwoSystems / customers).toBeLessThan(0.5);
    expect(inThreeSystems / customers).toBeGreaterThan(0.15);
    expect(inThreeSystems / customers).toBeLessThan(0.25);
  });

  it.each([
    ["2026-11-20T09:00:00Z", "2026-11-19"],
    ["2026-03-01T00:00:30Z", "2026-02-28"],
    ["2028-03-01T23:59:59Z", "2028-02-29"],
  ])("as of %s has its newest order on the day before, %s", (instant, yesterday) => {
    const { transactions } = buildWorld({ ...options, epoch: instant });
    const days = transactions.filter(({ type }) => type === "order").map(({ day }) => day);
    expect(days.sort().at(-1)).toBe(yesterday);
  });

  it("holds nothing that has not happened yet", () => {
    const now = Date.parse(epoch);
    const { personRecords, companyRecords, deals, transactions, tickets, activities, statusNotes } = world;
    const stamps = [
      ...[...personRecords, ...companyRecords, ...deals, ...tickets].flatMap((entry) => [
        entry.createdAt,
        entry.updatedAt,
      ]),
      ...transactions.flatMap((entry) => [entry.createdAt, entry.updatedAt]),
      ...[...activities, ...statusNotes].map(({ at }) => at),
    ];
    expect(stamps.filter((stamp) => !(stamp < now))).toEqual([]);
  });

  it("never changes a record before it was made", () => {
    const { personRecords, companyRecords, deals, transactions, tickets } = world;
    const entries = [...personRecords, ...companyRecords, ...deals, ...transactions, ...tickets];
    expect(entries.filter(({ createdAt, updatedAt }) => updatedAt < createdAt)).toEqual([]);
  });

  it("refuses an epoch that is no instant", () => {
    expect(() => buildWorld({ ...options, epoch: "yesterday" })).toThrow("The epoch must be an ISO instant");
  });
});

describe("the planted truth", () => {
  it("names the customer of every person and company record, and of nothing else", () => {
    const keys = [...world.personRecords, ...world.companyRecords].map(
      ({ seat }) => `${seat.system}:${seat.object}:${seat.id}`,
    );
    expect(new Set(keys).size).toBe(keys.length);
    expect([...world.truth.keys()].sort()).toEqual(keys.sort());
  });

  it("knows only customers there are", () => {
    const customers = new Set([...world.persons, ...world.companies].map(({ customerId }) => customerId));
    expect([...world.truth.values()].filter((customerId) => !customers.has(customerId))).toEqual([]);
    expect(new Set(world.truth.values())).toEqual(customers);
  });
});

describe("the distortions", () => {
  it.each(distortions)("include: %s", (distortion) => {
    expect(world.distortions.get(distortion)).toBeGreaterThan(0);
  });

  it("leave HubSpot with each address once among live contacts, as HubSpot insists", () => {
    const live = world.personRecords.filter(({ seat, archivedAt }) => seat.system === "hubspot" && archivedAt === null);
    const addresses = live.flatMap(({ email }) => (email === null ? [] : [email.toLowerCase()]));
    expect(new Set(addresses).size).toBe(addresses.length);
  });

  it("put several people of one company on one mailbox", () => {
    const people = world.personRecords.filter(
      ({ seat, email }) => seat.system === "netsuite" && email?.startsWith("info@"),
    );
    const byMailbox = new Map<string, Set<string>>();
    for (const { email, seat } of people)
      byMailbox.set(email ?? "", (byMailbox.get(email ?? "") ?? new Set()).add(seat.customerId));
    expect([...byMailbox.values()].some((customers) => customers.size > 1)).toBe(true);
  });

  it("never use the sample's own domain", () => {
    const domains = world.companies.map(({ domain }) => domain);
    const mailboxes = world.personRecords.flatMap(({ email }) => email ?? []);
    expect([...domains, ...mailboxes].filter((text) => /adventure-?works/i.test(text))).toEqual([]);
    expect(domains.filter((domain) => !domain.endsWith(".example"))).toEqual([]);
  });
});

describe("the ledger", () => {
  it("never leaves more open than an invoice was for, and pays what it calls paid", () => {
    const paymentsOf = new Map<string | null, number>();
    const reductionsOf = new Map<string | null, number>();
    for (const entry of world.transactions) {
      if (entry.type === "payment")
        paymentsOf.set(entry.sourceId, (paymentsOf.get(entry.sourceId) ?? 0) + entry.totalCents);
      if (entry.type === "credit" && entry.status === "applied") reductionsOf.set(entry.sourceId, entry.totalCents);
    }
    const invoices = world.transactions.filter(({ type }) => type === "invoice");
    const unbalanced = invoices.filter(
      ({ id, totalCents, openCents }) =>
        (paymentsOf.get(id) ?? 0) + (reductionsOf.get(id) ?? 0) + openCents !== totalCents,
    );
    expect(invoices.length).toBeGreaterThan(1000);
    expect(unbalanced).toEqual([]);
  });

  it("has paid, open and overdue invoices, returns and estimates of every fate", () => {
    const seen = new Set<string>();
    for (const entry of world.transactions) {
      seen.add(`${entry.type} ${entry.status}`);
      if (entry.type === "invoice" && entry.status === "open" && (entry.dueDay ?? "") < "2026-11-20")
        seen.add("invoice overdue");
    }
    for (const state of [
      "invoice paid",
      "invoice open",
      "invoice overdue",
      "credit open",
      "credit applied",
      "order cancelled",
    ])
      expect(seen).toContain(state);
    for (const state of [
      "estimate open",
      "estimate processed",
      "estimate expired",
      "payment deposited",
      "order pending fulfilment",
    ])
      expect(seen).toContain(state);
  });
});

describe("the protagonist", () => {
  it("sits in all three systems, at a company that does", () => {
    const { protagonist, truth } = world;
    const own = [
      `hubspot:contacts:${protagonist.hubspotContactId}`,
      `salesforce:Contact:${protagonist.salesforceContactId}`,
      `netsuite:contact:${protagonist.netsuiteContactId}`,
    ];
    const firm = [
      `hubspot:companies:${protagonist.hubspotCompanyId}`,
      `salesforce:Account:${protagonist.salesforceAccountId}`,
      `netsuite:customer:${protagonist.netsuiteCustomerId}`,
    ];
    expect(own.map((key) => truth.get(key))).toEqual(Array(3).fill(protagonist.customerId));
    expect(firm.map((key) => truth.get(key))).toEqual(Array(3).fill(protagonist.companyCustomerId));
  });

  it("has an opportunity one step before its end, an invoice to pay, an open ticket and orders behind her", () => {
    const { protagonist, deals, tickets, transactions } = world;
    const deal = deals.find(({ ids }) => ids.salesforce === protagonist.salesforceOpportunityId);
    const ticket = tickets.find(({ ids }) => ids.hubspot === protagonist.hubspotTicketId);
    const invoice = transactions.find(({ id }) => id === protagonist.netsuiteInvoiceId);
    const orders = transactions.filter(
      ({ type, entityId }) => type === "order" && entityId === protagonist.netsuiteCustomerId,
    );
    expect(deal?.steps.at(-1)?.step).toBe("contract");
    expect(deal?.people[0]?.customerId).toBe(protagonist.customerId);
    expect(ticket).toMatchObject({ status: "waiting on us", closedAt: null, personId: protagonist.customerId });
    expect(invoice).toMatchObject({ type: "invoice", status: "open", entityId: protagonist.netsuiteCustomerId });
    expect(invoice?.openCents).toBe(invoice?.totalCents);
    expect(orders.length).toBeGreaterThan(1);
  });
});
