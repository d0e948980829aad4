import { useChat } from '@parley/client/react';
import { useState } from 'react';
import { explain } from '../app/explain';
import { turnPushOff, turnPushOn } from '../push/push';
import { NoPushService } from '../push/subscription';
import { usePushState } from '../push/use-push-state';
import { strings } from '../strings';
import { Button } from '../ui/button';
import { Problem } from '../ui/field';
import styles from './settings.module.css';

const { pushHere } = strings.settings.notifications;

/** Whether this browser shows what comes while Parley is closed. The browser asks only once somebody has pressed. */
export function PushHere() {
  const chat = useChat();
  const [state, look] = usePushState();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const turn = async (work: typeof turnPushOn) => {
    // Not disabled meanwhile: the keyboard would lose its place.
    if (isBusy) return;
    setBusy(true);
    setProblem(null);
    try {
      await work(chat);
    } catch (error) {
      setProblem(error instanceof NoPushService ? pushHere.noService : explain(error));
    } finally {
      await look();
      setBusy(false);
    }
  };
  const isOn = state === 'on';
  return (
    <section className={styles.section}>
      <h3>{pushHere.title}</h3>
      <p className={styles.soft} role="status">
        {state === null ? strings.loading : pushHere.states[state]}
      </p>
      {state === 'off' && problem && <Problem>{problem}</Problem>}
      {(isOn || state === 'off') && (
        <div className={styles.buttons}>
          <Button kind={isOn ? 'plain' : 'primary'} onPress={() => void turn(isOn ? turnPushOff : turnPushOn)}>
            {isOn ? pushHere.turnOff : pushHere.turnOn}
          </Button>
        </div>
      )}
    </section>
  );
}
