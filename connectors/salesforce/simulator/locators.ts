import type { Settings } from "./options.ts";
import { Refusal } from "./refusal.ts";
import type { Projection } from "./soql/project.ts";
import type { SalesforceRow } from "./values.ts";

/** The answer of one query, kept for its following pages. */
export interface Cursor {
  rows: SalesforceRow[];
  project: Projection;
  pageRows: number;
}

/** Open query cursors by locator: `0r8…`, valid for a time and dropped oldest first when there are too many. */
export class Locators {
  readonly #settings: Settings;
  readonly #cursors = new Map<string, Cursor & { expires: number }>();
  #opened = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Keeps a cursor and returns its locator. */
  open(cursor: Cursor): string {
    const { locatorsMax, locatorSeconds, now } = this.#settings;
    const locator = `0r8Hs${String(++this.#opened).padStart(13, "0")}`;
    this.#cursors.set(locator, { ...cursor, expires: now() + locatorSeconds * 1000 });
    for (const oldest of this.#cursors.keys()) {
      if (this.#cursors.size <= locatorsMax) break;
      this.#cursors.delete(oldest);
    }
    return locator;
  }

  /** The cursor and offset of `<locator>-<offset>`; 400 INVALID_QUERY_LOCATOR when it is stale or was never given. */
  find(name: string): { cursor: Cursor; locator: string; offset: number } {
    const [, locator = "", digits = ""] = /^(\w+)-(\d+)$/.exec(name) ?? [];
    const cursor = this.#cursors.get(locator);
    const offset = Number(digits);
    if (cursor && cursor.expires > this.#settings.now() && offset > 0 && offset < cursor.rows.length) {
      return { cursor, locator, offset };
    }
    throw new Refusal(400, "INVALID_QUERY_LOCATOR", "invalid query locator");
  }

  /** Forgets every cursor, as the vendor may when it moves an org. */
  dropAll(): void {
    this.#cursors.clear();
  }
}
