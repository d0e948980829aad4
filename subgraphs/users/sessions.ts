import type { AccessTokens } from '../../platform/auth/access-token.js';
import type { Caller, Person } from '../../platform/auth/caller.js';
import { Fault, UserFault } from '../../platform/errors/errors.js';
import { newUuid, randomBucket } from '../../platform/ids/ids.js';
import type { Announcements } from './announcements.js';
import { checkClientId, checkHandle, checkName, checkNewPassword, checkNoNul, type UserErrorCode } from './checks.js';
import type { DeviceRow, NewDevice } from './device-rows.js';
import { verificationLetter } from './letters.js';
import { codeHash, newTypedCode, normaliseTypedCode } from './one-time-codes.js';
import type { Passwords } from './passwords.js';
import type { Postbox } from './postbox.js';
import { hashOf, newRefreshToken, successorOf } from './refresh-tokens.js';
import type { SessionStore, SignedIn } from './session-store.js';
import type { Account, AccountStore } from './store.js';

/** What a device gets when it signs in. */
export interface Session {
  accessToken: string;
  accessTokenExpiresAt: Date;
  refreshToken: string;
  device: DeviceRow;
}

export interface DeviceDraft {
  name: string;
  platform: string;
  installationId?: string | null;
}

/** Who is signed in where: accounts begin here, devices come and go. */
export class Sessions {
  constructor(
    private readonly deps: {
      store: SessionStore;
      accounts: AccountStore;
      passwords: Passwords;
      accessTokens: AccessTokens;
      announcements: Announcements;
      postbox: Postbox;
      /** From which the successors of refresh tokens are derived, and which keys the hashes of codes. */
      refreshSecret: Buffer;
      /** Addresses and handles whose people are made ADMIN. */
      admins: readonly string[];
    },
  ) {}

  async signUp(
    caller: Caller,
    draft: { email: string; password: string; handle: string; displayName: string; device: DeviceDraft },
  ): Promise<Session> {
    const email = draft.email.toLowerCase();
    const handle = checkHandle(draft.handle);
    const displayName = checkName(['displayName'], 'A display name', draft.displayName);
    const password = checkNewPassword(['password'], draft.password);
    const device = checkDevice(caller, draft.device);
    const passwordHash = await this.deps.passwords.hash(password);
    const refreshToken = newRefreshToken();
    const userId = newUuid(randomBucket());
    const account = { userId, email, handle, displayName, passwordHash };
    const code = newTypedCode();
    const row = await this.deps.store.register(account, device, hashOf(refreshToken), {
      userId,
      email,
      purpose: 'VERIFY_EMAIL',
      codeHash: codeHash(this.deps.refreshSecret, 'VERIFY_EMAIL', userId, normaliseTypedCode(code)),
    });
    if (row === 'emailTaken') throw emailTaken(['email']);
    if (row === 'handleTaken') throw handleTaken();
    this.deps.announcements.outboxHasNews();
    this.deps.postbox.later(() => verificationLetter(email, code));
    await this.settle(userId);
    return this.handOut(row, refreshToken);
  }

  async signIn(caller: Caller, draft: { login: string; password: string; device: DeviceDraft }): Promise<Session> {
    const login = checkNoNul(['login'], draft.login).trim().toLowerCase();
    const password = checkNoNul(['password'], draft.password);
    const device = checkDevice(caller, draft.device);
    const found = await this.deps.store.credentials(login);
    const isRight = await this.deps.passwords.matches(found?.passwordHash ?? null, password);
    if (!found || !isRight) throw wrongLogin();
    const refreshToken = newRefreshToken();
    const row = await this.deps.store.signIn(found.userId, found.passwordHash, device, hashOf(refreshToken));
    return this.handOut(await this.admit(row, ['login']), refreshToken);
  }

  /** What comes after each sign-in. `path`: the input field that names the account. */
  async admit(outcome: SignedIn, path: string[]): Promise<DeviceRow> {
    if (outcome === 'suspended') throw suspended(path);
    if (outcome === 'changed') throw wrongLogin();
    await this.settle(outcome.userId);
    return outcome;
  }

  /** Gives a person the role that the configuration has for them. */
  async settle(userId: string): Promise<void> {
    await this.deps.accounts.promote(userId, this.deps.admins);
  }

  /** The token alone says who asks: the access token has usually expired by now. */
  async refresh(caller: Caller, draft: { refreshToken: string; clientMutationId: string }): Promise<Session> {
    const { refreshToken } = draft;
    const clientMutationId = checkClientId(['clientMutationId'], draft.clientMutationId);
    const successor = successorOf(refreshToken, clientMutationId, this.deps.refreshSecret);
    const outcome = await this.deps.store.refresh(
      hashOf(refreshToken),
      clientMutationId,
      hashOf(successor),
      networkOf(caller),
    );
    switch (outcome.kind) {
      case 'rotated':
        return this.handOut(outcome.device, successor);
      case 'reused':
        await this.tellSignedOut(outcome.userId, [outcome.deviceId]);
        throw new UserFault<UserErrorCode>(
          'WRONG_CREDENTIALS',
          ['refreshToken'],
          'This refresh token was used before, so its device has been signed out. Sign in again.',
        );
      case 'unknown':
        throw new UserFault<UserErrorCode>(
          'WRONG_CREDENTIALS',
          ['refreshToken'],
          'This refresh token is not valid any more. Sign in again.',
        );
    }
  }

  /** Ends the session of the device that asks. */
  async signOut(person: Person): Promise<string[]> {
    return this.signOutDevices(person, [person.deviceId]);
  }

  /** The given devices, or all but the one that asks. Ids that are not one of this person's devices are passed over. */
  async signOutDevices(person: Person, deviceIds: string[] | null): Promise<string[]> {
    if (deviceIds && deviceIds.length > 100)
      throw new Fault('BAD_USER_INPUT', 'At most 100 devices can be signed out at once.');
    const signedOut = await this.deps.store.signOut(person.userId, deviceIds, deviceIds ? null : person.deviceId);
    await this.tellSignedOut(person.userId, signedOut);
    return signedOut;
  }

  /** This person's devices, the given one first, then the last active. */
  async devicesOf(userId: string, currentDeviceId: string): Promise<DeviceRow[]> {
    const devices = await this.deps.store.devicesOf(userId);
    const isCurrent = (device: DeviceRow) => Number(device.deviceId === currentDeviceId);
    return devices.sort((a, b) => isCurrent(b) - isCurrent(a));
  }

  /** Accounts have changed: the relay is to look. */
  tellNews(): void {
    this.deps.announcements.outboxHasNews();
  }

  /** These sessions of a person have ended. */
  async tellSignedOut(userId: string, deviceIds: string[]): Promise<void> {
    this.deps.announcements.outboxHasNews();
    await this.deps.announcements.revoked(userId, deviceIds);
  }

  /** The session of a device, whose refresh token is stored. */
  async handOut(device: DeviceRow, refreshToken: string): Promise<Session> {
    const [account] = await this.deps.accounts.byIds([device.userId]);
    const isNewcomer = account ? isNewAccount(account) : true;
    const { token, expiresAt } = await this.deps.accessTokens.sign(device.userId, device.deviceId, isNewcomer);
    return { accessToken: token, accessTokenExpiresAt: expiresAt, refreshToken, device };
  }
}

/** For so long after it was made an account may do less than others, ms. */
const NEWCOMER_MS = 24 * 3_600_000;

/** Young, or with an e-mail address that is not verified. Accounts of an identity provider need not have an address. */
export function isNewAccount({
  createdAt,
  email,
  emailVerifiedAt,
}: Pick<Account, 'createdAt' | 'email' | 'emailVerifiedAt'>): boolean {
  return Date.now() - createdAt.getTime() < NEWCOMER_MS || (email !== null && emailVerifiedAt === null);
}

export function emailTaken(path: string[]): UserFault<UserErrorCode> {
  return new UserFault('EMAIL_TAKEN', path, 'There is an account with this e-mail address already.');
}

export function suspended(path: string[]): UserFault<UserErrorCode> {
  return new UserFault('ACCOUNT_SUSPENDED', path, 'This account is suspended.');
}

function wrongLogin(): UserFault<UserErrorCode> {
  return new UserFault('WRONG_CREDENTIALS', ['password'], 'The login or the password is wrong.');
}

export function handleTaken(): UserFault<UserErrorCode> {
  return new UserFault('HANDLE_TAKEN', ['handle'], 'Somebody else has this handle.');
}

export function checkDevice(caller: Caller, device: DeviceDraft): NewDevice {
  return {
    name: checkName(['device', 'name'], 'A device name', device.name),
    platform: device.platform,
    installationId:
      device.installationId == null ? null : checkClientId(['device', 'installationId'], device.installationId),
    network: networkOf(caller),
  };
}

function networkOf(caller: Caller): string | null {
  return caller.kind === 'hub' ? null : (caller.network ?? null);
}
