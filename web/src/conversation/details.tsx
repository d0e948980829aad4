import type { ConversationView } from '@parley/client';
import { useChat } from '@parley/client/react';
import { PinnedMessagesDocument } from '@parley/client/operations';
import { X } from 'lucide-react';
import { useState } from 'react';
import { Button as AriaButton } from 'react-aria-components/Button';
import { useLocation } from 'wouter';
import { useAnswer } from '../app/use-answer';
import { ReportDialog } from '../people/report-dialog';
import { strings } from '../strings';
import { Avatar } from '../ui/avatar';
import { Button, IconButton } from '../ui/button';
import { Confirm } from '../ui/confirm';
import { attempt } from '../ui/notices';
import styles from './details.module.css';
import { EditConversation } from './edit-conversation';
import { Invites } from './invites';
import { MemberList } from './member-list';
import { nameOf, otherContent, titleOf } from './names';
import { PersonCard } from './person-card';
import type { Rights } from './rights';
import { SharedMedia } from './shared-media';

export interface DetailsProps {
  view: ConversationView;
  rights: Rights;
  viewerId: string;
  onJump: (messageId: string) => void;
  onClose: () => void;
}

/** Beside a conversation: who is in it, how it is set, how people come in. */
export function Details(props: DetailsProps) {
  const { view, rights, onJump, onClose } = props;
  const { info, otherUser } = view;
  if (!info) return null;
  return (
    <aside className={styles.panel} aria-label={strings.details.title}>
      <div className={styles.head}>
        <h2>{strings.details.title}</h2>
        <IconButton label={strings.close} onPress={onClose}>
          <X size={20} aria-hidden />
        </IconButton>
      </div>
      <div className={styles.body}>
        {otherUser ? <PersonCard person={otherUser} /> : <About {...props} />}
        <Pinned view={view} onJump={onJump} />
        <SharedMedia conversationId={view.id} />
        {!otherUser && rights.canInvite && <Invites conversationId={view.id} isAdmin={rights.isAdmin} />}
        {!otherUser && rights.role && <MemberList {...props} />}
        {!otherUser && rights.role && <Leaving conversationId={view.id} />}
      </div>
    </aside>
  );
}

function About({ view, rights }: DetailsProps) {
  const [isEditing, setEditing] = useState(false);
  const { info } = view;
  if (!info) return null;
  const title = titleOf(info, null);
  const isPublic = info.kind === 'CHANNEL' && info.visibility === 'PUBLIC';
  return (
    <div className={styles.about}>
      <Avatar id={view.id} name={title} url={info.avatarUrl} size={84} isSquare />
      <h3>{title}</h3>
      <p className={styles.soft}>
        {isPublic ? strings.details.publicChannel : strings.details.kind[info.kind]} ·{' '}
        {strings.conversation.members(info.memberCount)}
      </p>
      {info.description && <p>{info.description}</p>}
      {rights.isAdmin && (
        <Button kind="quiet" onPress={() => setEditing(true)}>
          {strings.details.edit}
        </Button>
      )}
      {isEditing && <EditConversation info={info} onClose={() => setEditing(false)} />}
    </div>
  );
}

function Pinned({ view, onJump }: Pick<DetailsProps, 'view' | 'onJump'>) {
  const { data } = useAnswer(PinnedMessagesDocument, { conversationId: view.id });
  const messages = data?.conversation?.pinnedMessages ?? [];
  if (messages.length === 0) return null;
  return (
    <section className={styles.section}>
      <div className={styles.sectionHead}>
        <h3>{strings.details.pinned}</h3>
      </div>
      {messages.map(({ id, sender, body, kind }) => (
        <AriaButton key={id} className={styles.pinned} onPress={() => onJump(id)}>
          <strong>{nameOf(sender)}</strong>
          {body || otherContent(kind)}
        </AriaButton>
      ))}
    </section>
  );
}

function Leaving({ conversationId }: { conversationId: string }) {
  const chat = useChat();
  const [, navigate] = useLocation();
  const [asked, setAsked] = useState<'leave' | 'report' | null>(null);
  const leave = () =>
    void attempt(() => chat.leave(conversationId)).then((isDone) => isDone && navigate('/', { replace: true }));
  return (
    <div className={styles.buttons}>
      <Button kind="danger" onPress={() => setAsked('leave')}>
        {strings.details.leave}
      </Button>
      <Button onPress={() => setAsked('report')}>{strings.details.report}</Button>
      {asked === 'leave' && (
        <Confirm
          title={strings.details.leaveTitle}
          hint={strings.details.leaveHint}
          action={strings.details.leave}
          onConfirm={leave}
          onClose={() => setAsked(null)}
        />
      )}
      {asked === 'report' && <ReportDialog subject={{ conversationId }} onClose={() => setAsked(null)} />}
    </div>
  );
}
