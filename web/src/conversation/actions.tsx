import type { Media, StoredMessage } from '@parley/client';
import { createContext, useContext } from 'react';
import type { Rights } from './rights';

/** What the rows of a history can ask for. */
export interface MessageActions {
  viewerId: string;
  rights: Rights;
  isDirect: boolean;
  reply: (message: StoredMessage) => void;
  edit: (message: StoredMessage) => void;
  canEdit: (message: StoredMessage) => boolean;
  askDelete: (message: StoredMessage) => void;
  askForward: (message: StoredMessage) => void;
  showReceipts: (message: StoredMessage) => void;
  showEdits: (message: StoredMessage) => void;
  askReport: (message: StoredMessage) => void;
  react: (message: StoredMessage, emoji: string) => void;
  setPinned: (message: StoredMessage, isPinned: boolean) => void;
  copy: (message: StoredMessage) => void;
  jumpTo: (messageId: string) => void;
  /** Shows images and videos large. */
  view: (media: readonly Media[], start: number) => void;
  retry: (clientMessageId: string) => void;
  discard: (clientMessageId: string) => void;
}

const Context = createContext<MessageActions | null>(null);
export const MessageActionsProvider = Context.Provider;

export function useMessageActions(): MessageActions {
  const actions = useContext(Context);
  if (!actions) throw new Error('There are no MessageActions above this component.');
  return actions;
}
