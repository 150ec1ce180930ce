import type { ContractReport } from "./contract.ts";
import { differenceKinds } from "./differences.ts";

/** What many reports of one vendor come to. */
export interface Conformance {
  vendor: string;
  seeds: number;
  kept: number;
  /** Troubles that were on in at least one report; wire troubles only where they struck. */
  met: number;
  /** Of those met: the ones of which every report is without a breach. */
  survived: number;
  compared: number;
  differing: number;
  /** Of the reports in which the fewest possible were measured. */
  requests: number;
  idealRequests: number;
  kills: number;
  failedRuns: number;
  tooEarly: number;
  overLimit: number;
}

/** Sums up the reports of one run, a line a vendor. */
export function conformanceOf(reports: readonly ContractReport[]): Conformance[] {
  const vendors = [...new Set(reports.map(({ vendor }) => vendor))];
  return vendors.map((vendor) => {
    const own = reports.filter((report) => report.vendor === vendor);
    const sum = (figure: (report: ContractReport) => number) => own.reduce((total, each) => total + figure(each), 0);
    const met = [...new Set(own.flatMap(metIn))];
    return {
      vendor,
      seeds: own.length,
      kept: own.filter(isKept).length,
      met: met.length,
      survived: met.filter((name) => own.every((report) => isKept(report) || !metIn(report).includes(name))).length,
      compared: sum(({ totals }) => totals.compared),
      differing: sum(({ totals }) => differenceKinds.reduce((total, kind) => total + totals[kind], 0)),
      requests: sum(({ requests, idealRequests }) => (idealRequests === null ? 0 : requests)),
      idealRequests: sum(({ idealRequests }) => idealRequests ?? 0),
      kills: sum(({ kills }) => kills),
      failedRuns: sum(({ failed }) => Object.values(failed).reduce((total, times) => total + times, 0)),
      tooEarly: sum(({ tooEarly }) => tooEarly),
      overLimit: sum(({ overLimit }) => overLimit),
    };
  });
}

const isKept = ({ breaches }: ContractReport): boolean => breaches.length === 0;

function metIn({ troubles, struck, level }: ContractReport): string[] {
  if (level === "none") return [];
  return troubles.filter(({ kind, name }) => kind !== "wire" || (struck[name] ?? 0) > 0).map(({ name }) => name);
}

const columns: readonly (readonly [title: string, cell: (line: Conformance) => string])[] = [
  ["vendor", ({ vendor }) => vendor],
  ["contract kept", ({ kept, seeds }) => `${kept} of ${seeds} seeds`],
  ["troubles survived", ({ survived, met }) => `${survived} of ${met}`],
  ["records compared", ({ compared }) => grouped(compared)],
  ["differing", ({ differing }) => grouped(differing)],
  ["requests", ({ requests }) => grouped(requests)],
  [
    "of ideal",
    ({ requests, idealRequests }) => (idealRequests === 0 ? "–" : `${(requests / idealRequests).toFixed(2)}×`),
  ],
  ["kills", ({ kills }) => grouped(kills)],
  ["failed runs", ({ failedRuns }) => grouped(failedRuns)],
  ["too early", ({ tooEarly }) => grouped(tooEarly)],
  ["over limit", ({ overLimit }) => grouped(overLimit)],
];

/** The reports as a text table, a line a vendor. */
export function conformanceTable(reports: readonly ContractReport[]): string {
  const rows = [
    columns.map(([title]) => title),
    ...conformanceOf(reports).map((line) => columns.map(([, cell]) => cell(line))),
  ];
  const widths = columns.map((_, n) => Math.max(...rows.map((row) => row[n]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, n) => padded(cell, widths[n] ?? 0, n))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Names to the left, figures to the right. */
const padded = (cell: string, width: number, column: number): string =>
  column === 0 ? cell.padEnd(width) : cell.padStart(width);

const grouped = (figure: number): string => figure.toLocaleString("en-US");

/** A report for a person: what is broken, and the first differences with how they came about. */
export function describeReport(report: ContractReport): string {
  const { vendor, seed, level, breaches, differences, failures } = report;
  if (breaches.length === 0) return `${vendor}, seed ${seed}, level ${level}: the contract is kept`;
  return [
    `${vendor}, seed ${seed}, level ${level}: ${breaches.join("; ")}`,
    ...differences.flatMap(({ kind, object, id, about, landings }) => [
      `  ${object} ${id} is ${kind}: ${about}`,
      ...landings.map(
        ({ sync, stream, at, version, deleted, outcome }) =>
          `    ${at} ${sync}, ${stream}: version ${version}${deleted ? ", deleted" : ""}, ${outcome}`,
      ),
    ]),
    ...failures.map((failure) => `  failed: ${failure}`),
  ].join("\n");
}
