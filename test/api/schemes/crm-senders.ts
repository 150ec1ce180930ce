import { Signature } from "@hubspot/api-client";
import { publicUrl } from "../../hub/world.ts";
import { organizationId, outboundMessage, outboundToken } from "./outbound-message.ts";
import { json, mac, nowMs, type Sender, secondsOf, secretOf } from "./sender.ts";

function hubspot(version: "v1" | "v2" | "v3"): Sender {
  const connection = `hubspot-${version}`;
  const own = secretOf(connection);
  const isTimed = version === "v3";
  return {
    connection,
    secret: own,
    entry: {
      connector: "hubspot",
      config: { access_token: "pat-na1-x", app_client_secret: own, oldest_signature: version },
    },
    proof: {
      header: isTimed ? "x-hubspot-signature-v3" : "x-hubspot-signature",
      mark: "",
      encoding: isTimed ? "base64" : "hex",
    },
    ...(isTimed ? { time: { header: "x-hubspot-request-timestamp", mark: "", unit: "ms" } as const } : {}),
    conflict: 200,
    body: (n, text = "") =>
      JSON.stringify([
        {
          eventId: n,
          portalId: 424242,
          subscriptionType: "contact.propertyChange",
          occurredAt: nowMs,
          objectId: n,
          propertyValue: text,
        },
      ]),
    send(requestBody, { secret: clientSecret = own, atMs: timestamp = nowMs } = {}) {
      const url = `${publicUrl}/hooks/${connection}`;
      const options = { signature: "", clientSecret, requestBody, url, timestamp };
      const signature = Signature.getSignature("POST", version, options);
      const headers: Record<string, string> = isTimed
        ? { "x-hubspot-signature-v3": signature, "x-hubspot-request-timestamp": String(timestamp) }
        : { "x-hubspot-signature": signature, "x-hubspot-signature-version": version };
      return { path: `/hooks/${connection}`, headers: { ...json, ...headers }, body: requestBody };
    },
  };
}

const salesforce: Sender = {
  connection: "salesforce",
  secret: outboundToken,
  entry: {
    connector: "salesforce",
    config: {
      login_url: "https://acme.my.salesforce.com",
      client_id: "app",
      client_secret: "secret",
      outbound_token: outboundToken,
      organization_id: organizationId,
    },
  },
  proof: { query: "token" },
  conflict: 200,
  body: (n, text = "Ann") => outboundMessage(`003Hs000000${String(n).padStart(4, "0")}AAA`, { name: text }),
  send: (body, { secret = outboundToken } = {}) => ({
    path: `/hooks/salesforce?token=${encodeURIComponent(secret)}`,
    headers: { "content-type": "text/xml; charset=UTF-8", soapaction: '""' },
    body,
  }),
};

const netsuiteSecret = secretOf("netsuite");

const netsuite: Sender = {
  connection: "netsuite",
  secret: netsuiteSecret,
  entry: {
    connector: "netsuite",
    config: {
      account_id: "1234567",
      consumer_key: "ck",
      consumer_secret: "cs",
      token_id: "ti",
      token_secret: "ts",
      webhook_secret: netsuiteSecret,
    },
  },
  proof: { header: "x-journey-hub-signature", mark: "", encoding: "hex" },
  time: { header: "x-journey-hub-timestamp", mark: "", unit: "s" },
  conflict: 200,
  body: (n, text = "edit") => JSON.stringify({ record: "customer", id: String(n), event: "edit", at: nowMs, text }),
  send(body, { secret = netsuiteSecret, atMs = nowMs } = {}) {
    const time = String(secondsOf(atMs));
    const headers = {
      "x-journey-hub-timestamp": time,
      "x-journey-hub-signature": mac("sha256", secret, `${time}.${body}`).digest("hex").toUpperCase(),
    };
    return { path: "/hooks/netsuite", headers, body };
  },
};

/** The CRMs, each as its own signer writes. */
export const crmSenders: readonly Sender[] = [hubspot("v3"), hubspot("v2"), hubspot("v1"), salesforce, netsuite];
