/** An object of a body. */
export type Json = Record<string, unknown>;

const utf8 = new TextDecoder("utf-8", { fatal: true });
const idLengthMax = 255;

/** The text of a body; throws where it is no UTF-8. */
export function textOf(body: Uint8Array): string {
  return utf8.decode(body);
}

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @param which names it in the message */
export function objectOf(value: unknown, which: string): Json {
  if (!isObject(value)) throw new Error(`${which} is not a JSON object`);
  return value;
}

/** What stands at a path of own properties, such as `data.object.id`; undefined where there is nothing. */
export function valueAt(root: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>((at, name) => (isObject(at) && Object.hasOwn(at, name) ? at[name] : undefined), root);
}

/** An id as text: 1 to 255 characters, or a whole number that fits 53 bits. */
export function usableId(value: unknown): string | null {
  if (Number.isSafeInteger(value)) return String(value);
  return typeof value === "string" && value !== "" && value.length <= idLengthMax ? value : null;
}

/** What an id must be, for messages. */
export const idForm = `text of 1 to ${idLengthMax} characters, or a whole number`;
