import { readFileSync } from "node:fs";
import { z } from "zod";
import type { FixedView, Proposal } from "../hub/errors/fix.ts";
import { typedAs } from "../hub/errors/values.ts";
import type { ErrorDetail } from "../hub/queries/errors.ts";
import { UsageError } from "./failure.ts";
import { style, table } from "./output.ts";

/** What was made of a correction, and whether it is kept. */
export type Fixed = FixedView & { kept: boolean };

/**
 * A correction out of a file: the payload itself, or what `errors show ID --json` printed with its payload edited, which also says on
 * which version it was made. Throws UsageError.
 */
export function proposalOfFile(file: string, errorId: string): Proposal {
  const json = jsonOf(file);
  const [shown] = shownErrors.safeParse(json).data?.errors.filter(({ id }) => id === errorId) ?? [];
  const came = shown?.landed ?? shown?.delivery;
  if (came) return came;
  const payload = z.record(z.string(), z.unknown()).safeParse(json).data;
  if (payload) return { payload };
  throw new UsageError(
    `${file} holds no payload: a JSON object, or what \`journey-hub errors show ID --json\` prints.`,
  );
}

const version = z.object({ seq: z.number(), payload: z.record(z.string(), z.unknown()) });
const shownErrors = z.object({
  errors: z.array(z.object({ id: z.string(), landed: version.nullable(), delivery: version.nullable() })),
});

const standardInput = 0;

function jsonOf(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file === "-" ? standardInput : file, "utf8"));
  } catch (cause) {
    throw new UsageError(`${file} cannot be read as JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

/** A correction out of `field=value` texts, each value of the type that stands there. Throws UsageError, FixRefusedError. */
export function proposalOfTexts(texts: readonly string[], { landed, delivery }: ErrorDetail): Proposal {
  const came = landed ?? delivery;
  const set = texts.map((text) => {
    const [, path, value] = /^(.+?)=(.*)$/s.exec(text) ?? [];
    if (path === undefined || value === undefined)
      throw new UsageError(`--set ${text}: give it as field=value, like properties.email=ann@example.com.`);
    return [path, typedAs(came?.payload, path, value)] as const;
  });
  return { set: Object.fromEntries(set), ...(came ? { seq: came.seq } : {}) };
}

/** What the mapping makes of a correction. */
export function fixedText({
  record_key,
  kept,
  kind,
  deleted,
  fields,
  identifiers,
  associations,
  findings,
}: Fixed): string {
  return [
    style.bold(
      `${record_key} ${kept ? "is corrected and has passed" : "would pass"} as ${kind}${deleted ? ", deleted" : ""}`,
    ),
    table([
      ...Object.entries(fields).map(([field, value]) => [`  ${field}`, shown(value)]),
      ...identifiers.map(({ type, value }) => [`  identified by ${type}`, value]),
      ...associations.map(({ to, role }) => [`  ${role}`, to]),
    ]),
    ...findings.map(({ field, value, reason }) => `! ${field} stays empty: "${value}" ${said[reason]}`),
    kept
      ? "What the vendor sent is kept beside it; a newer version of the vendor's takes its place."
      : "Nothing was kept: this was tried only.",
  ].join("\n");
}

const said: Readonly<Record<FixedView["findings"][number]["reason"], string>> = {
  unknown_value: "is not in the mapping's table",
  unreadable: "cannot be read",
};

function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
