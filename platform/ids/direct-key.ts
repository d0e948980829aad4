import { bucketFrom, newUuid } from './ids.js';

/** What the one conversation of two people is found by: it follows from who they are, so races meet on one unique key. */
export interface DirectPlace {
  /** A new id with the bucket of their conversation. */
  place: string;
  key: string;
}

export function directPlace(one: string, other: string): DirectPlace {
  const [low = '', high = ''] = [one, other].sort();
  return { place: newUuid(bucketFrom(low, high)), key: `${low}:${high}` };
}
