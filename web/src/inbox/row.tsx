import type { InboxItem } from '@parley/client';
import { AtSign, BellOff, Pin } from 'lucide-react';
import { useTyping } from '@parley/client/react';
import { memo, useRef } from 'react';
import { Link } from 'wouter';
import { draftOf } from '../app/drafts';
import { briefly } from '../app/time';
import { previewOf, titleOf } from '../conversation/names';
import { typingText } from '../conversation/typing';
import { strings } from '../strings';
import { Avatar, type AvatarProps } from '../ui/avatar';
import styles from './inbox.module.css';
import { InboxItemMenu } from './inbox-item-menu';
import { useIsSeen } from './use-is-seen';

export interface RowProps {
  item: InboxItem;
  viewerId: string;
  isCurrent: boolean;
  presence: AvatarProps['presence'];
}

/** One conversation of the list. */
export const Row = memo(function Row({ item, viewerId, isCurrent, presence }: RowProps) {
  const { conversation, conversationId, lastMessage, unreadCount, unreadMentionCount, isMuted, pinnedAt } = item;
  const title = titleOf(conversation, conversation?.otherUser);
  const isDirect = conversation?.kind === 'DIRECT';
  const row = useRef<HTMLLIElement>(null);
  const isSeen = useIsSeen(row);
  // In a large channel it would seldom be still, and a channel of the archive hardly matters.
  const isFollowed = isSeen && conversation?.fanOut === 'ON_WRITE' && item.archivedAt === null;
  const typing = useTyping(isFollowed ? conversationId : null);
  const draft = isCurrent ? '' : draftOf(viewerId, conversationId);
  return (
    <li
      ref={row}
      className={unreadCount > 0 ? `${styles.row} ${styles.isUnread}` : styles.row}
      data-current={isCurrent}
    >
      <Link href={`/c/${conversationId}`} className={styles.link} aria-current={isCurrent ? 'page' : undefined}>
        <Avatar
          id={isDirect ? (conversation.otherUser?.id ?? conversationId) : conversationId}
          name={title}
          url={isDirect ? conversation.otherUser?.avatarUrl : conversation?.avatarUrl}
          isSquare={!isDirect}
          presence={presence}
        />
        <span className={styles.text}>
          <span className={styles.line}>
            <span className={styles.title}>{title}</span>
            <time className={styles.time} dateTime={item.lastActivityAt}>
              {briefly(item.lastActivityAt)}
            </time>
          </span>
          <span className={styles.line}>
            <span className={styles.preview}>
              {typing.length > 0 ? (
                <span className={styles.typing}>{typingText(typing, isDirect)}</span>
              ) : draft ? (
                <>
                  <em className={styles.typing}>{strings.inbox.draft}</em> {draft}
                </>
              ) : (
                previewOf(lastMessage, conversation?.kind, viewerId)
              )}
            </span>
            <span className={styles.marks}>
              {isMuted && <BellOff size={14} role="img" aria-label={strings.inbox.muted} />}
              {pinnedAt !== null && <Pin size={14} role="img" aria-label={strings.inbox.pinned} />}
              {unreadMentionCount > 0 && <AtSign size={15} role="img" aria-label={strings.inbox.mentioned} />}
              {unreadCount > 0 && (
                <span className={styles.badge} data-muted={isMuted}>
                  <span aria-hidden>{unreadCount > 999 ? '999+' : unreadCount}</span>
                  <span className="hidden-text">{strings.inbox.unread(unreadCount)}</span>
                </span>
              )}
            </span>
          </span>
        </span>
      </Link>
      <div className={styles.options}>
        <InboxItemMenu item={item} title={title} isSmall />
      </div>
    </li>
  );
});
