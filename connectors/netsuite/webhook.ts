import {
  type DeliveredWork,
  type Delivery,
  type IncomingWebhook,
  type SignatureProof,
  verifyProof,
  type WebhookDeclaration,
} from "journey-hub/connector";
import { z } from "zod";
import type { NetsuiteConfig } from "./config.ts";
import { streams } from "./streams.ts";

/** What our user event script (suitescript/) posts: which record was saved or deleted, signed with its time. */
export const webhook: WebhookDeclaration<NetsuiteConfig> = {
  missing: ({ webhook_secret }) =>
    webhook_secret === undefined ? "webhook_secret is not set: give it and NetSuite the same API secret" : null,
  verify: ({ webhook_secret }, request, nowMs) => verifyProof(proof, { secrets: [webhook_secret], request, nowMs }),
  deliveries: (_config, request) => [deliveryOf(request)],
  work: (_config, body) => workOf(told.parse(JSON.parse(body))),
};

const proof: SignatureProof = {
  kind: "signature",
  header: "x-journey-hub-signature",
  encoding: "hex",
  digest: "hmac-sha256",
  signed: ["time", { text: "." }, "body"],
  time: { from: { header: "x-journey-hub-timestamp" }, unit: "s", windowMs: 300_000 },
};

const told = z.object({
  record: z.string().regex(/^[a-z][a-z0-9_]{0,79}$/),
  id: z.string().regex(/^\d{1,18}$/),
  event: z.string().max(40),
  at: z.int(),
});
type Told = z.output<typeof told>;

function deliveryOf({ body }: IncomingWebhook): Delivery {
  const text = new TextDecoder("utf-8", { fatal: true }).decode(body);
  const parsed = told.safeParse(JSON.parse(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`not what our script sends: ${issue?.path.join(".") || "body"}: ${issue?.message}`);
  }
  const { record, id, event, at } = parsed.data;
  return { dedupe_key: [record, id, event, at].join(":"), onConflict: "ignore", body: text };
}

/** Leads and prospects are customers to SuiteQL. */
const tables = new Map([
  ["lead", "customer"],
  ["prospect", "customer"],
]);

/** Also what was deleted is asked for by its id: that it is not found is the proof. */
function workOf({ record, id }: Told): DeliveredWork {
  const stream = tables.get(record) ?? record;
  const isRead = Object.hasOwn(streams, stream) || stream.startsWith("customrecord");
  return isRead ? { kind: "changed", stream, id } : { kind: "nothing", why: `${record} is not read` };
}
