import { useId } from 'react';
import styles from './field.module.css';
import { Toggle } from './toggle';

export interface SeveralProps<Value extends string> {
  label: string;
  /** In the order in which they stand. */
  labels: Readonly<Record<Value, string>>;
  chosen: readonly Value[];
  onChange: (chosen: Value[]) => void;
}

/** Any of a few. */
export function Several<Value extends string>({ label, labels, chosen, onChange }: SeveralProps<Value>) {
  const id = useId();
  return (
    <div role="group" aria-labelledby={id}>
      <span id={id} className={styles.label}>
        {label}
      </span>
      {(Object.entries(labels) as [Value, string][]).map(([value, text]) => (
        <Toggle
          key={value}
          label={text}
          isOn={chosen.includes(value)}
          onChange={(isOn) => onChange(isOn ? [...chosen, value] : chosen.filter((each) => each !== value))}
        />
      ))}
    </div>
  );
}
