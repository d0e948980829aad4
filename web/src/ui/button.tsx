import type { ReactNode } from 'react';
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components/Button';
import { Tooltip, TooltipTrigger } from 'react-aria-components/Tooltip';
import styles from './button.module.css';
import overlays from './overlay.module.css';

export interface ButtonProps extends AriaButtonProps {
  kind?: 'primary' | 'plain' | 'quiet' | 'danger';
  wide?: boolean;
}

export function Button({ kind = 'plain', wide = false, ...props }: ButtonProps) {
  return (
    <AriaButton {...props} className={[styles.button, styles[kind], wide && styles.wide].filter(Boolean).join(' ')} />
  );
}

export interface IconButtonProps extends Omit<AriaButtonProps, 'children'> {
  /** What it does: read by screen readers, and shown beside it. */
  label: string;
  small?: boolean;
  children: ReactNode;
}

/** A button that shows an icon only. */
export function IconButton({ label, small = false, children, ...props }: IconButtonProps) {
  return (
    <TooltipTrigger delay={500} closeDelay={0}>
      <AriaButton
        {...props}
        aria-label={label}
        className={[styles.icon, small && styles.small].filter(Boolean).join(' ')}
      >
        {children}
      </AriaButton>
      <Tooltip className={overlays.tooltip} offset={6}>
        {label}
      </Tooltip>
    </TooltipTrigger>
  );
}
