import { join } from "node:path";
import { inArray } from "drizzle-orm";
import { parseYaml, readMappingFolders } from "../../mapping/index.ts";
import { type GoldenValue, parseRecordKey } from "../../model/index.ts";
import type { Row } from "../../store/tables.ts";
import { type CorrectionView, readCorrections } from "../errors/corrections.ts";
import type { Hub } from "../hub.ts";
import { findCustomer } from "./customer.ts";
import type { PinView } from "./pins.ts";

/** Where a value came from: the record, the version of it that the hub goes by, and what read it. */
export interface ValueSource {
  value: GoldenValue["value"];
  record_key: string;
  /** When a mapped value of the record last changed. */
  changed_at: string;
  deleted: boolean;
  /** The raw version: its number, when it landed, and the vendor's own stamp. */
  raw: { seq: number; known_at: string; version: string | null };
  /** The line of the mapping file that fills the field; null where the file in use does not. */
  mapping: { file: string; line: number } | null;
  /** Who made the version by hand; null where it is the vendor's own. */
  correction: CorrectionView | null;
}

/** Why a customer shows a value: what won, what lost against it, and by which rule. */
export interface FieldExplanation {
  id: string;
  name: string;
  field: string;
  value: GoldenValue["value"];
  rule: string;
  why: string;
  /** The survivorship rules of the field, in the order in which they are tried. */
  rules: string[];
  /** Who set the value by hand; null where the records decide. */
  pin: PinView | null;
  winner: ValueSource | null;
  losers: ValueSource[];
  /** Of a field that may have several, those beside the first. */
  also: ValueSource[];
}

/** Explains one golden value; null where there is no such customer, or it has no such field. */
export async function explainField(hub: Hub, id: string, field: string): Promise<FieldExplanation | null> {
  const customer = await findCustomer(hub, id);
  const golden = customer && Object.hasOwn(customer.golden, field) ? customer.golden[field] : undefined;
  if (!customer || !golden) return null;
  const { value, rule, why = "", record_key, losers, also = [] } = golden;
  const said = [...(record_key === "" ? [] : [{ value, record_key }]), ...losers, ...also];
  const sources = await sourcesOf(hub, said, field, customer.kind);
  const shown = (list: GoldenValue["losers"]) => list.flatMap((one) => sources(one) ?? []);
  const { survivorship } = hub.rules.identity;
  const rules = survivorship[customer.kind][field] ?? survivorship.default;
  return {
    id: customer.id,
    name: customer.name,
    field,
    value,
    rule,
    why: why || inWords(rule),
    rules: rules.map((one) => (typeof one === "string" ? one : `source_priority: ${one.source_priority.join(", ")}`)),
    pin: customer.pins.find((pin) => pin.field === field && rule === "pin") ?? null,
    winner: record_key === "" ? null : (sources({ value, record_key }) ?? null),
    losers: shown(losers),
    also: shown(also),
  };
}

function inWords(rule: string): string {
  return rule === "of_email" ? "the domain of its e-mail address" : "no record says otherwise";
}

/** The fields of a mapping that a golden value is made of, by its name where that is another. */
const mapped: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  person: {
    name: "full_name",
    email: "emails",
    email_domain: "emails",
    phone: "phone_numbers",
    address: "addresses",
    country: "addresses",
  },
  company: { domain: "domains", phone: "phone_numbers", address: "addresses", country: "addresses" },
};

async function sourcesOf(
  hub: Hub,
  said: GoldenValue["losers"],
  field: string,
  kind: "person" | "company",
): Promise<(one: GoldenValue["losers"][number]) => ValueSource | undefined> {
  const keys = [...new Set(said.map(({ record_key }) => record_key))];
  const records = new Map((await hub.store.byKey("records", "record_key", keys)).map((row) => [row.record_key, row]));
  const raws = await rawVersions(hub, [...records.values()]);
  const corrections = await readCorrections(hub, [...raws.keys()]);
  const lineOf = await mappingLines(hub, mapped[kind]?.[field] ?? field, kind);
  return ({ value, record_key }) => {
    const record = records.get(record_key);
    const raw = record && raws.get(record.raw_seq);
    if (!record || !raw) return undefined;
    const { changed_at, deleted } = record;
    const { seq, known_at, version } = raw;
    return {
      value,
      record_key,
      changed_at,
      deleted: deleted === 1,
      raw: { seq, known_at, version },
      mapping: lineOf(record_key),
      correction: corrections.get(seq) ?? null,
    };
  };
}

async function rawVersions({ store }: Hub, records: readonly Row<"records">[]) {
  const { raw_records: raw } = store.tables;
  const seqs = records.map(({ raw_seq }) => raw_seq);
  const rows = await store.db
    .select({ seq: raw.seq, known_at: raw.known_at, version: raw.version })
    .from(raw)
    .where(inArray(raw.seq, seqs));
  return new Map(rows.map((row) => [row.seq, row]));
}

/** Where the mapping files in use fill a field, by a record's object. */
async function mappingLines(hub: Hub, field: string, kind: "person" | "company") {
  const to = kind === "person" ? "contact" : "company";
  const texts = await readMappingFolders([...hub.rules.shipped, join(hub.folder, "mappings")]);
  return (recordKey: string): ValueSource["mapping"] => {
    const { connection, object } = parseRecordKey(recordKey);
    const connector = hub.file.connections[connection]?.connector ?? "";
    for (const { file, text } of texts.filter((one) => one.file.startsWith(`${connector}/`))) {
      const source = parseYaml(text, file);
      const written = source.value as Partial<MappingHead> | null;
      if (written?.metadata?.object !== object || written.to !== to) continue;
      if (Object.hasOwn(written.fields ?? {}, field)) return { file, line: source.finding(["fields", field], "").line };
    }
    return null;
  };
}

/** Files with mistakes are held back, so those in use have this shape. */
interface MappingHead {
  metadata: { object: string };
  to: string;
  fields: Record<string, unknown>;
}
