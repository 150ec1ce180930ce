import { loadConnectors } from "../../connectors/index.ts";
import { type Hub, openHub } from "../hub/hub.ts";

/** Opens a data folder with the shipped connectors for the time of `work`, and closes it whatever happens. */
export async function withHub<T>(folder: string, work: (hub: Hub) => Promise<T>): Promise<T> {
  const hub = await openHub({ folder, connectors: loadConnectors });
  try {
    return await work(hub);
  } finally {
    await hub.close();
  }
}
