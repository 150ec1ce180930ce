import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { writeSkeleton } from "../../src/cli/scaffold/write.ts";
import { packageRoot } from "../../src/lib/package-root.ts";

const run = promisify(execFile);

/** Asks the simulated account with right credentials and, over the vault that the hub would keep, with others. */
const asking = `
import { createTransport, memoryVault } from "journey-hub/connector";
import { createAdaptorServer } from "@hono/node-server";
import { pathToFileURL } from "node:url";
import { offerKit } from "./src/hub/plugins/kit.ts";
import { systemClock } from "./src/lib/clock.ts";
offerKit();
const load = async (file) => (await import(pathToFileURL(process.argv[1] + file).href)).default;
const account = (await load("/simulator/index.js"))({ seed: 1, records: 10, now: Date.now });
const connector = await load("/index.js");
const server = createAdaptorServer({ fetch: account.fetch });
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const config = account.config("http://127.0.0.1:" + server.address().port);
const vault = memoryVault();
for (const settings of [config, { ...config, client_secret: "a wrong one" }]) {
  const transport = createTransport({ limits: connector.limits(settings), clock: systemClock, allowedHosts: ["127.0.0.1"] });
  const said = await connector.open(settings, transport, vault).check().then(({ name }) => name, ({ next }) => next);
  console.log(said);
}
server.close();
server.closeAllConnections();
`;

test("the connector of a skeleton proves the credentials it has now, not those of before", async () => {
  const folder = mkdtempSync(join(tmpdir(), "journey-hub-new-"));
  try {
    writeSkeleton({ id: "demo-crm", directory: folder, kit: "*" });
    const source = ["--conditions=journey-hub-source", "--import", "tsx", "--input-type=module"];
    const { stdout } = await run(process.execPath, [...source, "--eval", asking, folder], { cwd: packageRoot });
    expect(stdout.trim().split("\n")).toEqual(["Demo CRM demo account", "stop"]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
