/* One published set of `bench identity`, in a process of its own. Arguments: the set's name, folder of the sets, seed or `shipped`. */

import { join } from "node:path";
import { loadConnectors } from "../../connectors/index.ts";
import { readLabelled } from "../../src/hub/identity/labelled.ts";
import { evaluate, thresholdMin } from "../../src/identity/evaluate/evaluate.ts";
import { loadIdentityRules } from "../../src/identity/rules.ts";
import { packageRoot } from "../../src/lib/package-root.ts";
import { figuresOf, processorMs } from "./identity.figures.ts";
import { mappingFiles, prepared, publishedSets } from "./identity.sets.ts";
import { print, withFolder } from "./measure.ts";

const [name, data = "", training = "shipped"] = process.argv.slice(2);
const set = publishedSets.find((each) => each.name === name);
const [csv] = await loadConnectors(["csv"]);
if (!set || !csv) throw new Error(`there is no set ${name}`);

await withFolder(async (folder) => {
  const file = prepared(set, data, folder);
  if (file === null) throw new Error(`${set.name} is not below ${data}`);
  const { parties, unmapped } = await readLabelled(csv, { file, mappings: mappingFiles(set), truth: set.truth });
  const found = evaluate(parties, {
    rules: loadIdentityRules(join(packageRoot, "mappings", "identity", "default.yaml")),
    ...(training === "shipped" ? {} : { trainingSeed: Number(training) }),
    thresholds: [thresholdMin],
    elapsedMs: processorMs,
  });
  print({ ...figuresOf(found), unmapped });
});
