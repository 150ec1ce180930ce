/**
 * A reader of comma-separated text, written from RFC 4180's grammar one character at a time and sharing nothing with the connector.
 * Line ends are LF, CRLF or CR; empty lines are left out.
 */
export function rfc4180(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let state: "start" | "plain" | "quoted" | "closed" = "start";
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (state === "quoted") {
      if (character !== '"') cell += character;
      else if (text.charAt(at + 1) === '"') {
        cell += '"';
        at += 1;
      } else state = "closed";
    } else if (character === '"' && state === "start") {
      state = "quoted";
    } else if (character === ",") {
      row.push(cell);
      cell = "";
      state = "start";
    } else if (character === "\n" || character === "\r") {
      if (character === "\r" && text.charAt(at + 1) === "\n") at += 1;
      if (row.length > 0 || state !== "start") rows.push([...row, cell]);
      row = [];
      cell = "";
      state = "start";
    } else {
      cell += character;
      state = "plain";
    }
  }
  if (row.length > 0 || state !== "start") rows.push([...row, cell]);
  return rows;
}
