import { z } from "zod";
import { suggestion } from "./suggest.ts";

/** An object that takes no other keys; the message for one names the key and what it may have meant, a line a key. */
export function closed<Shape extends z.core.$ZodLooseShape>(what: string, shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== "unrecognized_keys") return `expected ${what}`;
      return issue.keys.map((key) => `unknown ${what} "${key}"${suggestion(key, Object.keys(shape))}`).join("\n");
    },
  });
}
