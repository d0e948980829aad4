import type { InboxItem } from '@parley/client';
import { useChat } from '@parley/client/react';
import { Archive, ArchiveRestore, Bell, BellOff, Ellipsis, Pin, PinOff } from 'lucide-react';
import { strings } from '../strings';
import { IconButton } from '../ui/button';
import { Menu } from '../ui/menu';
import { attempt } from '../ui/notices';

export interface InboxItemMenuProps {
  item: InboxItem;
  title: string;
  isSmall?: boolean;
}

/** Pins, mutes and archives a conversation for the person. */
export function InboxItemMenu({ item, title, isSmall = false }: InboxItemMenuProps) {
  const { inbox } = useChat();
  const { conversationId, pinnedAt, isMuted, archivedAt } = item;
  const change = (settings: { pinned?: boolean; muted?: boolean; archived?: boolean }) =>
    void attempt(() => inbox.update({ conversationId, ...settings }));
  const { pin, unpin, mute, unmute, archive, unarchive, options } = strings.inbox;
  return (
    <Menu
      label={options(title)}
      trigger={
        <IconButton small={isSmall} label={options(title)}>
          <Ellipsis size={isSmall ? 18 : 20} aria-hidden />
        </IconButton>
      }
      choices={[
        pinnedAt === null
          ? { id: 'pin', label: pin, icon: Pin, onChoose: () => change({ pinned: true }) }
          : { id: 'unpin', label: unpin, icon: PinOff, onChoose: () => change({ pinned: false }) },
        isMuted
          ? { id: 'unmute', label: unmute, icon: Bell, onChoose: () => change({ muted: false }) }
          : { id: 'mute', label: mute, icon: BellOff, onChoose: () => change({ muted: true }) },
        archivedAt === null
          ? { id: 'archive', label: archive, icon: Archive, onChoose: () => change({ archived: true }) }
          : { id: 'unarchive', label: unarchive, icon: ArchiveRestore, onChoose: () => change({ archived: false }) },
      ]}
    />
  );
}
