const form = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?) ?(Z|[+-]\d{2}:\d{2})?)?$/;

/**
 * An ISO 8601 date or date-time as an instant of 24 characters, in UTC where it names no offset; null for any other writing.
 * @example instantOf("2024-05-02 12:15") // "2024-05-02T12:15:00.000Z"
 */
export function instantOf(text: string): string | null {
  const [, day, time = "00:00", offset = "Z"] = form.exec(text.trim()) ?? [];
  const ms = Date.parse(`${day}T${time}${offset}`);
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}
