import type { Connector } from "../connector/index.ts";
import { ConfigError } from "./folder/config.ts";

interface Configured {
  connectorOf(id: string): Connector | undefined;
  /** Throws ConfigError where the settings cannot be used. */
  configOf(id: string): unknown;
}

interface Publicity {
  isPublic(id: string): boolean;
  /** It has other settings. */
  forget(id: string): void;
}

/**
 * Tells of a connection whether anybody may send what comes by it: it takes tracking calls, and their key stands in pages or apps. It is
 * taken to be so while its settings cannot be read.
 */
export function publicConnections({ connectorOf, configOf }: Configured): Publicity {
  const known = new Map<string, boolean>();
  const look = (id: string): boolean => {
    const tracking = connectorOf(id)?.tracking;
    if (!tracking?.isPublic) return tracking !== undefined;
    try {
      return tracking.isPublic(configOf(id));
    } catch (cause) {
      if (cause instanceof ConfigError) return true;
      throw cause;
    }
  };
  return {
    isPublic(id) {
      const before = known.get(id);
      if (before !== undefined) return before;
      const isPublic = look(id);
      // One that is not configured now may be taken into use later.
      if (connectorOf(id)) known.set(id, isPublic);
      return isPublic;
    },
    forget: (id) => void known.delete(id),
  };
}
