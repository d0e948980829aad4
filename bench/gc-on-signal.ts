/** Loaded into a server whose memory is measured (--expose-gc --import): SIGUSR2 collects garbage. */
process.on('SIGUSR2', () => {
  (globalThis as { gc?: () => void }).gc?.();
});
