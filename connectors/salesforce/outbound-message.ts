import { type SaxesAttributeNS, SaxesParser, type SaxesTagNS } from "saxes";
import type { ToldRecord } from "./told-record.ts";

export interface OutboundMessage {
  organization: string;
  notifications: ToldRecord[];
}

const outbound = "http://soap.sforce.com/2005/09/outbound";
const schemaInstance = "http://www.w3.org/2001/XMLSchema-instance";
const depthMax = 12;
/** Salesforce sends 100 at most. */
const notificationsMax = 200;
const idForm = /^[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?$/;

/**
 * Reads a SOAP message for the ids in it; nothing else of it is kept, least of all its SessionId. A document type, and with it any entity
 * of its own, is refused. Throws an Error that says what is wrong.
 */
export function readMessage(xml: string): OutboundMessage {
  const found: OutboundMessage[] = [];
  const path: string[] = [];
  let text = "";
  let told = { id: "", object: "", record: "" };
  const parser = new SaxesParser({ xmlns: true });
  parser.on("error", (cause) => {
    throw new Error(`the message is no XML: ${cause.message}`);
  });
  parser.on("doctype", () => {
    throw new Error("the message has a document type");
  });
  parser.on("opentag", (tag) => {
    path.push(tag.local);
    text = "";
    if (path.length > depthMax) throw new Error("the message is nested too deep");
    if (isAt(path, messagePath)) found.push(messageOf(tag));
    if (isAt(path, [...messagePath, "Notification"])) told = { id: "", object: "", record: "" };
    if (isAt(path, [...messagePath, "Notification", "sObject"])) told.object = typeOf(tag);
  });
  parser.on("text", (more) => {
    text += more;
  });
  parser.on("cdata", (more) => {
    text += more;
  });
  parser.on("closetag", () => {
    const message = found.at(-1);
    if (message && isAt(path, [...messagePath, "OrganizationId"])) message.organization = idIn(text, "OrganizationId");
    if (isAt(path, [...messagePath, "Notification", "Id"])) told.id = idIn(text, "Notification's Id");
    if (isAt(path, [...messagePath, "Notification", "sObject", "Id"])) told.record = idIn(text, "record's Id");
    if (message && isAt(path, [...messagePath, "Notification"])) message.notifications.push(whole(told));
    path.pop();
    text = "";
  });
  parser.write(xml).close();
  return only(found);
}

const messagePath = ["Envelope", "Body", "notifications"];

function isAt(path: readonly string[], place: readonly string[]): boolean {
  return path.length === place.length && place.every((name, n) => path[n] === name);
}

function messageOf({ uri }: SaxesTagNS): OutboundMessage {
  if (uri !== outbound) throw new Error("the message is no outbound message of Salesforce");
  return { organization: "", notifications: [] };
}

/** `xsi:type="sf:Contact"` says what the record is. */
function typeOf({ attributes }: SaxesTagNS): string {
  const all: SaxesAttributeNS[] = Object.values(attributes);
  const type = all.find(({ local, uri }) => local === "type" && uri === schemaInstance)?.value ?? "";
  const object = type.slice(type.indexOf(":") + 1);
  if (!/^[A-Za-z]\w{0,79}$/.test(object)) throw new Error("a record in the message does not say what it is");
  return object;
}

function idIn(text: string, what: string): string {
  const id = text.trim();
  if (!idForm.test(id)) throw new Error(`the ${what} in the message is no id of Salesforce`);
  return id;
}

function whole(told: ToldRecord): ToldRecord {
  if (told.id === "" || told.object === "" || told.record === "") throw new Error("a notification names no record");
  return told;
}

function only([message, ...others]: readonly OutboundMessage[]): OutboundMessage {
  if (!message || others.length > 0) throw new Error("it holds no outbound message, or several");
  if (message.organization === "") throw new Error("the message names no OrganizationId");
  const amount = message.notifications.length;
  if (amount === 0 || amount > notificationsMax) throw new Error(`there are ${amount} notifications in the message`);
  return message;
}
