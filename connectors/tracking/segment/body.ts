import type { TrackingCall } from "journey-hub/connector";
import { jsonOf, type Properties } from "../kept.ts";

/** Where RudderStack's browser SDK sends by `navigator.sendBeacon`, which sets no headers: its key stands in the query. */
export const beaconPath = "/beacon/v1/batch";

const pixelFolder = "/v1/pixel/";
/** More than a picture in a mail has; each one more would be looked at with all others. */
const parametersMax = 200;
const depthMax = 5;

/** What a call says. Of a pixel all stands in the query: JSON in base64 as `data`, else a parameter each. Throws an Error that says what is malformed. */
export function bodyOf({ path, query, body }: Pick<TrackingCall, "path" | "query" | "body">): unknown {
  if (!path.startsWith(pixelFolder)) return jsonOf(body);
  const { data } = query;
  // A plus that was not escaped has come to be a blank.
  if (data !== undefined) return jsonOf(Buffer.from(data.replaceAll(" ", "+"), "base64"));
  return nested(
    Object.entries(query)
      .slice(0, parametersMax)
      .map(([name, value]) => ({ steps: stepsOf(name), value })),
  );
}

interface Parameter {
  steps: readonly string[];
  value: string;
}

function stepsOf(name: string): string[] {
  const steps = name.split(".");
  return steps.length > depthMax ? [name] : steps;
}

/** `properties.plan=gold` as `{ properties: { plan: "gold" } }`. */
function nested(parameters: readonly Parameter[]): Properties {
  const names = new Set(parameters.map(({ steps: [name = ""] }) => name));
  return Object.fromEntries(
    [...names].map((name) => {
      const own = parameters.filter(({ steps: [first] }) => first === name);
      const whole = own.find(({ steps }) => steps.length === 1);
      return [name, whole ? whole.value : nested(own.map(({ steps, value }) => ({ steps: steps.slice(1), value })))];
    }),
  );
}
