import { type AddressBook, currencyOf } from "./addresses.ts";
import type { Calendar } from "./calendar.ts";
import { asciiWord } from "./colleagues.ts";
import { elementAt } from "./lists.ts";
import type { Company } from "./model.ts";
import type { PhoneBook } from "./phones.ts";
import type { Random } from "./random.ts";
import type { SourceReseller, TerritoryCountry } from "./sources.ts";

/** One company in eight is the foreign subsidiary of another. */
const subsidiaryShare = 1 / 8;
const countryNames: Record<TerritoryCountry, string> = {
  US: "USA",
  CA: "Canada",
  FR: "France",
  DE: "Deutschland",
  AU: "Australia",
  GB: "UK",
};

/** What founding people and companies draws from; one set a world, so that no domain or telephone number is given twice. */
export interface Registers {
  readonly calendar: Calendar;
  readonly addresses: AddressBook;
  readonly phones: PhoneBook;
  readonly domains: Set<string>;
}

/**
 * Founds `count` companies from the resellers, the first ones as mothers, the last eighth as their subsidiaries abroad.
 * The first company is in the United States and has been known longest: the protagonist works there.
 */
export function foundCompanies(
  resellers: readonly SourceReseller[],
  count: number,
  registers: Registers,
  random: Random,
): Company[] {
  const subsidiaries = Math.floor(count * subsidiaryShare);
  const mothers = resellers
    .slice(0, count - subsidiaries)
    .map((reseller, at) => motherOf(reseller, at, registers, random));
  const daughters = Array.from({ length: subsidiaries }, (_, at) => {
    const mother = elementAt(mothers, 1 + random.int(0, mothers.length - 2));
    return daughterOf(mother, mothers.length + at, registers, random);
  });
  return [...mothers, ...daughters];
}

function motherOf(reseller: SourceReseller, at: number, registers: Registers, random: Random): Company {
  const country = at === 0 ? "US" : registers.addresses.country();
  return {
    customerId: companyId(at),
    name: reseller.name,
    domain: registerDomain(reseller.name, registers.domains),
    phone: registers.phones.next(country),
    businessType: reseller.businessType,
    employees: reseller.employees,
    annualRevenue: reseller.annualRevenue,
    address: registers.addresses.inCountry(country, reseller.street),
    currency: currencyOf[country],
    parentId: null,
    knownSince: registers.calendar.duringDay(at === 0 ? 5 : random.int(0, 650), random),
  };
}

function daughterOf(mother: Company, at: number, registers: Registers, random: Random): Company {
  const abroad = (["CA", "FR", "DE", "AU", "GB"] as const).filter((country) => country !== mother.address.country);
  const country = random.pick(abroad);
  const name = `${mother.name} ${countryNames[country]}`;
  // Three in ten share the mother's registrable domain, as many groups do: a trap for matching by domain.
  const shared = `${country.toLowerCase()}.${mother.domain}`;
  const domain =
    random.chance(0.3) && !registers.domains.has(shared) ? shared : registerDomain(name, registers.domains);
  registers.domains.add(domain);
  return {
    ...mother,
    customerId: companyId(at),
    name,
    domain,
    phone: registers.phones.next(country),
    employees: Math.max(2, Math.round(mother.employees / 4)),
    annualRevenue: Math.round(mother.annualRevenue / 4),
    address: registers.addresses.inCountry(country),
    currency: currencyOf[country],
    parentId: mother.customerId,
    knownSince: registers.calendar.after(mother.knownSince, random.int(20, 200)),
  };
}

/** A domain made from the company's name, under the top-level domain reserved for examples; a second firm of that name gets a number. */
export function registerDomain(name: string, taken: Set<string>): string {
  const label = name
    .replaceAll(/\b(Inc|Limited|Ltd|Corp|Company|Co)\b\.?/g, "")
    .split(/[^\p{L}\p{N}]+/u)
    .map(asciiWord)
    .filter(Boolean)
    .join("-");
  for (let number = 1; ; number++) {
    const domain = `${label}${number === 1 ? "" : `-${number}`}.example`;
    if (taken.has(domain)) continue;
    taken.add(domain);
    return domain;
  }
}

function companyId(at: number): string {
  return `company-${String(at + 1).padStart(5, "0")}`;
}
