import { expect, test } from '@jest/globals';
import { toEmoji } from './emoji.js';

test.each(['👍', '❤️', '👍🏽', '👩‍👩‍👧', '🇩🇪', '🏴󠁧󠁢󠁳󠁣󠁴󠁿', '1️⃣', '👩🏽‍❤️‍💋‍👨🏿'])('%s is one emoji', (emoji) => {
  expect(toEmoji(emoji)).toBe(emoji);
});

test('a heart without its variation selector is the same heart', () => {
  expect(toEmoji('\u2764')).toBe('\u2764\ufe0f');
});

test.each(['', 'a', '1', '👍👍', '👍 ', 'x👍', ':+1:', '\ufe0f', '\ud83d', '🏽'.repeat(2), '👍'.repeat(1_000), '\0'])(
  '%j is not',
  (text) => {
    expect(() => toEmoji(text)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', path: ['emoji'] }));
  },
);
