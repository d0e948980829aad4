import type { ReactNode } from 'react';
import { strings } from '../strings';
import { Logo } from '../ui/logo';
import styles from './account.module.css';

export interface CardProps {
  title: string;
  intro?: string;
  children: ReactNode;
  /** Where else somebody may want to go. */
  other?: ReactNode;
}

/** A screen of its own, for who is not signed in or has one thing to do first. */
export function Card({ title, intro, children, other }: CardProps) {
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <div className={styles.brand}>
          <Logo />
          {strings.appName}
        </div>
        <div>
          <h1>{title}</h1>
          {intro && <p className={styles.intro}>{intro}</p>}
        </div>
        {children}
        {other && <div className={styles.other}>{other}</div>}
      </div>
    </main>
  );
}
