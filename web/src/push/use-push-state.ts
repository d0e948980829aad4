import { useChat } from '@parley/client/react';
import { useCallback, useEffect, useState } from 'react';
import { pushStateOf, type PushState } from './push';

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
