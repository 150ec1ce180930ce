import { lineAt, mask } from "./mask.ts";

export interface FunctionExtent {
  /** As far as it has one: `createTransport`, `send`, `=>`. */
  name: string;
  line: number;
  lines: number;
}

/** Every function with a body in braces, counted from the line of its name or parameters to that of its last brace. */
export function functionsIn(text: string): FunctionExtent[] {
  const { code } = mask(text);
  const pairs = matchBrackets(code);
  const endOf = new Map<number, number>(); // by parameters; braces in the type of what is returned come before the body's
  for (const { index } of code.matchAll(/\{/g)) {
    const parameters = parametersBefore(code, index, pairs);
    if (parameters !== null) endOf.set(parameters, pairs.get(index) ?? index);
  }
  return [...endOf].flatMap(([parameters, end]) => {
    const name = nameBefore(code.slice(Math.max(0, parameters - 200), parameters));
    const line = lineAt(code, parameters);
    return name === null ? [] : [{ name, line, lines: lineAt(code, end) - line + 1 }];
  });
}

/** Null where the brackets belong to a statement, not to a function. */
function nameBefore(head: string): string | null {
  const [, assigned] = /([\w$]+)\s*(?::[^;=]*)?=\s*(?:async\s*)?(?:<[^()]*>)?\s*[\w$]*\s*$/.exec(head) ?? [];
  const [, own = assigned] = /([\w$]+)\s*(?:<[^()]*>)?\s*$/.exec(head) ?? [];
  if (own !== undefined && /^(if|for|while|switch|catch|with)$/.test(own)) return null;
  return assigned ?? own ?? "=>";
}

/** Index of the `(` (or of the only parameter) of the function whose body opens at `index`; null when no function's does. */
function parametersBefore(code: string, index: number, pairs: ReadonlyMap<number, number>): number | null {
  const arrow = /=>\s*$/.exec(code.slice(0, index));
  const end = arrow ? arrow.index : index;
  for (let at = end - 1; at >= 0; at--) {
    const character = code.charAt(at);
    const opening = pairs.get(at);
    if (character === ")" && opening !== undefined && /^\s*(:|$)/.test(code.slice(at + 1, end))) return opening;
    // What closes on an earlier line is no part of a type, but what stands before.
    if (character === "}" && code.slice(at, end).includes("\n")) break;
    if (opening !== undefined && opening < at) at = opening;
    else if (/[;={(]/.test(character) && !code.startsWith("=>", at)) break; // not within the type of what is returned
  }
  return arrow ? end : null;
}

/** Both indices of each pair of brackets, each by the other. Angles are left out: they also compare. */
function matchBrackets(code: string): Map<number, number> {
  const pairs = new Map<number, number>();
  const open: number[] = [];
  for (const { 0: bracket, index } of code.matchAll(/[()[\]{}]/g)) {
    if ("([{".includes(bracket)) open.push(index);
    else {
      const opening = open.pop() ?? index;
      pairs.set(opening, index).set(index, opening);
    }
  }
  return pairs;
}
