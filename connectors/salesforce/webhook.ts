import {
  type Delivery,
  type IncomingWebhook,
  type TokenProof,
  verifyProof,
  type WebhookDeclaration,
} from "journey-hub/connector";
import type { SalesforceConfig } from "./config.ts";
import { readMessage } from "./outbound-message.ts";
import { deliveryOf, workOf } from "./told-record.ts";

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
  return message.notifications.map(deliveryOf);
}

/** The first 15 characters name an org or a record; the last three only guard against a change of case. */
function isSameId(one: string, other: string): boolean {
  return one.slice(0, 15) === other.slice(0, 15);
}
