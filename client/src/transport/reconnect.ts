import { delayOf, type Backoff } from '../backoff.js';

/** What a close code asks of the client, and how fast it may come back. */
export type Reconnect = 'soon' | 'later' | 'withNewToken' | 'muchLater';

const SOON: Backoff = { first: 200, most: 20_000 };
const LATER: Backoff = { first: 2_000, most: 60_000 };

/** Close codes of Parley, of graphql-transport-ws and of RFC 6455; what is not known is a network that broke. */
export function reconnectAfter(code: number): Reconnect {
  switch (code) {
    case 4401: // this device was signed out
    case 4403: // the token is not valid any more
      return 'withNewToken';
    case 1013: // the server cannot say who this is
    case 4500:
    case 1011:
      return 'later';
    case 4400: // what this client said was wrong: another time will hardly be better
    case 4406:
    case 4409:
    case 4429:
    case 1002:
    case 1007:
    case 1009:
      return 'muchLater';
    default: // 1012 a restart, 4408 a client that took nothing, 1006 …
      return 'soon';
  }
}

/** In ms, before the n-th attempt in a row. */
export function reconnectDelay(reconnect: Reconnect, attempt: number, random: () => number): number {
  if (reconnect === 'muchLater') return LATER.most;
  return delayOf(attempt, reconnect === 'later' ? LATER : SOON, random);
}
