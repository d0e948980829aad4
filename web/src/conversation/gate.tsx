import { useChat } from '@parley/client/react';
import { ConversationAboutDocument } from '@parley/client/operations';
import { Link } from 'wouter';
import account from '../account/account.module.css';
import { DeadEnd } from '../app/dead-end';
import { explain } from '../app/explain';
import shell from '../app/shell.module.css';
import { useAnswer } from '../app/use-answer';
import { strings } from '../strings';
import { Button } from '../ui/button';
import { attempt } from '../ui/notices';
import { titleOf } from './names';

/** In place of a conversation that the person is not in: a public channel can be joined, all else is not there. */
export function Gate({ id, onJoined }: { id: string; onJoined: () => void }) {
  const chat = useChat();
  const { data, error } = useAnswer(ConversationAboutDocument, { id });
  const conversation = data?.conversation;
  if (!data && !error) return <p className={shell.pick}>{strings.loading}</p>;
  if (!conversation || conversation.viewerMember)
    return <DeadEnd why={error && !data ? explain(error) : strings.conversation.gone} />;
  return (
    <div className={account.page}>
      <div className={account.card}>
        <div>
          <p className={account.intro}>{strings.details.publicChannel}</p>
          <h2>{titleOf(conversation, null)}</h2>
          <p className={account.intro}>{strings.conversation.members(conversation.memberCount)}</p>
        </div>
        {conversation.description && <p>{conversation.description}</p>}
        <Button
          kind="primary"
          wide
          onPress={() => void attempt(() => chat.joinChannel(id)).then((isDone) => isDone && onJoined())}
        >
          {strings.conversation.join}
        </Button>
        <Link className={account.home} href="/">
          {strings.goHome}
        </Link>
      </div>
    </div>
  );
}
