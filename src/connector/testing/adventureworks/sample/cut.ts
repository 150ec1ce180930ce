/**
 * Cuts the committed tables in this folder out of the AdventureWorks sample: `npx tsx src/connector/testing/adventureworks/sample/cut.ts <folder of the CSV files>`.
 * Only the columns the world is built from are kept, tab-separated without quoting, so that reading them needs no CSV parser.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { inferSchema, initParser } from "udsv";

type Row = Record<string, string>;

const folder = process.argv[2];
if (folder === undefined) throw new Error("Name the folder that holds the AdventureWorks CSV files.");

writeTable("customers", customers());
writeTable("prospects", prospects());
writeTable("resellers", resellers());
writeTable("products", products());
writeTable("orders", orders());
writeTable("returns", returns());

function customers(): string[][] {
  return source("AdventureWorks_Customers")
    .filter((row) => /^\d+$/.test(cell(row, "CustomerKey")) && row.FirstName && row.LastName && row.Gender !== "NA")
    .map((row) => [
      cell(row, "CustomerKey"),
      titleCase(cell(row, "FirstName")),
      titleCase(cell(row, "LastName")),
      isoDate(cell(row, "BirthDate")),
      cell(row, "Gender"),
      cell(row, "Occupation"),
    ]);
}

function prospects(): string[][] {
  const columns = ["ProspectiveBuyerKey", "FirstName", "LastName", "Gender", "Occupation"];
  const address = ["AddressLine1", "City", "StateProvinceCode", "PostalCode"];
  return source("adventureworksdw_ProspectiveBuyer").map((row) => [
    ...columns.map((column) => cell(row, column)),
    cell(row, "BirthDate").slice(0, 10),
    ...address.map((column) => cell(row, column)),
  ]);
}

function resellers(): string[][] {
  const columns = ["ResellerKey", "ResellerName", "BusinessType", "NumberEmployees", "AddressLine1", "AnnualRevenue"];
  return source("adventureworksdw_DimReseller").map((row) => columns.map((column) => cell(row, column)));
}

function products(): string[][] {
  const columns = ["ProductKey", "ProductSKU", "ProductName", "ProductPrice"];
  return source("AdventureWorks_Products").map((row) => columns.map((column) => cell(row, column)));
}

/** One row an order: day since 2015-01-01, number, customer, territory, then `product` or `productxquantity` by blanks. */
function orders(): string[][] {
  const byNumber = new Map<string, string[]>();
  for (const row of ["2015", "2016", "2017"].flatMap((year) => source(`AdventureWorks_Sales_${year}`))) {
    const number = cell(row, "OrderNumber").slice(2);
    const line = cell(row, "ProductKey") + (row.OrderQuantity === "1" ? "" : `x${cell(row, "OrderQuantity")}`);
    const known = byNumber.get(number);
    if (known) known[4] += ` ${line}`;
    else {
      const day = dayNumber(isoDate(cell(row, "OrderDate")));
      byNumber.set(number, [String(day), number, cell(row, "CustomerKey"), cell(row, "TerritoryKey"), line]);
    }
  }
  return [...byNumber.values()].sort((a, b) => Number(a[0]) - Number(b[0]) || Number(a[1]) - Number(b[1]));
}

function returns(): string[][] {
  return source("AdventureWorks_Returns").map((row) => [
    String(dayNumber(isoDate(cell(row, "ReturnDate")))),
    cell(row, "TerritoryKey"),
    cell(row, "ProductKey"),
    cell(row, "ReturnQuantity"),
  ]);
}

function source(name: string): Row[] {
  const file = readdirSync(folder ?? "").find((entry) => entry.startsWith(`${name}.csv`));
  if (file === undefined) throw new Error(`No ${name}.csv or ${name}.csv.gz in the folder.`);
  const bytes = readFileSync(join(folder ?? "", file));
  const text = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8").replaceAll("\r\n", "\n").trimEnd();
  const parser = initParser(inferSchema(text, { col: "," }));
  const names = parser.schema.cols.map((column) => column.name);
  return parser.stringArrs(text).map((cells) => Object.fromEntries(names.map((name, at) => [name, cells[at] ?? ""])));
}

function cell(row: Row, column: string): string {
  const value = row[column];
  if (value === undefined) throw new Error(`No column ${column}.`);
  return value.replaceAll(/[\t\n]/g, " ").trim();
}

function writeTable(name: string, rows: string[][]): void {
  const text = rows.map((row) => row.join("\t")).join("\n");
  writeFileSync(new URL(`${name}.tsv.gz`, import.meta.url), gzipSync(text, { level: 9 }));
}

function titleCase(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/(^|[\s'-])(\p{L})/gu, (_, before: string, letter: string) => before + letter.toUpperCase());
}

/** `4/8/1966` as `1966-04-08`. */
function isoDate(date: string): string {
  const [month = "", day = "", year = ""] = date.split("/");
  return `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
}

function dayNumber(isoDay: string): number {
  return (Date.parse(isoDay) - Date.parse("2015-01-01")) / 86_400_000;
}
