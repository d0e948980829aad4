import { useChat, useConversation } from '@parley/client/react';
import type { Media } from '@parley/client';
import { Pin } from 'lucide-react';
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { Button as AriaButton } from 'react-aria-components/Button';
import { useSearchParams } from 'wouter';
import { draftOf, keepDraft } from '../app/drafts';
import { useAttaching, useDrop } from '../media/attaching';
import type { Recorded } from '../media/recorder';
import { strings } from '../strings';
import { attempt } from '../ui/notices';
import { MessageActionsProvider, type MessageActions } from './actions';
import { Announcer } from './announcer';
import { Composer, type Writing } from './composer';
import styles from './conversation.module.css';
import { Gate } from './gate';
import { Header } from './header';
import { History } from './history';
import history from './history.module.css';
import type { Asked } from './message-dialogs';
import { otherContent, titleOf } from './names';
import { canDeleteForAll, canEdit, rightsIn } from './rights';
import { Typing } from './typing';

const MessageDialog = lazy(() => import('./message-dialogs').then((module) => ({ default: module.MessageDialog })));
const Viewer = lazy(() => import('../media/viewer').then((module) => ({ default: module.Viewer })));
const Details = lazy(() => import('./details').then((module) => ({ default: module.Details })));

/** One conversation: who is in it, what was said, and what one wants to say. */
export function ConversationScreen({ id }: { id: string }) {
  const [round, setRound] = useState(0);
  return <OpenConversation key={round} id={id} onJoined={() => setRound(round + 1)} />;
}

function OpenConversation({ id, onJoined }: { id: string; onJoined: () => void }) {
  const chat = useChat();
  const viewerId = chat.userId;
  const [view, conversation] = useConversation(id);
  const [writing, setWriting] = useState<Writing>({ kind: 'new' });
  const [asked, setAsked] = useState<Asked | null>(null);
  const [viewed, setViewed] = useState<{ media: readonly Media[]; start: number } | null>(null);
  const attaching = useAttaching(id);
  const [hasDetails, setDetails] = useState(false);
  const [target, setTarget] = useState<{ messageId: string; at: number } | null>(null);
  const { info, messages, members, isMember, state } = view;
  const title = titleOf(info, view.otherUser);
  const rights = rightsIn(view, viewerId);
  const drop = useDrop(rights.canSend && writing.kind !== 'edit', attaching.add);

  const jumpTo = (messageId: string) =>
    void attempt(async () => {
      await conversation.jumpTo({ messageId });
      // The view is made before the list is told of it.
      setTimeout(() => setTarget({ messageId, at: Date.now() }));
    });
  const [params, setParams] = useSearchParams();
  const wanted = params.get('message');
  const isRead = info !== null;
  useEffect(() => {
    if (wanted === null || !isRead) return;
    setParams({}, { replace: true });
    jumpTo(wanted);
  }, [wanted, isRead]);
  const actions = useMemo<MessageActions>(
    () => ({
      viewerId,
      rights,
      isDirect: info?.kind === 'DIRECT',
      reply: (to) => setWriting({ kind: 'reply', to }),
      edit: (message) => setWriting({ kind: 'edit', message }),
      canEdit: (message) => canEdit(message, view),
      askDelete: (message) => setAsked({ what: 'delete', message }),
      askForward: (message) => setAsked({ what: 'forward', message }),
      showReceipts: (message) => setAsked({ what: 'receipts', message }),
      showEdits: (message) => setAsked({ what: 'edits', message }),
      askReport: (message) => setAsked({ what: 'report', message }),
      react: ({ id: messageId, reactions }, emoji) => {
        const hasReacted = reactions.some((each) => each.emoji === emoji && each.viewerHasReacted);
        void attempt(() =>
          hasReacted ? conversation.unreact(messageId, emoji) : conversation.react(messageId, emoji),
        );
      },
      setPinned: ({ id: messageId }, isPinned) =>
        void attempt(() => (isPinned ? conversation.pin(messageId) : conversation.unpin(messageId))),
      copy: ({ body }) => void attempt(() => navigator.clipboard.writeText(body ?? ''), strings.conversation.copied),
      jumpTo,
      view: (media, start) => setViewed({ media, start }),
      retry: (clientMessageId) => void chat.outbox.retry(clientMessageId),
      discard: (clientMessageId) => void chat.outbox.discard(clientMessageId),
    }),
    // The policy and the members decide what may be done; messages come and go more often.
    [viewerId, rights.role, info, conversation, chat],
  );
  if (state === 'ended' || (info === null && view.error && !view.error.retryable))
    return <Gate id={id} onJoined={onJoined} />;

  const stop = () => setWriting({ kind: 'new' });
  const submit: React.ComponentProps<typeof Composer>['onSubmit'] = (body, mentions) => {
    if (writing.kind === 'edit') {
      void attempt(() => conversation.edit(writing.message.id, body, mentions)).then((done) => done && stop());
      return;
    }
    keepDraft(viewerId, id, '');
    const replyTo = writing.kind === 'reply' ? writing.to : null;
    const files = attaching.take();
    void attempt(() => conversation.send({ body, mentions, replyTo, files }));
    if (replyTo) stop();
  };
  const sendVoice = ({ blob, contentType, durationMs }: Recorded) => {
    const filename = `voice.${contentType.split('/')[1]}`;
    const { file } = chat.uploads.start(blob, { kind: 'VOICE', contentType, filename, durationMs });
    const replyTo = writing.kind === 'reply' ? writing.to : null;
    void attempt(() => conversation.send({ files: [file], replyTo }));
    if (replyTo) stop();
  };
  const editLast = () => {
    const last = messages.findLast((message) => !message.isPending && canEdit(message, view));
    if (last && !last.isPending) setWriting({ kind: 'edit', message: last });
  };
  const pinned = messages.findLast((message) => !message.isPending && message.pinnedAt !== null && !message.deletedAt);
  return (
    <MessageActionsProvider value={actions}>
      <div className={styles.screen}>
        <section className={styles.column} aria-label={title} {...drop.handlers}>
          {drop.isOver && <div className={styles.drop}>{strings.media.drop}</div>}
          <Header view={view} title={title} onDetails={() => setDetails(!hasDetails)} />
          {pinned && !pinned.isPending && (
            <AriaButton className={styles.pinnedBar} onPress={() => jumpTo(pinned.id)}>
              <Pin size={14} role="img" aria-label={strings.message.pinned} />
              <span>{pinned.body || otherContent(pinned.kind)}</span>
            </AriaButton>
          )}
          <History
            view={view}
            conversation={conversation}
            target={target}
            foot={(toNewest) => (
              <div className={history.foot}>
                {toNewest}
                <Typing people={view.typing} />
              </div>
            )}
          />
          <Announcer messages={messages} />
          {rights.canSend && (
            <Composer
              title={title}
              viewerId={viewerId}
              members={members}
              writing={writing}
              initialText={draftOf(viewerId, id)}
              attaching={attaching}
              onSubmit={submit}
              onVoice={sendVoice}
              onText={(text) => {
                keepDraft(viewerId, id, text);
                if (text.trim() === '') conversation.stoppedTyping();
                else conversation.typed();
              }}
              onStop={stop}
              onEditLast={editLast}
            />
          )}
          {info && isMember && !rights.canSend && <p className={styles.joinBar}>{strings.conversation.readOnly}</p>}
        </section>
        {hasDetails && (
          <Suspense>
            <Details
              view={view}
              rights={rights}
              viewerId={viewerId}
              onJump={jumpTo}
              onClose={() => setDetails(false)}
            />
          </Suspense>
        )}
      </div>
      <Suspense>
        {viewed && <Viewer {...viewed} onClose={() => setViewed(null)} />}
        {asked && (
          <MessageDialog
            asked={asked}
            canDeleteForAll={canDeleteForAll(asked.message, view, rights)}
            onDelete={(scope) => void attempt(() => conversation.delete(asked.message.id, scope))}
            onClose={() => setAsked(null)}
          />
        )}
      </Suspense>
    </MessageActionsProvider>
  );
}
