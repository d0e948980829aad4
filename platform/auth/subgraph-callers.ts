import type { Authenticator } from './authenticator.js';
import type { Caller } from './caller.js';
import type { SignedInDevices } from './devices.js';
import type { ViewerTokens } from './viewer-token.js';

export interface Credentials {
  /** The value of VIEWER_HEADER. */
  viewerToken: string | undefined;
  authorization: string | undefined;
}

/** For whom a subgraph is asked: as a router vouches, or, where people's access tokens are taken, as they say. */
export class SubgraphCallers {
  constructor(
    private readonly viewerTokens: ViewerTokens,
    private readonly devices: Pick<SignedInDevices, 'check'> | null = null,
    private readonly accessTokens: Authenticator | null = null,
  ) {}

  /** Null where nobody vouches. Throws a Fault for an access token that is not valid. */
  async of({ viewerToken, authorization }: Credentials): Promise<Caller | null> {
    if (viewerToken !== undefined) return this.vouchedFor(viewerToken);
    // The address is a router's, so there is no network to limit by.
    return this.accessTokens ? this.accessTokens.callerOf(authorization, undefined) : null;
  }

  vouchedFor(viewerToken: string): Caller | null {
    return this.viewerTokens.verify(viewerToken);
  }

  /** Whether the device of somebody who stays connected is still signed in. */
  async isSignedIn(caller: Caller): Promise<boolean> {
    return caller.kind !== 'person' || this.devices === null || this.devices.check(caller.deviceId);
  }
}
