import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../../locales';
import type { Key } from '../../locales';
import {
  canChooseSpeaker, capture, knownDevices, onDevicesChanged, routeToSpeaker,
} from '../../media/devices';
import type { Captured, Known } from '../../media/devices';
import { testTune } from '../../media/sounds';
import { readRequest } from '../../state/drafts';
import { go } from '../../state/route';
import { devices } from '../../state/settings';
import type { Devices } from '../../state/settings';
import { person } from '../../state/store';
import { Button } from '../common/button';
import { Tick } from '../common/field';
import { useAction, useTitle } from '../common/hooks';
import { Level } from '../common/level';
import { consentAt, missing, sendRequest } from '../common/request';
import { SelfVideo } from '../common/video';
import { Loading } from '../common/words';
import './devices.css';

const NOTHING: Known = { microphones: [], cameras: [], speakers: [] };

export function DeviceScreen({ then }: { then: 'back' | 'request' }) {
  const chosen = devices.value;
  const { got, known, retry } = useCapture(chosen);
  const action = useAction();
  useTitle(t('devices.title'));
  const draft = readRequest(person.value!.account);
  const ready = then === 'request'
    && Object.keys(missing(draft, consentAt.value !== null)).length === 0;
  useEffect(() => {
    /* Opened by a reload: the consent must be given again. */
    if (then === 'request' && !ready && !action.busy)
      go({ at: 'request', urgency: 'routine' });
  }, []);
  const finish = () => {
    devices.value = { ...devices.value, checked: true };
    if (ready)
      action.run(() => sendRequest(draft));
    else
      history.back();
  };
  return (
    <div class="devices" data-testid="screen-devices">
      <h1>{t('devices.title')}</h1>
      <div class="devices-pair">
        <section class="card">
          <div class="preview">
            {got && got.video
              ? <SelfVideo track={got.video} testid="preview"
                  label={t('devices.preview')} />
              : <p>{chosen.voiceOnly ? t('devices.voice-only-on')
                  : got ? '' : t('devices.asking')}</p>}
          </div>
          {!got ? <Loading text={t('devices.asking')} /> : null}
          {got && got.videoProblem
            ? <Problem kind="video" problem={got.videoProblem} /> : null}
          <Chooser id="choose-camera" label={t('devices.camera')}
            list={known.cameras} value={chosen.camera}
            onChoose={(camera) => change({ camera })} />
          <Tick id="voice-only" checked={chosen.voiceOnly}
            onChange={(voiceOnly) => change({ voiceOnly })}>
            {t('devices.voice-only')}</Tick>
        </section>
        <section class="card">
          <h2>{t('devices.microphone')}</h2>
          {got && got.audio ? <Level track={got.audio} /> : null}
          {got && got.audioProblem
            ? <Problem kind="audio" problem={got.audioProblem} /> : null}
          <Chooser id="choose-microphone" label={t('devices.microphone')}
            list={known.microphones} value={chosen.microphone} underHeading
            onChoose={(microphone) => change({ microphone })} />
          <h2>{t('devices.speaker')}</h2>
          <SpeakerTest />
          {canChooseSpeaker()
            ? <Chooser id="choose-speaker" label={t('devices.speaker')}
                list={known.speakers} value={chosen.speaker} underHeading
                onChoose={(speaker) => change({ speaker })} /> : null}
        </section>
      </div>
      {action.error
        ? <p class="error-text" role="alert">{action.error}
            {' '}{t('request.error-kept')}</p> : null}
      <div class="actions sticky">
        {got && (got.audioProblem || got.videoProblem)
          ? <Button testid="devices-retry" onClick={retry}>
              {t('devices.retry')}</Button> : null}
        <Button testid="devices-done" kind="primary" large
          busy={action.busy} onClick={finish}>
          {t(!got || got.audioProblem || got.videoProblem
            ? ready ? 'devices.anyway-call' : 'devices.anyway'
            : ready ? 'devices.done-call' : 'devices.done')}
        </Button>
      </div>
    </div>
  );
}

function change(part: Partial<Devices>): void {
  devices.value = { ...devices.value, ...part };
}

/** Opens what is chosen; a change of choice opens anew. */
function useCapture(chosen: Devices) {
  const [got, setGot] = useState<Captured | null>(null);
  const [known, setKnown] = useState<Known>(NOTHING);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let gone = false;
    let mine: Captured | null = null;
    setGot(null);
    const close = (captured: Captured | null) => {
      if (captured)
        [captured.audio, captured.video]
          .forEach((track) => track && track.stop());
    };
    capture({ audio: true, video: !chosen.voiceOnly }).then((captured) => {
      if (gone) {
        close(captured);
        return;
      }
      mine = captured;
      setGot(captured);
      knownDevices().then(setKnown);
    });
    return () => {
      gone = true;
      close(mine);
    };
  }, [chosen.camera, chosen.microphone, chosen.voiceOnly, turn]);
  useEffect(() => onDevicesChanged(() => {
    knownDevices().then(setKnown);
  }), []);
  return { got, known, retry: () => setTurn((before) => before + 1) };
}

function Problem({ kind, problem }: {
  kind: 'audio' | 'video'; problem: string;
}) {
  return (
    <div class="banner bad" role="alert" data-testid={`problem-${kind}`}
      data-problem={problem}>
      <p><strong>{t(`devices.${kind}-${problem}` as Key)}</strong>{' '}
        {t(`devices.${kind}-${problem}-way` as Key)}</p>
    </div>
  );
}

function Chooser(props: {
  id: string; label: string; list: MediaDeviceInfo[]; value: string;
  underHeading?: boolean;
  onChoose: (id: string) => void;
}) {
  if (props.list.length < 2)
    return props.list.length === 1
      ? <p class="faint">{props.list[0]!.label}</p> : null;
  const value = props.list.some((one) => one.deviceId === props.value)
    ? props.value : '';
  return (
    <div class="field">
      <label for={props.id} class={props.underHeading ? 'unseen' : ''}>
        {props.label}</label>
      <select id={props.id} data-testid={props.id} value={value}
        onChange={(event) => props.onChoose(event.currentTarget.value)}>
        <option value="">{t('devices.default')}</option>
        {props.list.map((one, i) => (
          <option key={one.deviceId} value={one.deviceId}>
            {one.label || `${props.label} ${i + 1}`}
          </option>
        ))}
      </select>
    </div>
  );
}

function SpeakerTest() {
  const player = useRef<HTMLAudioElement | null>(null);
  const [played, setPlayed] = useState(false);
  useEffect(() => () => {
    if (player.current)
      player.current.pause();
  }, []);
  const play = () => {
    if (!player.current)
      player.current = new Audio(URL.createObjectURL(testTune()));
    routeToSpeaker(player.current);
    player.current.currentTime = 0;
    player.current.play().catch(() => undefined);
    setPlayed(true);
  };
  return (
    <div class="speaker-test">
      <Button testid="speaker-test" icon="speaker" onClick={play}>
        {t('devices.speaker-test')}</Button>
      {played ? <p class="faint" role="status">{t('devices.speaker-why')}</p>
        : null}
    </div>
  );
}
