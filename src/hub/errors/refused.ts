/** A correction that was not kept; its message says why and what helps, `field` what the mapping could not fill. */
export class FixRefusedError extends Error {
  override readonly name = "FixRefusedError";
  readonly field: string | null;

  constructor(message: string, { field = null }: { field?: string | null } = {}) {
    super(message);
    this.field = field;
  }
}
