import { EmojiPicker } from 'frimousse';
import { strings } from '../strings';
import styles from './emoji.module.css';

/** The data lies beside the app, under this address. */
const DATA = '/emoji';

/** As ARIA counts; the picker counts from 0. */
const fromOne = (index: number | undefined) => (index ?? 0) + 1;

export function EmojiList({ onPick }: { onPick: (emoji: string) => void }) {
  return (
    <EmojiPicker.Root
      className={styles.picker}
      emojibaseUrl={DATA}
      columns={8}
      onEmojiSelect={({ emoji }) => onPick(emoji)}
    >
      <EmojiPicker.Search
        className={styles.search}
        aria-label={strings.emoji.search}
        placeholder={strings.emoji.search}
        autoFocus
      />
      <EmojiPicker.Viewport className={styles.viewport}>
        <EmojiPicker.Loading className={styles.note}>{strings.emoji.loading}</EmojiPicker.Loading>
        <EmojiPicker.Empty className={styles.note}>{strings.emoji.none}</EmojiPicker.Empty>
        <EmojiPicker.List
          className={styles.list}
          components={{
            CategoryHeader: ({ category, ...props }) => (
              <div {...props} className={styles.category}>
                {category.label}
              </div>
            ),
            Row: ({ children, ...props }) => (
              <div {...props} aria-rowindex={fromOne(props['aria-rowindex'])} className={styles.row}>
                {children}
              </div>
            ),
            Emoji: ({ emoji, ...props }) => (
              <button
                {...props}
                aria-colindex={fromOne(props['aria-colindex'])}
                className={styles.emoji}
                data-active={emoji.isActive}
              >
                {emoji.emoji}
              </button>
            ),
          }}
        />
      </EmojiPicker.Viewport>
    </EmojiPicker.Root>
  );
}
