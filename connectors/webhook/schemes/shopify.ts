import { sender } from "./sender.ts";

/** Shopify: base64 in `X-Shopify-Hmac-SHA256` over the body; the body is the record, the topic stands in a header. */
export const shopify = sender({
  title: "Shopify",
  proof: () => ({
    kind: "signature",
    header: "x-shopify-hmac-sha256",
    encoding: "base64",
    digest: "hmac-sha256",
    signed: ["body"],
  }),
  event: {
    id: [{ header: "x-shopify-webhook-id" }],
    onConflict: "refuse",
    name: [{ header: "x-shopify-topic" }],
    at: [{ path: "updated_at" }, { header: "x-shopify-triggered-at" }],
  },
  record: { sender: "shopify", object: { header: "x-shopify-topic" }, id: ["id"] },
  gone: /\/delete$/,
});
