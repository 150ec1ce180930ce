export { countryNames, currencyOf } from "./addresses.ts";
export { buildWorld, type WorldOptions } from "./build.ts";
export type { Activity, Deal, DealStep, StatusNote, Ticket, Transaction, TransactionLine } from "./happenings.ts";
export type {
  Address,
  Colleague,
  Company,
  CompanyRecord,
  Currency,
  Distortion,
  Person,
  PersonRecord,
  Scale,
  Seat,
  Standing,
  System,
} from "./model.ts";
export { distortions } from "./model.ts";
export { knownIn, type Protagonist, type RecordIds, recordIdsIn, type World, type WorldCounts } from "./world.ts";
