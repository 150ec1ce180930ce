import { type Party, partyOf } from "../../identity/group/claims.ts";
import { type GoldenField, goldenFields, newestWins, type Survivorship } from "../../identity/survivorship.ts";
import { isSameJson } from "../../lib/same-json.ts";
import type { GoldenValue } from "../../model/customer.ts";
import type { StoredRecord } from "../../model/record.ts";
import { type Criterion, criteriaFor, newestFirst, type Said } from "./criteria.ts";
import { type GoldenJson, isListed, saidBy, sameAs } from "./said.ts";

/** A value that a person has set by hand. */
export interface Pin {
  id: string;
  field: string;
  /** As JSON. */
  value: string;
  by: string;
  at: string;
  reason: string;
}

export interface GoldenRules {
  survivorship?: Survivorship;
  /** Of all the customer's records; of several on one field the newest holds. */
  pins?: readonly Pin[];
}

/**
 * A customer's fields out of its records: of each field the value that the field's rules prefer, with the record it came from, the values
 * that lost and the rule that decided. A function of the set: in which order records are given says nothing. Values that mean the same
 * (`+49 30 1`, `+49301`) are one, kept as the record that won wrote it.
 */
export function goldenValues(
  members: readonly StoredRecord[],
  { survivorship = newestWins, pins = [] }: GoldenRules = {},
): Record<string, GoldenValue> {
  const ranked = members.length > 1 ? [...members].sort(newestFirst) : members;
  const said = ranked.flatMap((record): Sayer[] => {
    const party = partyOf(record);
    return party ? [{ record, party }] : [];
  });
  const kind = members.some((record) => record.kind === "company") ? "company" : "person";
  const standing = pinsByField(pins);
  const golden: Record<string, GoldenValue> = {};
  for (const field of fieldsInOrder) {
    const value = chosen(field, said, {
      rules: survivorship[kind][field] ?? survivorship.default,
      pin: standing.get(field),
    });
    if (value) golden[field] = value;
    if (field === "email") addDomain(golden);
  }
  return golden;
}

/** The customer's display name. */
export function goldenName(golden: Readonly<Record<string, GoldenValue>>): string {
  const text = (field: string) => (typeof golden[field]?.value === "string" ? golden[field].value : "");
  return text("name") || `${text("first_name")} ${text("last_name")}`.trim() || text("email") || text("domain");
}

const fieldsInOrder = [...new Set<GoldenField>([...goldenFields.person, ...goldenFields.company])];

interface Sayer {
  record: StoredRecord;
  party: Party;
}

/** The field's value; undefined where nobody says one. */
function chosen(
  field: GoldenField,
  sayers: readonly Sayer[],
  { rules, pin }: { rules: Survivorship["default"]; pin: Pin | undefined },
): GoldenValue | undefined {
  const isInOrder = rules.length === 1 && rules[0] === "most_recent";
  if (!pin && (isInOrder || sayers.length === 1)) {
    const undisputed = undisputedBy(field, sayers);
    if (undisputed !== "disputed") return undisputed;
  }
  const candidates: Said[] = [];
  for (const { record, party } of sayers) {
    saidBy(party, field).forEach((value, place) => {
      candidates.push({ value, place, record });
    });
  }
  if (pin) return pinned(field, pin, candidates);
  const same = sameWithin(field);
  const criteria = () => criteriaFor(rules, candidates, same);
  const ranked = isInOrder ? candidates : candidates.sort(by(criteria()));
  return decided(field, ranked, { same, criteria });
}

/** Most customers are one record, or records that say the same: nothing need be put in order there. */
function undisputedBy(field: GoldenField, sayers: readonly Sayer[]): GoldenValue | undefined | "disputed" {
  let found: GoldenValue | undefined;
  for (const { record, party } of sayers) {
    const [value, another] = saidBy(party, field);
    if (value === undefined) continue;
    if (another !== undefined || (found && !isSameJson(found.value, value))) return "disputed";
    found ??= { value, record_key: record.record_key, rule: "only_value", losers: [] };
  }
  return found;
}

/** Of values in the order of their rank the first; and by what it is told from the first of the others that means something else. */
function decided(
  field: GoldenField,
  ranked: readonly Said[],
  { same, criteria }: { same: (said: Said) => string; criteria: () => Criterion[] },
): GoldenValue | undefined {
  const [winner, ...rest] = ranked;
  if (!winner) return undefined;
  const others = rest.filter((other) => !isSameJson(other.value, winner.value) && same(other) !== same(winner));
  const [rival] = others;
  if (!rival) return { ...spoken(winner), rule: "only_value", losers: [] };
  const decisive = criteria().find(({ compare }) => compare(winner, rival) !== 0);
  if (!decisive) throw new Error(`nothing decides between two values of ${field}`);
  const value = { ...spoken(winner), rule: decisive.rule, why: decisive.why(winner, rival) };
  return isListed(field)
    ? { ...value, losers: [], also: distinct(others, same) }
    : { ...value, losers: others.map(spoken) };
}

/** What a value has in common with those that mean the same, worked out once. */
function sameWithin(field: GoldenField): (said: Said) => string {
  const known = new Map<Said["value"], string>();
  return ({ value }) => {
    const same = known.get(value) ?? sameAs(field, value);
    known.set(value, same);
    return same;
  };
}

function by(criteria: readonly { compare(a: Said, b: Said): number }[]) {
  return (a: Said, b: Said): number => {
    for (const { compare } of criteria) {
      const order = compare(a, b);
      if (order !== 0) return order;
    }
    return 0;
  };
}

function pinned(field: GoldenField, { value: json, by: who, reason }: Pin, ranked: readonly Said[]): GoldenValue {
  const value = JSON.parse(json) as GoldenJson;
  const same = sameWithin(field);
  const others = ranked.filter((other) => same(other) !== sameAs(field, value));
  const held = { value, record_key: "", rule: "pin", why: `set by ${who}: ${reason}` };
  if (!isListed(field)) return { ...held, losers: others.map(spoken) };
  return { ...held, losers: [], ...(others.length > 0 ? { also: distinct(others, same) } : {}) };
}

function pinsByField(pins: readonly Pin[]): Map<string, Pin> {
  const standing = new Map<string, Pin>();
  for (const pin of pins) {
    const held = standing.get(pin.field);
    if (!held || pin.at > held.at || (pin.at === held.at && pin.id > held.id)) standing.set(pin.field, pin);
  }
  return standing;
}

/** What a list of a customer's addresses or numbers holds at most, beside the first. */
const alsoMax = 50;

/** Each value once, as the first in rank wrote it. */
function distinct(ranked: readonly Said[], same: (said: Said) => string): GoldenValue["losers"] {
  const first = new Map<string, Said>();
  for (const said of ranked) if (!first.has(same(said))) first.set(same(said), said);
  return [...first.values()].slice(0, alsoMax).map(spoken);
}

function spoken({ value, record: { record_key } }: Said): GoldenValue["losers"][number] {
  return { value, record_key };
}

/** The domain is that of the e-mail address that is shown, whichever others there are. */
function addDomain(golden: Record<string, GoldenValue>): void {
  const { email } = golden;
  if (!email || typeof email.value !== "string") return;
  const value = email.value.slice(email.value.indexOf("@") + 1);
  golden.email_domain = { value, record_key: email.record_key, rule: "of_email", losers: [] };
}
