import type { DirectoryClient } from '../../platform/database/port.js';
import { startSession, type DeviceRow, type NewDevice } from './device-rows.js';
import { freeHandle } from './handles.js';
import { outboxRow } from './outbox.js';
import { takenColumn } from './store.js';

/** An account that begins with a sign-in at an OpenID Connect issuer. */
export interface NewIdentity {
  issuer: string;
  subject: string;
  userId: string;
  /** An address that the issuer verified. */
  email: string | null;
  handle: string;
  displayName: string;
}

/** 'linked': somebody else was faster to make an account for this identity. */
export type Registered = DeviceRow | 'emailTaken' | 'handleTaken' | 'linked';

/** Who at which issuer is which person here. */
export class IdentityStore {
  constructor(private readonly directory: DirectoryClient) {}

  async find(issuer: string, subject: string): Promise<string | null> {
    const found = await this.directory.oidcIdentity.findUnique({ where: { issuer_subject: { issuer, subject } } });
    return found?.userId ?? null;
  }

  /** In the order of the ids. */
  async of(userIds: readonly string[]): Promise<{ issuer: string; subject: string }[][]> {
    const rows = await this.directory.oidcIdentity.findMany({
      where: { userId: { in: [...userIds] } },
      select: { userId: true, issuer: true, subject: true },
      orderBy: { createdAt: 'asc' },
    });
    return userIds.map((id) =>
      rows.filter(({ userId }) => userId === id).map(({ issuer, subject }) => ({ issuer, subject })),
    );
  }

  /** Account, identity, session and UserSignedUp in one transaction. */
  async register(draft: NewIdentity, device: NewDevice, tokenHash: string): Promise<Registered> {
    const { issuer, subject, userId, email, handle, displayName } = draft;
    try {
      return await this.directory.$transaction(async (tx) => {
        await tx.user.create({
          data: { userId, email, emailVerifiedAt: email === null ? null : new Date(), handle, displayName },
        });
        await tx.oidcIdentity.create({ data: { issuer, subject, userId } });
        await tx.outbox.create({ data: outboxRow({ type: 'UserSignedUp', userId }) });
        return startSession(tx, userId, device, tokenHash);
      });
    } catch (error) {
      switch (takenColumn(error)) {
        case 'email':
          return 'emailTaken';
        case 'handle':
          return (await freeHandle(this.directory, handle)) ? this.register(draft, device, tokenHash) : 'handleTaken';
        case 'oidc_identity_pkey':
          return 'linked';
        default:
          throw error;
      }
    }
  }
}
