import { useState } from 'react';
import { keepTheme, themeHere, type Theme } from '../app/theme';
import { strings } from '../strings';
import { Pick } from '../ui/pick';
import styles from './settings.module.css';

const { settings } = strings;
const themes = Object.entries(settings.themes).map(([value, label]) => ({ value: value as Theme, label }));

export function Appearance() {
  const [theme, setTheme] = useState(themeHere);
  return (
    <section className={styles.section}>
      <h3>{settings.appearance}</h3>
      <Pick
        label={settings.theme}
        value={theme}
        options={themes}
        onChange={(next) => {
          keepTheme(next);
          setTheme(next);
        }}
      />
    </section>
  );
}
