import type { StoredMessage } from '@parley/client';
import {
  CheckCheck,
  Copy,
  Ellipsis,
  Flag,
  Forward,
  History,
  Pencil,
  Pin,
  PinOff,
  Reply,
  SmilePlus,
  Trash2,
} from 'lucide-react';
import { useState } from 'react';
import { Button as AriaButton } from 'react-aria-components/Button';
import { Dialog, DialogTrigger } from 'react-aria-components/Dialog';
import { Popover } from 'react-aria-components/Popover';
import { strings } from '../strings';
import { IconButton } from '../ui/button';
import { EmojiPicker } from '../ui/emoji';
import { Menu } from '../ui/menu';
import overlays from '../ui/overlay.module.css';
import { useMessageActions } from './actions';
import styles from './message.module.css';

const quick = ['👍', '❤️', '😂', '😮', '🙏'];

/** Beside a message that is pointed at or has the focus. */
export function MessageTools({ message }: { message: StoredMessage }) {
  const actions = useMessageActions();
  const { rights, isDirect } = actions;
  if (message.deletedAt && !message.isOwn && !rights.isAdmin) return null;
  const isThere = message.deletedAt === null;
  const isShared = rights.role !== null;
  return (
    <div className={styles.tools}>
      {isThere && isShared && <ReactButton message={message} />}
      {isThere && rights.canSend && (
        <IconButton small label={strings.message.reply} onPress={() => actions.reply(message)}>
          <Reply size={17} aria-hidden />
        </IconButton>
      )}
      <Menu
        label={strings.message.actions}
        trigger={
          <IconButton small label={strings.message.actions}>
            <Ellipsis size={17} aria-hidden />
          </IconButton>
        }
        choices={[
          isThere &&
            Boolean(message.body) && {
              id: 'copy',
              label: strings.message.copy,
              icon: Copy,
              onChoose: () => actions.copy(message),
            },
          isThere && {
            id: 'forward',
            label: strings.message.forward,
            icon: Forward,
            onChoose: () => actions.askForward(message),
          },
          actions.canEdit(message) && {
            id: 'edit',
            label: strings.message.edit,
            icon: Pencil,
            onChoose: () => actions.edit(message),
          },
          isThere &&
            rights.canPin &&
            (message.pinnedAt === null
              ? { id: 'pin', label: strings.message.pin, icon: Pin, onChoose: () => actions.setPinned(message, true) }
              : {
                  id: 'unpin',
                  label: strings.message.unpin,
                  icon: PinOff,
                  onChoose: () => actions.setPinned(message, false),
                }),
          isThere &&
            message.editedAt !== null && {
              id: 'edits',
              label: strings.message.history,
              icon: History,
              onChoose: () => actions.showEdits(message),
            },
          isThere &&
            message.isOwn &&
            !isDirect && {
              id: 'receipts',
              label: strings.message.receipts,
              icon: CheckCheck,
              onChoose: () => actions.showReceipts(message),
            },
          isThere &&
            !message.isOwn && {
              id: 'report',
              label: strings.message.report,
              icon: Flag,
              onChoose: () => actions.askReport(message),
            },
          {
            id: 'delete',
            label: strings.message.delete,
            icon: Trash2,
            isDangerous: true,
            onChoose: () => actions.askDelete(message),
          },
        ]}
      />
    </div>
  );
}

function ReactButton({ message }: { message: StoredMessage }) {
  const { react } = useMessageActions();
  const [isWhole, setWhole] = useState(false);
  return (
    <DialogTrigger onOpenChange={(isOpen) => isOpen && setWhole(false)}>
      <IconButton small label={strings.message.react}>
        <SmilePlus size={17} aria-hidden />
      </IconButton>
      <Popover className={overlays.popover} placement="top">
        <Dialog aria-label={strings.message.react} className={overlays.dialog}>
          {({ close }) => {
            const choose = (emoji: string) => {
              react(message, emoji);
              close();
            };
            if (isWhole) return <EmojiPicker onPick={choose} />;
            return (
              <div className={styles.quick}>
                {quick.map((emoji) => (
                  <AriaButton key={emoji} onPress={() => choose(emoji)}>
                    {emoji}
                  </AriaButton>
                ))}
                <AriaButton aria-label={strings.message.moreEmoji} onPress={() => setWhole(true)}>
                  …
                </AriaButton>
              </div>
            );
          }}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
