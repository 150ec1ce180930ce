import { defineConnector } from "journey-hub/connector";
import { checkAccount } from "./check.ts";
import { hubspotConfig, usesOauth } from "./config.ts";
import { discover } from "./discover.ts";
import { installFlow } from "./oauth.ts";
import { sameObject } from "./own-objects.ts";
import { openSession } from "./session.ts";
import { customStreams, streams } from "./streams.ts";
import { subscriptions } from "./subscriptions.ts";
import { webhook } from "./webhook.ts";
import { writeback } from "./writeback.ts";

/** HubSpot: CRM objects, engagements, owners and pipelines in; journey stage and lead score back; webhooks. */
export default defineConnector({
  id: "hubspot",
  title: "HubSpot",
  config: hubspotConfig,
  limits: (config) => ({
    concurrency: 8,
    // HubSpot counts what arrives in ten seconds, and one request may be on its way longer than the next.
    burst: {
      requests: config.requests_per_10_seconds ?? (usesOauth(config) ? 110 : 190),
      windowMs: 10_000,
      untilAnswered: true,
    },
    // Five a second for the whole account: one is left to its other tools.
    pools: { search: { requests: config.searches_per_second ?? 4, windowMs: 1_000 } },
    // How many requests the day has, the answers tell.
    daily: { resets: config.time_zone === undefined ? "rolling" : { timeZone: config.time_zone } },
  }),
  open: openSession,
  authorise: installFlow,
  check: checkAccount,
  streams,
  customStreams,
  sameObject,
  discover,
  webhook,
  subscriptions,
  writeback,
});
