import { Hono } from "hono";
import { z } from "zod";
import { readBody, scalarText } from "../body.ts";
import { stageRank } from "../derived-values.ts";
import { Refusal } from "../errors.ts";
import type { Portal } from "../portal.ts";
import { checkValues } from "../property-values.ts";
import type { StoredRecord } from "../record-table.ts";
import { createRecord, updateRecord } from "../record-writes.ts";

const submissionShape = z.object({
  fields: z.array(z.object({ name: z.string(), value: scalarText, objectTypeId: z.string().nullish() })),
  context: z
    .object({ pageUri: z.string().nullish(), pageName: z.string().nullish(), hutk: z.string().nullish() })
    .nullish(),
  submittedAt: scalarText.nullish(),
});
type Submission = z.output<typeof submissionShape>;

/** A visitor's form: `POST /submissions/v3/integration/submit/{portalId}/{formGuid}`, without credentials. */
export function formRoutes(portal: Portal): Hono {
  const app = new Hono();

  app.post("/submit/:portalId/:formGuid", async (c) => {
    const formName = portal.settings.forms[c.req.param("formGuid")];
    if (c.req.param("portalId") !== String(portal.id) || formName === undefined) {
      throw new Refusal(404, { message: `No form with guid ${c.req.param("formGuid")} was found` });
    }
    const submission = await readBody(c, submissionShape);
    submit(portal, formName, submission);
    return c.json({ inlineMessage: "<p>Thanks for submitting the form.</p>" });
  });

  return app;
}

/** Creates or updates the contact by e-mail and counts the conversion. */
function submit(portal: Portal, formName: string, { fields, context }: Submission): void {
  const written = Object.fromEntries(fields.map(({ name, value }) => [name, value]));
  const { values, invalid: objections } = checkValues(portal, "contacts", written);
  if (objections.length > 0) {
    throw new Refusal(400, {
      message: "The request is not valid",
      errors: objections.map(({ name, error }) => ({
        message: `Error in 'fields.${name}'. ${error}`,
        errorType: error === "PROPERTY_DOESNT_EXIST" ? "FIELD_NOT_IN_FORM_DEFINITION" : error,
      })),
    });
  }
  const email = values.get("email");
  if (!email) throw requiredEmail();
  const contact = portal.tables.contacts.holder("email", email);
  const conversion = conversionValues(
    portal,
    contact,
    context?.pageName ? `${context.pageName}: ${formName}` : formName,
  );
  const all = new Map([...values, ...conversion]);
  // A secondary address names the contact, it does not become the primary one.
  if (contact) all.delete("email");
  if (contact) updateRecord(portal, "contacts", contact, all, "FORM");
  else createRecord(portal, "contacts", all.set("hs_analytics_source", "DIRECT_TRAFFIC"), "FORM");
}

function conversionValues(portal: Portal, contact: StoredRecord | undefined, event: string): Map<string, string> {
  const at = new Date(portal.now()).toISOString();
  const before = contact?.properties ?? {};
  const count = Number(before.num_conversion_events ?? 0) + 1;
  const values = new Map([
    ["recent_conversion_event_name", event],
    ["recent_conversion_date", at],
    ["num_conversion_events", String(count)],
  ]);
  if (before.first_conversion_date === undefined) {
    values.set("first_conversion_event_name", event).set("first_conversion_date", at);
  }
  if (stageRank(before.lifecyclestage) < stageRank("lead")) values.set("lifecyclestage", "lead");
  return values;
}

const requiredEmail = (): Refusal =>
  new Refusal(400, {
    message: "The request is not valid",
    errors: [{ message: "Required field 'email' is missing", errorType: "REQUIRED_FIELD" }],
  });
