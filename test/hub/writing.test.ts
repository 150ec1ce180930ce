import { expect, test } from "vitest";
import { applyWritebacks, deriveAll, syncConnection } from "../../src/hub/sync.ts";
import { virtualClock } from "../../src/lib/clock.ts";
import { contacts, hubspotEntry, noon, openWorld, removeFolder, serveHubspot } from "./world.ts";

test("a write-back that fails of two objects at once says why of each, and its run counts what was written", async () => {
  const clock = virtualClock(noon);
  const company = { id: "2001", properties: { name: "Acme", domain: "acme.example" } };
  const stamps = { createdAt: "2026-01-05T08:00:00.000Z", updatedAt: "2026-10-01T08:00:00.000Z" };
  const objects = { contacts: contacts(102), companies: [{ ...company, ...stamps }] };
  const hubspot = await serveHubspot(clock, { objects });
  const world = await openWorld({ crm: hubspotEntry(hubspot) }, { clock });
  await syncConnection(world.hub, "crm");
  await deriveAll(world.hub);
  for (const object of ["contacts", "companies"]) {
    const message = `This app has no scope to write ${object}`;
    const body = { status: "error", category: "MISSING_SCOPES", message };
    hubspot.simulator.trouble({ path: new RegExp(`${object}/batch/update$`), status: 403, body });
  }
  await expect(applyWritebacks(world.hub, "crm")).rejects.toThrow("This app has no scope to write");
  const open = async () =>
    (await world.rows("errors")).filter(({ step, status }) => step === "writeback" && status === "open");
  const [error, ...others] = await open();
  expect(others).toEqual([]);
  expect(error?.message).toContain("no scope to write contacts");
  expect(error?.message).toContain("no scope to write companies");
  const [failed] = (await world.rows("runs")).filter(({ kind }) => kind === "apply");
  expect(failed).toMatchObject({ status: "failed" });
  const { records } = JSON.parse(failed?.counts ?? "{}");
  expect(records).toBeGreaterThan(0);
  expect(await applyWritebacks(world.hub, "crm")).toMatchObject({ records: 103 - records, refused: 0 });
  expect(await open()).toEqual([]);
  await world.close();
  await hubspot.close();
  removeFolder(world.folder);
});
