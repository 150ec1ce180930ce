import { z } from "zod";
import { address, calendarDate, emailAddress, instant, money, phoneNumber, ref } from "./scalars.ts";

/*
 * The unified vocabulary: one schema a kind of record, the vendors' things normalised.
 * Field names follow the field's common usage (Merge, Apideck, HubSpot); every field is optional because every vendor leaves some out.
 */

const text = z.string();
const count = z.number().int().nonnegative();

/** True for a record that says no more than which identifiers are one party's: a browser's id and a user's. */
const is_link = z.boolean().optional();

/** A form a contact filled in, as the vendor summarises it on the contact. */
const conversion = z.strictObject({ name: text.optional(), at: instant.optional(), count: count.optional() });

export const contact = z.strictObject({
  first_name: text.optional(),
  last_name: text.optional(),
  full_name: text.optional(),
  title: text.optional(),
  department: text.optional(),
  birth_date: calendarDate.optional(),
  emails: z.array(emailAddress).optional(),
  phone_numbers: z.array(phoneNumber).optional(),
  addresses: z.array(address).optional(),
  company_name: text.optional(),
  company_ref: ref.optional(),
  owner_ref: ref.optional(),
  lifecycle_stage: z
    .enum([
      "subscriber",
      "lead",
      "marketing_qualified_lead",
      "sales_qualified_lead",
      "opportunity",
      "customer",
      "evangelist",
      "other",
    ])
    .optional(),
  lead_status: z.enum(["open", "working", "qualified", "unqualified", "closed"]).optional(),
  lead_source: text.optional(),
  is_lead: z.boolean().optional(),
  converted_at: instant.optional(),
  converted_contact_ref: ref.optional(),
  last_activity_at: instant.optional(),
  last_conversion: conversion.optional(),
  language: text.optional(),
  opted_out: z.boolean().optional(),
  is_link,
});

export const company = z.strictObject({
  name: text.optional(),
  legal_name: text.optional(),
  domains: z.array(text).optional(),
  websites: z.array(text).optional(),
  industry: text.optional(),
  type: z.enum(["prospect", "customer", "partner", "vendor", "other"]).optional(),
  number_of_employees: count.optional(),
  annual_revenue: money.optional(),
  description: text.optional(),
  phone_numbers: z.array(phoneNumber).optional(),
  addresses: z.array(address).optional(),
  parent_ref: ref.optional(),
  owner_ref: ref.optional(),
  tax_number: text.optional(),
  lifecycle_stage: contact.shape.lifecycle_stage,
  subsidiary: text.optional(),
  payment_terms: text.optional(),
  balance: money.optional(),
  last_activity_at: instant.optional(),
  is_link,
});

export const deal = z.strictObject({
  name: text.optional(),
  amount: money.optional(),
  company_ref: ref.optional(),
  primary_contact_ref: ref.optional(),
  owner_ref: ref.optional(),
  pipeline: text.optional(),
  stage: text.optional(),
  stage_label: text.optional(),
  status: z.enum(["open", "won", "lost"]).optional(),
  probability: z.number().min(0).max(1).optional(),
  expected_close_at: calendarDate.optional(),
  closed_at: instant.optional(),
  type: z.enum(["new", "renewal", "expansion", "other"]).optional(),
  source: text.optional(),
  loss_reason: text.optional(),
});

export const ticket = z.strictObject({
  number: text.optional(),
  subject: text.optional(),
  description: text.optional(),
  status: z.enum(["open", "in_progress", "on_hold", "closed"]).optional(),
  priority: z.enum(["low", "normal", "high", "urgent"]).optional(),
  type: text.optional(),
  channel: text.optional(),
  stage: text.optional(),
  stage_label: text.optional(),
  company_ref: ref.optional(),
  contact_ref: ref.optional(),
  owner_ref: ref.optional(),
  closed_at: instant.optional(),
  is_escalated: z.boolean().optional(),
});

export const activity = z.strictObject({
  type: z
    .enum(["email", "call", "meeting", "note", "task", "form", "page_view", "screen_view", "action", "survey", "other"])
    .optional(),
  direction: z.enum(["inbound", "outbound", "none"]).optional(),
  /** Where it took place, for types that do not say. */
  channel: z.enum(["web", "app", "email", "phone", "meeting", "other"]).optional(),
  subject: text.optional(),
  body: text.optional(),
  occurred_at: instant.optional(),
  ended_at: instant.optional(),
  duration_seconds: count.optional(),
  status: z.enum(["open", "done", "cancelled"]).optional(),
  rating: z.number().optional(),
  /** Of a survey's answer: what was asked for (recommendation, satisfaction, effort), and the lowest and highest rating there was. */
  survey_kind: z.enum(["nps", "csat", "ces", "other"]).optional(),
  rating_min: z.number().optional(),
  rating_max: z.number().optional(),
  owner_ref: ref.optional(),
  company_ref: ref.optional(),
  contact_ref: ref.optional(),
  deal_ref: ref.optional(),
  ticket_ref: ref.optional(),
});

/** What quotes, orders, invoices and payments share. */
const document = {
  number: text.optional(),
  company_ref: ref.optional(),
  contact_ref: ref.optional(),
  owner_ref: ref.optional(),
  issued_on: calendarDate.optional(),
  total: money.optional(),
  memo: text.optional(),
};

export const quote = z.strictObject({
  ...document,
  deal_ref: ref.optional(),
  expires_on: calendarDate.optional(),
  status: z.enum(["open", "accepted", "closed", "expired", "void"]).optional(),
});

export const order = z.strictObject({
  ...document,
  quote_ref: ref.optional(),
  status: z
    .enum(["pending", "approved", "partially_fulfilled", "fulfilled", "billed", "closed", "cancelled"])
    .optional(),
});

export const invoice = z.strictObject({
  ...document,
  type: z.enum(["invoice", "credit_note"]).optional(),
  order_ref: ref.optional(),
  due_on: calendarDate.optional(),
  paid_on: calendarDate.optional(),
  balance: money.optional(),
  status: z.enum(["draft", "open", "partially_paid", "paid", "void"]).optional(),
});

export const payment = z.strictObject({
  ...document,
  invoice_ref: ref.optional(),
  status: z.enum(["pending", "deposited", "failed"]).optional(),
});

export const owner = z.strictObject({
  name: text.optional(),
  email: text.optional(),
  is_active: z.boolean().optional(),
  role: text.optional(),
});

export const pipeline = z.strictObject({
  name: text.optional(),
  object: z.enum(["deal", "ticket"]).optional(),
  display_order: z.number().int().optional(),
  stages: z
    .array(
      z.strictObject({
        id: text,
        name: text.optional(),
        display_order: z.number().int().optional(),
        probability: z.number().min(0).max(1).optional(),
        status: z.enum(["open", "won", "lost", "in_progress", "on_hold", "closed"]).optional(),
      }),
    )
    .optional(),
});

/** Every kind of record with the schema of its fields. */
export const kinds = { contact, company, deal, ticket, quote, order, invoice, payment, activity, owner, pipeline };

export type RecordKind = keyof typeof kinds;
export type RecordFields<K extends RecordKind = RecordKind> = z.infer<(typeof kinds)[K]>;

/** The kinds that resolve to customers: contacts to persons, companies to companies. */
export const partyKinds = { contact: "person", company: "company" } as const satisfies Partial<
  Record<RecordKind, CustomerKind>
>;

export type CustomerKind = "person" | "company";
