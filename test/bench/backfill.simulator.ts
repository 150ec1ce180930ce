/* A vendor account in a process of its own, that takes a while to answer. Arguments: vendor, records, response time in ms. */

import { setTimeout as delay } from "node:timers/promises";
import { serve } from "@hono/node-server";
import { serverOptions } from "../../connectors/salesforce/simulator/index.ts";
import { accountOf, type BenchVendor } from "./backfill.accounts.ts";
import { asHelper } from "./measure.ts";

const [vendor = "hubspot", records = "1000", responseMs = "0"] = process.argv.slice(2);
const { app, config } = accountOf(vendor as BenchVendor, Number(records));
const waitMs = Number(responseMs);
let requests = 0;
const answer = async (request: Request): Promise<Response> => {
  requests += 1;
  if (waitMs > 0) await delay(waitMs);
  return app.fetch(request);
};
const { server, port } = await new Promise<{ server: ReturnType<typeof serve>; port: number }>((resolve) => {
  const started = serve({ fetch: answer, hostname: "127.0.0.1", port: 0, serverOptions }, (address) =>
    resolve({ server: started, port: address.port }),
  );
});
await asHelper({ config: config(`http://127.0.0.1:${port}`) }, async () => {
  server.close();
  return { requests };
});
