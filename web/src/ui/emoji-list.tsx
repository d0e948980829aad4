import { EmojiPicker } from 'frimousse';
import { strings } from '../strings';
import styles from './emoji.module.css';

/** The data lies beside the app, under this address. */
const DATA = '/emoji';

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
              <div {...props} className={styles.row}>
                {children}
              </div>
            ),
            Emoji: ({ emoji, ...props }) => (
              <button {...props} className={styles.emoji} data-active={emoji.isActive}>
                {emoji.emoji}
              </button>
            ),
          }}
        />
      </EmojiPicker.Viewport>
    </EmojiPicker.Root>
  );
}
