import { Link } from 'wouter';
import { useViewer } from '../app/viewer';
import { strings } from '../strings';
import styles from './inbox.module.css';

export function UnverifiedNote() {
  const [viewer] = useViewer();
  if (!viewer || viewer.email === null || viewer.emailVerifiedAt !== null) return null;
  return (
    <p className={styles.note}>
      {strings.account.unverified} <Link href="/verify">{strings.account.enterCode}</Link>
    </p>
  );
}
