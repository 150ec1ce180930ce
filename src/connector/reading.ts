import type { OpenStream, Page, Position } from "./define.ts";
import { SourceError } from "./errors.ts";
import type { SweptRange } from "./id-order.ts";
import { type Ask, type AskNext, sideBySide } from "./stretches.ts";
import { sweptBy } from "./sweep.ts";

/** What a run reads: the stream and how. */
export interface Reading {
  stream: OpenStream;
  fields: readonly string[];
  /** Pages at most. */
  pagesMax: number;
}

/** Where a reading of everything stands: the vendor's page token, and the highest id shown so far where the stream is swept. */
export interface Place {
  after: string | null;
  behind: string | null;
}

export const beginning: Place = { after: null, behind: null };

/** One page of everything and where it leads; `next` null is the end. */
export interface WholePage extends Omit<Page<string>, "next"> {
  next: Place | null;
  swept: SweptRange | null;
}

/**
 * Reads everything page by page, the next page (of streams with `ranges`, several) being asked for while the one before is stored. Ends
 * without a word after `pagesMax` pages. A vendor that does not know its own page token any more is read from the beginning again, once.
 */
export async function* everything({ stream, fields, pagesMax }: Reading, start: Place): AsyncGenerator<WholePage> {
  const page: Ask = (after, upTo) =>
    ahead(() =>
      moving(
        () => stream.pages({ after, fields, ...(upTo === undefined ? {} : { upTo }) }),
        (next) => next === after,
      ),
    );
  const ask: AskNext = stream.ranges ? sideBySide(stream.ranges, page) : (after) => page(after);
  let checkMovesOn = loopGuard(stream.object, start.after);
  let { behind } = start;
  let asked = ask(start.after, pagesMax);
  let mayBeginAnew = start.after !== null;
  for (let n = 1; n <= pagesMax; n++) {
    const { next, ...shown } = await asked.catch((cause: unknown) => {
      if (!mayBeginAnew || !(cause instanceof SourceError) || cause.details.lostPlace !== true) throw cause;
      mayBeginAnew = false;
      checkMovesOn = loopGuard(stream.object, null);
      behind = null;
      return ask(null, pagesMax - n + 1);
    });
    if (next !== null) {
      checkMovesOn(next);
      if (n < pagesMax) asked = ask(next, pagesMax - n);
    }
    const sweeping = stream.sweep && sweptBy(stream.sweep.order, { ...shown, behind, isLast: next === null });
    behind = sweeping?.behind ?? null;
    yield { ...shown, next: next === null ? null : { after: next, behind }, swept: sweeping?.swept ?? null };
    if (next === null) return;
  }
}

/** Reads what changed since a place, page by page in the same way. */
export async function* changed({ stream, fields, pagesMax }: Reading, start: Position): AsyncGenerator<Page<Position>> {
  const { changes } = stream;
  if (!changes) throw new SourceError("stop", `${stream.object} cannot read changes, but its cursor says it did`);
  const ask = (since: Position) =>
    ahead(() =>
      moving(
        () => changes({ since, fields }),
        (next) => placeName(next) === placeName(since),
      ),
    );
  const checkMovesOn = loopGuard(stream.object, placeName(start));
  let asked = ask(start);
  for (let n = 1; n <= pagesMax; n++) {
    const page = await asked;
    if (page.next) {
      checkMovesOn(placeName(page.next));
      if (n < pagesMax) asked = ask(page.next);
    }
    yield page;
    if (!page.next) return;
  }
}

/** A page asked for early: its failure is met when it is awaited, so it must not count as unhandled meanwhile. */
function ahead<T>(ask: () => Promise<T>): Promise<T> {
  const page = (async () => ask())();
  page.catch(() => undefined);
  return page;
}

const asksMax = 3;

/**
 * Asks again for a page that leads to itself, three times in all: something between has sent the one before once more. For connectors that go
 * through pages of their own.
 */
export async function moving<Next>(
  ask: () => Promise<Page<Next>>,
  stays: (next: Next) => boolean,
): Promise<Page<Next>> {
  for (let n = 1; ; n++) {
    const page = await ask();
    if (page.next === null || !stays(page.next) || n === asksMax) return page;
  }
}

const placeName = ({ at, id }: Position): string => `${at} ${id ?? ""}`;

/**
 * Throws when a vendor leads round in a circle, of whatever length, at the latest after three times round (Brent's algorithm:
 * each place is compared with one kept from before, which moves up after 1, 2, 4, 8 … steps).
 */
function loopGuard(object: string, first: string | null): (place: string) => void {
  let kept = first;
  let stepsLeft = 1;
  let steps = 1;
  return (place) => {
    if (place === kept) throw loopError(object, place);
    stepsLeft -= 1;
    if (stepsLeft > 0) return;
    kept = place;
    steps *= 2;
    stepsLeft = steps;
  };
}

function loopError(object: string, token: string): SourceError {
  return new SourceError(
    "stop",
    `Reading ${object} does not move on: the vendor gave the same place twice (${token})`,
    {
      remedy: "Try again; if it stays, report it with the run's log: nothing was lost, the cursor stands.",
    },
  );
}
