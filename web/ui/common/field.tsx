import type { ComponentChildren } from 'preact';
import { t } from '../../locales';

interface FieldProps {
  id: string;
  label: string;
  value: string;
  onInput: (value: string) => void;
  hint?: string | undefined;
  error?: string | undefined;
  type?: 'text' | 'password' | 'number' | 'search';
  rows?: number;
  maxLength?: number;
  autocomplete?: string;
  required?: boolean;
  optional?: boolean;
  suffix?: ComponentChildren;
}

/** A labelled input or, with rows, a text that grows with its content. */
export function Field(props: FieldProps) {
  const hintId = props.hint || props.error ? `${props.id}-hint` : undefined;
  const common = {
    id: props.id,
    name: props.id,
    'data-testid': props.id,
    value: props.value,
    maxLength: props.maxLength,
    required: Boolean(props.required),
    'aria-describedby': hintId,
    'aria-invalid': props.error ? 'true' as const : undefined,
  };
  return (
    <div class={`field${props.error ? ' wrong' : ''}`}>
      <label for={props.id}>
        {props.label}
        {props.optional
          ? <span class="faint"> {t('common.optional')}</span> : null}
      </label>
      {props.rows
        ? <div class="grow" data-text={`${props.value} `}>
            <textarea {...common} rows={props.rows}
              onInput={(event) => props.onInput(event.currentTarget.value)} />
          </div>
        : <div class="with-suffix">
            <input {...common} type={props.type || 'text'}
              autocomplete={props.autocomplete || 'off'}
              inputMode={props.type === 'number' ? 'numeric' : undefined}
              onInput={(event) => props.onInput(event.currentTarget.value)} />
            {props.suffix}
          </div>}
      {hintId
        ? <p id={hintId} class={props.error ? 'error-text' : 'faint'}>
            {props.error || props.hint}
          </p>
        : null}
    </div>
  );
}

interface ChoiceProps<T extends string> {
  name: string;
  legend: string;
  value: T | '';
  options: { value: T; label: string; note?: string | undefined }[];
  onChoose: (value: T) => void;
  error?: string | undefined;
}

/** One of a few, all visible: quicker and surer than a drop-down. */
export function Choice<T extends string>(props: ChoiceProps<T>) {
  return (
    <fieldset class={`choice${props.error ? ' wrong' : ''}`}
      data-testid={props.name}
      aria-describedby={props.error ? `${props.name}-hint` : undefined}>
      <legend>{props.legend}</legend>
      <div class="options">
        {props.options.map((option) => (
          <label key={option.value} class="option">
            <input type="radio" name={props.name} value={option.value}
              data-testid={`${props.name}-${option.value}`}
              checked={props.value === option.value}
              onChange={() => props.onChoose(option.value)} />
            <span>{option.label}
              {option.note ? <small>{option.note}</small> : null}
            </span>
          </label>
        ))}
      </div>
      {props.error
        ? <p id={`${props.name}-hint`} class="error-text">{props.error}</p>
        : null}
    </fieldset>
  );
}

interface TickProps {
  id: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  children: ComponentChildren;
  kind?: 'switch';
  disabled?: boolean;
}

export function Tick(props: TickProps) {
  return (
    <label class={`tick${props.kind ? ` ${props.kind}` : ''}`}>
      <input type="checkbox" id={props.id} data-testid={props.id}
        role={props.kind === 'switch' ? 'switch' : undefined}
        checked={props.checked} disabled={Boolean(props.disabled)}
        onChange={(event) => props.onChange(event.currentTarget.checked)} />
      <span>{props.children}</span>
    </label>
  );
}

/** Tells a password manager whose password is asked for. */
export function WhoseAccount({ account }: { account: string }) {
  return <input type="text" autocomplete="username" value={account} hidden
    readOnly aria-hidden="true" tabIndex={-1} />;
}
