import { useEffect, useRef, useState } from 'preact/hooks';
import { named, t } from '../../locales';
import type { Consultation } from '../../protocol/types';
import { command } from '../../state/session';
import { isCall } from '../../state/store';
import { Button } from './button';
import { useAction } from './hooks';
import { when } from './words';

const LONGEST = 2000;

/** Messages of the other side that came while the chat was not shown. */
export function useUnread(one: Consultation, shown: boolean): number {
  const theirs = (one.chat || [])
    .filter((message) => message.from !== one.mine).length;
  const [read, setRead] = useState(theirs);
  useEffect(() => {
    if (shown)
      setRead(theirs);
  }, [shown, theirs]);
  return shown ? 0 : Math.max(0, theirs - read);
}

export function ChatPanel({ one, autoFocus }: {
  one: Consultation; autoFocus?: boolean;
}) {
  const [text, setText] = useState('');
  const action = useAction();
  const list = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const chat = one.chat || [];
  const writable = isCall(one.state) || one.state === 'opinion_pending';
  useEffect(() => {
    if (list.current)
      list.current.scrollTop = list.current.scrollHeight;
  }, [chat.length]);
  useEffect(() => {
    if (autoFocus && input.current)
      input.current.focus();
  }, []);
  const send = () => {
    const said = text.trim();
    if (said)
      action.run(async () => {
        await command('consultation.chat', { consultation: one.id,
          text: said });
        setText('');
      });
  };
  return (
    <div class="chat" data-testid="chat">
      <div class="chat-list" ref={list} role="log" tabIndex={0}
        aria-label={t('call.tab-chat')}>
        {chat.length === 0
          ? <p class="faint">{t('chat.empty')}</p> : null}
        <ol>
          {chat.map((message) => (
            <li key={message.id} data-testid="chat-message"
              class={message.from === one.mine ? 'mine' : ''}>
              <span class="faint">{named(message.name)} {when(message.at)}
              </span>
              <p>{message.text}</p>
            </li>
          ))}
        </ol>
      </div>
      {writable ? (
        <form class="chat-form" onSubmit={(event) => {
          event.preventDefault();
          send();
        }}>
          <input ref={input} type="text" value={text} maxLength={LONGEST}
            aria-label={t('chat.write')} placeholder={t('chat.write')}
            data-testid="chat-input" autocomplete="off"
            onInput={(event) => setText(event.currentTarget.value)} />
          <Button testid="chat-send" type="submit" kind="primary"
            busy={action.busy} disabled={!text.trim()}>
            {t('chat.send')}</Button>
        </form>) : null}
      {action.error
        ? <p class="error-text" role="alert">{action.error}</p> : null}
    </div>
  );
}
