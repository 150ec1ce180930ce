import { type Account, defineConnector } from "journey-hub/connector";
import { z } from "zod";
import { openBulk } from "./bulk/session.ts";
import { channel } from "./change-events/channel.ts";
import { openStreaming } from "./change-events/streaming.ts";
import { openClient } from "./client.ts";
import { config } from "./config.ts";
import { openDescriptions } from "./describe.ts";
import { discover } from "./discover.ts";
import { openHourlyMemory } from "./hourly-memory.ts";
import type { Session } from "./session.ts";
import { openSignIn, webServerFlow } from "./sign-in.ts";
import { customStreams, streams } from "./streams.ts";
import { webhook } from "./webhook.ts";
import { writeback } from "./writeback.ts";

/** Salesforce: people, companies, deals, cases and activities in; stage and score back into custom fields. */
export default defineConnector({
  id: "salesforce",
  title: "Salesforce",
  config,
  // A production org lets 25 long requests run at once, a developer org 5 (only those over 20 s count); others use it too.
  limits: () => ({ concurrency: 10 }),
  open(settings, transport, vault): Session {
    const access = openSignIn(settings, transport, vault);
    const client = openClient(settings, transport, access);
    const now = () => transport.now();
    return {
      client,
      descriptions: openDescriptions(client, now),
      hidden: openHourlyMemory(now),
      emptyHistories: new Map(),
      bulk: openBulk(settings.bulk_from_records, now),
      vendorNow: () => transport.vendorNow(),
      streaming: openStreaming(settings, transport, access),
    };
  },
  authorise: webServerFlow,
  check,
  streams,
  customStreams,
  discover,
  webhook,
  channel,
  writeback,
});

const organizations = z.looseObject({
  records: z.tuple([z.looseObject({ Id: z.string(), Name: z.string(), TimeZoneSidKey: z.string().nullish() })]),
});

/** Every API user may read the one Organization row, so this fails only on credentials, address, version or API access. */
async function check({ client }: Session): Promise<Account> {
  const reply = await client.request({
    purpose: "checking the connection",
    operation: "check",
    lane: "webhook",
    path: "/query?q=SELECT+Id,Name,TimeZoneSidKey+FROM+Organization",
    reply: organizations,
  });
  const [organization] = reply.records;
  const { Id: id, Name: name, TimeZoneSidKey: timeZone } = organization;
  return { id, name, ...(timeZone ? { timeZone } : {}) };
}
