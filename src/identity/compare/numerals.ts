/** Numbers as names of companies write them, in digits and in Roman ones up to ten. */
export const isNumber = (word: string): boolean => /^(\d+|i{1,3}|iv|vi{0,3}|ix|x)$/.test(word);

export const isDigits = (word: string): boolean => /^\d+$/.test(word);

export const isLetter = (word: string): boolean => /^[a-z]$/.test(word);

/** A number in digits, whichever it is written in. @example inDigits("vi") // "6" */
export const inDigits = (word: string): string => romans[word] ?? word;

const romans: Readonly<Record<string, string>> = { i: "1", v: "5", vi: "6", vii: "7", viii: "8", ix: "9", x: "10" };
