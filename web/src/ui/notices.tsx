import { useObservable } from '@parley/client/react';
import { explain } from '../app/explain';
import styles from './notices.module.css';

interface Notice {
  id: number;
  text: string;
  isProblem: boolean;
}

/** How long a notice stays, in ms. */
const STAY = 5_000;

const listeners = new Set<() => void>();
let notices: readonly Notice[] = [];
let count = 0;

function set(next: readonly Notice[]): void {
  notices = next;
  for (const listener of listeners) listener();
}

function show(text: string, isProblem: boolean): void {
  const notice = { id: ++count, text, isProblem };
  set([...notices.slice(-2), notice]);
  setTimeout(() => set(notices.filter((each) => each !== notice)), STAY);
}

/** Says for some seconds that something is done. */
export const tell = (text: string): void => show(text, false);

/** Does what somebody asked for by a press; says so where it does not work. */
export async function attempt(work: () => Promise<unknown>, done?: string): Promise<boolean> {
  try {
    await work();
    if (done !== undefined) tell(done);
    return true;
  } catch (error) {
    show(explain(error), true);
    return false;
  }
}

const observable = {
  get: () => notices,
  subscribe: (listener: () => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  },
};

export function Notices() {
  const shown = useObservable(observable);
  return (
    <div className={styles.notices} role="status" aria-live="polite">
      {shown.map(({ id, text, isProblem }) => (
        <p key={id} className={isProblem ? `${styles.notice} ${styles.problem}` : styles.notice}>
          {text}
        </p>
      ))}
    </div>
  );
}
