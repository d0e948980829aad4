import type { Push } from './port.js';

type Alert = Push['alert'];

/**
 * What `encode` makes of the alert, in `limit` bytes of UTF-8: of a text that is too long the beginning, with an ellipsis,
 * the body's end first and then the title's, cut between what people see as characters. Null where even none is too much.
 */
export function fit(alert: Alert, limit: number, encode: (alert: Alert) => string): string | null {
  const fits = (text: string) => Buffer.byteLength(text) <= limit;
  const whole = encode(alert);
  if (fits(whole)) return whole;
  if (!alert) return null;
  const shorten = (text: string, encodeText: (text: string) => string): string | null => {
    // More than `limit` UTF-16 units are more bytes than that, and to tell characters apart takes long.
    const characters = Array.from(new Intl.Segmenter().segment(text.slice(0, limit)), ({ segment }) => segment);
    const beginning = (count: number) => encodeText(`${characters.slice(0, count).join('').trimEnd()}…`);
    // The most characters that fit, by halves; what they take in bytes only the encoding knows.
    let [most, tooMany] = [-1, characters.length];
    while (tooMany - most > 1) {
      const middle = Math.floor((most + tooMany) / 2);
      if (fits(beginning(middle))) most = middle;
      else tooMany = middle;
    }
    return most < 0 ? null : beginning(most);
  };
  return (
    shorten(alert.body, (body) => encode({ ...alert, body })) ??
    shorten(alert.title, (title) => encode({ title, body: '' }))
  );
}
