/** Whether a date stands for none that is known: the least or greatest that a database can hold, or what it gives where nothing was entered. */
export function isPlaceholderDate(date: string): boolean {
  return placeholderDates.has(date);
}

const placeholderDates = new Set(["0001-01-01", "1900-01-01", "1901-01-01", "1970-01-01", "1753-01-01", "9999-12-31"]);

/** Whether a telephone number is one digit over and over, too often for a real one. @example isPlaceholderNumber("+15555555555") // true */
export function isPlaceholderNumber(number: string): boolean {
  const end = number.length - 1;
  const digit = number.charCodeAt(end);
  if (end < 6 || digit < 48 || digit > 57) return false;
  for (let at = end - 6; at < end; at++) if (number.charCodeAt(at) !== digit) return false;
  return true;
}
