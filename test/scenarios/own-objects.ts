import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import { serverOptions } from "../../connectors/salesforce/simulator/index.ts";
import type { Vendor } from "../../src/cli/vendors.ts";
import { virtualClock } from "../../src/lib/clock.ts";
import { newFolder, openWorld, removeFolder, type World } from "../hub/world.ts";
import { type Account, accounts } from "./own-accounts.ts";

/*
 * An account whose people made an object of their own, memberships, and a field of their own on contacts: simulated at each vendor, with a hub
 * whose data folder maps both.
 */

const today = "2026-03-18T12:00:00.000Z";

export interface OwnObjects extends World {
  clock: ReturnType<typeof virtualClock>;
  account: Account;
  /** Called before the next request that reads memberships is answered, once. */
  onNextReading(happening: () => Promise<void>): void;
  /** Memberships as the hub has them, by name. */
  memberships(): Promise<Record<string, { deleted: boolean; custom: Record<string, unknown> }>>;
}

export async function openOwnObjects(vendor: Vendor): Promise<OwnObjects> {
  const clock = virtualClock(today);
  const account = accounts[vendor](() => clock.now());
  const happenings: (() => Promise<void>)[] = [];
  const server = createAdaptorServer({
    serverOptions,
    async fetch(request) {
      if (happenings.length > 0 && (await account.reads(request.clone()))) await happenings.shift()?.();
      return account.app.fetch(request);
    },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const folder = newFolder();
  write(folder, `${vendor}/${account.object}.yaml`, account.mapping);
  const { file, path } = account.contacts;
  const shipped = readFileSync(join(import.meta.dirname, "../../mappings", vendor, file), "utf8");
  write(folder, `${vendor}/${file}`, shipped.replace("\nidentifiers:", `\ncustom_fields: [${path}]\nidentifiers:`));
  const entry = { connector: vendor, allowedHosts: ["127.0.0.1"], config: account.config(url) };
  const world = await openWorld({ [vendor]: entry }, { clock, folder });
  return {
    ...world,
    clock,
    account,
    onNextReading: (happening) => void happenings.push(happening),
    async memberships() {
      const rows = (await world.rows("records")).filter(({ object }) => object === account.object);
      rows.sort((a, b) => (a.record_key < b.record_key ? -1 : 1));
      return Object.fromEntries(
        rows.map(({ fields, deleted, custom_fields }) => [
          JSON.parse(fields).subject,
          { deleted: deleted === 1, custom: JSON.parse(custom_fields) },
        ]),
      );
    },
    async close() {
      await world.close();
      removeFolder(folder);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        if ("closeAllConnections" in server) server.closeAllConnections();
      });
    },
  };
}

function write(folder: string, file: string, text: string): void {
  const path = join(folder, "mappings", file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
