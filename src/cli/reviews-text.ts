import type { OverrideView } from "../hub/identity/overrides.ts";
import { sharedText } from "../hub/identity/shared-text.ts";
import type { Page } from "../hub/queries/page.ts";
import type { ComparedValues } from "../hub/queries/review-values.ts";
import type { ReviewSide, ReviewView } from "../hub/queries/reviews.ts";
import { waterfall } from "./match-text.ts";
import { minute, style, table } from "./output.ts";

/** Pairs a person should look at, each with what speaks for and against it. */
export function reviewsText({ items, next_cursor }: Page<ReviewView>): string {
  if (items.length === 0)
    return "No pair waits for a person: the rules are sure of all records, or people have decided.";
  return [...items.flatMap(reviewLines), howToDecide, ...moreLines(next_cursor)].join("\n");
}

const howToDecide =
  "Decide with `journey-hub identity link` or `separate`, the two records and --reason; `explain` shows what a record is part of.";

function reviewLines(review: ReviewView): string[] {
  const { left, right, kind, probability, refused, shared } = review;
  return [
    `${style.bold(left.record_key)}  ${style.bold(right.record_key)}  ${kind}, p ${probability.toFixed(4)}`,
    table([left, right].map(sideRow)),
    ...saysLines(review),
    ...(shared ? [`  ${sharedText(shared)}`] : []),
    ...(refused && !shared
      ? ["  The score alone would join them; a conflict, a limit or names that disagree speak against it."]
      : []),
    ...waterfall(review).map((line) => `  ${line}`),
    "",
  ];
}

function sideRow({ record_key, customer: { id, name } }: ReviewSide): string[] {
  return [`  ${record_key}`, "is", name || "without a name", id];
}

/** What tells people or companies apart at a glance, a line a record; what neither record says is left out. */
function saysLines({ left, right, values }: ReviewView): string[] {
  const columns = telling
    .map((read) => (["left", "right"] as const).map((side) => read((field) => saidOf(values, field, side))))
    .filter((said) => said.some((texts) => texts.length > 0))
    .map((said) => said.map(shortly));
  if (columns.length === 0) return [];
  const rows = [left, right].map(({ record_key }, n) => [
    `  ${record_key}`,
    "says",
    ...columns.map((column) => column[n] ?? ""),
  ]);
  return [table(rows)];
}

type Said = ComparedValues["left"];

const telling: readonly ((of: (field: ComparedValues["field"]) => Said) => string[])[] = [
  (of) => {
    const names = of("name").map(String);
    return names.length > 0 ? names : [[...of("first_name"), ...of("last_name")].join(" ")].filter(Boolean);
  },
  (of) => of("email").map(String),
  (of) => of("domain").map(String),
  (of) => of("phone").map(String),
  (of) => of("address").flatMap((value) => (typeof value === "object" && value.city ? [value.city] : [])),
  (of) => of("company_name").map(String),
];

function saidOf(values: readonly ComparedValues[], field: ComparedValues["field"], side: "left" | "right"): Said {
  return values.find((said) => said.field === field)?.[side] ?? [];
}

const shownMax = 40;

/** The first of several, and how many more there are. */
function shortly(texts: readonly string[]): string {
  const [first = "–", ...others] = [...new Set(texts)];
  const shown = first.length > shownMax ? `${first.slice(0, shownMax - 1)}…` : first;
  return others.length > 0 ? `${shown} +${others.length}` : shown;
}

/** Decisions as they stand after a verb. */
export function decidedText(decisions: readonly OverrideView[]): string {
  return decisions.map(sentence).join("\n");
}

/** @example sentence(decision) // "Decision 3: a:b:1 and a:b:2 are one customer." */
function sentence({ id, kind, left_key, right_key, revoked_at }: OverrideView): string {
  const says = `${left_key} and ${right_key} are ${kind === "must_link" ? "one customer" : "not one customer"}`;
  return revoked_at === null ? `Decision ${id}: ${says}.` : `Decision ${id} is taken back, that ${says}.`;
}

/** What people decided, a line each; of one record where it was asked for. */
export function decisionsText({ items, next_cursor }: Page<OverrideView>, record?: string): string {
  if (items.length === 0) return `Nobody has decided anything${record === undefined ? "" : ` about ${record}`}.`;
  const rows = items.map((decision) => [
    String(decision.id),
    decision.kind === "must_link" ? "one customer" : "not one",
    decision.left_key,
    decision.right_key,
    `${decision.by}, ${minute(decision.at)}`,
    decision.reason + state(decision),
  ]);
  return [table(rows), ...moreLines(next_cursor)].join("\n");
}

/** What became of a decision since, where anything did. */
function state({ revoked_at, revoked_by, revoked_reason, overruled_by }: OverrideView): string {
  if (revoked_at !== null) return ` (taken back by ${revoked_by}, ${minute(revoked_at)}: ${revoked_reason})`;
  return overruled_by === null ? "" : ` (overruled by ${overruled_by})`;
}

function moreLines(cursor: string | null): string[] {
  return cursor === null ? [] : [`There are more: --cursor ${cursor}`];
}
