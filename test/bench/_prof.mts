import { loadMappings, readMappingFolders, shippedMappings } from "../../src/mapping/index.ts";
import { hubspotContacts } from "./map.contacts.ts";
import { contactByHand } from "./map.handwritten.ts";
import { mapping15 } from "./map.jsonata.ts";

const c = hubspotContacts(2000);
const ctx = { lookup: () => undefined };
const which = process.argv[2];
const m =
  which === "15"
    ? loadMappings([{ file: "b/c.yaml", text: mapping15 }]).find("bench", "contacts")!
    : loadMappings(await readMappingFolders([shippedMappings])).find("hubspot", "contacts")!;
const f = which === "hand" ? contactByHand : (x: any) => m.map(x, ctx);
for (let r = 0; r < 6; r++) {
  const t = process.cpuUsage();
  let n = 0;
  for (let k = 0; k < 60; k++)
    for (const x of c) {
      f(x);
      n++;
    }
  const u = process.cpuUsage(t);
  console.log(Math.round(n / ((u.user + u.system) / 1e6)));
}
