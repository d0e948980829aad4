import { useParley, useSession } from '@parley/client/react';
import { useEffect } from 'react';
import { useLocation } from 'wouter';
import type { OpenMessage } from './open-message';
import { hasServiceWorkers } from './service-worker';

/** Keeps the browser's subscription in step with who is signed in, and goes to what a pressed notification is about. */
export function usePush(): void {
  const parley = useParley();
  const { status } = useSession();
  const [, navigate] = useLocation();
  useEffect(() => {
    const chat = parley.chat.get();
    const keepUp = async () => {
      const { keepPushUp, leavePush } = await import('./push');
      if (status === 'signedOut') await leavePush();
      else if (chat) await keepPushUp(chat);
    };
    // What does not work now is tried at the next start.
    if (status !== 'loading') void keepUp().catch(() => undefined);
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
