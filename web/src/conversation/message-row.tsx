import type { PendingMessage, StoredMessage } from '@parley/client';
import { Check, CheckCheck, CircleAlert, Clock, Forward, Pin } from 'lucide-react';
import { lazy, memo, Suspense, type CSSProperties } from 'react';
import { Button as AriaButton } from 'react-aria-components/Button';
import { atClock, inFull } from '../app/time';
import { heightOf } from '../media/box';
import { isRejection } from '../media/reasons';
import { strings } from '../strings';
import { Avatar, hueOf } from '../ui/avatar';
import { Button } from '../ui/button';
import { useMessageActions } from './actions';
import type { Entry } from './entries';
import styles from './message.module.css';
import { MessageTools } from './message-tools';
import { nameOf, otherContent, systemText } from './names';
import { isOnlyEmoji, RichText } from './rich-text';

const Attachments = lazy(() => import('../media/attachments').then((all) => ({ default: all.Attachments })));
const FilesOnTheirWay = lazy(() => import('../media/attachments').then((all) => ({ default: all.FilesOnTheirWay })));

export interface MessageRowProps {
  entry: Entry;
  isFocusable: boolean;
  /** Somebody has just jumped to it. */
  isMarked: boolean;
}

/** One message, with all that belongs to it. */
export const MessageRow = memo(function MessageRow({ entry, isFocusable, isMarked }: MessageRowProps) {
  const { viewerId, isDirect } = useMessageActions();
  const { message, key } = entry;
  const focus = { tabIndex: isFocusable ? 0 : -1, 'data-key': key };
  if (!message.isPending && message.systemEvent)
    return (
      <p className={styles.system} {...focus}>
        {systemText(message.systemEvent)}
      </p>
    );
  const isMentioned = !message.isPending && message.mentions.some(({ userId }) => userId === viewerId);
  const hasAvatar = !isDirect && !message.isOwn;
  return (
    <article
      className={styles.row}
      data-own={message.isOwn}
      data-direct={isDirect}
      data-first={entry.isFirst}
      data-mentioned={isMentioned}
      data-marked={isMarked}
      {...focus}
    >
      {hasAvatar && !message.isPending && (
        <span className={styles.avatar}>
          {entry.isLast && (
            <Avatar
              id={message.senderId ?? ''}
              name={nameOf(message.sender)}
              url={message.sender?.avatarUrl}
              size={34}
            />
          )}
        </span>
      )}
      <div className={styles.body}>
        <div className={styles.line}>
          <div className={styles.bubble}>
            {message.isPending ? <Pending message={message} /> : <Stored message={message} entry={entry} />}
          </div>
          {!message.isPending && <MessageTools message={message} />}
        </div>
        {!message.isPending && message.reactions.length > 0 && <Reactions message={message} />}
        {message.progress === 'FAILED' && <Failed message={message} />}
      </div>
    </article>
  );
});

function Stored({ message, entry }: { message: StoredMessage; entry: Entry }) {
  const { viewerId, isDirect, jumpTo } = useMessageActions();
  const { body, replyTo, forwardedFrom, deletedAt, senderId, sender, mentions, attachments } = message;
  return (
    <>
      {entry.isFirst && !message.isOwn && (
        <div
          className={isDirect ? 'hidden-text' : styles.sender}
          style={{ '--hue': hueOf(senderId ?? '') } as CSSProperties}
        >
          {nameOf(sender)}
        </div>
      )}
      {message.isOwn && <span className="hidden-text">{strings.inbox.you}</span>}
      {forwardedFrom && (
        <span className={styles.forwarded}>
          <Forward size={13} aria-hidden />
          {strings.message.forwardedFrom(nameOf(forwardedFrom))}
        </span>
      )}
      {replyTo && (
        <AriaButton
          className={styles.quote}
          onPress={() => jumpTo(replyTo.id)}
          aria-description={strings.message.jumpToReply}
        >
          <strong>{nameOf(replyTo.sender)}</strong>
          <span>{replyTo.deletedAt ? strings.message.deleted : replyTo.body || otherContent(replyTo.kind)}</span>
        </AriaButton>
      )}
      {attachments.length > 0 && (
        <Suspense fallback={<div style={{ height: heightOf(attachments) }} />}>
          <Attachments message={message} />
        </Suspense>
      )}
      {deletedAt ? (
        <span className={styles.deleted}>{strings.message.deleted}</span>
      ) : (
        body && (
          <span data-body className={isOnlyEmoji(body) ? `${styles.text} ${styles.large}` : styles.text}>
            <RichText text={body} mentions={mentions} viewerId={viewerId} />
          </span>
        )
      )}
      <Meta message={message} />
    </>
  );
}

function Pending({ message }: { message: PendingMessage }) {
  const { viewerId } = useMessageActions();
  const { body = '', mentions, replyTo, files = [] } = message.draft;
  return (
    <>
      <span className="hidden-text">{strings.inbox.you}</span>
      {replyTo && (
        <span className={styles.quote}>
          <strong>{nameOf(replyTo.sender)}</strong>
          <span>{replyTo.body || otherContent(replyTo.kind)}</span>
        </span>
      )}
      {files.length > 0 && (
        <Suspense fallback={<div style={{ height: heightOf(files) }} />}>
          <FilesOnTheirWay message={message} />
        </Suspense>
      )}
      {body && (
        <span data-body className={isOnlyEmoji(body) ? `${styles.text} ${styles.large}` : styles.text}>
          <RichText text={body} mentions={mentions} viewerId={viewerId} />
        </span>
      )}
      <Meta message={message} />
    </>
  );
}

function Meta({ message }: { message: StoredMessage | PendingMessage }) {
  return (
    <span className={styles.meta}>
      {!message.isPending && message.pinnedAt !== null && (
        <Pin size={11} role="img" aria-label={strings.message.pinned} />
      )}
      {!message.isPending && message.editedAt !== null && !message.deletedAt && <span>{strings.message.edited}</span>}
      <time dateTime={message.createdAt} title={inFull(message.createdAt)}>
        {atClock(message.createdAt)}
      </time>
      {message.isOwn && !(!message.isPending && message.deletedAt) && <ProgressMark progress={message.progress} />}
    </span>
  );
}

const marks = { CREATED: Clock, SENT: Check, DELIVERED: CheckCheck, READ: CheckCheck, FAILED: CircleAlert };

function ProgressMark({ progress }: { progress: keyof typeof marks }) {
  const Mark = marks[progress];
  return (
    <Mark
      size={14}
      role="img"
      aria-label={strings.message.progress[progress]}
      className={progress === 'READ' ? styles.isRead : undefined}
    />
  );
}

function Reactions({ message }: { message: StoredMessage }) {
  const { react } = useMessageActions();
  return (
    <div className={styles.reactions}>
      {message.reactions.map(({ emoji, count, viewerHasReacted }) => (
        <AriaButton
          key={emoji}
          className={styles.reaction}
          data-own={viewerHasReacted}
          aria-label={strings.message.reaction(emoji, count, viewerHasReacted)}
          onPress={() => react(message, emoji)}
        >
          <span>{emoji}</span>
          {count}
        </AriaButton>
      ))}
    </div>
  );
}

function Failed({ message }: { message: StoredMessage | PendingMessage }) {
  const { retry, discard } = useMessageActions();
  const { code = '', message: said } = (message.isPending ? message.failure : null) ?? {};
  const reason = isRejection(code) ? strings.media.rejections[code] : said;
  return (
    <div className={styles.failed} role="status">
      <span>{reason ? strings.message.failedBecause(reason) : strings.message.progress.FAILED}</span>
      {message.isPending && (
        <>
          <Button kind="quiet" onPress={() => retry(message.clientMessageId)}>
            {strings.message.retry}
          </Button>
          <Button kind="quiet" onPress={() => discard(message.clientMessageId)}>
            {strings.message.discard}
          </Button>
        </>
      )}
    </div>
  );
}
