import { expect, test } from "vitest";
import { demoForms } from "../../../../connectors/hubspot/simulator/index.ts";
import { startPortal } from "./small-portal.ts";

const guid = Object.keys(demoForms)[0] ?? "";

/** Sends a form as a visitor does: without credentials. */
async function submit(
  { simulator }: ReturnType<typeof startPortal>,
  fields: Record<string, string>,
  path = `424242/${guid}`,
) {
  const body = JSON.stringify({
    fields: Object.entries(fields).map(([name, value]) => ({ objectTypeId: "0-1", name, value })),
    context: { pageUri: "https://bikes.example/contact", pageName: "Contact" },
  });
  const headers = { "content-type": "application/json" };
  return simulator.app.request(`/submissions/v3/integration/submit/${path}`, { method: "POST", headers, body });
}

test("a stranger's form makes a lead", async () => {
  const portal = startPortal();
  const answer = await submit(portal, { email: "Gus@Tailspin.example", firstname: "Gus" });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toHaveProperty("inlineMessage");
  const properties =
    "num_conversion_events,recent_conversion_event_name,recent_conversion_date,first_conversion_date,lifecyclestage,firstname";
  const { body } = await portal.get(
    `/crm/v3/objects/contacts/gus@tailspin.example?idProperty=email&properties=${properties}`,
  );
  expect(body.properties).toMatchObject({
    firstname: "Gus",
    num_conversion_events: "1",
    recent_conversion_event_name: "Contact: Contact us",
    recent_conversion_date: "2026-11-02T09:00:00.000Z",
    first_conversion_date: "2026-11-02T09:00:00.000Z",
    lifecyclestage: "lead",
  });
});

test("a known contact's form counts up, lifts a subscriber to lead and moves the stamp", async () => {
  const portal = startPortal();
  await submit(portal, { email: "cleo.old@contoso.example", city: "Bergen" });
  portal.clock.ms += 1000;
  await submit(portal, { email: "cleo@contoso.example" });
  const properties = "email,city,num_conversion_events,first_conversion_date,lifecyclestage";
  const { body } = await portal.get(`/crm/v3/objects/contacts/103?properties=${properties}`);
  expect(body.properties).toMatchObject({
    email: "cleo@contoso.example",
    city: "Bergen",
    num_conversion_events: "2",
    first_conversion_date: "2026-11-02T09:00:00.000Z",
    lifecyclestage: "lead",
    lastmodifieddate: "2026-11-02T09:00:01.000Z",
  });
});

test("a customer stays a customer", async () => {
  const portal = startPortal();
  await submit(portal, { email: "bob@northwind.example" });
  const { body } = await portal.get("/crm/v3/objects/contacts/102?properties=lifecyclestage");
  expect(body.properties.lifecyclestage).toBe("customer");
});

test("a form announces itself by webhook with the source FORM", async () => {
  const portal = startPortal();
  portal.simulator.subscribe({
    appId: 1,
    clientSecret: "s",
    targetUrl: "http://127.0.0.1:9/",
    subscriptions: [{ subscriptionType: "contact.propertyChange", propertyName: "recent_conversion_date" }],
  });
  await submit(portal, { email: "ada@northwind.example" });
  expect(portal.simulator.pendingEvents()).toMatchObject([{ objectId: 101, changeSource: "FORM" }]);
});

test.each([
  ["an unknown form", { email: "a@b.example" }, "424242/nope", 404],
  ["another portal", { email: "a@b.example" }, `1/${guid}`, 404],
  ["no e-mail", { firstname: "Gus" }, undefined, 400],
  ["an e-mail that is none", { email: "gus" }, undefined, 400],
  ["a field that does not exist", { email: "a@b.example", shoe_size: "44" }, undefined, 400],
])("a form is refused for %s", async (_name, fields, path, status) => {
  const portal = startPortal();
  const answer = path === undefined ? await submit(portal, fields) : await submit(portal, fields, path);
  expect(answer.status).toBe(status);
  expect(await answer.json()).toMatchObject({ status: "error" });
  expect((await portal.get("/crm/v3/objects/contacts")).body.results).toHaveLength(5);
});
