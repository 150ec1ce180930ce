import { z } from "@hono/zod-openapi";
import {
  evidence,
  type FieldChange,
  fieldChange,
  contribution as modelContribution,
  money,
  timelineEvent,
} from "../model/index.ts";
import { correction, instant, said } from "./schemas.ts";

/* What the API answers about customers; the shapes are those of src/hub/queries. */

const stage = z.object({
  subject_id: z.string().openapi({ description: "The customer whose journey it is: a person's company, if any." }),
  journey: z.string(),
  stage: z.string(),
  since: instant,
  cycle_no: z.number(),
});

export const customerSummary = z
  .object({
    id: z.string(),
    kind: z.enum(["person", "company"]),
    name: z.string(),
    first_seen_at: instant,
    stage: stage.nullable(),
    score: z.object({ value: z.number(), grade: z.string() }).nullable(),
  })
  .openapi("CustomerSummary");

export const linkEvidence = z
  .object({
    claim: z.string().nullable(),
    with: z.string().nullable(),
    rules: z.string(),
    match: z.object({ weight: z.number(), probability: z.number() }).optional(),
    override: z.object({ id: z.number(), by: z.string(), at: instant, reason: z.string() }).optional(),
  })
  .openapi({
    description:
      "What joined it to the record `with`: the claim they share, their score (`match`), or a person's word (`override`); null on the founder.",
  });

/** How a score came about, in bits: what holds before anything is compared, and what each field adds. */
export const waterfall = z
  .object({
    prior: z.number(),
    fields: z.array(z.object({ field: z.string(), level: z.string(), weight: z.number(), frequency: z.number() })),
  })
  .nullable();

export const linkedRecord = z
  .object({
    record_key: z.string(),
    connection: z.string(),
    object: z.string(),
    remote_id: z.string(),
    remote_url: z.string().nullable(),
    deleted: z.boolean(),
    evidence: linkEvidence,
    correction,
  })
  .openapi("LinkedRecord");

const saidBy = z.array(z.object({ value: z.unknown(), record_key: z.string() }));

export const golden = z
  .object({
    value: z.unknown(),
    record_key: z.string().openapi({ description: "The record it came from; empty where it was set by hand." }),
    rule: z.string().openapi({ description: "What decided; `only_value` where no record says otherwise." }),
    why: z.string().optional(),
    losers: saidBy,
    also: saidBy.optional().openapi({ description: "Of a field that may have several, those beside the first." }),
  })
  .openapi("GoldenValue");

const named = z.object({ id: z.string(), name: z.string() });
const stay = named.extend({ from: instant.nullable(), to: instant.nullable() });

export const pin = said
  .extend({
    field: z.string(),
    value: z.unknown(),
    record_key: z
      .string()
      .openapi({ description: "The record it is kept by, and goes with should records be parted." }),
    ended: said.nullable(),
  })
  .openapi("Pin");

export const customer = customerSummary
  .extend({
    golden: z.record(z.string(), golden),
    records: z.array(linkedRecord),
    identifiers: z.array(z.string()),
    associated: z.record(z.string(), z.number()),
    company: named.extend({ from: instant.nullable() }).nullable().openapi({
      description: "The company a person is at, and since when; `from` null: from ever, as far as is known.",
    }),
    other_companies: z.array(stay).openapi({
      description: "Where other records of a person still have it: it works at two, or one of them was not told.",
    }),
    former_companies: z.array(stay),
    people: z.array(stay).openapi({ description: "Of a company those who are or were there, at most 100." }),
    family: z.object({
      parents: z.array(named),
      subsidiaries: z.array(named),
      truncated: z.boolean().openapi({ description: "There are more above or below than the 200 shown." }),
    }),
    pins: z.array(pin).openapi({ description: "Values set by hand." }),
  })
  .openapi("Customer");

/** The model's own schema of these values refers to itself, which the description of the API cannot follow. */
const anyJson = z
  .custom<FieldChange["to"]>()
  .openapi({ type: ["string", "number", "boolean", "object", "array", "null"] });

export const event = timelineEvent
  .extend({ changes: z.array(fieldChange.extend({ from: anyJson.optional(), to: anyJson.optional() })) })
  .openapi("Event");

export const journey = z
  .object({
    subject_id: z.string(),
    as_of: instant.nullable(),
    intervals: z.array(
      z.object({
        journey: z.string(),
        stage: z.string(),
        cycle_no: z.number(),
        valid_from: instant,
        valid_to: instant.nullable(),
        cause: z.string(),
        evidence,
      }),
    ),
  })
  .openapi("Journey");

export const score = z
  .object({
    name: z.string(),
    value: z.number(),
    grade: z.string(),
    dimensions: z.record(z.string(), z.number()),
    contributions: z.array(modelContribution),
    rule_version: z.string(),
    reason: z.string(),
    as_of: instant,
  })
  .openapi("Score");

const citedEvents = z.array(
  z.object({
    id: z.string(),
    kind: z.string(),
    title: z.string(),
    occurred_at: instant,
    record_key: z.string(),
    correction,
  }),
);

export const explanation = z
  .object({
    id: z.string(),
    name: z.string(),
    records: z.array(linkedRecord.extend({ waterfall })),
    stage: z
      .object({
        subject_id: z.string(),
        journey: z.string(),
        stage: z.string(),
        cycle_no: z.number(),
        valid_from: instant,
        valid_to: instant.nullable(),
        cause: z.string(),
        because: z.object({ rule: z.string(), rule_version: z.string(), text: z.string(), events: citedEvents }),
      })
      .nullable(),
    score: score.extend({ contributions: z.array(modelContribution.extend({ events: citedEvents })) }).nullable(),
  })
  .openapi("Explanation");

const valueSource = z
  .object({
    value: z.unknown(),
    record_key: z.string(),
    changed_at: instant,
    deleted: z.boolean(),
    raw: z.object({ seq: z.number(), known_at: instant, version: z.string().nullable() }),
    mapping: z
      .object({ file: z.string(), line: z.number() })
      .nullable()
      .openapi({ description: "The line of the mapping file that fills the field." }),
    correction,
  })
  .openapi("ValueSource");

export const fieldExplanation = z
  .object({
    id: z.string(),
    name: z.string(),
    field: z.string(),
    value: z.unknown(),
    rule: z.string(),
    why: z.string(),
    rules: z.array(z.string()).openapi({ description: "The field's survivorship rules, in the order they are tried." }),
    pin: pin.nullable(),
    winner: valueSource.nullable(),
    losers: z.array(valueSource),
    also: z.array(valueSource),
  })
  .openapi("FieldExplanation");

export const linkPath = z
  .object({
    steps: z.array(z.object({ from: z.string(), to: z.string(), evidence: linkEvidence, waterfall })),
  })
  .openapi("LinkPath");

export const buyingGroup = z
  .object({
    record_key: z.string(),
    name: z.string().nullable(),
    status: z.string().nullable(),
    stage: z.string().nullable(),
    amount: money.nullable(),
    opened_at: instant,
    closed_at: instant.nullable(),
    members: z.array(
      z.object({
        customer_id: z.string(),
        name: z.string(),
        title: z.string().nullable(),
        roles: z.array(z.string()),
        touches: z.number(),
        inbound: z.number(),
        last_touch: z.object({ at: instant, title: z.string() }).nullable(),
        engagement: z.enum(["active", "quiet", "silent"]),
      }),
    ),
    truncated: z.boolean().openapi({
      description:
        "More was said or done than is looked through (1,000 activities and 50 people a deal, 1,000 events a person): people may be missing, and touches of those who are shown.",
    }),
  })
  .openapi("BuyingGroup");
