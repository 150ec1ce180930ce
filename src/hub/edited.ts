import { readMappingsAnew } from "./errors/mappings.ts";
import { ConfigError, readHubFile } from "./folder/config.ts";
import { isHeld } from "./held.ts";
import type { Hub } from "./hub.ts";
import { ruleFilesOf } from "./rules/files.ts";

/** What of the edited files of its folder a running hub has not taken into use. */
export interface NotTaken {
  /** The first mistake in the edited mapping files: the hub goes on with those it had. Null where there is none. */
  mapping_mistake: string | null;
  /** Identity, journey or score rules were edited: they are used from the next start on. */
  rules_edited: boolean;
  /** Connections that journey-hub.yaml names and this hub does not know: proving one takes it into use. */
  new_connections: string[];
}

/**
 * Takes mapping files that were edited since this hub read them into use, so that what is pulled next is mapped as by a hub that was just
 * started. Files with a mistake do not take the place of those that work.
 */
export async function takeEdited(hub: Hub): Promise<NotTaken> {
  const now = ruleFilesOf(hub.folder);
  const others = { rules_edited: now.others !== hub.ruleFiles.others, new_connections: newConnections(hub) };
  // While mappings are held, each sync looks at their files anyway, and tells of their mistakes by itself.
  if (now.mappings === hub.ruleFiles.mappings || isHeld(hub)) return { mapping_mistake: null, ...others };
  try {
    await readMappingsAnew(hub, "They are not used yet");
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause;
    return { mapping_mistake: cause.message, ...others };
  }
  hub.ruleFiles.mappings = now.mappings;
  return { mapping_mistake: null, ...others };
}

function newConnections({ folder, file }: Hub): string[] {
  try {
    return Object.keys(readHubFile(folder).connections).filter((id) => !Object.hasOwn(file.connections, id));
  } catch (cause) {
    if (cause instanceof ConfigError) return []; // half written, maybe: the next start tells what is wrong with it
    throw cause;
  }
}
