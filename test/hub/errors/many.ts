import type { HubspotRow } from "../../../connectors/hubspot/simulator/index.ts";

/** Contacts and companies of which 10,000 cannot be mapped by the broken files, for three causes, and 500 can. */
export function manyRecords(): { contacts: HubspotRow[]; companies: HubspotRow[] } {
  return {
    contacts: [
      ...people(0, 4_000, { hs_language: "en" }), // no job title
      ...people(4_000, 7_000, { jobtitle: "Buyer" }), // no language
      ...people(7_000, 7_500, { jobtitle: "Buyer", hs_language: "en" }),
    ],
    companies: numbers(0, 3_000).map((n) => row(90_001 + n, { name: `Company ${n}`, domain: `company${n}.example` })),
  };
}

/** Every tenth shares its address with the one before, so that customers are made of what fails and what does not. */
function people(from: number, to: number, properties: Record<string, string>): HubspotRow[] {
  return numbers(from, to).map((n) => {
    const address = n % 10 === 0 ? (n + 7_499) % 7_500 : n;
    const firstname = `Person ${address}`;
    return row(1_001 + n, { ...properties, email: `person${address}@people.example`, firstname, lastname: "Miller" });
  });
}

function row(id: number, properties: Record<string, string>): HubspotRow {
  return {
    id: String(id),
    properties,
    createdAt: "2026-01-05T08:00:00.000Z",
    updatedAt: "2026-10-01T08:00:00.000Z",
  };
}

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n);
