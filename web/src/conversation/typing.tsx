import type { PersonFieldsFragment } from '@parley/client/operations';
import { strings } from '../strings';
import styles from './history.module.css';
import { nameOf } from './names';

/** `isNamed`: whoever it is has their name beside it. */
export function typingText(people: readonly PersonFieldsFragment[], isNamed = false): string {
  if (isNamed && people.length > 0) return strings.conversation.typing;
  const [first, second, third] = people.map(nameOf);
  if (third !== undefined) return strings.conversation.typingMany;
  if (second !== undefined) return strings.conversation.typingTwo(first!, second);
  return first === undefined ? '' : strings.conversation.typingOne(first);
}

/** Keeps its height, so that nothing moves when somebody begins or ends. */
export function Typing({ people }: { people: readonly PersonFieldsFragment[] }) {
  return (
    <div className={styles.typing} aria-live="polite">
      {people.length > 0 && (
        <>
          <span className={styles.dots} aria-hidden>
            <i />
            <i />
            <i />
          </span>
          {typingText(people)}
        </>
      )}
    </div>
  );
}
