import { readdirSync } from "node:fs";
import { loadPlugins } from "../../../src/hub/plugins/load.ts";
import { PluginError } from "../../../src/hub/plugins/refused.ts";

/* Loads each package in a folder as a hub would and prints, by its name, the rules it breaks; a process of its own, as Node alone resolves here. */

const [folder = "."] = process.argv.slice(2);
const outcomes: Record<string, readonly { rule: string; message: string }[]> = {};
const names = readdirSync(folder);
const [first = ""] = names;
for (const plugins of [...names.map((name) => [name]), [first, first]]) {
  const name = plugins.join("+");
  try {
    const loaded = await loadPlugins(
      folder,
      plugins.map((plugin) => `./${plugin}`),
      ["hubspot"],
    );
    outcomes[name] = loaded.length === plugins.length ? [] : [{ rule: "loaded", message: `${loaded.length} of them` }];
  } catch (cause) {
    if (!(cause instanceof PluginError)) throw cause;
    outcomes[name] = cause.broken;
  }
}
process.stdout.write(JSON.stringify(outcomes));
