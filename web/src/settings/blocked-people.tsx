import { useChat } from '@parley/client/react';
import {
  BlockedUsersDocument,
  MutedUsersDocument,
  UnblockUserDocument,
  UnmuteUserDocument,
  type BlockedUsersQuery,
} from '@parley/client/operations';
import { nameOf } from '../conversation/names';
import { useAnswer } from '../app/use-answer';
import { strings } from '../strings';
import { Button } from '../ui/button';
import { attempt } from '../ui/notices';
import { PersonLine, PlainList } from '../ui/people-list';
import styles from './settings.module.css';

const { settings: texts } = strings;

/** Whom the person does not want to hear of, and how to take that back. */
export function BlockedPeople() {
  const { requests } = useChat();
  const blocked = useAnswer(BlockedUsersDocument, { first: 100 });
  const muted = useAnswer(MutedUsersDocument, { first: 100 });
  const unblock = (userId: string) =>
    void attempt(async () => {
      await requests.mutate(UnblockUserDocument, { input: { userId } }, { repeatable: true });
      await blocked.reload();
    });
  const unmute = (userId: string) =>
    void attempt(async () => {
      await requests.mutate(UnmuteUserDocument, { input: { userId } }, { repeatable: true });
      await muted.reload();
    });
  return (
    <>
      <section className={styles.section}>
        <h3>{texts.blocked}</h3>
        <People
          found={blocked.data?.viewer?.blockedUsers}
          none={texts.noBlocked}
          action={texts.unblock}
          onAct={unblock}
        />
      </section>
      <section className={styles.section}>
        <h3>{texts.muted}</h3>
        <p className={styles.soft}>{texts.mutedHint}</p>
        <People found={muted.data?.viewer?.mutedUsers} none={texts.noMuted} action={texts.unmute} onAct={unmute} />
      </section>
    </>
  );
}

interface PeopleProps {
  /** Undefined until they are read. */
  found: NonNullable<BlockedUsersQuery['viewer']>['blockedUsers'] | undefined;
  none: string;
  action: string;
  onAct: (userId: string) => void;
}

function People({ found, none, action, onAct }: PeopleProps) {
  const people = found?.edges.flatMap(({ node }) => (node ? [node] : [])) ?? [];
  if (found && people.length === 0) return <p className={styles.soft}>{none}</p>;
  return (
    <PlainList>
      {people.map((person) => (
        <PersonLine
          key={person.id}
          id={person.id}
          name={nameOf(person)}
          about={`@${person.handle}`}
          url={person.avatarUrl}
        >
          <Button onPress={() => onAct(person.id)}>{action}</Button>
        </PersonLine>
      ))}
    </PlainList>
  );
}
