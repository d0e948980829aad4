import type { Media } from '@parley/client';
import { ImageOff, Play } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { Button } from 'react-aria-components/Button';
import { strings } from '../strings';
import { Blur } from './blur';
import { boxOf, TILE } from './box';
import { clockOf } from './clock';
import styles from './media.module.css';

export interface PictureProps {
  kind: Media['kind'];
  label: string;
  /** Null while there is nothing to show. */
  url: string | null;
  blurHash: string | null;
  width: number | null | undefined;
  height: number | null | undefined;
  durationMs: number | null;
  /** In its own shape, as one of several, or as large as there is room. */
  fit: 'own' | 'tile' | 'fill';
  /** Whether the server has looked at it. */
  isChecked: boolean;
  onBroken: () => void;
  /** Null where there is nothing to open yet. */
  onOpen: (() => void) | null;
  children?: ReactNode;
}

/** An image, or what a video begins with, in a box of its own size from the first moment on. */
export function Picture(props: PictureProps) {
  const { kind, label, url, blurHash, fit, isChecked, onBroken, onOpen, durationMs, children } = props;
  const [brokenUrl, setBroken] = useState<string | null>(null);
  const { width, height } = fit === 'own' ? boxOf(props.width, props.height) : { width: TILE, height: TILE };
  const isBroken = url !== null && brokenUrl === url;
  useEffect(() => {
    if (isBroken) onBroken();
  }, [isBroken]);
  const content = (
    <>
      {blurHash && <Blur hash={blurHash} />}
      {url && !isBroken && (
        <img src={url} alt={onOpen ? '' : label} decoding="async" draggable={false} onError={() => setBroken(url)} />
      )}
      {isBroken && <ImageOff className={styles.mark} size={26} role="img" aria-label={strings.media.notLoaded} />}
      {kind === 'VIDEO' && <Play className={styles.play} size={22} aria-hidden />}
      {durationMs !== null && <span className={styles.duration}>{clockOf(durationMs)}</span>}
      {!isChecked && !children && !url && <span className={styles.checking}>{strings.media.checking}</span>}
      {children}
    </>
  );
  const box = { width: fit === 'fill' ? '100%' : width, aspectRatio: `${width} / ${height}` };
  if (!onOpen)
    return (
      <span className={styles.picture} style={box}>
        {content}
      </span>
    );
  return (
    <Button className={styles.picture} style={box} aria-label={label} onPress={onOpen}>
      {content}
    </Button>
  );
}
