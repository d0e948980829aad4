import { decode } from 'blurhash';
import { useLayoutEffect, useRef } from 'react';
import styles from './media.module.css';

/** So many pixels a side are enough for what is a blur. */
const SIDE = 24;

/** What a picture looks like from far away, until it is there. */
export function Blur({ hash }: { hash: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    try {
      const pixels = new Uint8ClampedArray(decode(hash, SIDE, SIDE));
      canvas.current!.getContext('2d')!.putImageData(new ImageData(pixels, SIDE, SIDE), 0, 0);
    } catch {
      // A hash that is none shows nothing.
    }
  }, [hash]);
  return <canvas ref={canvas} width={SIDE} height={SIDE} className={styles.blur} aria-hidden />;
}
