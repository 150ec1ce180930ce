import type { PartyName } from "../compare/names.ts";
import { normaliseCompany } from "../normalise/company-names.ts";
import { personName } from "../normalise/person-names.ts";
import type { Party } from "./claims.ts";

/** What a party is called, in the form that `namesAgree` compares; empty where its record does not say. */
export function partyNameOf(party: Party): PartyName {
  if (party.kind === "company") return { first: "", last: normaliseCompany(party.fields.name) };
  const { first, last } = personName(party.fields);
  return { first: first.replaceAll(" ", ""), last: last.replaceAll(" ", "-") };
}

/** Of what is merged away: it says no more what its customer is called. */
export const nameless: PartyName = { first: "", last: "" };
