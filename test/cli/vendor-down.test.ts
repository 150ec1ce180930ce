import { createServer, type Server } from "node:net";
import { describe, expect, test } from "vitest";
import { freePort, runCli } from "../fixtures/process.ts";
import { startAccount } from "./harness.ts";

/* A vendor that stays down past the retries, through the built command: what happened, what to do, and the exit code. */

type Account = Awaited<ReturnType<typeof startAccount>>;

async function syncWith(
  trouble: (account: Account) => void | Promise<void>,
  retry: Parameters<typeof startAccount>[1] = { pause_ms: 20 },
) {
  const account = await startAccount({}, retry);
  try {
    await trouble(account);
    const failed = await runCli(["sync", "hubspot", "--data", account.folder]);
    const errors = await runCli(["errors", "--json", "--data", account.folder]);
    return { ...failed, groups: JSON.parse(errors.stdout).groups };
  } finally {
    await account.stop();
  }
}

const always = { path: /.*/, times: 1_000 };

describe.concurrent("a vendor that stays down", () => {
  test("with 500", async () => {
    const { code, stderr, groups } = await syncWith(({ simulator }) =>
      simulator.trouble({ ...always, status: 500, body: { message: "internal" } }),
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/✗ hubspot: HubSpot.*500.*\n {2}Nothing is lost: .*status page/);
    expect(groups).toMatchObject([{ class: "connection", fingerprint: "connection 500" }]);
  });

  test("with 429", async () => {
    const { code, stderr } = await syncWith(
      ({ simulator }) =>
        simulator.trouble({
          ...always,
          status: 429,
          headers: { "Retry-After": "1" },
          body: { policyName: "SECONDLY" },
        }),
      { tries: 2 },
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/✗ hubspot: HubSpot.*429.*\n {2}Nothing is lost/);
  });

  test("with HTML", async () => {
    const { code, stderr } = await syncWith(({ simulator }) =>
      simulator.trouble({ ...always, status: 503, body: "<html><body>Down for maintenance</body></html>" }),
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/✗ hubspot: HubSpot answered 503 with a web page\n {2}Nothing is lost/);
  });

  test("by cut connections", async () => {
    let cutter: Server | undefined;
    const { code, stderr } = await syncWith(async (account) => {
      cutter = createServer((client) => client.once("data", () => client.destroy()));
      const port = await freePort();
      await new Promise<void>((resolve) => cutter?.listen(port, "127.0.0.1", resolve));
      account.configure({ base_url: `http://127.0.0.1:${port}` });
    });
    cutter?.close();
    expect(code).toBe(1);
    expect(stderr).toMatch(/✗ hubspot: .*connection failed.*\(setting: base_url\)\n {2}Check base_url/);
  });

  test("has connect say which attempt comes next, and nothing of it to programs", async () => {
    const account = await startAccount({}, { tries: 2, pause_ms: 1_500 });
    account.configure({ base_url: `http://127.0.0.1:${await freePort()}` });
    const connect = (...more: string[]) => runCli(["connect", "hubspot", "--data", account.folder, ...more]);
    const { code, stderr } = await connect();
    expect(code).toBe(1);
    expect(stderr).toMatch(/^hubspot: HubSpot does not answer .*ECONNREFUSED.*, attempt 2 of 2 in [12] s\n✗ /);
    const forPrograms = await connect("--json");
    expect([forPrograms.code, forPrograms.stderr]).toEqual([1, ""]);
    await account.stop();
  });

  test("by not being there says so while it is tried again, and gives the other streams up", async () => {
    const { code, stderr } = await syncWith(
      async (account) => account.configure({ base_url: `http://127.0.0.1:${await freePort()}` }),
      { tries: 2, pause_ms: 5_000 },
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/^hubspot: HubSpot does not answer .*ECONNREFUSED.*, attempt 2 of 2 in \d+ s$/m);
    expect(stderr).toMatch(/✗ hubspot: .*ECONNREFUSED.*\(setting: base_url\)\n {2}Check base_url/);
  });
});
