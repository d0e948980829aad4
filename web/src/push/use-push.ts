import { useChat, useParley, useSession } from '@parley/client/react';
import { useCallback, useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import type { OpenMessage } from './open-message';
import { keepPushUp, leavePush, pushStateOf, type PushState } from './push';
import { hasServiceWorkers } from './service-worker';

/** Null until it is known. The second looks again. */
export function usePushState(): [PushState | null, () => Promise<void>] {
  const chat = useChat();
  const [state, setState] = useState<PushState | null>(null);
  const look = useCallback(async () => setState(await pushStateOf(chat)), [chat]);
  useEffect(() => {
    void look();
    // In the browser's own settings.
    let permission: PermissionStatus | null = null;
    const follow = async () => {
      permission = await navigator.permissions.query({ name: 'notifications' });
      permission.onchange = () => void look();
    };
    void follow().catch(() => undefined);
    return () => {
      if (permission) permission.onchange = null;
    };
  }, [look]);
  return [state, look];
}

/** Keeps the browser's subscription in step with who is signed in, and goes to what a pressed notification is about. */
export function usePush(): void {
  const parley = useParley();
  const { status } = useSession();
  const [, navigate] = useLocation();
  useEffect(() => {
    const chat = parley.chat.get();
    // What does not work now is tried at the next start.
    if (status === 'signedIn' && chat) void keepPushUp(chat).catch(() => undefined);
    if (status === 'signedOut') void leavePush().catch(() => undefined);
  }, [parley, status]);
  useEffect(() => {
    if (!hasServiceWorkers()) return;
    const open = ({ data }: MessageEvent<OpenMessage>) => {
      if (data.type === 'open') navigate(data.path);
    };
    navigator.serviceWorker.addEventListener('message', open);
    return () => navigator.serviceWorker.removeEventListener('message', open);
  }, [navigate]);
}
