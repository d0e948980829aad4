import { useState, type FormEvent, type ReactNode } from 'react';
import { Form as AriaForm } from 'react-aria-components/Form';
import { explain, fieldErrors } from '../app/explain';
import { Problem } from './field';
import styles from './field.module.css';

export interface FormProps {
  /** What to do with the fields, by name. What it throws is shown at the field that it is about, else above all. */
  onSubmit: (values: Record<string, string>) => Promise<void>;
  children: (state: { isBusy: boolean }) => ReactNode;
}

export function Form({ onSubmit, children }: FormProps) {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (isBusy) return;
    const values = Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>;
    setBusy(true);
    setError(null);
    try {
      await onSubmit(values);
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  const atFields = fieldErrors(error);
  return (
    <AriaForm onSubmit={(event) => void submit(event)} validationErrors={atFields}>
      {/* Not when a field is left: what goes away then moves the button from under the pointer that presses it. */}
      <div className={styles.form} onInput={() => setError(null)}>
        {error !== null && Object.keys(atFields).length === 0 && <Problem>{explain(error)}</Problem>}
        {children({ isBusy })}
      </div>
    </AriaForm>
  );
}
