import { type Command, InvalidArgumentError, Option } from "commander";
import type { OverrideView } from "../../hub/identity/overrides.ts";
import type { Page } from "../../hub/queries/page.ts";
import type { ReviewView } from "../../hub/queries/reviews.ts";
import { type Desk, withDesk } from "../desk.ts";
import { UsageError } from "../failure.ts";
import { decidedText, decisionsText, reviewsText } from "../reviews-text.ts";
import { action, withAuthor, withCommon } from "../verb.ts";
import { parseWhole } from "./simulate.ts";

interface Options {
  data: string;
  json: boolean;
}

/** The sub-verbs of `identity` by which people decide who is one customer: what they are asked, what they say, and taking it back. */
export function addDeciding(identity: Command): void {
  addReviews(identity);
  addPair(identity, "link", "must_link", "two records are one customer, whatever the rules say");
  addPair(identity, "separate", "cannot_link", "two records are not one customer, whatever the rules say");
  addUnmerge(identity);
  addRevoke(identity);
  addDecisions(identity);
}

/** What a page of a list is asked with. */
interface Paged extends Options {
  limit: number;
  cursor?: string;
  kind?: string;
  record?: string;
}

const limitMax = 200;

function parseLimit(text: string): number {
  const limit = parseWhole(text);
  if (limit < 1 || limit > limitMax) throw new InvalidArgumentError(`It is between 1 and ${limitMax}.`);
  return limit;
}

function withPages(command: Command): Command {
  return withCommon(command)
    .option("--limit <n>", `how many, at most ${limitMax}`, parseLimit, 20)
    .option("--cursor <text>", "go on where the list before ended");
}

function addReviews(identity: Command): void {
  withPages(identity.command("reviews"))
    .description("list pairs of records that could be one customer and are not, the most probable first")
    .addOption(new Option("--kind <kind>", "of persons or of companies only").choices(["person", "company"]))
    .addHelpText("after", example("reviews --kind person --limit 5"))
    .action(
      action<Paged, []>(async ({ data, output }, { limit, cursor, kind }) => {
        const page = await withDesk(data, (desk) =>
          desk.get<Page<ReviewView>>(`/api/v1/reviews?${asked({ limit: String(limit), cursor, kind })}`),
        );
        output.result(page, () => reviewsText(page));
        return undefined;
      }),
    );
}

function addPair(identity: Command, name: string, kind: OverrideView["kind"], says: string): void {
  withReason(identity.command(name))
    .description(`decide that ${says}`)
    .argument("<record>", record)
    .argument("<other>", "the other record")
    .addHelpText("after", example(`${name} hubspot:contacts:1001 erp:customer:2211 --reason "asked both"`))
    .action(
      action<Reasoned, [string, string]>(async ({ data, output }, options, left, right) => {
        const body = { kind, left, right, reason: reasonOf(options) };
        const made = await decided<OverrideView>({ data, by: options.by }, "", body);
        output.result(made, () => decidedText([made]));
        return undefined;
      }),
    );
}

function addUnmerge(identity: Command): void {
  withReason(identity.command("unmerge"))
    .description("take records out of their customer: they are not one with any of the records that stay")
    .argument("<record...>", record)
    .addHelpText("after", example(`unmerge hubspot:contacts:1001 --reason "her brother"`))
    .action(
      action<Reasoned, [string[]]>(async ({ data, output }, options, records) => {
        const asked = { records, reason: reasonOf(options) };
        const made = await decided<Page<OverrideView>>({ data, by: options.by }, "/unmerge", asked);
        output.result(made, () => decidedText(made.items));
        return undefined;
      }),
    );
}

function addRevoke(identity: Command): void {
  withReason(identity.command("revoke"))
    .description("take decisions back: the rules decide again")
    .argument("<id...>", "decisions by id, as `identity decisions` shows it", parseId)
    .addHelpText("after", example(`revoke 3 4 --reason "they are cousins after all"`))
    .action(
      action<Reasoned, [number[]]>(async ({ data, output }, options, ids) => {
        const asked = { ids, reason: reasonOf(options) };
        const left = await decided<Page<OverrideView>>({ data, by: options.by }, "/revoke", asked);
        output.result(left, () => decidedText(left.items));
        return undefined;
      }),
    );
}

function addDecisions(identity: Command): void {
  withPages(identity.command("decisions"))
    .description("list what people decided, the latest first, with what was taken back and what a later one overrules")
    .option("--record <key>", "about this record, <connection>:<object>:<remote id>")
    .addHelpText("after", example("decisions --record hubspot:contacts:1001"))
    .action(
      action<Paged, []>(async ({ data, output }, { limit, cursor, record }) => {
        const page = await withDesk(data, (desk) =>
          desk.get<Page<OverrideView>>(`/api/v1/overrides?${asked({ limit: String(limit), cursor, record })}`),
        );
        output.result(page, () => decisionsText(page, record));
        return undefined;
      }),
    );
}

const record = "<connection>:<object>:<remote id>";

interface Reasoned extends Options {
  by?: string;
  reason?: string;
}

function withReason(command: Command): Command {
  return withAuthor(command).option("--reason <text>", "why; must be given, and is kept with the decision");
}

function reasonOf({ reason }: Reasoned): string {
  if (!reason?.trim()) throw new UsageError("Say why with --reason: it is kept with the decision.");
  return reason;
}

/** Makes or takes back a decision, and has stages and scores follow. */
function decided<T>({ data, by }: { data: string; by: string | undefined }, path: string, body: object): Promise<T> {
  const work = async (desk: Desk) => {
    const made = await desk.post<T>(`/api/v1/overrides${path}`, body);
    await desk.run("/api/v1/derive", {});
    return made;
  };
  return withDesk(data, work, by);
}

function asked(parameters: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(parameters).filter((each): each is [string, string] => each[1] !== undefined);
  return new URLSearchParams(given).toString();
}

function example(command: string): string {
  return `\n  journey-hub identity ${command}`;
}

function parseId(text: string, before: readonly number[] = []): number[] {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError("A decision's id is a whole number.");
  return [...before, Number(text)];
}
