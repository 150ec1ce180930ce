import type { Literal } from "./ast.ts";
import { refuseAt } from "./refuse.ts";

const escapes: Record<string, string> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f", "'": "'", '"': '"', "\\": "\\" };

/** The text of a quoted literal with its escapes resolved; an escape the language does not know is refused. */
export function decodeString(statement: string, literal: Literal): string {
  return pieces(statement, literal)
    .map((piece) => piece.character)
    .join("");
}

/**
 * The pattern of a LIKE: `%` is any text, `_` any one character, both literal after a backslash; case is ignored.
 */
export function likePattern(statement: string, literal: Literal): RegExp {
  const source = pieces(statement, literal).map(({ character, escaped }) => {
    if (!escaped && character === "%") return ".*";
    if (!escaped && character === "_") return ".";
    return character.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  });
  return new RegExp(`^${source.join("")}$`, "isu");
}

interface Piece {
  character: string;
  escaped: boolean;
}

function pieces(statement: string, literal: Literal): Piece[] {
  const result: Piece[] = [];
  const { text } = literal;
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== "\\") {
      result.push({ character: text[at] ?? "", escaped: false });
      continue;
    }
    const [sequence = "\\"] = /^\\(u[0-9A-Fa-f]{4}|.)?/s.exec(text.slice(at)) ?? [];
    result.push({ character: unescaped(statement, literal, sequence), escaped: true });
    at += sequence.length - 1;
  }
  return result;
}

function unescaped(statement: string, literal: Literal, sequence: string): string {
  if (sequence.length === 6) return String.fromCharCode(Number.parseInt(sequence.slice(2), 16));
  const letter = sequence.slice(1);
  if (letter === "%" || letter === "_") return letter;
  const character = escapes[letter.toLowerCase()];
  if (character !== undefined) return character;
  const reason = `Invalid string literal '${literal.text}'. Illegal character sequence '${sequence}' in string literal.`;
  throw refuseAt(statement, literal.at, "MALFORMED_QUERY", reason);
}
