/**
 * `npm run bench -- map`: how fast mappings map, beside hand-written code on the same input and beside JSONata, all in one run.
 * JSON lines; rates in records a second of CPU time, each the median of five turns that the contestants take in alternation.
 */
import { deepStrictEqual } from "node:assert";
import jsonata from "jsonata";
import {
  type CompiledMapping,
  loadMappings,
  type MapContext,
  readMappingFolders,
  shippedMappings,
} from "../../src/mapping/index.ts";
import { type HubspotContact, hubspotContacts } from "./map.contacts.ts";
import { contactByHand } from "./map.handwritten.ts";
import { jsonataExpression, mapping15 } from "./map.jsonata.ts";

const context: MapContext = { lookup: () => undefined };
const turnMs = 600;
const turns = 5;

for await (const line of run()) process.stdout.write(`${JSON.stringify(line)}\n`);

/** Measures, and yields one object a comparison. */
export async function* run(): AsyncIterable<object> {
  const contact = loadMappings(await readMappingFolders([shippedMappings])).find("hubspot", "contacts");
  if (!contact) throw new Error("mappings/hubspot/contacts.yaml has mistakes: run journey-hub lint");
  yield await besideHand(contact, "records never seen (backfill): every phone number is parsed", 50_000);
  yield await besideHand(contact, "records seen before (poll): phone numbers are remembered", 2_000);
  yield await besideJsonata();
}

async function besideHand(mapping: CompiledMapping, input: string, count: number): Promise<object> {
  const contacts = hubspotContacts(count);
  for (const contact of contacts.slice(0, 2_000))
    deepStrictEqual(mapping.map(contact, context), contactByHand(contact));
  const [hub = 0, limit = 0] = await measured(contacts, [
    (contact) => mapping.map(contact, context),
    (contact) => contactByHand(contact),
  ]);
  const limitIs = "hand-written code calling the same libraries";
  return {
    bench: "map",
    case: "shipped HubSpot contact mapping",
    input,
    hub,
    limit,
    limitIs,
    ratio: ratio(hub, limit),
    aim: 0.6,
  };
}

async function besideJsonata(): Promise<object> {
  const mapping = loadMappings([{ file: "bench/contacts.yaml", text: mapping15 }]).find("bench", "contacts");
  if (!mapping) throw new Error("the bench's own mapping has mistakes");
  const expression = jsonata(jsonataExpression);
  const contacts = hubspotContacts(1_000);
  for (const contact of contacts.slice(0, 200)) {
    const outcome = mapping.map(contact, context);
    const other: unknown = JSON.parse(JSON.stringify(await expression.evaluate(contact)));
    deepStrictEqual("record" in outcome ? outcome.record.fields : outcome, other);
  }
  const [hub = 0, other = 0] = await measured(contacts, [
    (contact) => mapping.map(contact, context),
    (contact) => expression.evaluate(contact),
  ]);
  return { bench: "map", case: "30 properties to 15 fields", hub, jsonata: other, ratio: ratio(hub, other), aim: 30 };
}

type Contestant = (contact: HubspotContact) => unknown;

/** Median rates; the contestants take turns, so that what else the machine does meets them alike. */
async function measured(contacts: readonly HubspotContact[], contestants: readonly Contestant[]): Promise<number[]> {
  const rates = contestants.map((): number[] => []);
  for (let turn = 0; turn <= turns; turn += 1) {
    for (const [index, contestant] of contestants.entries()) {
      const rate = await rateOf(contestant, contacts);
      // The first turn warms the machine up and is not counted.
      if (turn > 0) rates[index]?.push(rate);
    }
  }
  return rates.map((all) => Math.round(all.sort((left, right) => left - right)[turns >> 1] ?? 0));
}

/** Records a second of this process's CPU time: what other processes take from the machine meanwhile does not count. */
async function rateOf(contestant: Contestant, contacts: readonly HubspotContact[]): Promise<number> {
  const before = process.cpuUsage();
  const started = performance.now();
  let done = 0;
  while (performance.now() - started < turnMs) {
    for (let step = 0; step < 100; step += 1) {
      const contact = contacts[done % contacts.length];
      if (!contact) throw new Error("no contacts");
      const result = contestant(contact);
      if (result instanceof Promise) await result;
      done += 1;
    }
  }
  const { user, system } = process.cpuUsage(before);
  return (done * 1e6) / (user + system);
}

function ratio(hub: number, other: number): number {
  return Math.round((100 * hub) / other) / 100;
}
