import type { ComponentChildren } from 'preact';
import { Icon } from './icon';
import type { IconName } from './icon';

interface ButtonProps {
  testid: string;
  children: ComponentChildren;
  kind?: 'primary' | 'plain' | 'danger' | 'quiet';
  icon?: IconName;
  large?: boolean;
  busy?: boolean;
  disabled?: boolean;
  type?: 'button' | 'submit';
  onClick?: () => void;
  label?: string;
}

export function Button(props: ButtonProps) {
  const kind = props.kind || 'plain';
  return (
    <button type={props.type || 'button'} data-testid={props.testid}
      class={`button ${kind}${props.large ? ' large' : ''}`}
      disabled={Boolean(props.disabled || props.busy)}
      aria-busy={props.busy ? 'true' : undefined}
      aria-label={props.label}
      onClick={props.onClick}>
      {props.busy ? <span class="spinner" aria-hidden="true" />
        : props.icon ? <Icon name={props.icon} /> : null}
      <span>{props.children}</span>
    </button>
  );
}
