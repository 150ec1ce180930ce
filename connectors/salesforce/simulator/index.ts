import type { Hono } from "hono";
import { createApp } from "./app.ts";
import type { DeliveryTrouble } from "./change-events/clients.ts";
import type { EventTrouble } from "./change-events/event.ts";
import { mergeRecords } from "./merge.ts";
import type { SalesforceSimulatorOptions } from "./options.ts";
import { createService } from "./service.ts";
import { createSetup, type Setup } from "./setup.ts";
import type { Traffic } from "./usage.ts";
import type { SalesforceRow, SalesforceSeed, SObjectName } from "./values.ts";

export { sfId } from "./ids.ts";
export { demoCredentials, type SalesforceCredentials, type SalesforceSimulatorOptions } from "./options.ts";
export { type CustomFieldDeclaration, type CustomObjectDeclaration, journeyHubFields } from "./schema/custom.ts";
export type { Setup } from "./setup.ts";
export type { Traffic } from "./usage.ts";
export type { FieldValue, SalesforceRow, SalesforceSeed, SObjectName } from "./values.ts";

/**
 * Pass these to the HTTP server that serves the app: node's own limit of 16 KB for URI and headers would otherwise
 * answer before the simulated 414.
 */
export const serverOptions = { maxHeaderSize: 128 * 1024 };

/** A Salesforce org with its REST API; what the API cannot do to itself is under `state`. */
export interface SalesforceSimulator {
  app: Hono;
  /** Replaces every row and forgets open cursors; sessions and counted calls stay. */
  load(seed: SalesforceSeed): void;
  traffic(): Traffic;
  /** What an administrator changes about objects and fields while the org is used. */
  setup: Setup;
  state: {
    /** All rows of an object, deleted ones included, in the order they were loaded or created. */
    rows(object: SObjectName): SalesforceRow[];
    /** Merges the loser into the winner as a user would on screen: the loser is deleted and names its master. */
    merge(object: "Account" | "Contact" | "Lead" | "Case", winnerId: string, loserId: string): void;
    expireSessions(): void;
    /** What a person asked to approve the app answers from now on. */
    setConsent(consent: "given" | "denied"): void;
    /** Ends every approval and its sessions, as an administrator can: refresh tokens are good for nothing then. */
    revokeApprovals(): void;
    /** Lets the next bulk job end as Failed with this message. */
    failNextJob(message: string): void;
    dropLocators(): void;
    /** How the next changes are told, and how events are delivered from now on. */
    troubleEvents(troubles: { events?: EventTrouble; delivery?: DeliveryTrouble }): void;
    /** Forgets every client that listens, as a restart of the vendor's servers does. */
    forgetClients(): void;
    /** Statements run and rows read for them since the start. */
    queryWork(): { statements: number; scanned: number };
  };
}

/**
 * A stateful Salesforce org as a hono app: OAuth, SOQL, records, collections, feeds, describe, limits.
 * @example
 * const simulator = createSalesforceSimulator({ sessionSeconds: 60 });
 * simulator.load({ orgId: sfId("00D", 1), objects: { Account: [{ Id: sfId("001", 1), Name: "Acme" }] } });
 * const reply = await simulator.app.request("/services/data"); // the API versions
 */
export function createSalesforceSimulator(options: SalesforceSimulatorOptions = {}): SalesforceSimulator {
  const service = createService(options);
  const { org, usage, sessions, locators, bulk, approvals, changeLog, clients } = service;
  return {
    app: createApp(service),
    load: (seed) => {
      locators.dropAll();
      org.load(seed);
    },
    setup: createSetup(org),
    traffic: () => ({ ...usage.traffic, byRoute: { ...usage.traffic.byRoute } }),
    state: {
      rows: (object) => [...org.table(object).values()],
      merge: (object, winnerId, loserId) => mergeRecords(org, org.object(object), { winnerId, loserId }),
      expireSessions() {
        sessions.expireAll();
        clients.wakeAll();
      },
      setConsent: (consent) => {
        approvals.consent = consent;
      },
      revokeApprovals: () => {
        approvals.revoke();
        sessions.expireAll();
        clients.wakeAll();
      },
      failNextJob: (message) => bulk.failNext(message),
      dropLocators: () => locators.dropAll(),
      troubleEvents({ events = "none", delivery = "none" }) {
        changeLog.trouble = events;
        clients.trouble = delivery;
      },
      forgetClients: () => clients.forgetAll(),
      queryWork: () => ({ ...service.queryWork }),
    },
  };
}
