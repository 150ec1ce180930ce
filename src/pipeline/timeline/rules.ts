import type { RecordKind } from "../../model/kinds.ts";
import { activity } from "./activities.ts";
import { invoice, order, payment, quote } from "./documents.ts";
import { company, contact } from "./parties.ts";
import type { KindRules } from "./step.ts";
import { deal, ticket } from "./work.ts";

/** The rules of every kind of record that makes events; owners and pipelines make none. */
export const eventRules: { [K in RecordKind]?: KindRules<K> } = {
  contact,
  company,
  deal,
  ticket,
  quote,
  order,
  invoice,
  payment,
  activity,
};
