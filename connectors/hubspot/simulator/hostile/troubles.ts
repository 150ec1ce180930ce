import type { TroubleDeclaration, TroubleSchedule, Wire } from "journey-hub/connector/testing";
import { betweenTroubles } from "./between-requests.ts";
import { deliveryTroubles } from "./deliveries.ts";
import { lifeTroubles } from "./life.ts";
import { natureTroubles } from "./nature.ts";

export { betweenTroubles, lifeTroubles };

/** Every trouble of the account, as it is declared to others. */
export function declarations(wire: Wire): TroubleDeclaration[] {
  const all = [...wire.troubles, ...deliveryTroubles, ...lifeTroubles, ...betweenTroubles, ...natureTroubles];
  return all.map(({ name, kind, about, source }) => ({ name, kind, about, source }));
}

/** Those of the troubles that the schedule asks for. */
export function shown<Trouble extends TroubleDeclaration>(
  troubles: readonly Trouble[],
  { level, only }: TroubleSchedule,
): readonly Trouble[] {
  if (level === "none") return [];
  return only ? troubles.filter(({ name }) => only.includes(name)) : troubles;
}
