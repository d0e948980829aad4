import { lazy, Suspense } from 'react';
import { strings } from '../strings';
import styles from './emoji.module.css';

const Picker = lazy(() => import('./emoji-list').then(({ EmojiList }) => ({ default: EmojiList })));

/** Loaded when it is first opened: it brings all emoji with their names. */
export function EmojiPicker({ onPick }: { onPick: (emoji: string) => void }) {
  return (
    <div className={styles.frame}>
      <Suspense fallback={<p className={styles.note}>{strings.emoji.loading}</p>}>
        <Picker onPick={onPick} />
      </Suspense>
    </div>
  );
}
