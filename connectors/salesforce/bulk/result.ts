import { SourceError } from "journey-hub/connector";
import { inferSchema, initParser } from "udsv";

/** What a result page says of itself beside its rows. */
export interface PageHeaders {
  /** `Sforce-NumberOfRecords`; null where the answer does not tell. */
  rows: number | null;
  /** `Sforce-Locator`: where the next page begins; null on the last one. */
  next: string | null;
}

/** One page of a job's results, checked to be whole; its rows are taken apart as they are asked for. */
export interface ResultPage {
  /** Column names as the vendor writes them. */
  columns: readonly string[];
  rows: number;
  next: string | null;
  characters: number;
  /** The next portion of rows, a cell a column; empty when there are none left. */
  take(): string[][];
  /** Whether all rows were taken. */
  isDone(): boolean;
}

/**
 * Checks that a page of CSV is all of what it should be: rows as many as its headers say, each as wide as the heading, nothing cut off.
 * @param portionRows rows that `take` gives at once
 * @throws SourceError `retry`
 */
export function parseResult(text: string, headers: PageHeaders, portionRows: number): ResultPage {
  const { cuts, rows, delimiters } = scan(text, portionRows);
  const [headingEnd = 0] = cuts;
  const heading = text.slice(0, headingEnd).replace("\uFEFF", "").trimEnd();
  if (heading === "" || heading.startsWith("<")) throw spoiled("it has no heading");
  const columns = cellsOf(heading);
  if (headers.rows !== null && headers.rows !== rows) throw spoiled(`${rows} rows came, of ${headers.rows}`);
  if (delimiters !== (rows + 1) * (columns.length - 1)) throw spoiled("its rows are not as wide as its heading");
  const parse = rowParser(columns.length);
  let portion = 0;
  return {
    columns,
    rows,
    next: headers.next,
    characters: text.length,
    take() {
      const [start, end] = [cuts[portion], cuts[portion + 1]];
      if (start === undefined || end === undefined) return [];
      portion += 1;
      return parse(text.slice(start, end));
    },
    isDone: () => portion + 1 >= cuts.length,
  };
}

interface Scan {
  /** Where the heading ends, then where each portion of rows ends. */
  cuts: number[];
  /** Without the heading. */
  rows: number;
  delimiters: number;
}

const quote = 0x22;
const comma = 0x2c;
const lineFeed = 0x0a;

/** Finds the borders of rows: line ends within quotes are text. */
function scan(text: string, portionRows: number): Scan {
  const cuts: number[] = [];
  let [lines, delimiters, isQuoted] = [0, 0, false];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (code === comma) delimiters += 1;
    else if (code === lineFeed) {
      if (lines % portionRows === 0) cuts.push(at + 1);
      lines += 1;
    }
  }
  if (isQuoted) throw spoiled("it breaks off within a cell");
  if (text.length > 0 && text.charCodeAt(text.length - 1) !== lineFeed) throw spoiled("it breaks off within a row");
  const rows = Math.max(0, lines - 1);
  if (rows % portionRows !== 0) cuts.push(text.length);
  return { cuts, rows, delimiters };
}

/** Names of columns hold no commas and quotes. */
const cellsOf = (heading: string): string[] => heading.split(",").map((name) => name.replace(/^"|"$/g, ""));

function rowParser(columns: number): (text: string) => string[][] {
  // A heading and a row, quoted: what udsv learns the form from.
  const line = `${Array(columns).fill('"c"').join(",")}\n`;
  const form = { col: ",", row: "\n", encl: '"', esc: '"', header: () => [] };
  const parser = initParser(inferSchema(line + line, form));
  return (text) => parser.stringArrs<string[]>(text);
}

function spoiled(why: string): SourceError {
  return new SourceError("retry", `Salesforce, reading a job's results: the page is not whole: ${why}`, {
    code: "COUNT_MISMATCH",
  });
}
