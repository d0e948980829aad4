/** Letters that are no other letter with a mark on it, and what people write where they do not have them. */
const letters: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ħ: 'h',
  ı: 'i',
  ς: 'σ',
  ё: 'е',
};
const special = new RegExp(`[${Object.keys(letters).join('')}]`, 'g');
/** й is a letter of its own, as are the vowel signs of Indic scripts: marks go from Latin and Greek letters alone. */
const marked = /([\p{Script=Latin}\p{Script=Greek}])\p{Mn}+/gu;
/** Vowels of Arabic and Hebrew, which are seldom written, and the stroke that lengthens Arabic words. */
const vowels = /[\u064B-\u065F\u0670\u0640\u0591-\u05BD\u05BF\u05C1\u05C2\u05C4\u05C5\u05C7]/g;
/** What joins, parts or directs letters without being seen. */
const unseen = /[\u00AD\u200B-\u200F\u2060\uFE0E\uFE0F\uFEFF]/g;

/** ASCII. */
const plain = /^[\x20-\x7E]*$/;

/** Lower case, with accents, in the one form that Unicode has for all ways to encode it. */
export function lower(text: string): string {
  if (plain.test(text)) return text.toLowerCase();
  return text.replace(unseen, '').normalize('NFKC').toLowerCase().normalize('NFC');
}

/** As `lower`, without accents: Müller and muller, café and CAFE, Ёлка and елка are the same. */
export function fold(text: string): string {
  if (plain.test(text)) return text.toLowerCase();
  return lower(text)
    .normalize('NFD')
    .replace(marked, '$1')
    .replace(vowels, '')
    .normalize('NFC')
    .replace(special, (letter) => letters[letter]!);
}

/** How a word with umlauts is spelt without them: mueller; null where it has none. Of lower-case text. */
export function spellOutUmlauts(word: string): string | null {
  const spelt = word.replace(/[äöü]/g, (letter) => ({ ä: 'ae', ö: 'oe' })[letter] ?? 'ue');
  return spelt === word ? null : fold(spelt);
}
