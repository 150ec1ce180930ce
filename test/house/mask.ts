/** Source text with comments and the insides of strings, templates and regular expressions blanked: same length, same lines. */
export interface Masked {
  code: string;
  /** Contents of string literals by the index of their opening quote. */
  strings: ReadonlyMap<number, string>;
  /** Comments by the index at which they begin. */
  comments: ReadonlyMap<number, string>;
}

const comment = /\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
// A quote that is not closed on its line is no string but an apostrophe in JSX.
const string = /"(?:\\[\s\S]|[^"\\\n])*"|'(?:\\[\s\S]|[^'\\\n])*'/y;
const regex = /\/(?![*/>])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[dgimsuvy]*/y;
const templateText = /(?:\\[\s\S]|\$(?!\{)|[^`\\$])*/y;
/** After these a slash begins a regular expression; after all else it divides. */
const beforeRegex = /(?:^|[(,=:[!&|?{;+*%~^]|=>|\b(?:return|typeof|case|in|of|yield|await|void))\s*$/;

/** Blanks what is no code. Knows TypeScript as far as finding imports, functions and braces needs. */
export function mask(text: string): Masked {
  const strings = new Map<number, string>();
  const comments = new Map<number, string>();
  const openBraces: number[] = []; // one count for each template we are inside of
  let code = "";

  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = code.length;
    return pattern.exec(text)?.[0] ?? null;
  };
  const hide = (hidden: string, edge = 0) => {
    const inside = hidden.slice(edge, hidden.length - edge).replace(/[^\n]/g, " ");
    code += hidden.slice(0, edge) + inside + hidden.slice(hidden.length - edge);
  };
  const hideTemplateText = () => {
    hide(take(templateText) ?? "");
    const opens = text.startsWith("${", code.length);
    if (opens) openBraces.push(0);
    hide(text.slice(code.length, code.length + (opens ? 2 : 1)));
  };

  while (code.length < text.length) {
    const at = code.length;
    const character = text.charAt(at);
    const found = (character === "/" && take(comment)) || null;
    const literal = (character === '"' || character === "'") && take(string);
    if (found) {
      comments.set(at, found);
      hide(found);
    } else if (literal) {
      strings.set(at, literal.slice(1, -1));
      hide(literal, 1);
    } else if (character === "/" && beforeRegex.test(code.slice(-40))) hide(take(regex) ?? " ");
    else if (character === "`") {
      hide(character);
      hideTemplateText();
    } else if (character === "}" && openBraces.at(-1) === 0) {
      openBraces.pop();
      hide(character);
      hideTemplateText();
    } else {
      const braces = character === "{" ? 1 : character === "}" ? -1 : 0;
      if (openBraces.length > 0) openBraces.push((openBraces.pop() ?? 0) + braces);
      code += character;
    }
  }
  return { code, strings, comments };
}

/** Line of an index, from 1. */
export const lineAt = (text: string, index: number): number => text.slice(0, index).split("\n").length;
