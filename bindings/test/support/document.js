// The document that specifies the protocol, taken apart into its code blocks.

import { readFileSync } from "node:fs";

const text = readFileSync(new URL("../document.md", import.meta.url), "utf8");

/**
 * The code blocks in a language.
 *
 * @param {string} language
 * @returns {string[]}
 */
export function blocks(language) {
  const fences = text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm);
  return [...fences].filter(([, of]) => of === language).map(([, , code]) => code);
}

/**
 * The `interface` and `type` declarations of the document by name. One that stands twice must say
 * the same twice.
 *
 * @returns {Map<string, string>}
 */
export function declarations() {
  const found = new Map();
  for (const block of blocks("typescript")) {
    const pattern = /^(?:interface (\w+) \{$[\s\S]*?^\}$|type (\w+) =[\s\S]*?;$)/gm;
    for (const [code, ofInterface, ofType] of block.matchAll(pattern)) {
      const name = ofInterface ?? ofType;
      if ((found.get(name) ?? code) !== code) {
        throw new Error(`the document declares ${name} in two ways`);
      }
      found.set(name, code);
    }
  }
  return found;
}
