import type { Delivery } from "../../../src/connector/index.ts";
import { type RetryCounts, retryErrors, type Selection } from "../../../src/hub/errors/retry.ts";
import { virtualClock } from "../../../src/lib/clock.ts";
import type { Row } from "../../../src/store/tables.ts";
import {
  contacts,
  hubspotEntry,
  newFolder,
  noon,
  openWorld,
  removeFolder,
  serveHubspot,
  shopEntry,
  type TestHubspot,
  type World,
} from "../world.ts";

/** A hub on a HubSpot of six contacts and a sender, nothing pulled yet; job titles stand on the even ones alone. */
export interface InboxWorld extends World {
  clock: ReturnType<typeof virtualClock>;
  hubspot: TestHubspot;
  /** Open errors of records. */
  open(): Promise<Row<"errors">[]>;
  retry(selection?: Selection): Promise<RetryCounts>;
  end(): Promise<void>;
}

export async function openInboxWorld(prepare: (folder: string) => void = () => undefined): Promise<InboxWorld> {
  const clock = virtualClock(noon);
  const rows = contacts(6).map((row, n) => ({
    ...row,
    properties: { ...row.properties, hs_language: "en", ...(n % 2 ? { jobtitle: "Buyer" } : {}) },
  }));
  const hubspot = await serveHubspot(clock, { objects: { contacts: rows } });
  const folder = newFolder();
  prepare(folder);
  const world = await openWorld({ hubspot: hubspotEntry(hubspot), shop: shopEntry }, { clock, folder });
  return {
    ...world,
    clock,
    hubspot,
    open: async () =>
      (await world.rows("errors")).filter(({ status, record_key }) => status === "open" && record_key !== ""),
    retry: async (selection = {}) => (await retryErrors(world.hub, selection)).counts,
    async end() {
      await world.close();
      await hubspot.close();
      removeFolder(folder);
    },
  };
}

/** HubSpot tells that a contact has changed. */
export function told(n: number, objectId: number): Delivery {
  const event = { eventId: n, portalId: 424242, subscriptionType: "contact.propertyChange", occurredAt: n, objectId };
  return { dedupe_key: `event ${n}`, onConflict: "ignore", body: JSON.stringify(event) };
}
