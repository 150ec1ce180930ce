/** A statement SuiteQL does not run; the message is the vendor's "detailed unprocessed description". */
export class SuiteqlRefusal extends Error {}

/** Refuses what parsed but means nothing the engine can do, in the engine's own words. */
export function unsupported(reason?: string): SuiteqlRefusal {
  return new SuiteqlRefusal(
    `Search error occurred: Invalid or unsupported search.${reason === undefined ? "" : ` ${reason}`}`,
  );
}
