import type { InboxItem, StoredMessage } from '@parley/client';
import { useChat, useInbox } from '@parley/client/react';
import {
  ForwardMessageDocument,
  MessageEditsDocument,
  MessageReceiptsDocument,
  type DeleteScope,
} from '@parley/client/operations';
import { useState } from 'react';
import { useAnswer } from '../app/use-answer';
import { inFull } from '../app/time';
import { strings } from '../strings';
import { Button } from '../ui/button';
import { Dialog, DialogActions } from '../ui/dialog';
import { Field } from '../ui/field';
import { attempt } from '../ui/notices';
import { ReportDialog } from '../people/report-dialog';
import { PersonLine, PlainList } from '../ui/people-list';
import styles from './message.module.css';
import { nameOf, otherContent, titleOf } from './names';

/** What somebody wants to do with a message that needs another question first. */
export interface Asked {
  what: 'delete' | 'edits' | 'forward' | 'receipts' | 'report';
  message: StoredMessage;
}

export interface MessageDialogProps {
  asked: Asked;
  canDeleteForAll: boolean;
  onDelete: (scope: DeleteScope) => void;
  onClose: () => void;
}

export function MessageDialog({ asked, onClose, ...deleting }: MessageDialogProps) {
  switch (asked.what) {
    case 'delete':
      return <DeleteDialog {...deleting} onClose={onClose} />;
    case 'edits':
      return <EditsDialog messageId={asked.message.id} onClose={onClose} />;
    case 'forward':
      return <ForwardDialog message={asked.message} onClose={onClose} />;
    case 'receipts':
      return <ReceiptsDialog messageId={asked.message.id} onClose={onClose} />;
    case 'report':
      return <ReportDialog subject={{ messageId: asked.message.id }} onClose={onClose} />;
  }
}

type DeleteDialogProps = Omit<MessageDialogProps, 'asked'>;

function DeleteDialog({ canDeleteForAll, onDelete, onClose }: DeleteDialogProps) {
  const choose = (scope: DeleteScope) => {
    onDelete(scope);
    onClose();
  };
  return (
    <Dialog title={strings.message.deleteTitle} isOpen onClose={onClose}>
      {canDeleteForAll && <p>{strings.message.deleteHint}</p>}
      <DialogActions>
        <Button onPress={() => choose('VIEWER')}>{strings.message.deleteForMe}</Button>
        {canDeleteForAll && (
          <Button kind="danger" onPress={() => choose('EVERYONE')}>
            {strings.message.deleteForAll}
          </Button>
        )}
      </DialogActions>
    </Dialog>
  );
}

/** To one of the conversations that are loaded. */
function ForwardDialog({ message, onClose }: { message: StoredMessage; onClose: () => void }) {
  const { requests } = useChat();
  const { items } = useInbox();
  const [filter, setFilter] = useState('');
  const wanted = filter.trim().toLocaleLowerCase();
  const titleOfItem = ({ conversation }: InboxItem) => titleOf(conversation, conversation?.otherUser);
  const forward = async ({ conversationId }: InboxItem) => {
    const input = { messageId: message.id, conversationId, clientMessageId: crypto.randomUUID() };
    if (await attempt(() => requests.mutate(ForwardMessageDocument, { input }), strings.message.forwarded)) onClose();
  };
  return (
    <Dialog title={strings.message.forwardTitle} isOpen onClose={onClose}>
      <Field label={strings.inbox.filter} value={filter} onChange={setFilter} autoFocus />
      <PlainList>
        {items
          .filter((item) => titleOfItem(item).toLocaleLowerCase().includes(wanted))
          .map((item) => (
            <PersonLine
              key={item.conversationId}
              id={item.conversation?.otherUser?.id ?? item.conversationId}
              name={titleOfItem(item)}
              url={item.conversation?.otherUser?.avatarUrl}
              isSquare={item.conversation?.kind !== 'DIRECT'}
              onPress={() => void forward(item)}
            />
          ))}
      </PlainList>
    </Dialog>
  );
}

/** What it said before, the newest first. */
function EditsDialog({ messageId, onClose }: { messageId: string; onClose: () => void }) {
  const { data } = useAnswer(MessageEditsDocument, { id: messageId });
  const edits = data?.message?.edits.toReversed() ?? [];
  return (
    <Dialog title={strings.message.history} isOpen onClose={onClose}>
      <ol className={styles.edits}>
        {edits.map(({ body, editedAt }, index) => (
          <li key={index}>
            <span className={styles.text}>{body || otherContent('MEDIA')}</span>
            <small>{strings.message.until(inFull(editedAt))}</small>
          </li>
        ))}
      </ol>
    </Dialog>
  );
}

function ReceiptsDialog({ messageId, onClose }: { messageId: string; onClose: () => void }) {
  const { data } = useAnswer(MessageReceiptsDocument, { id: messageId, first: 100 });
  const receipts = data?.message?.receipts.edges.map(({ node }) => node) ?? [];
  const groups = [
    { title: strings.message.read, people: receipts.filter(({ hasRead }) => hasRead) },
    { title: strings.message.received, people: receipts.filter(({ hasRead, hasReceived }) => hasReceived && !hasRead) },
    { title: strings.message.notYet, people: receipts.filter(({ hasReceived }) => !hasReceived) },
  ];
  return (
    <Dialog title={strings.message.receiptsTitle} isOpen onClose={onClose}>
      {data && receipts.length === 0 && <p>{strings.message.noReceipts}</p>}
      {groups
        .filter(({ people }) => people.length > 0)
        .map(({ title, people }) => (
          <section key={title}>
            <h3>{title}</h3>
            <PlainList>
              {people.map(({ userId, user }) => (
                <PersonLine key={userId} id={userId} name={nameOf(user)} url={user?.avatarUrl} />
              ))}
            </PlainList>
          </section>
        ))}
    </Dialog>
  );
}
