import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

export type TerritoryCountry = "US" | "CA" | "FR" | "DE" | "AU" | "GB";

export interface SourceCustomer {
  readonly key: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly birthDate: string;
  readonly gender: "F" | "M";
  readonly occupation: string;
}

export interface SourceProspect extends SourceCustomer {
  readonly street: string;
  readonly city: string;
  readonly state: string;
  readonly postalCode: string;
}

export interface SourceReseller {
  readonly key: string;
  readonly name: string;
  readonly businessType: string;
  readonly employees: number;
  readonly street: string;
  readonly annualRevenue: number;
}

export interface Product {
  readonly key: string;
  readonly sku: string;
  readonly name: string;
  readonly priceCents: number;
}

export interface SourceOrder {
  /** Days since the first day of the sample. */
  readonly day: number;
  readonly number: string;
  readonly customerKey: string;
  readonly country: TerritoryCountry;
  readonly lines: readonly { readonly product: Product; readonly quantity: number }[];
}

export interface SourceReturn {
  readonly day: number;
  readonly country: TerritoryCountry;
  readonly productKey: string;
}

export interface Sources {
  readonly customers: readonly SourceCustomer[];
  readonly prospects: readonly SourceProspect[];
  readonly resellers: readonly SourceReseller[];
  /** In the order of their days. */
  readonly orders: readonly SourceOrder[];
  readonly returns: readonly SourceReturn[];
}

/** Reads the committed cut of the AdventureWorks sample (README.md beside this file says what was kept). */
export function readSources(): Sources {
  const products = new Map(table("products").map((cells) => [text(cells, 0), productOf(cells)]));
  return {
    customers: table("customers").map(customerOf),
    prospects: table("prospects").map(prospectOf),
    resellers: table("resellers").map(resellerOf),
    orders: table("orders").map((cells) => orderOf(cells, products)),
    returns: table("returns").map((cells) => ({
      day: Number(text(cells, 0)),
      country: countryOf(text(cells, 1)),
      productKey: text(cells, 2),
    })),
  };
}

function table(name: string): string[][] {
  const content = gunzipSync(readFileSync(new URL(`sample/${name}.tsv.gz`, import.meta.url))).toString("utf8");
  return content.split("\n").map((line) => line.split("\t"));
}

function text(cells: readonly string[], column: number): string {
  const value = cells[column];
  if (value === undefined)
    throw new Error(`The AdventureWorks cut has a row without column ${column}: ${cells.join(" | ")}`);
  return value;
}

function customerOf(cells: string[]): SourceCustomer {
  return {
    key: text(cells, 0),
    firstName: text(cells, 1),
    lastName: text(cells, 2),
    birthDate: text(cells, 3),
    gender: text(cells, 4) === "F" ? "F" : "M",
    occupation: text(cells, 5),
  };
}

function prospectOf(cells: string[]): SourceProspect {
  return {
    key: text(cells, 0),
    firstName: text(cells, 1),
    lastName: text(cells, 2),
    gender: text(cells, 3) === "F" ? "F" : "M",
    occupation: text(cells, 4),
    birthDate: text(cells, 5),
    street: text(cells, 6),
    city: text(cells, 7),
    state: text(cells, 8),
    postalCode: text(cells, 9),
  };
}

function resellerOf(cells: string[]): SourceReseller {
  return {
    key: text(cells, 0),
    name: text(cells, 1),
    businessType: text(cells, 2),
    employees: Number(text(cells, 3)),
    street: text(cells, 4),
    annualRevenue: Number(text(cells, 5)),
  };
}

function productOf(cells: string[]): Product {
  const priceCents = Math.round(Number(text(cells, 3)) * 100);
  return { key: text(cells, 0), sku: text(cells, 1), name: text(cells, 2), priceCents };
}

function orderOf(cells: string[], products: ReadonlyMap<string, Product>): SourceOrder {
  const lines = text(cells, 4)
    .split(" ")
    .map((line) => {
      const [key = "", quantity = "1"] = line.split("x");
      const product = products.get(key);
      if (!product) throw new Error(`Order ${text(cells, 1)} names the unknown product ${key}.`);
      return { product, quantity: Number(quantity) };
    });
  return {
    day: Number(text(cells, 0)),
    number: text(cells, 1),
    customerKey: text(cells, 2),
    country: countryOf(text(cells, 3)),
    lines,
  };
}

/** Territories 1 to 5 are regions of the United States. */
function countryOf(territory: string): TerritoryCountry {
  const abroad: Partial<Record<string, TerritoryCountry>> = { "6": "CA", "7": "FR", "8": "DE", "9": "AU", "10": "GB" };
  return abroad[territory] ?? "US";
}
