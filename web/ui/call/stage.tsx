import { useRef } from 'preact/hooks';
import { named, t } from '../../locales';
import type { Key } from '../../locales';
import {
  asking, audioProblem, cameraOn, microphoneOn, ownVideo, peerState,
  pictureFlows, remoteStream, verdict, videoProblem,
} from '../../media/call';
import { callStatus } from '../../media/status';
import type { Consultation } from '../../protocol/types';
import { clock } from '../../state/format';
import { linkState } from '../../state/store';
import { now } from '../common/hooks';
import { Icon } from '../common/icon';
import { RemoteVideo, SelfVideo } from '../common/video';
import { organisationLine, UrgencyBadge } from '../common/words';
import { Knock } from './knock';

/** The picture and the one strip above it. */
export function Stage({ one }: { one: Consultation }) {
  const other = one.mine === 'expert' ? one.sides.clinic : one.sides.expert;
  /* A frozen face is worse than none: it looks as if somebody listened. */
  const picture = pictureFlows.value && other.video
    && other.media === 'connected' && peerState.value === 'connected';
  return (
    <section class="stage" aria-label={t('call.stage')}>
      <StatusLine one={one} />
      <Knock />
      <div class="picture" data-testid="picture" data-flows={String(picture)}>
        {remoteStream.value
          ? <RemoteVideo stream={remoteStream.value} /> : null}
        {picture ? null : <NoPicture one={one} />}
        <Self />
      </div>
    </section>
  );
}

function StatusLine({ one }: { one: Consultation }) {
  const other = one.mine === 'expert' ? one.sides.clinic : one.sides.expert;
  const seen = useRef(false);
  if (other.present)
    seen.current = true;
  const status = callStatus({
    state: one.state, link: linkState.value, peer: peerState.value, other,
    verdict: verdict.value,
    seenOther: seen.current || one.state === 'interrupted',
  });
  const values = { who: one.mine === 'expert' ? t('call.the-clinic')
    : t('call.the-expert') };
  return (
    <div class="status-line">
      <Other one={one} />
      <p class={`status ${status.tone}`} role="status" aria-live="polite"
        data-testid="call-status" data-status={status.key}>
        <span class="dot" aria-hidden="true" />
        <span>{t(status.key, values)}</span>
      </p>
      {one.urgency === 'routine' ? null
        : <UrgencyBadge urgency={one.urgency} />}
      <Elapsed one={one} />
      <OwnProblem />
    </div>
  );
}

/** Whom one is talking to, always in sight. */
function Other({ one }: { one: Consultation }) {
  const other = one.mine === 'expert' ? one.clinic : one.expert;
  if (!other)
    return null;
  return (
    <p class="other" data-testid="call-other">
      <strong>{named(other.doctor.name)}</strong>
      <span>{organisationLine(other.organisation)}</span>
    </p>
  );
}

/** Its own component: it alone is drawn each second. */
function Elapsed({ one }: { one: Consultation }) {
  return (
    <p class="elapsed" role="timer" aria-label={t('call.elapsed')}
      data-testid="call-elapsed">
      {clock(now() - (one.active_at || one.accepted_at || one.requested_at))}
    </p>
  );
}

function OwnProblem() {
  const key = audioProblem.value ? `devices.audio-${audioProblem.value}`
    : videoProblem.value ? `devices.video-${videoProblem.value}` : '';
  if (!key)
    return null;
  return (
    <p class="status bad" role="alert" data-testid="own-problem">
      <span><strong>{t(key as Key)}</strong>
        {audioProblem.value ? ` ${t(`${key}-way` as Key)}`
          : ` ${t('call.joining-by-voice')}`}</span>
    </p>
  );
}

function NoPicture({ one }: { one: Consultation }) {
  const expert = one.mine === 'expert';
  const name = expert ? named(one.clinic.doctor.name)
    : one.expert ? named(one.expert.doctor.name) : t('call.the-expert');
  const place = expert ? one.clinic.organisation
    : one.expert && one.expert.organisation;
  const other = expert ? one.sides.clinic : one.sides.expert;
  return (
    <div class="no-picture">
      <Icon name="person" />
      <p class="name">{name}</p>
      {place ? <p>{organisationLine(place)}</p> : null}
      <p>{other.media === 'connected' && !other.video
        ? t('call.voice-only') : t('call.picture-coming')}</p>
    </div>
  );
}

function Self() {
  return (
    <div class="self" data-testid="self">
      {ownVideo.value
        ? <SelfVideo track={ownVideo.value} testid="self-video"
            label={t('call.self')} />
        : <p>{asking.value ? t('devices.asking-short')
            : cameraOn.value ? t('call.no-camera') : t('call.camera-off')}</p>}
      {microphoneOn.value ? null
        : <span class="self-muted"><Icon name="microphone" off />
            {t('call.muted')}</span>}
    </div>
  );
}
