const decimalPattern = /^([+-]?)(\d{0,30})(?:\.(\d{0,20}))?$/;
const plainPattern = /^-?\d+(?:\.\d+)?$/;
const groupedPattern = /^[+-]?\d{1,3}(?:,\d{3}){1,9}(?:\.\d{1,20})?$/;

/**
 * A finite number, or undefined. Text may carry thousands commas: `"1,234.5"` is 1234.5, `"1,5"` is not a number.
 */
export function readNumber(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  // Fifteen digits are what a double holds exactly: for those the canonical text need not be made.
  if (typeof value === "string" && value.length <= 15 && plainPattern.test(value)) return Number(value);
  const decimal = readDecimal(value);
  return decimal === undefined ? undefined : Number(decimal);
}

/**
 * A decimal as canonical text, so that equal amounts are equal text: no sign plus, leading or trailing zeros. Undefined if it is none.
 * @example readDecimal("1,234.50") // "1234.5"
 * @example readDecimal(0.1) // "0.1"
 */
export function readDecimal(value: unknown): string | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? fromNumber(value) : undefined;
  if (typeof value === "bigint") return value > -(10n ** 30n) && value < 10n ** 30n ? String(value) : undefined;
  if (typeof value !== "string" || value.length > 64) return undefined;
  const text = value.trim();
  return canonical(groupedPattern.test(text) ? text.replaceAll(",", "") : text);
}

/** A float's own shortest text; where that has an exponent, twelve decimals. */
function fromNumber(value: number): string | undefined {
  const text = String(value);
  if (!text.includes("e")) return canonical(text);
  return Math.abs(value) < 1
    ? canonical(value.toFixed(12))
    : Math.abs(value) < 1e30
      ? String(BigInt(Math.round(value)))
      : undefined;
}

function canonical(text: string): string | undefined {
  const match = decimalPattern.exec(text);
  if (!match) return undefined;
  const [, sign, whole = "", fraction = ""] = match;
  if (whole === "" && fraction === "") return undefined;
  const digits = withoutLeadingZeros(whole);
  const decimals = withoutTrailingZeros(fraction);
  const amount = decimals === "" ? digits : `${digits}.${decimals}`;
  return sign === "-" && amount !== "0" ? `-${amount}` : amount;
}

function withoutLeadingZeros(digits: string): string {
  let start = 0;
  while (start < digits.length - 1 && digits[start] === "0") start += 1;
  return digits.slice(start) || "0";
}

function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === "0") end -= 1;
  return digits.slice(0, end);
}

/** True or false from what vendors write for them (`true`, `T`, `yes`, `1` …), else undefined. */
export function readBoolean(value: unknown): boolean | undefined {
  if (typeof value === "boolean") return value;
  if (value === 1 || value === 0) return value === 1;
  if (typeof value !== "string" || value.length > 8) return undefined;
  return booleans.get(value) ?? booleans.get(value.trim().toLowerCase());
}

const booleans = new Map([
  ...["true", "t", "yes", "y", "1"].map((word) => [word, true] as const),
  ...["false", "f", "no", "n", "0"].map((word) => [word, false] as const),
]);
