import type { Chat, Observable } from '@parley/client';
import { useChat, useObservable } from '@parley/client/react';
import { ViewerDocument, type ViewerFieldsFragment } from '@parley/client/operations';
import { useEffect, useMemo } from 'react';

/** The session keeps the viewer as they signed in; this is how they are now. */
class CurrentViewer implements Observable<ViewerFieldsFragment | null> {
  private readonly listeners = new Set<() => void>();
  private viewer: ViewerFieldsFragment | null = null;
  private asked = false;

  constructor(private readonly chat: Chat) {}

  get = () => this.viewer;

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  set(viewer: ViewerFieldsFragment | null): void {
    this.viewer = viewer;
    for (const listener of this.listeners) listener();
  }

  read(): void {
    if (this.asked) return;
    this.asked = true;
    this.chat.requests.ask(ViewerDocument, {}).then(
      ({ viewer }) => this.set(viewer),
      () => (this.asked = false),
    );
  }
}

const current = new WeakMap<Chat, CurrentViewer>();

function currentOf(chat: Chat): CurrentViewer {
  const known = current.get(chat) ?? new CurrentViewer(chat);
  current.set(chat, known);
  return known;
}

/** Null until it is read. The second takes a newer state, as mutations answer it. */
export function useViewer(): [ViewerFieldsFragment | null, (viewer: ViewerFieldsFragment) => void] {
  const chat = useChat();
  const viewer = useMemo(() => currentOf(chat), [chat]);
  useEffect(() => viewer.read(), [viewer]);
  return [useObservable(viewer), (next) => viewer.set(next)];
}
