import { useChat } from '@parley/client/react';
import { Pause, Play } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { strings } from '../strings';
import { attempt } from '../ui/notices';
import { clockOf } from './clock';
import styles from './media.module.css';

export interface VoiceNoteProps {
  /** Null while it is on its way. */
  mediaId: string | null;
  url: string | null;
  durationMs: number | null;
  /** 64 values, 0 to 100; null while nobody has listened. */
  waveform: readonly number[] | null;
}

/** One plays at a time. */
let playing: HTMLAudioElement | null = null;
const flat = Array<number>(64).fill(4);

export function VoiceNote({ mediaId, url, durationMs, waveform }: VoiceNoteProps) {
  const { media } = useChat();
  const audio = useRef<HTMLAudioElement>(null);
  const [isPlaying, setPlaying] = useState(false);
  const [at, setAt] = useState(0);
  const [told, setTold] = useState<number | null>(null);
  const total = durationMs ?? told ?? 0;
  const refreshed = useRef(false);
  // timeupdate comes four times a second, which shows.
  useEffect(() => {
    if (!isPlaying) return;
    let frame = requestAnimationFrame(function look() {
      setAt((audio.current?.currentTime ?? 0) * 1_000);
      frame = requestAnimationFrame(look);
    });
    return () => cancelAnimationFrame(frame);
  }, [isPlaying]);
  useEffect(() => () => audio.current?.pause(), []);

  const toggle = () =>
    void attempt(async () => {
      const element = audio.current!;
      if (!element.paused) return element.pause();
      if (playing !== element) playing?.pause();
      playing = element;
      await element.play();
    });
  const seek = (ms: number) => {
    setAt(ms);
    if (audio.current) audio.current.currentTime = ms / 1_000;
  };
  const values = waveform ?? flat;
  const played = total > 0 ? at / total : 0;
  return (
    <div className={styles.voice}>
      <Button
        className={styles.voiceButton}
        aria-label={isPlaying ? strings.media.pause : strings.media.playVoice}
        isDisabled={url === null}
        onPress={toggle}
      >
        {isPlaying ? <Pause size={19} aria-hidden /> : <Play size={19} aria-hidden />}
      </Button>
      <div className={styles.wave}>
        <svg viewBox={`0 0 ${values.length * 3} 40`} preserveAspectRatio="none" aria-hidden>
          {values.map((value, index) => {
            const height = Math.max(2, (value / 100) * 38);
            const isPlayed = (index + 0.5) / values.length <= played;
            return (
              <rect key={index} x={index * 3} y={20 - height / 2} width={2} height={height} data-played={isPlayed} />
            );
          })}
        </svg>
        <input
          type="range"
          aria-label={strings.media.position}
          aria-valuetext={`${clockOf(at)} / ${clockOf(total)}`}
          min={0}
          max={Math.max(1, total)}
          step={100}
          value={Math.min(at, total)}
          disabled={url === null}
          onChange={({ target }) => seek(Number(target.value))}
        />
      </div>
      <span className={styles.voiceTime}>{clockOf(isPlaying || at > 0 ? at : total)}</span>
      <audio
        ref={audio}
        src={url ?? undefined}
        preload="none"
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onEnded={() => {
          setPlaying(false);
          setAt(0);
        }}
        onDurationChange={({ currentTarget: { duration } }) => Number.isFinite(duration) && setTold(duration * 1_000)}
        onError={() => {
          // Its link has ended; once is enough to know.
          if (mediaId && !refreshed.current) void media.refresh(mediaId);
          refreshed.current = true;
        }}
      />
    </div>
  );
}
