import { useChat } from '@parley/client/react';
import { BlockedUsersDocument, UnblockUserDocument } from '@parley/client/operations';
import { nameOf } from '../conversation/names';
import { useAnswer } from '../app/use-answer';
import { strings } from '../strings';
import { Button } from '../ui/button';
import { attempt } from '../ui/notices';
import { PersonLine, PlainList } from '../ui/people-list';
import styles from './settings.module.css';

export function BlockedPeople() {
  const { requests } = useChat();
  const { data, reload } = useAnswer(BlockedUsersDocument, { first: 100 });
  const people = data?.viewer?.blockedUsers.edges.flatMap(({ node }) => (node ? [node] : [])) ?? [];
  const unblock = (userId: string) =>
    void attempt(async () => {
      await requests.mutate(UnblockUserDocument, { input: { userId } }, { repeatable: true });
      await reload();
    });
  return (
    <section className={styles.section}>
      <h3>{strings.settings.blocked}</h3>
      {data && people.length === 0 && <p className={styles.soft}>{strings.settings.noBlocked}</p>}
      <PlainList>
        {people.map((person) => (
          <PersonLine
            key={person.id}
            id={person.id}
            name={nameOf(person)}
            about={`@${person.handle}`}
            url={person.avatarUrl}
          >
            <Button onPress={() => unblock(person.id)}>{strings.settings.unblock}</Button>
          </PersonLine>
        ))}
      </PlainList>
    </section>
  );
}
