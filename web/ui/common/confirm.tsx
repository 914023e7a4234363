import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Button } from './button';
import { t } from '../../locales';

interface ConfirmProps {
  testid: string;
  title: string;
  children?: ComponentChildren;
  yes: string;
  no?: string;
  danger?: boolean;
  busy?: boolean;
  error?: string;
  onYes: () => void;
  onNo: () => void;
}

/** Asks once. Escape and the backdrop mean no; focus stays inside. */
export function Confirm(props: ConfirmProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    const first = box.current
      && box.current.querySelector<HTMLElement>('input, textarea, button');
    if (first)
      first.focus();
    return () => {
      if (before && before.focus)
        before.focus();
    };
  }, []);
  const onKey = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === 'Escape')
      props.onNo();
    if (event.key === 'Tab' && box.current)
      keepInside(event, box.current);
  };
  return (
    <div class="backdrop" onClick={(event) => {
      if (event.target === event.currentTarget)
        props.onNo();
    }}>
      <div class="dialog" role="alertdialog" aria-modal="true" ref={box}
        aria-labelledby={`${props.testid}-title`} data-testid={props.testid}
        onKeyDown={onKey}>
        <h2 id={`${props.testid}-title`}>{props.title}</h2>
        {props.children}
        {props.error
          ? <p class="error-text" role="alert">{props.error}</p> : null}
        <div class="actions">
          <Button testid={`${props.testid}-no`} onClick={props.onNo}>
            {props.no || t('common.back')}
          </Button>
          <Button testid={`${props.testid}-yes`} busy={Boolean(props.busy)}
            kind={props.danger ? 'danger' : 'primary'}
            onClick={props.onYes}>{props.yes}</Button>
        </div>
      </div>
    </div>
  );
}

function keepInside(event: KeyboardEvent, box: HTMLElement): void {
  const inside = box.querySelectorAll<HTMLElement>(
    'button:not([disabled]), input, textarea, select');
  const first = inside[0];
  const last = inside[inside.length - 1];
  if (!first || !last)
    return;
  if (event.shiftKey && document.activeElement === first) {
    event.preventDefault();
    last.focus();
  } else if (!event.shiftKey && document.activeElement === last) {
    event.preventDefault();
    first.focus();
  }
}
