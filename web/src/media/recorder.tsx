import { ParleyError } from '@parley/client';
import { ArrowUp, Mic, Trash2 } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { strings } from '../strings';
import { IconButton } from '../ui/button';
import { attempt } from '../ui/notices';
import { clockOf } from './clock';
import styles from './media.module.css';

export interface Recorded {
  blob: Blob;
  contentType: string;
  durationMs: number;
}

export interface RecorderProps {
  onDone: (recorded: Recorded) => void;
  onStop: () => void;
}

/** What browsers record, and the API takes as VOICE; the first that this one can. */
const types = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus'];

/** Records from the moment it is shown, in place of the composer. */
export function Recorder({ onDone, onStop }: RecorderProps) {
  const recording = useRef<Recording | null>(null);
  const [ms, setMs] = useState(0);
  useEffect(() => {
    const made = new Recording();
    recording.current = made;
    void attempt(() => made.start()).then((isOn) => !isOn && onStop());
    const timer = setInterval(() => setMs(made.durationMs), 200);
    return () => {
      clearInterval(timer);
      made.discard();
    };
  }, []);
  const finish = async () => {
    const recorded = await recording.current?.finish();
    if (recorded) onDone(recorded);
  };
  return (
    <div className={styles.recorder} role="group" aria-label={strings.media.recording}>
      <IconButton label={strings.media.discardVoice} onPress={onStop}>
        <Trash2 size={19} aria-hidden />
      </IconButton>
      <span className={styles.recording}>
        <Mic size={17} aria-hidden />
        <span role="timer">{clockOf(ms)}</span>
        <span>{strings.media.recording}</span>
      </span>
      <Button
        className={styles.sendVoice}
        aria-label={strings.media.sendVoice}
        autoFocus
        isDisabled={ms === 0}
        onPress={() => void finish()}
      >
        <ArrowUp size={19} aria-hidden />
      </Button>
    </div>
  );
}

class Recording {
  private stream: MediaStream | null = null;
  private recorder: MediaRecorder | null = null;
  private readonly parts: Blob[] = [];
  private begun = 0;
  private isOver = false;

  /** Rejects with a sentence where there is no microphone, or it may not be used. */
  async start(): Promise<void> {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true }).catch((error: unknown) => {
      throw new ParleyError('NO_MICROPHONE', strings.media.noMicrophone, false, null, null, { cause: error });
    });
    this.stream = stream;
    if (this.isOver) return this.release();
    const mimeType = types.find((type) => MediaRecorder.isTypeSupported(type));
    this.recorder = new MediaRecorder(stream, mimeType ? { mimeType } : undefined);
    this.recorder.ondataavailable = ({ data }) => this.parts.push(data);
    this.recorder.onstart = () => (this.begun = performance.now());
    this.recorder.start(1_000);
  }

  get durationMs(): number {
    return this.begun === 0 ? 0 : performance.now() - this.begun;
  }

  async finish(): Promise<Recorded | null> {
    const { recorder, durationMs } = this;
    if (!recorder || recorder.state === 'inactive') return null;
    await new Promise((resolve) => {
      recorder.onstop = resolve;
      recorder.stop();
    });
    this.release();
    const contentType = recorder.mimeType.split(';', 1)[0]!;
    return { blob: new Blob(this.parts, { type: contentType }), contentType, durationMs: Math.round(durationMs) };
  }

  discard(): void {
    this.isOver = true;
    if (this.recorder && this.recorder.state !== 'inactive') this.recorder.stop();
    this.release();
  }

  private release(): void {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
  }
}
