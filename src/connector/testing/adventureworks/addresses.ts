import type { Address, Currency } from "./model.ts";
import type { Random } from "./random.ts";
import type { SourceProspect, TerritoryCountry } from "./sources.ts";

/** What a country pays in. */
export const currencyOf: Record<TerritoryCountry, Currency> = {
  US: "USD",
  CA: "CAD",
  FR: "EUR",
  DE: "EUR",
  AU: "AUD",
  GB: "GBP",
};

/** As a CRM's address fields have them. */
export const countryNames: Record<TerritoryCountry, string> = {
  US: "United States",
  CA: "Canada",
  FR: "France",
  DE: "Germany",
  AU: "Australia",
  GB: "United Kingdom",
};

/** Weights of the sample's orders by territory. */
const countries: readonly TerritoryCountry[] = ["US", "US", "US", "US", "AU", "AU", "GB", "CA", "DE", "FR"];

const places: Record<
  Exclude<TerritoryCountry, "US">,
  readonly (readonly [city: string, state: string | null, postalCode: string])[]
> = {
  CA: [
    ["Toronto", "ON", "M4B 1V5"],
    ["Vancouver", "BC", "V7L 4J4"],
    ["Calgary", "AB", "T2P 2G8"],
    ["Montréal", "QC", "H1Y 2H5"],
  ],
  FR: [
    ["Paris", null, "75012"],
    ["Lyon", null, "69003"],
    ["Roubaix", null, "59100"],
    ["Lille", null, "59000"],
  ],
  DE: [
    ["Berlin", null, "10501"],
    ["Hamburg", null, "20354"],
    ["München", null, "80074"],
    ["Frankfurt am Main", null, "60323"],
  ],
  AU: [
    ["Sydney", "NSW", "2000"],
    ["Melbourne", "VIC", "3000"],
    ["Brisbane", "QLD", "4000"],
    ["Geelong", "VIC", "3220"],
  ],
  GB: [
    ["London", null, "SW8 1XD"],
    ["Oxford", null, "OX1 2JD"],
    ["Leeds", null, "LS1 4AP"],
    ["Bracknell", null, "RG12 8TB"],
  ],
};
const streets = [
  "Bridge Street",
  "Station Road",
  "Park Avenue",
  "Mill Lane",
  "Church Road",
  "Harbour Way",
  "Orchard Close",
];

export interface AddressBook {
  country(): TerritoryCountry;
  /** An address of the sample's prospects in the United States, an invented one elsewhere. */
  inCountry(country: TerritoryCountry, street?: string): Address;
}

/** Addresses are drawn from the sample's prospects, the only persons there who have one. */
export function openAddressBook(prospects: readonly SourceProspect[], random: Random): AddressBook {
  return {
    country: () => random.pick(countries),
    inCountry: (country, street) => {
      if (country === "US") {
        const source = random.pick(prospects);
        const { city, state, postalCode } = source;
        return { street: street ?? source.street, city, state, postalCode, country };
      }
      const [city, state, postalCode] = random.pick(places[country]);
      return { street: street ?? `${random.int(1, 240)} ${random.pick(streets)}`, city, state, postalCode, country };
    },
  };
}
