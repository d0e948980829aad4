import type { Memberships } from '../../schema/memberships.js';
import type { People, PrivacyAudience } from '../../schema/people.js';

/** Whose presence somebody may see. */
export class Visibility {
  constructor(
    private readonly people: People,
    private readonly memberships: Memberships,
  ) {}

  /** Oneself; of the others those who exist, show it to the viewer, and are not cut off from the viewer by a block. */
  async visible(viewerId: string, userIds: readonly string[]): Promise<Set<string>> {
    const others = userIds.filter((userId) => userId !== viewerId);
    const visible = new Set(userIds.filter((userId) => userId === viewerId));
    if (others.length === 0) return visible;
    const [known, blocked, privacy] = await Promise.all([
      this.people.known(others),
      this.people.blocked(viewerId, others),
      this.people.privacy(others),
    ]);
    const open = others.filter((userId) => known.has(userId) && !blocked.has(userId));
    const ofContacts = open.filter((userId) => privacy.get(userId)?.lastSeen === 'DIRECT_CONTACTS');
    const contacts =
      ofContacts.length > 0 ? await this.memberships.directContacts(viewerId, ofContacts) : new Set<string>();
    for (const userId of open)
      if (contacts.has(userId) || privacy.get(userId)?.lastSeen === 'EVERYONE') visible.add(userId);
    return visible;
  }

  async audiences(userIds: readonly string[]): Promise<Map<string, PrivacyAudience>> {
    const privacy = await this.people.privacy(userIds);
    return new Map([...privacy].map(([userId, { lastSeen }]) => [userId, lastSeen]));
  }
}
