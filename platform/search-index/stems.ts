import { growingLru } from '../cache/growing-lru.js';

/** Asks for the stems of words, in the languages that the index knows; in the order of the words. */
export type LookUpStems = (words: string[]) => Promise<string[][]>;

const KEPT = 50_000;
/** Of languages with a stemmer, as long as words are. */
const stemmable = /^[\p{Script=Latin}\p{Script=Cyrillic}]{3,32}$/u;

/** What words come down to: running and runs to run. A few thousand words make up most of what people write: they are kept. */
export class Stems {
  private readonly kept = growingLru<string[]>(KEPT);

  constructor(private readonly lookUp: LookUpStems) {}

  /** Those of every word that has any, in one look-up at most. */
  async of(words: Iterable<string>): Promise<ReadonlyMap<string, readonly string[]>> {
    const stems = new Map<string, string[]>();
    const unknown = new Set<string>();
    for (const word of words) {
      if (stems.has(word) || !stemmable.test(word)) continue;
      const known = this.kept.get(word);
      if (known) stems.set(word, known);
      else unknown.add(word);
    }
    if (unknown.size === 0) return stems;
    const asked = [...unknown];
    const found = await this.lookUp(asked);
    for (const [index, word] of asked.entries()) {
      const own = [...new Set(found[index])];
      this.kept.set(word, own);
      stems.set(word, own);
    }
    return stems;
  }
}
