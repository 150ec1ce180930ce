import type { WebhookConfig } from "../config.ts";
import { cloudevents } from "./cloudevents.ts";
import { github } from "./github.ts";
import { hmac, standard } from "./plain.ts";
import type { Scheme } from "./scheme.ts";
import { shopify } from "./shopify.ts";
import { stripe } from "./stripe.ts";
import { surveymonkey } from "./surveymonkey.ts";
import { typeform } from "./typeform.ts";

/** Every scheme there is, by its name in the settings. */
export const schemes: Readonly<Record<WebhookConfig["scheme"], Scheme>> = {
  "standard-webhooks": standard,
  "hmac-sha256": hmac,
  cloudevents,
  stripe,
  github,
  shopify,
  typeform,
  surveymonkey,
};
