import { became, changed, created, difference, type KindRules, once, type Step } from "./step.ts";

/** Nobody appears by a record that only ties identifiers together. */
const appeared = (step: Step<"contact"> | Step<"company">) => step.before === null && !step.now.is_link;

export const contact: KindRules<"contact"> = {
  channel: "record",
  facts: (now) => ({
    lifecycle_stage: now.lifecycle_stage,
    lead_status: now.lead_status,
    lead_source: now.lead_source,
    form: now.last_conversion?.name,
    is_lead: now.is_lead,
  }),
  events: [
    {
      kind: "contact.created",
      when: appeared,
      at: created,
      occurrence: once,
      title: (now) => (now.is_lead ? "Lead created" : "Contact created"),
    },
    {
      kind: "form.submitted",
      when: ({ before, now }) =>
        now.last_conversion?.at !== undefined && before?.last_conversion?.at !== now.last_conversion.at,
      at: ({ now }) => now.last_conversion?.at,
      occurrence: ({ now }) => now.last_conversion?.at ?? "",
      direction: "inbound",
      title: (now) => `Filled in ${now.last_conversion?.name ?? "a form"}`,
    },
    {
      kind: "lifecycle.changed",
      when: changed("lifecycle_stage"),
      title: (now) => `Lifecycle stage became ${now.lifecycle_stage}`,
      changes: difference("lifecycle_stage"),
    },
    {
      kind: "lead.status_changed",
      when: changed("lead_status"),
      title: (now) => `Lead status became ${now.lead_status}`,
      changes: difference("lead_status"),
    },
    { kind: "lead.disqualified", when: became("lead_status", "unqualified"), title: () => "Lead disqualified" },
    {
      kind: "lead.converted",
      when: ({ before, now }) => now.converted_at !== undefined && before?.converted_at === undefined,
      at: ({ now }) => now.converted_at,
      occurrence: ({ now }) => now.converted_at ?? "",
      title: () => "Lead converted",
    },
  ],
};

export const company: KindRules<"company"> = {
  channel: "record",
  facts: (now) => ({ lifecycle_stage: now.lifecycle_stage, type: now.type, industry: now.industry }),
  events: [
    { kind: "company.created", when: appeared, at: created, occurrence: once, title: () => "Company created" },
    {
      kind: "lifecycle.changed",
      when: changed("lifecycle_stage"),
      title: (now) => `Lifecycle stage became ${now.lifecycle_stage}`,
      changes: difference("lifecycle_stage"),
    },
  ],
};
