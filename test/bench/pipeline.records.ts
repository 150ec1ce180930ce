/*
 * The way a portal fills, as HubSpot sends it: of ten records three are new parties (one company to nine people), two are people who
 * changed, five are e-mails and notes on somebody. One person in twenty is there twice, under another address. The same for the same count.
 */

export type RecordObject = "companies" | "contacts" | "emails" | "notes";

/** A record as it comes over the wire. */
export interface WireRecord {
  object: RecordObject;
  id: string;
  version: string;
  json: string;
}

const firstNames = ["Maria", "Jon", "Élodie", "Sven", "Aiko", "Tom", "Fatima", "Lee", "Ines", "Paul", "Ruth"];
const syllables = [
  "ba",
  "cor",
  "den",
  "fel",
  "gar",
  "hol",
  "jun",
  "kim",
  "lo",
  "mar",
  "nov",
  "ö",
  "pet",
  "ros",
  "san",
  "tur",
  "vel",
  "win",
  "yang",
  "zim",
];
const cities = ["Bothell", "Seattle", "Portland", "Austin"];
const titles = ["Head of Purchasing", "Buyer", "Owner", "Workshop Lead", "Marketing Manager"];
const stages = ["subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer"];
const statuses = ["NEW", "OPEN", "IN_PROGRESS", "OPEN_DEAL", "UNQUALIFIED", null];
const sources = ["ORGANIC_SEARCH", "PAID_SEARCH", "EMAIL_MARKETING", "OFFLINE"];
const areas = [206, 253, 360, 425, 509, 503, 541, 971];
const words =
  "we would like an offer for twelve road bikes with spare wheels before the season starts please call me back about delivery and the warranty".split(
    " ",
  );
const startMs = Date.UTC(2024, 0, 1);

/** Yields `count` records in the order they happened, thirty seconds apart. */
export function* wireRecords(count: number): Generator<WireRecord> {
  const chance = randomNumbers(7);
  let parties = 0;
  let people = 0;
  let companies = 0;
  for (let n = 0; n < count; n++) {
    const at = new Date(startMs + n * 30_000).toISOString();
    const turn = n % 10;
    if (turn === 0 || turn === 3 || turn === 6 || people === 0) {
      if (parties++ % 10 === 0) yield company(companies++, at);
      else yield contact(people++, companies, { at, changes: 0 });
    } else if (turn === 1 || turn === 5 || turn === 8) {
      yield note(n, Math.floor(chance() * people), at);
    } else if (turn === 2 || turn === 7) {
      yield contact(Math.floor(chance() * people), companies, { at, changes: n });
    } else yield email(n, Math.floor(chance() * people), at);
  }
}

function contact(person: number, companies: number, { at, changes }: { at: string; changes: number }): WireRecord {
  // Somebody who filled in a form with a private address after one with the work address: same name, same telephone.
  const twin = person % 20 === 19 ? person - 7 : person;
  const first = pick(firstNames, twin);
  const last = lastName(twin);
  const mailbox = `${(Math.imul(person + 1, 2_654_435_761) >>> 0).toString(36)}.${person}`;
  const firm = companyOf(person, companies);
  const seen = new Date(startMs + person * 100_000).toISOString();
  const payload = {
    id: String(100_000 + person),
    properties: {
      email: `${mailbox}@${twin === person ? `Firm${firm}.com` : "example.org"}`,
      hs_additional_emails: person % 10 === 0 ? `${mailbox}@mail.example.org;old.${mailbox}@example.net` : null,
      firstname: `${first} `,
      lastname: last,
      jobtitle: pick(titles, changes),
      phone: telephone(twin),
      mobilephone: person % 3 === 0 ? `+1 206 ${400 + (person % 500)} ${String(person % 9973).padStart(4, "0")}` : null,
      address: `${person} Yosemite Ct.`,
      city: pick(cities, person),
      state: "Washington",
      zip: String(10_000 + (firm % 80_000)),
      country: "United States",
      hs_country_region_code: "US",
      company: `Firm ${firm}`,
      associatedcompanyid: String(5_000 + firm),
      hubspot_owner_id: String(person % 12),
      lifecyclestage: pick(stages, changes),
      hs_lead_status: pick(statuses, person),
      hs_analytics_source: pick(sources, person),
      hs_language: "en-us",
      notes_last_updated: at,
      num_conversion_events: String(person % 4),
      recent_conversion_event_name: person % 4 === 0 ? null : "Request a quote",
      recent_conversion_date: person % 4 === 0 ? null : seen,
      hs_email_optout: person % 7 === 0 ? "true" : "false",
      date_of_birth: null,
      lastmodifieddate: at,
    },
    createdAt: seen,
    updatedAt: at,
    archived: false,
    associations: { companies: { results: [{ id: String(5_000 + firm), type: "contact_to_company" }] } },
  };
  return { object: "contacts", id: payload.id, version: at, json: JSON.stringify(payload) };
}

/** One of 8,000, and no two alike among colleagues: people of one name are as rare as they are in a portal. */
function lastName(person: number): string {
  const n = (Math.imul(person ^ (person >>> 6), 2_654_435_761) >>> 9) % 400;
  const name = `${pick(syllables, person)}${pick(syllables, n)}${pick(syllables, Math.floor(n / 20))}`;
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** Nine people to a company; the ninth is the first to be told of the next one. */
function companyOf(person: number, companies: number): number {
  return Math.min(Math.floor(person / 9), companies - 1);
}

function telephone(person: number): string {
  const exchange = 200 + (Math.floor(person / 10_000) % 700);
  return `(${pick(areas, person)}) ${exchange}-${String(person % 10_000).padStart(4, "0")}`;
}

function company(firm: number, at: string): WireRecord {
  const payload = {
    id: String(5_000 + firm),
    properties: {
      name: `Firm ${firm}, Inc.`,
      domain: `firm${firm}.com`,
      website: `https://www.firm${firm}.com/bikes`,
      industry: "SPORTING_GOODS",
      type: "PROSPECT",
      numberofemployees: String(5 + (firm % 300)),
      city: pick(cities, firm),
      state: "Washington",
      zip: String(10_000 + (firm % 80_000)),
      hubspot_owner_id: String(firm % 12),
      lifecyclestage: pick(stages, firm),
      hs_lastmodifieddate: at,
    },
    createdAt: at,
    updatedAt: at,
    archived: false,
  };
  return { object: "companies", id: payload.id, version: at, json: JSON.stringify(payload) };
}

function email(n: number, person: number, at: string): WireRecord {
  const payload = {
    id: String(1_000_000 + n),
    properties: {
      hs_createdate: at,
      hs_timestamp: at,
      hs_email_direction: n % 3 === 0 ? "INCOMING_EMAIL" : "EMAIL",
      hs_email_status: "SENT",
      hs_email_subject: `Re: offer ${n}`,
      hs_email_text: sentence(n, 30),
      hubspot_owner_id: String(n % 12),
      hs_lastmodifieddate: at,
    },
    createdAt: at,
    updatedAt: at,
    archived: false,
    associations: { contacts: { results: [{ id: String(100_000 + person), type: "email_to_contact" }] } },
  };
  return { object: "emails", id: payload.id, version: at, json: JSON.stringify(payload) };
}

function note(n: number, person: number, at: string): WireRecord {
  const payload = {
    id: String(1_000_000 + n),
    properties: {
      hs_createdate: at,
      hs_timestamp: at,
      hs_note_body: `<div>${sentence(n, 24)} <b>soon</b></div>`,
      hubspot_owner_id: String(n % 12),
      hs_lastmodifieddate: at,
    },
    createdAt: at,
    updatedAt: at,
    archived: false,
    associations: { contacts: { results: [{ id: String(100_000 + person), type: "note_to_contact" }] } },
  };
  return { object: "notes", id: payload.id, version: at, json: JSON.stringify(payload) };
}

function sentence(n: number, length: number): string {
  return Array.from({ length }, (_, word) => words[(n * 7 + word) % words.length]).join(" ");
}

function pick<Value>(values: readonly Value[], index: number): Value {
  const value = values[index % values.length];
  if (value === undefined) throw new Error("nothing to pick from");
  return value;
}

/** Mulberry32: the same numbers in [0, 1) for the same seed. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
