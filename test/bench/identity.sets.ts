import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inferSchema, initParser } from "udsv";
import type { Targets } from "./identity.figures.ts";

/** A labelled set that others have published. */
export interface PublishedSet {
  name: string;
  /** Files below the folder of the sets. */
  files: readonly string[];
  /** File names in test/fixtures/identity/mappings. */
  mappings: readonly string[];
  truth: string;
  /** The fields that its mapping fills: all in which the sets differ. */
  maps: string;
  /** Figures that others reach on it; see the reference beside the sets. */
  published: string;
  targets: Targets;
  /** Writes the set as one CSV file with a column of labels, and nothing else changed; gives the file. */
  prepare(texts: readonly string[], folder: string): string;
}

const precisionAtMerge = 0.99;
export const plantedTargets: Targets = { precisionAtMerge, perSecond: 20_000 };

/** The sets, in the order they are printed. */
export const publishedSets: readonly PublishedSet[] = [
  febrl("FEBRL1", "febrl/dataset1.csv", "plain Fellegi–Sunter 1.000"),
  {
    ...febrl("FEBRL3", "febrl/dataset3.csv", "Splink .9929 at .5, .9954 best; plain .9994"),
    targets: { precisionAtMerge, f1AtHalf: 0.999 },
  },
  {
    ...febrl("FEBRL3 without soc_sec_id", "febrl/dataset3.csv", "plain .9943, best .9945"),
    maps: "first_name, last_name, birth_date, street, suburb, state, postal code",
    targets: { precisionAtMerge, f1AtHalf: 0.995 },
    prepare: ([text = ""], folder) => febrlFile(text, folder, "without"),
  },
  {
    name: "fake_1000",
    files: ["splink/fake_1000.csv"],
    mappings: ["fake-1000.yaml"],
    truth: "cluster",
    maps: "first_name, last_name, birth_date, city, e-mail",
    published: "Splink .8058 at .5, .8617 best; plain .9114, clustered .959",
    targets: { precisionAtMerge, f1AtHalf: 0.92, clusteredF1AtHalf: 0.97 },
    prepare: ([text = ""], folder) => written(folder, text),
  },
  {
    name: "Chicago",
    files: ["chicago/chicago_early_childhood_true_ids.csv"],
    mappings: ["chicago.yaml"],
    truth: "True Id",
    maps: "company name, street, postal code, phone",
    published: "plain .954, best .955",
    targets: { precisionAtMerge, f1AtHalf: 0.955, clusteredF1AtHalf: 0.955 },
    prepare: ([text = ""], folder) => written(folder, text),
  },
  {
    name: "Senzing",
    files: ["customers", "reference", "watchlist", "actual_truthset_key"].map((name) => `senzing/${name}.csv`),
    mappings: ["senzing-person.yaml", "senzing-company.yaml"],
    truth: "truth",
    maps: "names, birth_date, e-mail, phone, address, employer, national ids; companies: names, phone, address, ids",
    published: "rival key .972",
    targets: { precisionAtMerge, clusteredF1AtHalf: 0.97 },
    prepare: senzingFile,
  },
];

/** Full paths of a set's mapping files. */
export function mappingFiles({ mappings }: PublishedSet): string[] {
  return mappings.map((name) => fileURLToPath(new URL(`../fixtures/identity/mappings/${name}`, import.meta.url)));
}

/** The prepared file of a set; null where the set is not there. */
export function prepared(set: PublishedSet, data: string, folder: string): string | null {
  const paths = set.files.map((file) => join(data, file));
  if (!paths.every((path) => existsSync(path))) return null;
  return set.prepare(
    paths.map((path) => readFileSync(path, "utf8")),
    folder,
  );
}

function febrl(name: string, file: string, published: string): PublishedSet {
  return {
    name,
    files: [file],
    mappings: ["febrl.yaml"],
    truth: "truth",
    maps: "first_name, last_name, birth_date, street, suburb, state, postal code, soc_sec_id",
    published,
    targets: { precisionAtMerge },
    prepare: ([text = ""], folder) => febrlFile(text, folder, "with"),
  };
}

type Row = Record<string, string>;

/** The label is the number in `rec_id`; dates get their hyphens. */
function febrlFile(text: string, folder: string, socialSecurity: "with" | "without"): string {
  const rows = rowsOf(text).map((row) => ({
    ...row,
    date_of_birth: (row.date_of_birth ?? "").replace(/^(\d{4})(\d\d)(\d\d)$/, "$1-$2-$3"),
    soc_sec_id: socialSecurity === "with" ? (row.soc_sec_id ?? "") : "",
    truth: /^rec-(\d+)-/.exec(row.rec_id ?? "")?.[1] ?? "",
  }));
  return written(folder, csvOf(rows));
}

/** The records of three files under one head, dates as ISO writes them, labels out of the key file. */
function senzingFile(texts: readonly string[], folder: string): string {
  const [keys = [], ...sources] = texts.map(rowsOf).reverse();
  const keyOf = ({ DATA_SOURCE, RECORD_ID }: Row) => `${DATA_SOURCE}-${RECORD_ID}`;
  const truthOf = new Map(keys.map((row) => [keyOf(row), row.CLUSTER_ID ?? ""]));
  const rows = sources.flat().map((row) => ({
    ...row,
    key: keyOf(row),
    DATE_OF_BIRTH: isoDate(row.DATE_OF_BIRTH ?? ""),
    truth: truthOf.get(keyOf(row)) ?? "",
  }));
  return written(folder, csvOf(rows));
}

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/**
 * A date in one of the set's writings; month first, unless there is no such month.
 * @example isoDate("3/1/70") // "1970-03-01"
 */
function isoDate(text: string): string {
  const [, year = "", month = "", day = ""] =
    /^(\d{4})-(\d\d?)-(\d\d?)$/.exec(text) ??
    reordered(/^(\d\d?)\/(\d\d?)\/(\d{4}|\d\d)$/.exec(text), [3, 1, 2]) ??
    reordered(/^(\d\d?)-(\w{3})-(\d{4}|\d\d)$/.exec(text), [3, 2, 1]) ??
    reordered(/^(\w{3}) (\d\d?) (\d{4}|\d\d)$/.exec(text), [3, 1, 2]) ??
    [];
  if (year === "") return "";
  const century = year.length === 4 ? "" : Number(year) > 25 ? "19" : "20";
  const number = months.indexOf(month.toLowerCase()) + 1 || Number(month);
  const [first, second] = number > 12 ? [Number(day), number] : [number, Number(day)];
  return `${century}${year}-${String(first).padStart(2, "0")}-${String(second).padStart(2, "0")}`;
}

function reordered(found: RegExpExecArray | null, places: readonly number[]): string[] | null {
  return found && ["", ...places.map((place) => found[place] ?? "")];
}

function rowsOf(text: string): Row[] {
  const unixText = text.replaceAll("\r\n", "\n");
  const parser = initParser(inferSchema(unixText, { col: "," }));
  const columns = parser.schema.cols.map(({ name }) => name.trim());
  return parser
    .stringArrs<string[]>(unixText)
    .map((cells) => Object.fromEntries(columns.map((column, n) => [column, (cells[n] ?? "").trim()])));
}

function csvOf(rows: readonly Row[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cell = (text: string) => `"${text.replaceAll('"', '""')}"`;
  return [columns, ...rows.map((row) => columns.map((column) => row[column] ?? ""))]
    .map((cells) => cells.map(cell).join(","))
    .join("\n");
}

function written(folder: string, text: string): string {
  const file = join(folder, "labelled.csv");
  writeFileSync(file, text);
  return file;
}
