import { Argument, type Command, Option } from "commander";
import type { Proposal, TakenBack } from "../../hub/errors/fix.ts";
import type { CorrectedRecord } from "../../hub/queries/corrections.ts";
import type { ErrorDetail, ErrorGroup, ErrorView } from "../../hub/queries/errors.ts";
import type { FrozenView } from "../../hub/queries/frozen.ts";
import type { RunView } from "../../hub/queries/queries.ts";
import { type Desk, withDesk } from "../desk.ts";
import { type Fixed, fixedText, proposalOfFile, proposalOfTexts } from "../errors-fix.ts";
import { correctionsText, frozenText } from "../errors-stand.ts";
import { detailText, errorsText, groupsText, retryText } from "../errors-text.ts";
import { exitCodes, UsageError } from "../failure.ts";
import { action, type Common, withCommon } from "../verb.ts";

const actions = ["list", "show", "retry", "fix", "unfix", "fixed", "dismiss", "frozen"] as const;

interface Options {
  data: string;
  json: boolean;
  connection?: string;
  step?: string;
  class?: string;
  fingerprint?: string;
  record?: string;
  status: string;
  records?: boolean;
  all?: boolean;
  reason?: string;
  payload?: string;
  set: readonly string[];
  dryRun?: boolean;
}

/** `errors`: the error inbox: what records have met, tried again or set aside. */
export function addErrors(program: Command): void {
  withCommon(program.command("errors"))
    .description("open errors by cause; show one, try them again, correct a record, or set them aside with a reason")
    .addArgument(new Argument("[action]", "what to do").choices(actions).default("list"))
    .argument("[ids...]", "errors by id; `list --records` shows ids")
    .option("--connection <name>", "errors of this connection")
    .option("--step <step>", "of this step: pull, hook, map, writeback …")
    .option("--class <class>", "of this class")
    .option("--fingerprint <text>", "of this cause, as the list shows it")
    .option("--record <key>", "of this record, <connection>:<object>:<remote id>")
    .addOption(new Option("--status <status>", "for list").choices(["open", "resolved", "dismissed"]).default("open"))
    .option("--records", "list single errors, not causes")
    .option("--all", "retry every open error; fixed: also corrections that have ended")
    .option("--reason <text>", "why errors are dismissed, or a record is corrected; kept")
    .option(
      "--payload <file>",
      "fix: the payload as it should have come, or `show --json` with its payload edited; - reads stdin",
    )
    .addOption(
      new Option("--set <field=value>", "fix: only this field of the payload; can be given several times")
        .argParser((text: string, before: readonly string[]) => [...before, text])
        .default([], "none"),
    )
    .option("--dry-run", "fix: show what the mapping makes of it, keep nothing")
    .addHelpText("after", help)
    .action(
      action<Options, [(typeof actions)[number], string[]]>((common, options, chosen, ids) =>
        withDesk(common.data, (desk) => works[chosen](desk, common, { ...options, ids })),
      ),
    );
}

const help = `
fixed lists the records on which a correction stands: by whom, since when, why, which values, and the id for unfix. frozen lists the fields that
are not written back any more because somebody else keeps writing over them, dismissed ones too, with the id whose retry thaws each.

retry goes by the step that failed: records that could not be mapped are mapped from what has landed by the mapping files as they are
now, without a call to the vendor; what could not be fetched is fetched; what a CRM refused is sent at the next apply. It exits with 1
while something is still open. A dismissed error is tried again when it is named by its id.

fix corrects what the vendor sent of a record that could not be mapped, and maps it at once. What the vendor sent is kept beside it and counts
again when it sends something newer, or by unfix. A correction that would still fail is refused, with 1, and nothing of it is kept. What --set
gives is of the type that stands there; of a new field it is read as JSON where it is JSON ("5" in quotes is a text).

  journey-hub errors
  journey-hub errors retry --fingerprint "contacts title value"
  journey-hub errors fix 3f2a… --set properties.jobtitle=Buyer --reason "as her card says"
  journey-hub errors dismiss 3f2a… --reason "a test record"`;

type Asked = Options & { ids: readonly string[] };

const works: Record<(typeof actions)[number], (desk: Desk, common: Common, asked: Asked) => Promise<number>> = {
  async list(desk, { output }, { records, ...asked }) {
    const filter = query({ ...filterOf(asked), status: asked.status });
    if (records) {
      const items = await everyPage<ErrorView>(desk, `/api/v1/errors?${filter}`);
      output.result({ errors: items }, () => errorsText(items, asked.status));
    } else {
      const { items } = await desk.get<{ items: ErrorGroup[] }>(`/api/v1/errors/groups?${filter}`);
      output.result({ groups: items }, () => groupsText(items, asked.status));
    }
    return exitCodes.done;
  },

  async show(desk, { output }, { ids }) {
    const errors: ErrorDetail[] = [];
    for (const id of named(ids, "show"))
      errors.push(await desk.get<ErrorDetail>(`/api/v1/errors/${encodeURIComponent(id)}`));
    output.result({ errors }, () => errors.map(detailText).join("\n\n"));
    return exitCodes.done;
  },

  async retry(desk, { output }, asked) {
    const started = await desk.post<StartedRetry>("/api/v1/errors/retry", selectionOf(asked));
    const bar = output.progress("retry", started.found);
    const run = await desk.ended(started.run_id, ({ counts }) => bar.set(triedOf(counts))).finally(bar.stop);
    const { closed = 0, open = 0, refused = 0 } = run.counts;
    if (closed > 0) await desk.run("/api/v1/derive", {});
    output.result({ run, refused: started.refused }, () => retryText(run.counts, started.refused));
    return open + refused === 0 ? exitCodes.done : exitCodes.failed;
  },

  async fix(desk, { output }, asked) {
    const { reason, dryRun = false } = asked;
    const [id, ...more] = named(asked.ids, "fix");
    if (id === undefined || more.length > 0) throw new UsageError("Correct one record at a time.");
    if (!reason && !dryRun) throw new UsageError("Say why with --reason: it is kept with the correction.");
    const path = `/api/v1/errors/${encodeURIComponent(id)}`;
    const proposal = await proposalOf(desk, path, { ...asked, id });
    const fixed = await desk.post<Fixed>(`${path}/fix`, {
      ...proposal,
      dry_run: dryRun,
      ...(reason ? { reason } : {}),
    });
    if (fixed.kept) await desk.run("/api/v1/derive", {});
    output.result(fixed, () => fixedText(fixed));
    return exitCodes.done;
  },

  async unfix(desk, { output }, { ids, reason }) {
    if (!reason) throw new UsageError("Say why with --reason: it is kept with the correction that is taken back.");
    const taken: TakenBack[] = [];
    for (const id of named(ids, "unfix"))
      taken.push(await desk.post<TakenBack>(`/api/v1/errors/${encodeURIComponent(id)}/unfix`, { reason }));
    await desk.run("/api/v1/derive", {});
    const said = ({ record_key, passed }: TakenBack) =>
      `${record_key}: the vendor's own version counts again${passed ? "" : "; it fails, and its error is open"}.`;
    output.result({ taken_back: taken }, () => taken.map(said).join("\n"));
    return exitCodes.done;
  },

  async fixed(desk, { output }, { connection, all }) {
    const filter = query({ ...(connection ? { connection } : {}), ...(all ? {} : { state: "stands" }) });
    const corrections = await everyPage<CorrectedRecord>(desk, `/api/v1/errors/corrections?${filter}`);
    output.result({ corrections }, () => correctionsText(corrections));
    return exitCodes.done;
  },

  async frozen(desk, { output }, { connection }) {
    const filter = query(connection ? { connection } : {});
    const frozen = await everyPage<FrozenView>(desk, `/api/v1/writebacks/frozen?${filter}`);
    output.result({ frozen }, () => frozenText(frozen));
    return exitCodes.done;
  },

  async dismiss(desk, { output }, { ids, reason }) {
    if (!reason) throw new UsageError("Say why with --reason: it is kept with the error.");
    const dismissed = named(ids, "dismiss");
    for (const id of dismissed) await desk.post(`/api/v1/errors/${encodeURIComponent(id)}/dismiss`, { reason });
    output.result({ dismissed }, () => `Dismissed ${dismissed.length}; should one come again, it opens again.`);
    return exitCodes.done;
  },
};

async function proposalOf(desk: Desk, path: string, { id, payload, set }: Asked & { id: string }): Promise<Proposal> {
  if ((payload === undefined) === (set.length === 0))
    throw new UsageError(
      "Say how it should have come: --payload FILE, or --set field=value (several times if need be).",
    );
  if (payload !== undefined) return proposalOfFile(payload, id);
  return proposalOfTexts(set, await desk.get<ErrorDetail>(path));
}

interface StartedRetry {
  run_id: string;
  found: number;
  refused: ErrorGroup[];
}

function triedOf({ closed = 0, open = 0, pending = 0, refused = 0 }: RunView["counts"]): number {
  return closed + open + pending + refused;
}

function named(ids: readonly string[], what: string): readonly string[] {
  if (ids.length > 0) return ids;
  throw new UsageError(
    `Say which: \`journey-hub errors ${what} <id>\`; \`journey-hub errors list --records\` shows ids.`,
  );
}

function filterOf({ connection, step, class: kind, fingerprint, record }: Asked): Record<string, string> {
  const given = { connection, step, class: kind, fingerprint, record };
  return Object.fromEntries(Object.entries(given).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

/** Everything is retried only when that is asked for. */
function selectionOf(asked: Asked): Record<string, unknown> {
  const filter = filterOf(asked);
  const ids = asked.ids.length > 0 ? { ids: asked.ids } : {};
  const all = asked.all ? { all: true } : {};
  const selection = { ...filter, ...ids, ...all };
  if (Object.keys(selection).length > 0) return selection;
  throw new UsageError("Say which errors: ids, --fingerprint, --connection, --step, --class or --record; or --all.");
}

const query = (parameters: Record<string, string>): string => new URLSearchParams(parameters).toString();

const pageSize = 200;
const pagesMax = 100_000;

async function everyPage<T>(desk: Desk, path: string): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = "";
  for (let n = 0; n < pagesMax && cursor !== null; n++) {
    const place: string = cursor === "" ? "" : `&cursor=${cursor}`;
    const page: { items: T[]; next_cursor: string | null } = await desk.get(`${path}&limit=${pageSize}${place}`);
    items.push(...page.items);
    cursor = page.next_cursor;
  }
  return items;
}
