import {
  type DeliveredWork,
  type Delivery,
  type IncomingWebhook,
  type TokenProof,
  verifyProof,
  type WebhookDeclaration,
} from "journey-hub/connector";
import { z } from "zod";
import type { SalesforceConfig } from "./config.ts";
import { type Notification, readMessage } from "./outbound-message.ts";
import { streams } from "./streams.ts";

/**
 * Outbound messages. Salesforce signs nothing, so a secret of ours stands in the address it calls, and the message must name our org. The
 * values it brings are left aside: the hub fetches the records by their ids, with its own rights.
 */
export const webhook: WebhookDeclaration<SalesforceConfig> = {
  missing({ outbound_token, organization_id }) {
    if (outbound_token === undefined) return "outbound_token is not set: without it anyone could send messages";
    return organization_id === undefined ? "organization_id is not set: messages of any org would be taken" : null;
  },
  verify: ({ outbound_token }, request, nowMs) => verifyProof(proof, { secrets: [outbound_token], request, nowMs }),
  deliveries: splitMessage,
  work: workOf,
  // Anything else, a plain 200 as well, counts as refused and is sent again for a day.
  receipt: {
    contentType: "text/xml; charset=utf-8",
    text: '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack></notificationsResponse></soapenv:Body></soapenv:Envelope>',
  },
};

/** Salesforce sets no headers; a proxy before the hub may move the secret from the address into one. */
const proof: TokenProof = { kind: "token", query: "token", header: { name: "x-journey-hub-token" } };

function splitMessage({ organization_id }: SalesforceConfig, { body }: IncomingWebhook): Delivery[] {
  const message = readMessage(new TextDecoder("utf-8", { fatal: true }).decode(body));
  if (organization_id === undefined || !isSameId(message.organization, organization_id)) {
    throw new Error(`the message is of another org, ${message.organization.slice(0, 18)}`);
  }
  return message.notifications.map((told) => ({
    dedupe_key: told.id,
    onConflict: "ignore", // the values sent with a retry are those of that time, the ids are the same
    body: JSON.stringify(told),
  }));
}

/** The first 15 characters name an org or a record; the last three only guard against a change of case. */
function isSameId(one: string, other: string): boolean {
  return one.slice(0, 15) === other.slice(0, 15);
}

const kept = z.strictObject({
  id: z.string(),
  object: z.string(),
  record: z.string(),
}) satisfies z.ZodType<Notification>;

function workOf(_config: SalesforceConfig, body: string): DeliveredWork {
  const { object, record } = kept.parse(JSON.parse(body));
  const isRead = Object.hasOwn(streams, object) || object.endsWith("__c");
  if (!isRead) return { kind: "nothing", why: `${object} is not read` };
  return { kind: "changed", stream: object, id: longId(record) };
}

const checksumAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

/** The 18 characters by which the REST API names a record: each of the last three tells which of five letters are capitals. */
function longId(id: string): string {
  if (id.length !== 15) return id;
  const fives = [id.slice(0, 5), id.slice(5, 10), id.slice(10)];
  const capitals = fives.map((five) =>
    [...five].reduce((bits, letter, n) => bits + (/[A-Z]/.test(letter) ? 2 ** n : 0), 0),
  );
  return id + capitals.map((bits) => checksumAlphabet[bits]).join("");
}
