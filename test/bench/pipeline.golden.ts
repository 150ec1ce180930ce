import type { MappedRecord } from "../../src/model/index.ts";
import { type GoldenJson, sameAs } from "../../src/pipeline/resolve/said.ts";

/** A record of a customer, as the script reads it. */
export interface Member {
  record_key: string;
  kind: string;
  fields: string;
  changed_at: string;
}

interface Value {
  value: unknown;
  record_key: string;
}
type Golden = Record<string, Value & { rule: string; why?: string; losers: Value[]; also?: Value[] }>;
const listed = new Set(["email", "phone", "address"]);

const goldenFields = [
  ...(["name", "first_name", "last_name", "title", "email", "phone", "address", "country", "company_name"] as const),
  ...(["lifecycle_stage", "lead_status", "lead_source", "opted_out"] as const),
  ...(["domain", "industry", "type", "number_of_employees"] as const),
];
type Says = Partial<Record<(typeof goldenFields)[number], GoldenJson | GoldenJson[] | undefined>>;

/** A customer's golden values out of its records, the newest value of each field. */
export function goldenOf(members: Member[]): Golden {
  members.sort((a, b) =>
    a.changed_at < b.changed_at ? 1 : a.changed_at > b.changed_at ? -1 : a.record_key < b.record_key ? -1 : 1,
  );
  const said = members.map(({ kind, fields }) =>
    kind === "company" ? companyValues(JSON.parse(fields)) : personValues(JSON.parse(fields)),
  );
  const golden: Golden = {};
  for (const field of goldenFields) {
    const values = members.flatMap((member, n) => {
      const value = said[n]?.[field];
      const all = Array.isArray(value) ? value : value === undefined ? [] : [value];
      return all.map((one) => ({ ...member, value: one, same: sameAs(field, one) }));
    });
    const [winner] = values;
    if (!winner) continue;
    const { value, record_key } = winner;
    const others = values.filter(({ same }) => same !== winner.same);
    golden[field] = { value, record_key, rule: "only_value", losers: [] };
    if (others[0]) golden[field] = decided(field, winner, others[0], others);
    if (field === "email") {
      const domain = String(value).slice(String(value).indexOf("@") + 1);
      golden.email_domain = { value: domain, record_key, rule: "of_email", losers: [] };
    }
  }
  return golden;
}

type Saying = Value & { same: string; changed_at: string };

function decided(field: string, winner: Saying, rival: Saying, others: Saying[]): Golden[string] {
  const { value, record_key, changed_at: at } = winner;
  const isSameDay = at.slice(0, 10) === rival.changed_at.slice(0, 10);
  const shown = (instant: string) => (isSameDay ? instant : instant.slice(0, 10));
  const [rule, why] =
    at !== rival.changed_at
      ? ["most_recent", `changed ${shown(at)}, ${rival.record_key} ${shown(rival.changed_at)}`]
      : record_key !== rival.record_key
        ? ["record_key", `nothing else tells it from ${rival.record_key}: the key ${record_key} sorts first`]
        : ["first_listed", "its record lists it first"];
  const bare = ({ value, record_key }: Value) => ({ value, record_key });
  const head = { value, record_key, rule, why };
  if (!listed.has(field)) return { ...head, losers: others.map(bare) };
  const once = others.filter(({ same }, n) => others.findIndex((other) => other.same === same) === n);
  return { ...head, losers: [], also: once.map(bare) };
}

function personValues(fields: MappedRecord<"contact">["fields"]): Says {
  const { first_name, last_name, title, company_name, lifecycle_stage, lead_status, lead_source, opted_out } = fields;
  const email = fields.emails?.map((one) => one.email);
  const phone = fields.phone_numbers?.map(({ number }) => number);
  const address = fields.addresses as Record<string, string>[] | undefined;
  const country = fields.addresses?.[0]?.country;
  const own = { first_name, last_name, title, email, phone, address, country, company_name };
  return { ...own, lifecycle_stage, lead_status, lead_source, opted_out };
}

function companyValues({
  name,
  domains,
  industry,
  type,
  number_of_employees,
  addresses,
  lifecycle_stage,
}: MappedRecord<"company">["fields"]): Says {
  const country = addresses?.[0]?.country;
  const address = addresses as Record<string, string>[] | undefined;
  return { name, domain: domains?.[0], industry, type, number_of_employees, address, country, lifecycle_stage };
}
