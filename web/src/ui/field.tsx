import type { ReactNode } from 'react';
import { FieldError } from 'react-aria-components/FieldError';
import { Input } from 'react-aria-components/Input';
import { Label } from 'react-aria-components/Label';
import { Text } from 'react-aria-components/Text';
import { TextArea } from 'react-aria-components/TextArea';
import { TextField, type TextFieldProps } from 'react-aria-components/TextField';
import styles from './field.module.css';

export interface FieldProps extends TextFieldProps {
  label: string;
  hint?: string;
  placeholder?: string;
  autoCapitalize?: 'none';
  /** Several lines. */
  isLong?: boolean;
}

/** A text that somebody enters; what is wrong with it stands below. */
export function Field({ label, hint, placeholder, isLong = false, autoCapitalize, ...props }: FieldProps) {
  return (
    <TextField {...props} className={styles.field}>
      <Label className={styles.label}>{label}</Label>
      {isLong ? (
        <TextArea className={styles.input} placeholder={placeholder} />
      ) : (
        <Input className={styles.input} placeholder={placeholder} autoCapitalize={autoCapitalize} />
      )}
      {hint && (
        <Text slot="description" className={styles.hint}>
          {hint}
        </Text>
      )}
      <FieldError className={styles.error} />
    </TextField>
  );
}

/** What is wrong with no one field. */
export function Problem({ children }: { children: ReactNode }) {
  return (
    <p className={styles.problem} role="alert">
      {children}
    </p>
  );
}
