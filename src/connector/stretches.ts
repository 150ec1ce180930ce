import type { OpenStream, Page } from "./define.ts";

/** Asks for one page of everything, and hears its failure. */
export type Ask = (after: string | null, upTo?: string) => Promise<Page<string>>;

/** The page behind a place, asked for now; `pagesLeft`: pages the run may still read, this one included. */
export type AskNext = (after: string | null, pagesLeft: number) => Promise<Page<string>>;

/** Pages read one after the other before an object is held for large: for a small one, asking for its last id saves nothing. */
const pagesFirst = 4;
/** Of what would just fill a page: ids have gaps, and a stretch with one row too many costs a second question. */
const fill = 0.9;
/** A stretch is at most so many times longer or shorter than the one it learned from. */
const stepMax = 4;

/** Ids behind `after`, up to and with `upTo` (null: to the last), and the page of them. */
interface Stretch {
  after: number;
  upTo: number | null;
  page: Promise<Page<string>>;
}

/**
 * Reads an object with more than a few pages several stretches of ids at a time, as the stream's `ranges` allow. Stretches follow upon
 * each other without gaps and are handed on in their order; how long they are follows from how dense the ids of the pages before were. A
 * stretch that does not fit on one page is gone on with before the next one. The last has no end, so that the vendor says where it is.
 */
export function sideBySide({ atOnce, lastId }: NonNullable<OpenStream["ranges"]>, ask: Ask): AskNext {
  const queue: Stretch[] = [];
  const density = densityOf();
  let end: number | null = null;
  let pagesAsked = 0;

  function stretch(after: number, upTo: number | null): Stretch {
    const asked = upTo === null ? ask(String(after)) : ask(String(after), String(upTo));
    const page = asked.then((answer) => {
      density.learn(answer, { after, upTo });
      // What a stretch ends with is its own end; the vendor's "no more" says nothing of what is behind it.
      const isWhole = upTo !== null && (answer.next === null || Number(answer.next) >= upTo);
      return isWhole ? { ...answer, next: String(upTo) } : answer;
    });
    page.catch(() => undefined); // met by whoever waits for this stretch
    return { after, upTo, page };
  }

  function follow(from: number): Stretch | null {
    const length = density.stretchLength();
    if (end === null || length === null) return null;
    return stretch(from, from + length < end ? from + length : null);
  }

  function topUp(from: number, most: number): void {
    while (queue.length < most) {
      const last = queue.at(-1);
      const added = last?.upTo === null ? null : follow(last?.upTo ?? from);
      if (!added) return;
      queue.push(added);
    }
  }

  return (after, pagesLeft) => {
    pagesAsked += 1;
    if (pagesAsked === pagesFirst) void learnEnd();
    const from = wholeNumber(after);
    if (from === null) {
      queue.length = 0;
      return ask(after);
    }
    const behind = queue[0]?.after ?? from;
    if (behind < from) queue.length = 0; // the stream shows more than it was asked for
    if (behind > from) queue.unshift(stretch(from, behind));
    topUp(from, Math.min(atOnce, pagesLeft));
    return (queue.shift() ?? stretch(from, null)).page;
  };

  /** Without the last id the pages are read in their order: what kept the vendor from telling it is met there, if it stays. */
  async function learnEnd(): Promise<void> {
    end = wholeNumber(await lastId().catch(() => null));
  }
}

/** Learns from pages how many rows come in one, and over how many ids they spread. */
function densityOf() {
  let pageRows = 0;
  let length: number | null = null;
  return {
    /** Of ids that would not quite fill a page; null before anything is known. */
    stretchLength: () => length,
    learn({ records, next }: Page<string>, { after, upTo }: Omit<Stretch, "page">): void {
      const reached = next === null ? upTo : wholeNumber(next);
      if (reached === null || reached <= after) return;
      const ids = reached - after;
      if (next !== null) pageRows = Math.max(pageRows, records.length);
      const fitting = records.length === ids ? pageRows : (fill * pageRows * ids) / Math.max(1, records.length);
      length = Math.max(1, Math.floor(Math.min(ids * stepMax, Math.max(ids / stepMax, fitting))));
    },
  };
}

/** An id as a number that can be counted on from; null where it is none. */
function wholeNumber(id: string | null): number | null {
  if (id === null || !/^\d+$/.test(id)) return null;
  const number = Number(id);
  return Number.isSafeInteger(number) ? number : null;
}
