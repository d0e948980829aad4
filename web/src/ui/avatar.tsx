import type { CSSProperties } from 'react';
import { usePicture } from '../app/pictures';
import { strings } from '../strings';
import styles from './avatar.module.css';

export interface AvatarProps {
  id: string;
  name: string;
  url?: string | null;
  /** In CSS pixels. */
  size?: number;
  /** Of a group or a channel. */
  isSquare?: boolean;
  presence?: 'ONLINE' | 'AWAY' | 'OFFLINE' | null;
}

/** A picture, or initials on a colour that stays the same. The name stands beside it wherever it is used. */
export function Avatar({ id, name, url: given = null, size = 44, isSquare = false, presence = null }: AvatarProps) {
  const [url, renew] = usePicture(id, given);
  const style = { '--size': `${size}px`, '--hue': hueOf(id) } as CSSProperties;
  return (
    <span className={isSquare ? `${styles.avatar} ${styles.square}` : styles.avatar} style={style}>
      {url ? (
        <img className={styles.picture} src={url} alt="" loading="lazy" onError={renew} />
      ) : (
        <span className={styles.picture} aria-hidden>
          {initialsOf(name)}
        </span>
      )}
      {(presence === 'ONLINE' || presence === 'AWAY') && (
        <span className={`${styles.dot} ${styles[presence]}`} role="img" aria-label={strings.presence[presence]} />
      )}
    </span>
  );
}

function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/);
  const letters = words.length > 1 ? [words[0]!, words.at(-1)!] : [words[0] ?? ''];
  return letters
    .map((word) => [...word][0] ?? '')
    .join('')
    .toUpperCase();
}

/** Of a colour that stays the same for an id, in degrees. */
export function hueOf(id: string): number {
  // FNV-1a: ids that were made one after the other differ in a few letters only.
  let hash = 0x811c9dc5;
  for (const letter of id) hash = Math.imul(hash ^ letter.codePointAt(0)!, 0x01000193);
  return (hash >>> 8) % 360;
}
