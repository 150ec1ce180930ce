import { type TroubleDeclaration, type TroubleSchedule, troubleLevels } from "journey-hub/connector/testing";
import type { DeliveryDisorder } from "../webhooks.ts";

const source = "HubSpot's webhooks guide: at least once, in no order";

const duplicates: TroubleDeclaration = {
  name: "webhook-duplicates",
  kind: "wire",
  about: "webhook events come twice, under the same id",
  source,
};
const disorder: TroubleDeclaration = {
  name: "webhook-disorder",
  kind: "wire",
  about: "webhook events come in any order",
  source,
};

/** What goes wrong with what HubSpot sends, rather than answers. */
export const deliveryTroubles: readonly TroubleDeclaration[] = [duplicates, disorder];

/** How far deliveries stray under this schedule. */
export function deliveryDisorder({ seed, level, only }: TroubleSchedule): DeliveryDisorder {
  const isOn = ({ name }: TroubleDeclaration) => level !== "none" && (only?.includes(name) ?? true);
  return { seed, duplicated: isOn(duplicates) ? troubleLevels[level] : 0, unordered: isOn(disorder) };
}
