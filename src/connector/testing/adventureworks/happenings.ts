import type { Colleague, Currency, System } from "./model.ts";

/** What customers and seller do with each other; the units are those of model.ts. */
export const dealSteps = ["appointment", "qualified", "presented", "buying", "contract", "won", "lost"] as const;
export type DealStep = (typeof dealSteps)[number];

export interface Deal {
  /** The company, else the person, it is with. */
  readonly customerId: string;
  readonly name: string;
  readonly amountCents: number;
  readonly currency: Currency;
  readonly owner: Colleague;
  /** First to present step; the present one is the last. */
  readonly steps: readonly { readonly step: DealStep; readonly at: number }[];
  readonly closesOn: string;
  readonly lossReason: string | null;
  /** True persons with their part, the first is the primary one. */
  readonly people: readonly {
    readonly customerId: string;
    readonly role: "Decision Maker" | "Economic Buyer" | "Evaluator" | "Other";
  }[];
  readonly ids: Partial<Record<System, string>>;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export type TransactionStatus =
  | { readonly type: "estimate"; readonly status: "open" | "processed" | "closed" | "voided" | "expired" }
  | {
      readonly type: "order";
      readonly status:
        | "pending approval"
        | "pending fulfilment"
        | "cancelled"
        | "part fulfilled"
        | "pending billing"
        | "billed"
        | "closed";
    }
  | { readonly type: "invoice"; readonly status: "open" | "paid" }
  | { readonly type: "payment"; readonly status: "not deposited" | "deposited" }
  | { readonly type: "credit"; readonly status: "open" | "applied" };

export interface TransactionLine {
  readonly item: string;
  readonly sku: string;
  readonly name: string;
  readonly quantity: number;
  readonly rateCents: number;
}

export interface TransactionFacts {
  readonly customerId: string;
  /** The NetSuite customer's id. */
  readonly entityId: string;
  readonly currency: Currency;
  readonly lines: readonly TransactionLine[];
  readonly totalCents: number;
  /** Invoices and credits: what is still open. */
  readonly openCents: number;
  readonly owner: Colleague;
  readonly day: string;
  readonly dueDay: string | null;
  readonly closedDay: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** A NetSuite document; `sourceId` is the one it was made from (estimate → order → invoice → payment or credit). */
export type Transaction = TransactionStatus &
  TransactionFacts & {
    readonly id: string;
    readonly number: string;
    readonly sourceId: string | null;
  };

/** One line of NetSuite's change log. */
export interface StatusNote {
  readonly id: string;
  readonly kind: "invoice paid" | "customer won";
  /** The invoice's or the customer's id. */
  readonly recordId: string;
  readonly author: Colleague;
  readonly at: number;
}

export interface Ticket {
  readonly customerId: string;
  readonly personId: string | null;
  readonly subject: string;
  readonly body: string;
  readonly priority: "low" | "medium" | "high";
  readonly status: "new" | "waiting on contact" | "waiting on us" | "escalated" | "closed";
  readonly category: "delivery" | "product" | "billing" | "question";
  readonly owner: Colleague;
  readonly ids: Partial<Record<System, string>>;
  readonly createdAt: number;
  readonly firstAnswerAt: number | null;
  readonly closedAt: number | null;
  readonly updatedAt: number;
}

export interface Activity {
  readonly kind: "call" | "email" | "meeting" | "note" | "task";
  readonly system: "hubspot" | "salesforce";
  readonly id: string;
  readonly subject: string;
  readonly body: string;
  readonly direction: "inbound" | "outbound";
  readonly isDone: boolean;
  readonly durationMs: number;
  /** The same system's records it hangs on. */
  readonly personRecordId: string | null;
  readonly companyRecordId: string | null;
  readonly dealRecordId: string | null;
  readonly owner: Colleague;
  readonly at: number;
  readonly updatedAt: number;
}
