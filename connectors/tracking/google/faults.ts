import { idOf, isObject } from "../kept.ts";

/** What is wrong with a call, in the form in which Google's validation server tells it. */
export interface Fault {
  fieldPath: string;
  description: string;
  validationCode:
    | "VALUE_INVALID"
    | "VALUE_REQUIRED"
    | "VALUE_OUT_OF_BOUNDS"
    | "EXCEEDED_MAX_ENTITIES"
    | "NAME_INVALID"
    | "NAME_RESERVED";
}

const limits = { events: 25, params: 25, userProperties: 25, nameLength: 40, textLength: 100, hours: 72 };

/** What makes a call useless as a whole. */
export function requestFaults(request: unknown): Fault[] {
  if (!isObject(request)) return [fault("", "The body has to be a JSON object.", "VALUE_INVALID")];
  const { client_id, app_instance_id, user_id, events } = request;
  const found: Fault[] = [];
  const client = idOf(client_id ?? app_instance_id);
  if (client === undefined)
    found.push(fault("client_id", "client_id (or app_instance_id) is required.", "VALUE_REQUIRED"));
  if (client === null) found.push(fault("client_id", "client_id has to be text.", "VALUE_INVALID"));
  if (idOf(user_id) === null) found.push(fault("user_id", "user_id has to be text.", "VALUE_INVALID"));
  if (!Array.isArray(events)) found.push(fault("events", "events has to be a list.", "VALUE_REQUIRED"));
  else if (events.length > limits.events) {
    found.push(fault("events", `There are ${events.length} events; send at most 25.`, "EXCEEDED_MAX_ENTITIES"));
  }
  const { timestamp_micros } = request;
  if (timestamp_micros !== undefined && microsOf(timestamp_micros) === null) {
    found.push(fault("timestamp_micros", "timestamp_micros has to be a number of microseconds.", "VALUE_INVALID"));
  }
  return found;
}

/** What makes one event useless. */
export function eventFaults(event: unknown, path: string): Fault[] {
  if (!isObject(event)) return [fault(path, "An event has to be a JSON object.", "VALUE_INVALID")];
  const { name, params, timestamp_micros } = event;
  const found: Fault[] = [];
  if (typeof name !== "string" || name === "") {
    found.push(fault(`${path}.name`, "An event needs a name.", "VALUE_REQUIRED"));
  } else if (!isName(name)) found.push(nameFault(`${path}.name`, name));
  if (params !== undefined && !isObject(params)) {
    found.push(fault(`${path}.params`, "params has to be an object.", "VALUE_INVALID"));
  }
  if (timestamp_micros !== undefined && microsOf(timestamp_micros) === null) {
    found.push(fault(`${path}.timestamp_micros`, "timestamp_micros has to be a number.", "VALUE_INVALID"));
  }
  return found;
}

/** Everything Google's own validation server would tell; more than what keeps an event from being used here. */
export function allFaults(request: unknown, receivedAt: string): Fault[] {
  const found = requestFaults(request);
  if (!isObject(request) || !Array.isArray(request.events)) return found;
  const { events, user_properties, timestamp_micros } = request;
  const micros = microsOf(timestamp_micros);
  if (micros !== null && Date.parse(receivedAt) - micros / 1_000 > limits.hours * 3_600_000) {
    found.push(fault("timestamp_micros", "It is more than 72 hours ago.", "VALUE_OUT_OF_BOUNDS"));
  }
  if (isObject(user_properties) && Object.keys(user_properties).length > limits.userProperties) {
    found.push(fault("user_properties", "There are more than 25 user properties.", "EXCEEDED_MAX_ENTITIES"));
  }
  for (const [n, event] of events.slice(0, limits.events).entries()) {
    found.push(...eventFaults(event, `events[${n}]`), ...habitFaults(event, `events[${n}]`));
  }
  return found;
}

/** What Google refuses and the hub does not mind: a mirrored website sends Google's own events too. */
function habitFaults(event: unknown, path: string): Fault[] {
  if (!isObject(event)) return [];
  const { name, params } = event;
  const found: Fault[] = [];
  if (typeof name === "string" && reservedNames.has(name)) {
    found.push(fault(`${path}.name`, `The name ${name} is reserved by Google.`, "NAME_RESERVED"));
  }
  const given = Object.entries(isObject(params) ? params : {});
  if (given.length > limits.params) {
    found.push(fault(`${path}.params`, "There are more than 25 parameters.", "EXCEEDED_MAX_ENTITIES"));
  }
  for (const [key, value] of given.slice(0, limits.params)) {
    if (!isName(key)) found.push(nameFault(`${path}.params`, key));
    if (typeof value === "string" && value.length > limits.textLength) {
      found.push(fault(`${path}.params.${key}`, "It is longer than 100 characters.", "VALUE_OUT_OF_BOUNDS"));
    }
  }
  return found;
}

/** Microseconds since 1970, as a number or its digits; null for anything else. */
export function microsOf(value: unknown): number | null {
  const number = typeof value === "string" && /^\d{1,17}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) && number >= 0 && number < 8.64e18 ? number : null;
}

function isName(name: string): boolean {
  return name.length <= limits.nameLength && /^[A-Za-z]\w*$/.test(name);
}

function nameFault(path: string, name: string): Fault {
  const what = "is not a letter and then letters, digits and underscores, 40 characters in all";
  return fault(path, `The name ${name.slice(0, limits.nameLength)} ${what}.`, "NAME_INVALID");
}

function fault(fieldPath: string, description: string, validationCode: Fault["validationCode"]): Fault {
  return { fieldPath, description, validationCode };
}

const reservedNames: ReadonlySet<string> = new Set([
  "ad_activeview",
  "ad_click",
  "ad_exposure",
  "ad_query",
  "ad_reward",
  "adunit_exposure",
  "app_clear_data",
  "app_exception",
  "app_install",
  "app_remove",
  "app_store_refund",
  "app_update",
  "app_upgrade",
  "dynamic_link_app_open",
  "dynamic_link_app_update",
  "dynamic_link_first_open",
  "error",
  "firebase_campaign",
  "first_open",
  "first_visit",
  "in_app_purchase",
  "notification_dismiss",
  "notification_foreground",
  "notification_open",
  "notification_receive",
  "os_update",
  "session_start",
  "user_engagement",
]);
