import { UserFault } from '../../platform/errors/errors.js';

/** Longest known: a family of four with skin tones, or the flag of a region. */
const MAX_UNITS = 64;

/** One emoji that is recommended for general interchange: UTS #51, ED-27. The flag v is newer than what is compiled for. */
const oneEmoji = new RegExp('^\\p{RGI_Emoji}$', 'v');
const PRESENTED_AS_EMOJI = '\ufe0f';

/** The emoji in its one full form, so that equal reactions are equal. Throws INVALID_INPUT for anything else. */
export function toEmoji(text: string): string {
  const forms = text.length > MAX_UNITS ? [] : [text, text + PRESENTED_AS_EMOJI];
  const emoji = forms.find((form) => oneEmoji.test(form));
  if (emoji) return emoji;
  throw new UserFault('INVALID_INPUT', ['emoji'], 'Give one emoji.');
}
