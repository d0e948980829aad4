import { Link } from 'wouter';
import { strings } from '../strings';
import styles from './shell.module.css';

/** In place of what is not there: why, and a way on, as on a phone the list is not beside it. */
export function DeadEnd({ why }: { why: string }) {
  return (
    <div className={styles.pick}>
      <p>{why}</p>
      <Link href="/">{strings.goHome}</Link>
    </div>
  );
}
