import { t } from '../../locales';
import {
  cameraOn, microphoneOn, toggleCamera, toggleMicrophone,
} from '../../media/call';
import { Icon } from '../common/icon';
import type { IconName } from '../common/icon';
import type { Panel } from './call';

interface ControlProps {
  testid: string;
  icon: IconName;
  off?: boolean;
  pressed?: boolean;
  word: string;
  shortcut?: string;
  count?: number;
  onClick: () => void;
}

function Control(props: ControlProps) {
  return (
    <button type="button" data-testid={props.testid}
      class={`control${props.off ? ' off' : ''}`}
      aria-pressed={props.pressed} aria-keyshortcuts={props.shortcut}
      title={props.shortcut ? `${props.word} (${props.shortcut})`
        : props.word}
      onClick={props.onClick}>
      <Icon name={props.icon} off={Boolean(props.off)} />
      <span>{props.word}</span>
      {props.count ? <span class="count">{props.count}</span> : null}
    </button>
  );
}

export function Controls(props: {
  panel: Panel;
  unread: number;
  onPanel: (to: Panel) => void;
  onFull: () => void;
  onEnd: () => void;
}) {
  return (
    <div class="controls" role="toolbar" aria-label={t('call.controls')}>
      <Control testid="control-microphone" icon="microphone" shortcut="M"
        off={!microphoneOn.value} onClick={toggleMicrophone}
        word={microphoneOn.value ? t('call.mute') : t('call.unmute')} />
      <Control testid="control-camera" icon="camera" shortcut="V"
        off={!cameraOn.value} onClick={toggleCamera}
        word={cameraOn.value ? t('call.stop-camera')
          : t('call.start-camera')} />
      <Control testid="control-case" icon="case"
        pressed={props.panel === 'case'} word={t('call.tab-case')}
        onClick={() => props.onPanel('case')} />
      <Control testid="control-chat" icon="chat" shortcut="C"
        pressed={props.panel === 'chat'} word={t('call.tab-chat')}
        count={props.unread} onClick={() => props.onPanel('chat')} />
      {document.fullscreenEnabled
        ? <Control testid="control-full" icon="full" shortcut="F"
            word={t('call.full')} onClick={props.onFull} /> : null}
      <button type="button" class="control end" data-testid="control-end"
        onClick={props.onEnd}>
        <Icon name="hangup" /><span>{t('call.end')}</span>
      </button>
    </div>
  );
}
