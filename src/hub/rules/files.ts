import { existsSync, readdirSync, statSync } from "node:fs";
import { join, sep } from "node:path";

/** Which rule files a data folder held at one moment: their names, sizes and times, mapping files apart from the others. */
export interface RuleFiles {
  mappings: string;
  others: string;
}

/** The rule files of a data folder as they are now; what they say is not read. */
export function ruleFilesOf(folder: string): RuleFiles {
  const own = join(folder, "mappings");
  const names = existsSync(own) ? readdirSync(own, { recursive: true, encoding: "utf8" }).sort() : [];
  const found: Record<keyof RuleFiles, string[]> = { mappings: [], others: [] };
  for (const name of names) {
    if (!/\.(ya?ml|model\.json)$/.test(name)) continue;
    // Gone since it was listed, or the mark of an editor, which points at nothing.
    const file = statSync(join(own, name), { throwIfNoEntry: false });
    const isOther = otherFolders.has(name.split(sep)[0] ?? "");
    if (file) found[isOther ? "others" : "mappings"].push(`${name} ${file.size} ${file.mtimeMs}`);
  }
  return { mappings: found.mappings.join("\n"), others: found.others.join("\n") };
}

/** Folders of rules that are no mappings. */
const otherFolders = new Set(["identity", "journeys", "scores", "writebacks"]);
