import type { Member } from '@parley/client';
import { useChat, usePresence } from '@parley/client/react';
import {
  AddMembersDocument,
  RemoveMembersDocument,
  SetMemberRoleDocument,
  type MemberRole,
  type PersonFieldsFragment,
} from '@parley/client/operations';
import { Crown, Ellipsis, ShieldCheck, ShieldOff, UserMinus, UserPlus, UserRound } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
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
import { PersonCard } from './person-card';
import type { Rights } from './rights';

const { details: texts } = strings;

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
        <h3>{texts.members}</h3>
        {rights.canInvite && (
          <IconButton small label={texts.addPeople} onPress={() => setAdding(true)}>
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
            about={[member.user && `@${member.user.handle}`, member.role !== 'MEMBER' && texts.role[member.role]]
              .filter(Boolean)
              .join(' · ')}
            url={member.user?.avatarUrl}
            presence={presence.get(member.userId)?.status}
          >
            {member.userId !== viewerId && <MemberMenu member={member} rights={rights} />}
          </PersonLine>
        ))}
      </PlainList>
      {view.members.length > most && (
        <Button kind="quiet" onPress={() => setMost(most + 100)}>
          {texts.loadMore}
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

function MemberMenu({ member, rights }: { member: Member; rights: Rights }) {
  const { requests } = useChat();
  const [isShown, setShown] = useState(false);
  const { conversationId, userId, role, user } = member;
  const isMine = rights.isAdmin && role !== 'OWNER';
  const setRole = (next: MemberRole) =>
    void attempt(() =>
      requests.mutate(SetMemberRoleDocument, { input: { conversationId, userId, role: next } }, { repeatable: true }),
    );
  const remove = () =>
    void attempt(() =>
      requests.mutate(RemoveMembersDocument, { input: { conversationId, userIds: [userId] } }, { repeatable: true }),
    );
  const label = texts.memberOptions(nameOf(user));
  return (
    <>
      <Menu
        label={label}
        trigger={
          <IconButton small label={label}>
            <Ellipsis size={17} aria-hidden />
          </IconButton>
        }
        choices={[
          user !== null &&
            !user.isDeleted && { id: 'profile', label: texts.profile, icon: UserRound, onChoose: () => setShown(true) },
          isMine &&
            (role === 'MEMBER'
              ? { id: 'admin', label: texts.makeAdmin, icon: ShieldCheck, onChoose: () => setRole('ADMIN') }
              : { id: 'member', label: texts.makeMember, icon: ShieldOff, onChoose: () => setRole('MEMBER') }),
          isMine &&
            rights.isOwner && { id: 'owner', label: texts.makeOwner, icon: Crown, onChoose: () => setRole('OWNER') },
          isMine && {
            id: 'remove',
            label: texts.removeMember,
            icon: UserMinus,
            isDangerous: true,
            onChoose: remove,
          },
        ]}
      />
      {isShown && user && <Profile person={user} onClose={() => setShown(false)} />}
    </>
  );
}

function Profile({ person, onClose }: { person: PersonFieldsFragment; onClose: () => void }) {
  const chat = useChat();
  const [, navigate] = useLocation();
  const message = () => void attempt(async () => navigate(`/c/${await chat.openDirect(person.id)}`));
  return (
    <Dialog title={texts.profile} isOpen onClose={onClose}>
      <PersonCard person={person} onMessage={message} />
    </Dialog>
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
    <Dialog title={texts.addTitle} isOpen onClose={onClose}>
      <PeoplePicker picked={people} onChange={setPeople} without={without} />
      <DialogActions>
        <Button kind="primary" isDisabled={people.length === 0} onPress={() => void add()}>
          {strings.start.add}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
