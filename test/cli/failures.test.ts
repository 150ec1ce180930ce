import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { builtCli, freePort, runCli, startServing } from "../fixtures/process.ts";
import { startAccount } from "./harness.ts";

/* Every bad situation of the issue, through the built command: what it says, its exit code, and that nothing is lost. */

let account: Awaited<ReturnType<typeof startAccount>>;
beforeEach(async () => {
  account = await startAccount();
});
afterEach(() => account.stop());

const run = (...args: string[]) => runCli([...args, "--data", account.folder]);

function landed(): number {
  const db = new Database(join(account.folder, "journey-hub.db"), { readonly: true });
  try {
    return db.prepare("select count(*) from raw_records where object = 'contacts'").pluck().get() as number;
  } finally {
    db.close();
  }
}

/** After whatever went wrong, the next sync brings everything in. */
async function expectNothingLost(contacts = 3): Promise<void> {
  const { code, stderr } = await run("sync", "hubspot");
  expect(stderr).toBe("");
  expect(code).toBe(0);
  expect(landed()).toBe(contacts);
}

describe("credentials", () => {
  test("a wrong key is refused with the setting that is wrong and what to do", async () => {
    account.configure({ access_token: "pat-na1-wrong" });
    const { code, stderr } = await run("connect", "hubspot");
    expect(code).toBe(3);
    expect(stderr).toMatch(/access_token/);
    account.configure({});
    await expectNothingLost();
  });

  test("a wrong account id is refused with both ids", async () => {
    account.configure({ portal_id: "9999" });
    const { code, stderr } = await run("connect", "hubspot");
    expect(code).toBe(3);
    expect(stderr).toMatch(/portal_id/);
    expect(stderr).toMatch(/4711/);
  });

  test("an expired token in the middle of a sync names the token, keeps what had come in, and the next sync has the rest", async () => {
    account.simulator.trouble({ path: /contacts/, status: 401, body: expired });
    const { code, stderr } = await run("sync", "hubspot");
    expect(code).toBe(3);
    expect(stderr).toMatch(/\(setting: access_token\)\n {2}Copy the token again/);
    await expectNothingLost();
  });
});

const expired = {
  status: "error",
  message: "The OAuth token used to make this call expired 12 second(s) ago.",
  category: "EXPIRED_AUTHENTICATION",
  correlationId: "0",
};

describe("a vendor in trouble", () => {
  test("429 with Retry-After is waited out, then the sync goes on", async () => {
    account.simulator.trouble({
      path: /contacts/,
      status: 429,
      headers: { "Retry-After": "1" },
      body: { policyName: "SECONDLY" },
    });
    await expectNothingLost();
  });

  test("500 is tried again", async () => {
    account.simulator.trouble({ path: /contacts/, status: 500, body: { message: "internal" }, times: 2 });
    await expectNothingLost();
  });

  test("HTML instead of JSON is tried again", async () => {
    account.simulator.trouble({ path: /contacts/, status: 502, body: "<html><body>Bad gateway</body></html>" });
    await expectNothingLost();
  });

  test("HTML that stays is reported with the vendor and the status, and the next sync has everything", async () => {
    const body = "<html><body>Down for maintenance</body></html>";
    account.simulator.trouble({ path: /owners/, status: 502, body, times: 6 }); // as often as a call is tried
    const { code, stderr } = await run("sync", "hubspot");
    expect(code).toBe(1);
    expect(stderr).toMatch(/HubSpot.*502/);
    await expectNothingLost();
  });

  test("an address where nobody answers says so and what to check", async () => {
    account.configure({ base_url: `http://127.0.0.1:${await freePort()}` });
    const { code, stderr } = await run("connect", "hubspot");
    expect(code).toBe(1);
    expect(stderr).toMatch(/ECONNREFUSED|connection failed/);
    expect(stderr).toMatch(/base_url|address/);
    account.configure({});
    await expectNothingLost();
  });

  test("a connection cut in the middle is tried again", async () => {
    let cuts = 0;
    const target = Number(new URL(account.url).port);
    const cutter = createServer((client) => {
      if (cuts++ < 2) {
        client.once("data", () => client.destroy());
        return;
      }
      import("node:net").then(({ connect }) => {
        const upstream = connect(target, "127.0.0.1");
        client.pipe(upstream).pipe(client);
        client.on("error", () => upstream.destroy());
        upstream.on("error", () => client.destroy());
      });
    });
    await new Promise<void>((resolve) => cutter.listen(0, "127.0.0.1", resolve));
    const address = cutter.address();
    account.configure({ base_url: `http://127.0.0.1:${address && typeof address === "object" ? address.port : 0}` });
    await expectNothingLost();
    await new Promise((resolve) => cutter.close(resolve));
  });
});

describe("this machine", () => {
  test("a mapping with a typing error is named with file, line and column; the others go on", async () => {
    const folder = join(account.folder, "mappings", "hubspot");
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, "contacts.yaml"),
      "apiVersion: journey-hub/v1\nkind: Mapping\nmetadata: { connector: hubspot, object: contacts }\nto: contact\nrecord: { id: id }\nfields:\n  frist_name: properties.firstname\n",
    );
    const { code, stdout } = await run("lint");
    expect(code).toBe(1);
    expect(stdout).toMatch(/contacts\.yaml:7:3 .*frist_name/);
    const synced = await run("sync", "hubspot");
    expect([synced.code, synced.stderr]).toEqual([1, expect.stringMatching(/contacts\.yaml:7:3 .*frist_name/)]);
    expect(landed()).toBe(3); // kept raw, mapped once the file is mended
  });

  test("a full disk is said, loses nothing, and the work resumes when there is room", async () => {
    account.load(600);
    const { code, stderr } = await runCli(["sync", "hubspot", "--data", account.folder], {
      JOURNEY_HUB_SQLITE_PAGES_MAX: "200",
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/full/);
    expect(stderr).toMatch(/[Ff]ree disk space/);
    await expectNothingLost(600);
  });

  test("a second hub on the same folder is refused with where the first one runs", async () => {
    const port = await freePort();
    const first = await startServing(
      [builtCli, "start", "--data", account.folder, "--port", String(port), "--log-level", "silent"],
      port,
    );
    try {
      const { code, stderr } = await run("start", "--port", String(await freePort()));
      expect(code).toBe(2);
      expect(stderr).toMatch(new RegExp(`in use .*process ${first.child.pid}, http://127.0.0.1:${port}`));
    } finally {
      await first.end("SIGTERM");
    }
    await expectNothingLost();
  });

  test("beside a running hub the verbs use it instead of opening its folder", async () => {
    const port = await freePort();
    const hub = await startServing(
      [builtCli, "start", "--data", account.folder, "--port", String(port), "--log-level", "silent"],
      port,
    );
    try {
      await expectNothingLost();
      const { code, stdout } = await run("customer", "email:person1@acme.example", "--json");
      expect(code).toBe(0);
      expect(JSON.parse(stdout).customer.name).toBe("Person1 Example");
    } finally {
      await hub.end("SIGTERM");
    }
  });

  test("a port in use is said with what to do", async () => {
    const port = Number(new URL(account.url).port);
    const { code, stderr } = await run("start", "--port", String(port));
    expect(code).toBe(2);
    expect(stderr).toMatch(new RegExp(`port .*in use|in use .*${port}`, "i"));
    expect(stderr).toMatch(/--port/);
    await expectNothingLost();
  });

  test("a folder without configuration, an unknown connection and an unknown verb say what to do", async () => {
    const nowhere = await runCli(["sync", "--data", join(account.folder, "nowhere")]);
    expect([nowhere.code, nowhere.stderr]).toEqual([2, expect.stringContaining("journey-hub init")]);
    const unknown = await run("connect", "salesforce");
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringMatching(/no connection "salesforce".*hubspot/)]);
    expect((await runCli(["snyc"])).code).toBe(2);
  });
});
