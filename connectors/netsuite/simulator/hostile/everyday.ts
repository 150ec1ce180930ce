import type { Random } from "journey-hub/connector/testing";
import { deleteRecord } from "../writes.ts";
import { change, type Happening, make, peopleHappenings, some } from "./people.ts";
import { typeOf } from "./records.ts";
import { tradeHappenings } from "./trade.ts";

/** Everything that happens in an account on an ordinary day, by name. */
export const everyday: Readonly<Record<string, Happening>> = {
  ...peopleHappenings,
  ...tradeHappenings,
  newCase: (life) => void make(life, "supportcase"),
  editCase: change("supportcase", (_row, { chance }) => ({ priority: chance.pick(["Low", "Medium", "High"]) })),
  escalateCase: change("supportcase", () => ({ status: 3 })),
  closeCase: change("supportcase", (_row, { context }) => ({
    status: 5,
    enddate: new Date(context.now()).toISOString(),
  })),
  deleteCase: (life) => {
    const row = some(life, "supportcase");
    if (row) deleteRecord(life.context, typeOf.supportcase, row);
  },
};

/** Changes happen more often than the rest. */
const weights: Readonly<Record<string, number>> = {
  newCustomer: 4,
  editCustomer: 5,
  newContact: 3,
  editContact: 4,
  editDeal: 3,
  pay: 3,
  moveOrder: 3,
  editCase: 3,
  newCase: 3,
};

const deck = Object.keys(everyday).flatMap((name) => Array<string>(weights[name] ?? 1).fill(name));

/** One of the ordinary happenings by chance. */
export function pickEveryday(chance: Random): Happening {
  return everyday[chance.pick(deck)] ?? ((life) => void make(life, "customer"));
}
