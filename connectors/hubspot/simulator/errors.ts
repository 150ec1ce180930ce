import type { ContentfulStatusCode } from "hono/utils/http-status";

/** HubSpot's error envelope; every field but `status` and `message` may be missing, as it is at HubSpot. */
export interface HubspotErrorBody {
  status: string;
  message: string;
  category?: string;
  subCategory?: string;
  context?: Record<string, string[]>;
  errors?: object[];
  links?: Record<string, string>;
  [more: string]: unknown;
}

/** Thrown by a route to answer with that status and body; `correlationId` is added when it is sent. */
export class Refusal extends Error {
  readonly status: ContentfulStatusCode;
  readonly body: HubspotErrorBody;

  constructor(
    status: ContentfulStatusCode,
    body: Omit<HubspotErrorBody, "status"> & { status?: string; message: string },
  ) {
    super(body.message);
    this.status = status;
    this.body = { status: "error", ...body };
  }
}

export const invalid = (message: string, more: Partial<HubspotErrorBody> = {}): Refusal =>
  new Refusal(400, { message, category: "VALIDATION_ERROR", ...more });

/** A body that is no JSON or has the wrong shape; HubSpot's parser speaks, so there is no category. */
export const unreadable = (what: string): Refusal =>
  new Refusal(400, { message: `Invalid input JSON on line 1, column 1: ${what}` });

export const missingFields = (names: string[]): Refusal =>
  invalid(`Invalid input JSON on line 1, column 2. Some required fields were not set: [${names.join(", ")}]`);

export const notFound = (message = "resource not found", more: Partial<HubspotErrorBody> = {}): Refusal =>
  new Refusal(404, { message, category: "OBJECT_NOT_FOUND", ...more });

export const conflict = (message: string, more: Partial<HubspotErrorBody> = {}): Refusal =>
  new Refusal(409, { message, category: "CONFLICT", ...more });

/** One property value HubSpot would not take. */
export interface InvalidValue {
  isValid: false;
  message: string;
  error: string;
  name: string;
  localizedErrorMessage: string;
  portalId: number;
}

/** The refusal whose useful part is JSON inside the message string: a connector has to dig it out. */
export const invalidValues = (values: InvalidValue[]): Refusal =>
  invalid(`Property values were not valid: ${JSON.stringify(values)}`, {
    errors: values.map(({ message, error, name }) => ({ message, code: error, context: { propertyName: [name] } })),
  });

/** What Jetty in front of HubSpot answers where no route matches: HTML, not JSON. */
export const htmlNotFound = (path: string): string =>
  `<html>\n<head>\n<meta http-equiv="Content-Type" content="text/html;charset=utf-8"/>\n<title>Error 404 Not Found</title>\n</head>\n<body><h2>HTTP ERROR 404</h2>\n<p>Problem accessing ${path.replace(/[&<>"]/g, "")}. Reason:\n<pre>    Not Found</pre></p>\n</body>\n</html>\n`;
