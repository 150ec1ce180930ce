import { defineConnector } from "journey-hub/connector";
import { flow } from "./authorise.ts";
import { checkAccount } from "./check.ts";
import { openClient } from "./client.ts";
import { config, defaultTimeZone } from "./config.ts";
import { discover } from "./discover.ts";
import { openOwnColumns } from "./own-columns.ts";
import { openAbsences, type Session } from "./read.ts";
import { customStreams, streams } from "./streams.ts";
import { webhook } from "./webhook.ts";
import { writeback } from "./writeback.ts";
import { openZone } from "./zone.ts";

/** NetSuite: customers, contacts, deals, orders, invoices, payments and cases in; stage and score back into custom fields. */
export default defineConnector({
  id: "netsuite",
  title: "NetSuite",
  config,
  // NetSuite counts requests at the same time, not in a stretch of time; what other tools take of the account's limit shows by refusals.
  limits: ({ concurrency }) => ({ concurrency: { start: concurrency, max: concurrency } }),
  open(settings, transport, vault): Session {
    const client = openClient(settings, transport, vault);
    return {
      config: settings,
      client,
      ownColumns: openOwnColumns(client, () => transport.now()),
      zone: openZone(settings.time_zone ?? defaultTimeZone),
      absences: openAbsences(() => transport.now()),
    };
  },
  authorise: flow,
  check: checkAccount,
  streams,
  customStreams,
  discover,
  webhook,
  writeback,
});
