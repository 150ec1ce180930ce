import type { ContentfulStatusCode } from "hono/utils/http-status";

/** One entry of the vendor's error array; a duplicate rule or a bad field names its fields. */
export interface VendorError {
  message: string;
  errorCode: string;
  fields?: string[];
  /** What a duplicate rule found. */
  duplicateResult?: Record<string, unknown>;
}

/**
 * A request refused as the vendor refuses it: a status and a one-element array of message and errorCode.
 * @example throw new Refusal(404, "NOT_FOUND", "The requested resource does not exist")
 */
export class Refusal extends Error {
  readonly status: ContentfulStatusCode;
  readonly body: VendorError[];

  constructor(
    status: ContentfulStatusCode,
    errorCode: string,
    message: string,
    more?: string[] | Pick<VendorError, "fields" | "duplicateResult">,
  ) {
    super(message);
    this.status = status;
    this.body = [{ message, errorCode, ...(Array.isArray(more) ? { fields: more } : more) }];
  }
}

/** The vendor's answer to a path or a type that does not exist. */
export function notFound(): Refusal {
  return new Refusal(404, "NOT_FOUND", "The requested resource does not exist");
}
