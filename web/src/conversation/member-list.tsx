import type { Member } from '@parley/client';
import { useChat, usePresence } from '@parley/client/react';
import {
  AddMembersDocument,
  RemoveMembersDocument,
  SetMemberRoleDocument,
  type MemberRole,
  type PersonFieldsFragment,
} from '@parley/client/operations';
import { Crown, Ellipsis, ShieldCheck, ShieldOff, UserMinus, UserPlus } from 'lucide-react';
import { useState } from 'react';
import { PeoplePicker } from '../people/people-picker';
import { strings } from '../strings';
import { Button, IconButton } from '../ui/button';
import { Dialog, DialogActions } from '../ui/dialog';
import { Menu } from '../ui/menu';
import { attempt } from '../ui/notices';
import { PersonLine, PlainList } from '../ui/people-list';
import type { DetailsProps } from './details';
import styles from './details.module.css';
import { nameOf } from './names';

/** So many are shown at first. */
const FIRST = 30;

export function MemberList({ view, rights, viewerId }: DetailsProps) {
  const [isAdding, setAdding] = useState(false);
  const [most, setMost] = useState(FIRST);
  const shown = view.members.slice(0, most);
  const presence = usePresence(shown.map(({ userId }) => userId));
  return (
    <section className={styles.section}>
      <div className={styles.sectionHead}>
        <h3>{strings.details.members}</h3>
        {rights.canInvite && (
          <IconButton small label={strings.details.addPeople} onPress={() => setAdding(true)}>
            <UserPlus size={17} aria-hidden />
          </IconButton>
        )}
      </div>
      <PlainList>
        {shown.map((member) => (
          <PersonLine
            key={member.userId}
            id={member.userId}
            name={nameOf(member.user)}
            about={[`@${member.user?.handle}`, member.role !== 'MEMBER' && strings.details.role[member.role]]
              .filter(Boolean)
              .join(' · ')}
            url={member.user?.avatarUrl}
            presence={presence.get(member.userId)?.status}
          >
            {rights.isAdmin && member.userId !== viewerId && member.role !== 'OWNER' && (
              <MemberMenu member={member} isOwner={rights.isOwner} />
            )}
          </PersonLine>
        ))}
      </PlainList>
      {view.members.length > most && (
        <Button kind="quiet" onPress={() => setMost(most + 100)}>
          {strings.details.loadMore}
        </Button>
      )}
      {isAdding && (
        <AddPeople
          conversationId={view.id}
          without={view.members.map(({ userId }) => userId)}
          onClose={() => setAdding(false)}
        />
      )}
    </section>
  );
}

function MemberMenu({ member, isOwner }: { member: Member; isOwner: boolean }) {
  const { requests } = useChat();
  const { conversationId, userId, role } = member;
  const setRole = (next: MemberRole) =>
    void attempt(() =>
      requests.mutate(SetMemberRoleDocument, { input: { conversationId, userId, role: next } }, { repeatable: true }),
    );
  const remove = () =>
    void attempt(() =>
      requests.mutate(RemoveMembersDocument, { input: { conversationId, userIds: [userId] } }, { repeatable: true }),
    );
  const label = strings.details.memberOptions(nameOf(member.user));
  return (
    <Menu
      label={label}
      trigger={
        <IconButton small label={label}>
          <Ellipsis size={17} aria-hidden />
        </IconButton>
      }
      choices={[
        role === 'MEMBER'
          ? { id: 'admin', label: strings.details.makeAdmin, icon: ShieldCheck, onChoose: () => setRole('ADMIN') }
          : { id: 'member', label: strings.details.makeMember, icon: ShieldOff, onChoose: () => setRole('MEMBER') },
        isOwner && { id: 'owner', label: strings.details.makeOwner, icon: Crown, onChoose: () => setRole('OWNER') },
        {
          id: 'remove',
          label: strings.details.removeMember,
          icon: UserMinus,
          isDangerous: true,
          onChoose: remove,
        },
      ]}
    />
  );
}

interface AddPeopleProps {
  conversationId: string;
  without: readonly string[];
  onClose: () => void;
}

function AddPeople({ conversationId, without, onClose }: AddPeopleProps) {
  const { requests } = useChat();
  const [people, setPeople] = useState<readonly PersonFieldsFragment[]>([]);
  const add = async () => {
    const input = { conversationId, userIds: people.map(({ id }) => id) };
    if (await attempt(() => requests.mutate(AddMembersDocument, { input }, { repeatable: true }))) onClose();
  };
  return (
    <Dialog title={strings.details.addTitle} isOpen onClose={onClose}>
      <PeoplePicker picked={people} onChange={setPeople} without={without} />
      <DialogActions>
        <Button kind="primary" isDisabled={people.length === 0} onPress={() => void add()}>
          {strings.start.add}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
