import { type Account, defineConnector, SourceError } from "journey-hub/connector";
import { type WebhookConfig, webhookConfig } from "./config.ts";
import { splitEvents, workOf } from "./events.ts";
import { verifySignature } from "./signature.ts";

/** Webhooks of any sender that signs them: Standard Webhooks, or an HMAC-SHA256 in a header. */
export default defineConnector({
  id: "webhook",
  title: "Webhook",
  config: webhookConfig,
  limits: () => ({ concurrency: 1 }), // nothing is ever asked of the sender
  open: (config) => config,
  check,
  streams: {},
  webhook: {
    missing: missingSecret,
    verify: verifySignature,
    deliveries: splitEvents,
    work: workOf,
  },
});

/** There is no account to ask: what can be proved is that the hook may be enabled. */
async function check(config: WebhookConfig): Promise<Account> {
  const missing = missingSecret(config);
  if (missing !== null) {
    throw new SourceError("stop", missing, {
      field: "secret",
      remedy: "Copy the signing secret from the sender's webhook settings, or make one and enter it on both sides.",
    });
  }
  const scheme = config.scheme === "standard-webhooks" ? "Standard Webhooks" : `HMAC-SHA256 in ${config.header}`;
  return { id: `webhook:${config.object}`, name: `${config.object} by ${scheme}` };
}

function missingSecret({ secret }: WebhookConfig): string | null {
  return secret === undefined ? "secret is not set: without it anyone could send events in the sender's name" : null;
}
