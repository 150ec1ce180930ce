import { z } from "zod";

/** What somebody typed into a form. No database takes a NUL. */
export const typedText = z.string().transform((typed) => typed.replaceAll("\0", "").trim());

/** Why it is done; kept with it. */
export const typedReason = typedText.pipe(z.string().min(1).max(1_000));
