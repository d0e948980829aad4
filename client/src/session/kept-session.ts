import type { SessionFieldsFragment, ViewerFieldsFragment } from '../generated/graphql.js';

/** A session as it lies in storage. */
export interface KeptSession {
  accessToken: string;
  /** By this device's clock, in ms since 1970. */
  expiresAt: number;
  refreshToken: string;
  /**
   * Goes with the only use of the refresh token. It is made before that, so that a use whose answer was lost, even by a
   * reload, is repeated as the same one.
   */
  refreshId: string;
  deviceId: string;
  viewer: ViewerFieldsFragment;
}

export const sessionKey = 'session';

export function toKeptSession(
  session: SessionFieldsFragment,
  viewer: ViewerFieldsFragment,
  now: number,
  refreshId: string,
): KeptSession {
  return {
    accessToken: session.accessToken,
    expiresAt: now + lifetimeOf(session, now),
    refreshToken: session.refreshToken,
    refreshId,
    deviceId: session.device.id,
    viewer,
  };
}

/** In ms. From the token itself, because this device's clock may be wrong; else from what was said beside it. */
function lifetimeOf({ accessToken, accessTokenExpiresAt }: SessionFieldsFragment, now: number): number {
  try {
    const claims = accessToken.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/');
    const { iat, exp } = JSON.parse(atob(claims)) as { iat: number; exp: number };
    const seconds = exp - iat;
    if (seconds > 0) return seconds * 1_000;
  } catch {
    // Not a token that can be read.
  }
  return Date.parse(accessTokenExpiresAt) - now;
}
