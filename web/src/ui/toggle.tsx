import { Switch } from 'react-aria-components/Switch';
import styles from './field.module.css';

export interface ToggleProps {
  label: string;
  hint?: string;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
}

export function Toggle({ label, hint, isOn, onChange }: ToggleProps) {
  return (
    <Switch className={styles.switch} isSelected={isOn} onChange={onChange}>
      <span className={styles.switchText}>
        {label}
        {hint && <span className={`${styles.hint} ${styles.field}`}>{hint}</span>}
      </span>
      <span className={styles.track}>
        <span className={styles.thumb} />
      </span>
    </Switch>
  );
}
