import { readFileSync, realpathSync } from "node:fs";
import { basename, dirname } from "node:path";
import { type Connector, createTransport, type OpenStream, type Page, SourceError } from "../../connector/index.ts";
import type { LabelledParty } from "../../identity/evaluate/evaluate.ts";
import { partyOf } from "../../identity/group/claims.ts";
import { systemClock } from "../../lib/clock.ts";
import { type CompiledMapping, loadMappings, type MapContext } from "../../mapping/index.ts";
import { ConfigError } from "../folder/config.ts";

export interface LabelledFile {
  file: string;
  /** Mapping files of one object; several where their `when:` tells persons from companies. */
  mappings: readonly string[];
  /** The column that says whose record a row is. */
  truth: string;
  /** ISO 3166 country of phone numbers without a prefix. */
  country?: string;
}

export interface Labelled {
  parties: LabelledParty[];
  /** Rows that could not be mapped, and why the first of them could not. */
  unmapped: number;
  unmappedBecause: string | null;
}

/**
 * Reads a CSV file through the connector and its mapping as the hub would, its rows labelled by a column. Throws ConfigError for mappings
 * with mistakes, a file that cannot be read, labels that say nothing and rows that bear the same id.
 */
export async function readLabelled(
  csv: Connector,
  labelled: LabelledFile,
  onProgress?: (rows: number) => void,
): Promise<Labelled> {
  const mapping = compiled(labelled.mappings);
  const found: Labelled = { parties: [], unmapped: 0, unmappedBecause: null };
  const lines = new Map<string, number>();
  let row = 0;
  let columns: string[] = [];
  for await (const payload of rowsOf(csv, labelled)) {
    if (row === 0) columns = Object.keys(payload);
    row += 1;
    const mapped = partyIn(payload, mapping, labelled);
    if ("because" in mapped) {
      found.unmapped += 1;
      found.unmappedBecause ??= `row ${row}: ${mapped.because}`;
      continue;
    }
    refuseRepeated(mapped.key, row, lines);
    found.parties.push(mapped);
    if (row % rowsPerNote === 0) onProgress?.(row);
  }
  refuseUnlabelled(found, labelled);
  refuseSilent(found.parties, { reads: mapping.reads, columns });
  return found;
}

const rowsPerNote = 500;
const pagesMax = 10_000_000;

function compiled(files: readonly string[]): CompiledMapping {
  const texts = files.map((file) => ({ file: basename(file), text: textOf(file) }));
  const { all, findings } = loadMappings(texts);
  if (findings.length > 0) {
    const lines = findings.map(({ file, line, column, message }) => `${file}:${line}:${column} ${message}`);
    throw new ConfigError(lines.join("\n"));
  }
  const [mapping, other] = all;
  if (!mapping || other) {
    throw new ConfigError("All mapping files must be of one connector and object, told apart by their `when:`.");
  }
  const odd = mapping.to.find((kind) => kind !== "contact" && kind !== "company");
  if (odd) throw new ConfigError(`A mapping makes rows ${odd}: only contacts and companies are customers.`);
  return mapping;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const isMissing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(isMissing ? `There is no file ${file}.` : `${file} cannot be read: ${why}`, { cause });
  }
}

async function* rowsOf(csv: Connector, { file, truth }: LabelledFile): AsyncGenerator<Record<string, unknown>> {
  const stream = streamOf(csv, realPath(file), truth);
  let after: string | null = null;
  for (let n = 0; n < pagesMax; n++) {
    const page: Page<string> = await stream.pages({ after, fields: [] }).catch((cause: unknown) => {
      throw refusal(cause, truth);
    });
    for (const { payload } of page.records) yield payload;
    if (page.next === null) return;
    after = page.next;
  }
}

/** Rows are told apart by the mapping's id: the column that the connector names them by only has to be there. */
function streamOf(csv: Connector, path: string, key: string): OpenStream {
  const config = csv.config.parse({
    folder: dirname(path),
    files: [{ file: basename(path), object: "records", key }],
  });
  const [stream] = Object.values(
    csv.open(config, createTransport({ limits: { concurrency: 1 }, clock: systemClock })).streams,
  );
  if (!stream) throw new Error("the CSV connector opened no stream");
  return stream;
}

function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch (cause) {
    throw new ConfigError(`There is no file ${file}.`, { cause });
  }
}

/** What is wrong with a file is the caller's to mend: there is no connection whose settings could be. */
function refusal(cause: unknown, truth: string): unknown {
  if (!(cause instanceof SourceError)) return cause;
  const { message, details } = cause;
  if (!message.includes(`no column "${truth}"`))
    return new ConfigError(`${message}. ${details.remedy ?? ""}`, { cause });
  const columns = /columns: (.*)\.$/.exec(details.remedy ?? "")?.[1] ?? "";
  return new ConfigError(`There is no column "${truth}", which --truth names; there are: ${columns}.`, { cause });
}

function partyIn(
  payload: Record<string, unknown>,
  mapping: CompiledMapping,
  { truth, country }: LabelledFile,
): LabelledParty | { because: string } {
  const context: MapContext = { lookup: () => undefined, ...(country ? { country } : {}) };
  const outcome = mapping.map(payload, context);
  if ("failure" in outcome) return { because: outcome.failure.message };
  const party = "record" in outcome ? partyOf(outcome.record) : null;
  if (!party || !("record" in outcome)) return { because: "the mapping makes no contact or company of it" };
  const label = payload[truth];
  return { key: outcome.record.remote_id, party, truth: typeof label === "string" ? label.trim() : "" };
}

function refuseRepeated(key: string, row: number, rows: Map<string, number>): void {
  const before = rows.get(key);
  if (before !== undefined) {
    throw new ConfigError(
      `Rows ${before} and ${row} both have the id ${key}: the mapping's record.id must name each row by itself.`,
    );
  }
  rows.set(key, row);
}

function refuseUnlabelled(found: Labelled, { file, truth }: LabelledFile): void {
  const labels = found.parties.map((party) => party.truth).filter((label) => label !== "");
  const because = unlabelledBecause(labels, { file, truth, rows: found.parties.length });
  if (because !== null) throw new ConfigError(`${because}${unmappedText(found)}`);
}

function unlabelledBecause(
  labels: readonly string[],
  { file, truth, rows }: { file: string; truth: string; rows: number },
): string | null {
  const customers = new Set(labels).size;
  if (rows === 0) return `${file} has no row that could be mapped: nothing can be compared.`;
  if (customers === 0) return `The column "${truth}" is empty in every row: nothing can be compared.`;
  if (customers === 1) {
    return `The column "${truth}" is the same in every row: one customer cannot be told from others.`;
  }
  if (customers < labels.length) return null;
  return `The column "${truth}" is another in every row: no two rows are of one customer, so nothing can be found.`;
}

function unmappedText({ unmapped, unmappedBecause }: Labelled): string {
  if (unmappedBecause === null) return "";
  const rows = unmapped === 1 ? "1 row" : `${unmapped} rows`;
  return ` ${rows} could not be mapped; the first, ${unmappedBecause}`;
}

/** A mapping written for other headings maps every row, to nothing. */
function refuseSilent(
  parties: readonly LabelledParty[],
  { reads, columns }: { reads: readonly string[]; columns: readonly string[] },
): void {
  const silent = ({ party }: LabelledParty) => Object.keys(party.fields).length + party.identifiers.length === 0;
  if (!parties.every(silent)) return;
  const missing = reads.filter((path) => !columns.includes(path));
  const because =
    missing.length === 0
      ? "the columns that the mapping reads are empty."
      : `the mapping reads ${missing.join(", ")}, and the columns are ${columns.join(", ")}.`;
  throw new ConfigError(`No row says anything: ${because}`);
}
