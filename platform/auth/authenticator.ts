import { isIPv4, isIPv6 } from 'node:net';
import type { AccessTokens } from './access-token.js';
import type { Caller } from './caller.js';
import type { SignedInDevices } from './devices.js';
import { Fault } from '../errors/errors.js';
import { unavailable } from '../errors/report.js';

/** Finds out who asks. */
export type Authenticates = Pick<Authenticator, 'callerOf' | 'again'>;

/** Who is behind a request or a socket. */
export class Authenticator {
  constructor(
    private readonly tokens: Pick<AccessTokens, 'verify'>,
    private readonly devices: Pick<SignedInDevices, 'check'>,
  ) {}

  /**
   * The caller of an `authorization` header, or of that key in connection_init. Without one, nobody. Throws
   * UNAUTHENTICATED for a token that is expired, forged or of a device that was signed out, and UNAVAILABLE where that
   * cannot be found out. `address`: where the request came from.
   */
  async callerOf(authorization: string | undefined, address: string | undefined): Promise<Caller> {
    const startedAt = Date.now();
    const network = toNetwork(address);
    if (authorization === undefined || authorization === '') return { kind: 'nobody', startedAt, network };
    const token = /^Bearer +([^ ]+) *$/i.exec(authorization)?.[1];
    const claims = token ? await this.tokens.verify(token) : null;
    if (!claims) throw new Fault('UNAUTHENTICATED', 'The access token is not valid any more: refresh the session.');
    const { userId, deviceId, isNewcomer } = claims;
    const caller: Caller = { kind: 'person', userId, deviceId, startedAt, network, isNewcomer };
    await this.requireSignedIn(caller);
    return caller;
  }

  /** The same caller, for an operation that begins now on a socket that was opened earlier. */
  async again(caller: Caller): Promise<Caller> {
    await this.requireSignedIn(caller);
    return { ...caller, startedAt: Date.now() };
  }

  private async requireSignedIn(caller: Caller): Promise<void> {
    if (caller.kind !== 'person') return;
    const isSignedIn = await this.devices.check(caller.deviceId).catch((cause: unknown) => {
      throw unavailable(cause);
    });
    if (!isSignedIn) throw new Fault('UNAUTHENTICATED', 'This device was signed out.');
  }
}

/** An address shortened to its network: /24 of IPv4, /48 of IPv6. Null for what is no address. */
export function toNetwork(address: string | undefined): string | null {
  if (!address) return null;
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (isIPv4(plain)) return `${plain.split('.').slice(0, 3).join('.')}.0/24`;
  if (!isIPv6(plain)) return null;
  const [head = '', tail] = plain.toLowerCase().split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const end = tail === '' ? [] : tail.split(':');
    while (groups.length + end.length < 8) groups.push('0');
    groups.push(...end);
  }
  return `${groups
    .slice(0, 3)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/48`;
}
