import { groupBy } from "../../../lib/group.ts";
import { danglingNotes, dealActivities, personActivities } from "./activities.ts";
import { createCalendar } from "./calendar.ts";
import { hireColleagues, ownerFor } from "./colleagues.ts";
import { countRecords, noteLookalikes, truthOf } from "./counts.ts";
import { openTally } from "./distort.ts";
import { createIds } from "./ids.ts";
import { numberOf, type Scale } from "./model.ts";
import { statusNotes } from "./notes.ts";
import { populate } from "./populace.ts";
import { seatCustomers } from "./presence.ts";
import { protagonistOf } from "./protagonist.ts";
import { createRandom } from "./random.ts";
import { type Facts, writeCompanyRecords, writePersonRecords } from "./records.ts";
import { readSources } from "./sources.ts";
import { standingsOf } from "./standing.ts";
import { tradeOf } from "./trade.ts";
import type { World } from "./world.ts";

export interface WorldOptions {
  /** `default`: about 2,400 customers and 24,000 source records; `full`: about 9,000 and 93,000. */
  readonly scale: Scale;
  readonly seed: number;
  /** The ISO instant that is now; the newest order was yesterday. */
  readonly epoch: string;
}

/**
 * Builds the demo's world from Microsoft's AdventureWorks sample: true customers, and what three CRMs know of them.
 * Pure: the same options give a deep-equal world on every machine. Throws when the epoch is no instant.
 * @example buildWorld({ scale: "default", seed: 7, epoch: "2026-11-20T09:00:00Z" }).counts.sourceRecords // about 24,000
 */
export function buildWorld({ scale, seed, epoch }: WorldOptions): World {
  const random = createRandom(seed);
  const calendar = createCalendar(epoch);
  const ids = createIds();
  const sources = readSources();
  const colleagues = hireColleagues(calendar, ids, random.fork("colleagues"));
  const populace = populate(sources, scale, calendar, random.fork("populace"));
  const { companies, persons, protagonist, protagonistCompany, newestBuyer } = populace;
  const protagonists = new Set([protagonist.customerId, protagonistCompany.customerId]);
  const spared = new Set([...protagonists, newestBuyer.customerId]);
  const presence = seatCustomers(companies, persons, spared, { ids, random: random.fork("presence") });
  const trade = tradeOf(populace, sources, { presence, ids, calendar, colleagues, random: random.fork("trade") });
  const facts: Facts = {
    calendar,
    colleagues,
    presence,
    protagonists,
    companies: new Map(companies.map((company) => [company.customerId, company])),
    standings: standingsOf(populace, trade, random.fork("standings")),
    dealsOf: groupBy(trade.deals, (deal) => deal.customerId),
    tally: openTally(),
  };
  const personRecords = writePersonRecords(persons, facts, random.fork("person records"));
  const companyRecords = writeCompanyRecords(companies, facts, random.fork("company records"));
  const tools = { presence, ids, calendar, random: random.fork("activities") };
  const activities = [
    ...trade.deals.flatMap((deal) => dealActivities(deal, tools)),
    ...persons.flatMap((person) =>
      personActivities(person, ownerFor(colleagues, numberOf(person.companyId ?? person.customerId)), tools),
    ),
  ];
  const dangling = danglingNotes(activities);
  noteLookalikes({ persons, dangling }, facts.tally);
  const { deals, transactions, tickets } = trade;
  const notes = statusNotes(transactions, calendar, ids);
  const written = {
    colleagues,
    persons,
    companies,
    personRecords,
    companyRecords,
    deals,
    transactions,
    tickets,
    statusNotes: notes,
    activities,
  };
  return {
    epoch,
    scale,
    seed,
    ...written,
    dangling,
    truth: truthOf(presence.seats),
    distortions: facts.tally.counts,
    counts: countRecords(written, presence),
    protagonist: protagonistOf(populace, trade, presence),
  };
}
