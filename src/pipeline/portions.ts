/**
 * Cuts records that are to be mapped into portions of which none holds a record behind an owner or pipeline: mappings look those up
 * among what is stored, so they must be committed before what follows them is mapped, however the records came in batches.
 */
export function portions<T>(records: readonly T[], isReference: (record: T) => boolean): T[][] {
  const cut: T[][] = [[]];
  let behindReference = false;
  for (const record of records) {
    const reference = isReference(record);
    if (behindReference && !reference) cut.push([]);
    behindReference = reference;
    cut.at(-1)?.push(record);
  }
  return cut;
}
