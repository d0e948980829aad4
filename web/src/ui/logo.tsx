export function Logo({ size = 30 }: { size?: number }) {
  return <img src="/icon.svg" width={size} height={size} alt="" />;
}
