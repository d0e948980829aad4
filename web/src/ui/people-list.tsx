import type { ReactNode } from 'react';
import { Button } from 'react-aria-components/Button';
import { Avatar, type AvatarProps } from './avatar';
import styles from './people-list.module.css';

export interface PersonLineProps extends Omit<AvatarProps, 'size'> {
  about?: string | null;
  /** Without, it is no button. */
  onPress?: () => void;
  /** At its end. */
  children?: ReactNode;
}

/** A person, or a conversation, on a line. */
export function PersonLine({ about, onPress, children, ...avatar }: PersonLineProps) {
  const content = (
    <>
      <Avatar {...avatar} size={38} />
      <span className={styles.text}>
        <span className={styles.name}>{avatar.name}</span>
        {about && <span className={styles.about}>{about}</span>}
      </span>
    </>
  );
  return (
    <li>
      {onPress ? (
        <Button className={styles.line} onPress={onPress}>
          {content}
          {children}
        </Button>
      ) : (
        <div className={styles.line}>
          {content}
          {children}
        </div>
      )}
    </li>
  );
}

export function PlainList({ children }: { children: ReactNode }) {
  return <ul className={styles.list}>{children}</ul>;
}
