import { readFileSync } from "node:fs";
import { join } from "node:path";
import { memoryVault, type OpenConnection, SourceError } from "journey-hub/connector";
import { describe, expect, test } from "vitest";
import { connectorIds, loadConnectors } from "../../connectors/index.ts";
import { packageRoot } from "../../src/lib/package-root.ts";
import { approve } from "./approve.ts";
import { type Bench, starts } from "./benches.ts";

/* The README's table of credentials: each cell is what really happens against the vendor's simulator. */

interface Row {
  name: string;
  settings: string[];
  cells: string[];
}

const columns = ["signs in", "its token's end", "ended early", "withdrawn", "permission missing"];

function rowsIn(readme: string): Row[] {
  const [, after = ""] = readme.split(`| ${columns.join(" | ")} |`);
  const [lines = ""] = after.split("\n\n");
  return lines
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) => {
      const [connector = "", way = "", settings = "", ...cells] = line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim());
      const named = [...settings.matchAll(/`(\w+)/g)].map(([, name = ""]) => name);
      return { name: `${connector.replace(/^\[(.*)\]\(.*\)$/, "$1")}: ${way}`, settings: named, cells };
    });
}

const rows = rowsIn(readFileSync(join(packageRoot, "README.md"), "utf8"));

test("every way to sign in that is tried here is in the README's table, by settings there are, and no other", async () => {
  expect(rows.map(({ name }) => name).sort()).toEqual(Object.keys(starts).sort());
  for (const { name, settings } of rows) {
    const [connector] = await loadConnectors([name.toLowerCase().split(":")[0] ?? ""]);
    expect(Object.keys(connector?.fields ?? {})).toEqual(expect.arrayContaining(settings));
  }
});

test.each(connectorIds)("the page of %s names every scope that its app is to have", async (id) => {
  const [connector] = await loadConnectors([id]);
  const { scopes = [], optionalScopes } = connector?.authorise ?? {};
  const page = readFileSync(join(packageRoot, "connectors", id, "README.md"), "utf8");
  const named = [...scopes, ...(optionalScopes?.names ?? [])];
  expect(named.filter((scope) => !new RegExp(`[\`(]${scope}[\`)]`).test(page))).toEqual([]);
});

describe.each(rows)("$name", ({ name, cells }) => {
  test.each(columns.map((column, n) => [column, cells[n] ?? ""]))("%s: %s", async (column, cell) => {
    const bench = await (starts[name] ?? refuse)(column === "permission missing");
    try {
      expect(await tried(bench, column)).toBe(cell);
    } finally {
      await bench.close();
    }
  });
});

function refuse(): never {
  throw new Error("the table has a row that nothing here tries");
}

const threeHoursMs = 3 * 3_600_000;

/** What became of it, in the table's words. */
async function tried(bench: Bench, column: string): Promise<string> {
  const { clock, exchanges, endEarly, withdraw } = bench;
  const connection = await opened(bench);
  if (connection === null) return "refused at the approval";
  if (column === "permission missing") return failureOf(connection.check());
  const { id } = await connection.check();
  if (column === "signs in") return id === "" ? "no" : "yes";
  const before = exchanges.length;
  const outcomes = () =>
    exchanges.slice(before).map(({ operation, outcome }) => `${/token$/.test(operation) ? "token " : ""}${outcome}`);
  if (column === "withdrawn") {
    withdraw();
    return failureOf(connection.check());
  }
  if (column === "its token's end") clock.advance(threeHoursMs);
  else if (endEarly) endEarly();
  else return "—";
  await connection.check();
  const [renewals, refusals] = ["token ok", "reauthorise"].map(
    (word) => outcomes().filter((each) => each === word).length,
  );
  if (column === "ended early") return `renewed ${renewals === 1 && refusals === 1 ? "once" : outcomes().join()}`;
  return renewals === 0 ? "has none" : `renewed ${renewals === 1 && refusals === 0 ? "ahead" : outcomes().join()}`;
}

/** A connection of the row's kind, approved first where a person has to; null where that is refused. */
async function opened({ open }: Bench): Promise<OpenConnection | null> {
  const vault = memoryVault();
  const connection = open(vault);
  if (!connection.authorise?.inUse) return connection;
  const isApprovedElsewhere = await connection.check().then(
    () => true,
    (cause: unknown) => !(cause instanceof SourceError && cause.details.code === "NOT_APPROVED"),
  );
  if (isApprovedElsewhere) return connection;
  const tokens = await approve(connection);
  if (tokens === null) return null;
  await vault.replace(await vault.read(), tokens);
  return open(vault);
}

async function failureOf(work: Promise<unknown>): Promise<string> {
  const cause: unknown = await work.then(
    () => "goes on",
    (reason: unknown) => reason,
  );
  if (!(cause instanceof SourceError)) return String(cause);
  if (cause.details.lostApproval) return "approve again";
  return `${cause.next}s: \`${cause.details.field}\``;
}
