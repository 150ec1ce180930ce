import { type Account, type Connector, defineConnector, SourceError, verifyProof } from "journey-hub/connector";
import { schemeNames, type WebhookConfig, webhookConfig } from "./config.ts";
import { canFetch, responses, responsesStream, type Session, whoseToken } from "./responses.ts";
import { schemes } from "./schemes/index.ts";

const declared = defineConnector<WebhookConfig, Session>({
  id: "webhook",
  title: "Webhook",
  config: webhookConfig,
  // SurveyMonkey alone is asked for anything; its apps may send 120 requests a minute.
  limits: () => ({ concurrency: 1, burst: { requests: 100, windowMs: 60_000 } }),
  open: (config, transport) => ({ config, transport }),
  check,
  streams: { [responsesStream]: responses },
  webhook: {
    missing: missingSecret,
    verify: (config, request, nowMs) =>
      verifyProof(schemes[config.scheme].proof(config), {
        secrets: [config.secret, config.previous_secret],
        request,
        nowMs,
      }),
    deliveries: (config, request) => schemes[config.scheme].deliveries(config, request),
    work: (config, body) => schemes[config.scheme].work(config, body),
    handshake: (config, request) => schemes[config.scheme].handshake?.(config, request) ?? null,
  },
});

/** Webhooks of senders that are no connector of their own: by their own scheme, Standard Webhooks, CloudEvents or a plain HMAC. */
const webhook: Connector = {
  ...declared,
  open(config, transport, vault) {
    const opened = declared.open(config, transport, vault);
    // Where nothing can be fetched there is no stream either.
    return canFetch(webhookConfig.parse(config)) ? opened : { ...opened, streams: {} };
  },
};
export default webhook;

/** @example "stripe, typeform (survey, score_question)" */
const offered = schemeNames
  .map((name) => [name, schemes[name].settings.join(", ")] as const)
  .map(withSettings)
  .join(", ");

function withSettings([name, settings]: readonly [string, string]): string {
  return settings === "" ? name : `${name} (${settings})`;
}

/** For most senders there is no account to ask: what can be proved is that the hook may be enabled. */
async function check(session: Session): Promise<Account> {
  const { config } = session;
  const missing = missingSecret(config);
  if (missing !== null) {
    throw new SourceError("stop", missing, {
      field: "secret",
      remedy: `Copy the signing secret from the sender's webhook settings, or make one and enter it on both sides: --set scheme=… --set secret=…. There are the schemes ${offered}.`,
    });
  }
  if (!canFetch(config)) return whoSends(config);
  const { id, name } = await whoseToken(session);
  return { id, name: `${name} at ${schemes[config.scheme].title}` };
}

/** @example { id: "webhook:stripe", name: "Stripe" }, { id: "webhook:events", name: "events by HMAC-SHA256 in x-signature" } */
function whoSends({ scheme, header, object }: WebhookConfig): Account {
  const { title } = schemes[scheme];
  if (scheme === "hmac-sha256") return { id: `webhook:${object}`, name: `${object} by ${title} in ${header}` };
  if (scheme === "standard-webhooks") return { id: `webhook:${object}`, name: `${object} by ${title}` };
  return { id: `webhook:${scheme}`, name: title };
}

function missingSecret({ secret }: WebhookConfig): string | null {
  return secret === undefined ? "secret is not set: without it anyone could send events in the sender's name" : null;
}
