import type { ConversationView } from '@parley/client';
import { useInbox, usePresence } from '@parley/client/react';
import { ArrowLeft, Info } from 'lucide-react';
import { Button as AriaButton } from 'react-aria-components/Button';
import { useLocation } from 'wouter';
import { ago } from '../app/time';
import { InboxItemMenu } from '../inbox/inbox-item-menu';
import { strings } from '../strings';
import { Avatar } from '../ui/avatar';
import { IconButton } from '../ui/button';
import styles from './conversation.module.css';
import { typingText } from './typing';

export interface HeaderProps {
  view: ConversationView;
  title: string;
  onDetails: () => void;
}

export function Header({ view, title, onDetails }: HeaderProps) {
  const [, navigate] = useLocation();
  const { info, otherUser, typing, state } = view;
  const { items, archived } = useInbox();
  const item = [...items, ...archived].find(({ conversationId }) => conversationId === view.id);
  const isDirect = info?.kind === 'DIRECT';
  const presence = usePresence(otherUser ? [otherUser.id] : []).get(otherUser?.id ?? '') ?? null;
  const typed = typingText(typing);
  const about = isDirect
    ? presence && (presence.lastSeenAt ? strings.lastSeen(ago(presence.lastSeenAt)) : strings.presence[presence.status])
    : info && strings.conversation.members(info.memberCount);
  return (
    <header className={styles.head}>
      <span className={styles.back}>
        <IconButton label={strings.back} onPress={() => navigate('/')}>
          <ArrowLeft size={20} aria-hidden />
        </IconButton>
      </span>
      <AriaButton className={styles.who} onPress={onDetails}>
        <Avatar
          id={otherUser?.id ?? view.id}
          name={title}
          url={isDirect ? otherUser?.avatarUrl : info?.avatarUrl}
          size={38}
          isSquare={!isDirect}
          presence={presence?.status}
        />
        <span className={styles.whoText}>
          <strong>{title}</strong>
          <span data-typing={typed !== ''}>
            {typed || (state === 'catchingUp' ? strings.connection.catchingUp : about)}
          </span>
        </span>
      </AriaButton>
      {item && <InboxItemMenu item={item} title={title} />}
      <IconButton label={strings.conversation.details} onPress={onDetails}>
        <Info size={20} aria-hidden />
      </IconButton>
    </header>
  );
}
