import { describe, expect, test } from '@jest/globals';
import { typedOf } from './typed.js';
import { wordsOf } from './words.js';

const termsOf = (text: string) => wordsOf(text).map(({ term }) => term);
const allOf = (text: string) =>
  wordsOf(text).map(({ term, parts, spelt, accented }) => [term, ...parts, spelt, accented].filter(Boolean).join(' '));

test.each([
  ['Hello, world!', ['hello', 'world']],
  ['CAFÉ cafe\u0301', ['cafe', 'cafe']],
  ['Straße', ['strasse']],
  ['Ёлка Мой мои', ['елка', 'мой', 'мои']],
  ['Ὀδυσσεύς', ['οδυσσευσ']],
  ['مُحَمَّد', ['محمد']],
  ['https://parley.example/docs?x=1', ['https', 'parley', 'example', 'docs', 'x', '1']],
  ['ann.lee@example.org', ['ann', 'lee', 'example', 'org']],
  ['東京都', ['東京', '京都']],
  ['本', ['本']],
  ['ｶﾞｲﾄﾞ', ['ガイ', 'イド']],
  ['2024年に', ['2024', '年に']],
  ['👍🏽 👍', ['👍', '👍']],
  ['👩‍👩‍👧❤️🇩🇪', ['👩‍👩‍👧', '❤', '🇩🇪']],
  ['pass\u200Bword', ['password']],
  ['\ud800a\udc00 \u0000b', ['a', 'b']],
  ['"*?()[]{}\\/:;!&|<>~^', []],
  ['हिन्दी', ['हिन्दी']],
])('finds the words of %j', (text, terms) => {
  expect(termsOf(text)).toEqual(terms);
});

test.each([
  ['getUserName', ['getusername get user name']],
  ['HTMLElement', ['htmlelement html element']],
  ['snake_case_id', ['snake_case_id snake case id']],
  ['Müller', ['muller mueller müller']],
  ['naïve', ['naive naïve']],
])('finds %j by its parts and spellings', (text, all) => {
  expect(allOf(text)).toEqual(all);
});

test('says where words are in UTF-16 units', () => {
  const text = '😀 cafe\u0301 😀東京都';
  expect(wordsOf(text).map(({ start, end }) => text.slice(start, end))).toEqual([
    '😀',
    'cafe\u0301',
    '😀',
    '東京',
    '京都',
  ]);
});

test('cuts a word without an end', () => {
  expect(termsOf('x'.repeat(10_000))).toEqual(['x'.repeat(64)]);
});

describe('what was typed', () => {
  test('takes the last word for a beginning, and pairs of a run for one piece', () => {
    expect(typedOf('東京都 tow').pieces).toMatchObject([
      { kind: 'pair', terms: ['東京', '京都'], isOpen: false },
      { kind: 'word', terms: ['tow'], isOpen: true },
    ]);
    expect(typedOf('to be').pieces.map(({ isOpen }) => isOpen)).toEqual([false, true]);
    expect(typedOf('to be', { allOpen: true }).pieces.map(({ isOpen }) => isOpen)).toEqual([true, true]);
    expect(typedOf('a').pieces).toMatchObject([{ isOpen: false }]);
    expect(typedOf('都').pieces).toMatchObject([{ kind: 'pair', terms: ['都'], isOpen: true }]);
    expect(typedOf('東京 東京').pieces).toHaveLength(2);
  });

  test('is blank, or has no words', () => {
    expect(typedOf(' \n')).toEqual({ pieces: [], isBlank: true });
    expect(typedOf('***')).toEqual({ pieces: [], isBlank: false });
  });

  test('is looked at as far as sixteen words', () => {
    expect(typedOf('word '.repeat(2_000)).pieces).toHaveLength(16);
  });
});
