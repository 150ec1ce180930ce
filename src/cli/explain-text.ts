import type { CorrectionView } from "../hub/errors/corrections.ts";
import type { LinkedRecord } from "../hub/queries/customer.ts";
import type { CitedEvent, Explanation } from "../hub/queries/explain.ts";
import type { FieldExplanation, ValueSource } from "../hub/queries/explain-field.ts";
import type { PathStep, Waterfall } from "../hub/queries/explain-link.ts";
import { addressText } from "../model/address-text.ts";
import { type GoldenValue, isMerge } from "../model/index.ts";
import { correctionText } from "./errors-text.ts";
import { bits as signed } from "./match-text.ts";
import { minute, style, table } from "./output.ts";

/** Why these records are one customer, and why it stands where it stands. */
export function explanationText(explanation: Explanation): string {
  const { name, id, records, stage, score } = explanation;
  const cited = (events: readonly CitedEvent[]) =>
    events.map(
      (event) =>
        `    ${minute(event.occurred_at)}  ${event.title}  ${style.dim(event.record_key)}${byHand(event.correction)}`,
    );
  return [
    `${style.bold(name)}  ${id}`,
    style.bold("These records are one customer"),
    table(
      records.map(({ record_key, evidence, correction }) => [
        `  ${record_key}`,
        `${evidenceText(evidence)}${byHand(correction)}`,
      ]),
    ),
    ...records.flatMap(({ record_key, waterfall }) => (waterfall ? waterfallLines(record_key, waterfall) : [])),
    style.bold(stage ? `Stage ${stage.stage}` : "No stage yet"),
    ...(stage
      ? [
          `  ${stage.because.text} (rule ${stage.because.rule}, version ${stage.because.rule_version})`,
          ...cited(stage.because.events),
        ]
      : []),
    style.bold(score ? `Score ${score.value}, grade ${score.grade}` : "No score yet"),
    ...(score?.contributions ?? []).flatMap(({ points, text, rule, events }) => [
      `  ${points > 0 ? "+" : ""}${points}  ${text} (${rule})`,
      ...cited(events),
    ]),
  ].join("\n");
}

/** Why a value is shown, with what lost against it and where each came from. */
export function fieldText({
  name,
  id,
  field,
  value,
  rule,
  why,
  rules,
  pin,
  winner,
  losers,
  also,
}: FieldExplanation): string {
  return [
    `${style.bold(name)}  ${id}`,
    `${style.bold(field)}  ${shown(value)}`,
    `  ${rule}: ${why}`,
    ...(pin ? [`  set by hand by ${pin.by} at ${pin.at}, kept by ${pin.record_key}`] : []),
    `  rules of this field, in order: ${rules.join(", ")}`,
    ...(winner ? ["", style.bold("It came from"), ...sourceLines(winner)] : []),
    ...(losers.length > 0 ? ["", style.bold("Lost against it"), ...losers.flatMap(sourceLines)] : []),
    ...(also.length > 0 ? ["", style.bold("Beside it"), ...also.flatMap(sourceLines)] : []),
  ].join("\n");
}

function sourceLines({ value, record_key, changed_at, deleted, raw, mapping, correction }: ValueSource): string[] {
  return [
    `  ${shown(value)}  ${record_key}${deleted ? ", deleted at its source" : ""}, changed ${minute(changed_at)}`,
    style.dim(
      `    raw version ${raw.seq} of ${minute(raw.known_at)}${mapping ? `, by ${mapping.file}:${mapping.line}` : ""}${byHand(correction)}`,
    ),
  ];
}

/** The steps from one record of a customer to another. */
export function pathText(steps: readonly PathStep[]): string {
  if (steps.length === 0) return "It is one record.";
  return steps
    .flatMap(({ from, to, evidence, waterfall }) => [
      `${from}  →  ${to}`,
      `  ${stepText(evidence)}`,
      ...(waterfall ? waterfallLines("", waterfall) : []),
    ])
    .join("\n");
}

/** What was set by hand. */
export function pinnedText({ id, field, golden }: { id: string; field: string; golden: GoldenValue }): string {
  return `The ${field} of ${id} is ${shown(golden.value)} until it is let go by \`journey-hub customer unpin\`.`;
}

/** What is left of a value that was let go. */
export function leftText({ id, field, golden }: { id: string; field: string; golden: GoldenValue | null }): string {
  if (!golden) return `The ${field} of ${id} is let go; no record says one.`;
  return `The ${field} of ${id} is ${shown(golden.value)} again: ${golden.why ?? `${golden.record_key} says so`}.`;
}

function evidenceText(evidence: LinkedRecord["evidence"]): string {
  const { claim, with: other } = evidence;
  if (other === null) return "landed first";
  if (claim !== null && isMerge(claim)) return `was merged with ${other} at its source`;
  return claim !== null ? `shares ${claim} with ${other}` : `${stepText(evidence)}: ${other}`;
}

function stepText({ claim, match, override }: LinkedRecord["evidence"]): string {
  if (claim !== null) return isMerge(claim) ? "merged at their source" : `share ${claim}`;
  if (override) return `linked by ${override.by} at ${minute(override.at)}: ${override.reason}`;
  return match ? `alike with probability ${match.probability.toFixed(4)} (${bits(match.weight)})` : "landed first";
}

function waterfallLines(record: string, { prior, fields }: Waterfall): string[] {
  const rows = fields.map(({ field, level, weight, frequency }) => [
    `    ${field}`,
    level,
    bits(weight),
    frequency === 0 ? "" : `${bits(frequency)} by how rare it is`,
  ]);
  return [
    `  ${record === "" ? "" : `${record}: `}before anything is compared ${bits(prior)}`,
    ...(rows.length > 0 ? [table(rows)] : []),
  ];
}

function bits(weight: number): string {
  return `${signed(weight)} bits`;
}

function byHand(correction: CorrectionView | null): string {
  return correction ? `; ${correctionText(correction)}` : "";
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : (addressText(value) ?? JSON.stringify(value));
}
