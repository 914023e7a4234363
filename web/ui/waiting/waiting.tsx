import { useState } from 'preact/hooks';
import { language, named, t } from '../../locales';
import type { Key } from '../../locales';
import {
  asking, audioProblem, ownAudio, ownVideo, videoProblem,
} from '../../media/call';
import type { Climb, Consultation } from '../../protocol/types';
import { clock, wait } from '../../state/format';
import { command } from '../../state/session';
import { Button } from '../common/button';
import { Confirm } from '../common/confirm';
import { now, useAction, useAwake, useFocus, useTitle } from '../common/hooks';
import { Icon } from '../common/icon';
import { Level } from '../common/level';
import { SelfVideo } from '../common/video';
import { CaseView, levelWord, UrgencyBadge } from '../common/words';
import './waiting.css';

export function WaitingScreen({ one }: { one: Consultation }) {
  const [cancelling, setCancelling] = useState(false);
  const heading = useFocus<HTMLHeadingElement>();
  useAwake();
  const offered = one.state === 'offered';
  useTitle(offered ? t('waiting.title') : t('waiting.title-nobody'));
  return (
    <div class="waiting" data-testid="screen-waiting" data-state={one.state}>
      <section class="card waiting-main">
        <div class="waiting-head">
          <h1 tabIndex={-1} ref={heading}>
            {offered ? t('waiting.title') : t('waiting.title-nobody')}</h1>
          <p class="big-clock" data-testid="waiting-elapsed" role="timer">
            {clock(now() - one.requested_at)}</p>
        </div>
        <p><UrgencyBadge urgency={one.urgency} /> {named(one.department.name)}
        </p>
        <ol class="climb" data-testid="climb">
          {(one.climb || []).map((step, i, all) => (
            <Step key={i} step={step} last={i === all.length - 1} />
          ))}
        </ol>
        <Next one={one} />
        <div class="actions">
          <Button testid="waiting-cancel" icon="close"
            onClick={() => setCancelling(true)}>{t('waiting.cancel')}</Button>
        </div>
      </section>
      <OwnDevices />
      <section class="card">
        <h2>{t('waiting.case')}</h2>
        <CaseView one={one} />
      </section>
      {cancelling
        ? <Cancel one={one} onNo={() => setCancelling(false)} /> : null}
    </div>
  );
}

function Step({ step, last }: { step: Climb; last: boolean }) {
  const current = last && step.ended_at === null;
  const place = step.organisation ? named(step.organisation.name)
    : levelWord(step.level);
  return (
    <li class={current ? 'current' : 'past'} data-testid="climb-step"
      data-level={step.level}>
      <h2>{place} <span class="faint">{levelWord(step.level)}</span></h2>
      {step.rung.length === 0
        ? <p class="faint">{t('waiting.nobody')}</p>
        : <ul>
            {step.rung.map((rung) => (
              <li key={rung.post} data-testid="rung" data-state={rung.state}>
                <span class={rung.state === 'ringing' ? 'pulse' : ''}>
                  <Icon name={rung.state === 'declined'
                    || rung.state === 'no_answer' ? 'close'
                    : rung.state === 'accepted' ? 'check' : 'bell'} />
                </span>
                <strong>{named(rung.name)}</strong>
                <span class="faint">{named(rung.organisation.name)}</span>
                <span>{t(`rung.${rung.state}` as Key)}
                  {rung.reason ? `：${rung.reason}` : ''}</span>
              </li>
            ))}
          </ul>}
    </li>
  );
}

/** What happens when nobody answers, so that one may look away. */
function Next({ one }: { one: Consultation }) {
  const steps = one.climb || [];
  const step = steps[steps.length - 1];
  const left_ms = step && step.ended_at === null
    ? step.deadline_at - now() : 0;
  return (
    <p class="next" data-testid="waiting-next">
      {one.state === 'offered' && left_ms > 0
        ? t(step && step.level === 'national' ? 'waiting.next-last'
          : 'waiting.next', { wait: wait(language.value, left_ms) })
        : one.state === 'offered' ? t('waiting.next-now')
          : t('waiting.next-nobody')}
      {' '}{t('waiting.meanwhile')}
    </p>
  );
}

function OwnDevices() {
  const problem = audioProblem.value
    ? `devices.audio-${audioProblem.value}`
    : videoProblem.value ? `devices.video-${videoProblem.value}` : '';
  return (
    <section class="card waiting-devices" data-testid="waiting-devices">
      <h2>{t('waiting.devices')}</h2>
      <div class="preview">
        {ownVideo.value
          ? <SelfVideo track={ownVideo.value} testid="self-video"
              label={t('call.self')} />
          : <p>{asking.value ? t('devices.asking')
              : videoProblem.value ? t('call.joining-by-voice')
                : t('devices.voice-only-on')}</p>}
      </div>
      {ownAudio.value ? <Level track={ownAudio.value} /> : null}
      {problem
        ? <p class="banner bad" role="alert">
            <span><strong>{t(problem as Key)}</strong>{' '}
              {t(`${problem}-way` as Key)}</span></p> : null}
    </section>
  );
}

function Cancel({ one, onNo }: { one: Consultation; onNo: () => void }) {
  const action = useAction();
  return (
    <Confirm testid="cancel-confirm" title={t('waiting.cancel-ask')} danger
      yes={t('waiting.cancel-yes')} no={t('waiting.cancel-no')} onNo={onNo}
      busy={action.busy} error={action.error}
      onYes={() => action.run(() =>
        command('consultation.cancel', { consultation: one.id }))}>
      <p>{t('waiting.cancel-text')}</p>
    </Confirm>
  );
}
