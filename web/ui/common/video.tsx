import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../../locales';
import { routeToSpeaker } from '../../media/devices';
import { devices } from '../../state/settings';
import { Button } from './button';

/** One's own picture, as in a mirror. */
export function SelfVideo({ track, testid, label }: {
  track: MediaStreamTrack; testid: string; label: string;
}) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = video.current!;
    element.srcObject = new MediaStream([track]);
    element.muted = true;
    element.play().catch(() => undefined);
    return () => { element.srcObject = null; };
  }, [track]);
  return <video ref={video} class="mirror" playsInline muted autoPlay
    data-testid={testid} aria-label={label} />;
}

/** The other side, with sound. When the browser forbids sound without a
 *  click it says so, instead of staying silent. */
export function RemoteVideo({ stream }: { stream: MediaStream }) {
  const video = useRef<HTMLVideoElement>(null);
  const [blocked, setBlocked] = useState(false);
  const play = () => {
    const playing = video.current && video.current.play();
    if (playing)
      playing.then(() => setBlocked(false)).catch((error) => {
        if (error && error.name === 'NotAllowedError')
          setBlocked(true);
      });
  };
  const speaker = devices.value.speaker;
  useEffect(() => {
    const element = video.current!;
    element.srcObject = stream;
    play();
    return () => { element.srcObject = null; };
  }, [stream]);
  useEffect(() => {
    if (speaker)
      routeToSpeaker(video.current!);
  }, [speaker]);
  return (
    <>
      <video ref={video} class="remote" playsInline autoPlay
        data-testid="remote-video" aria-label={t('call.remote')} />
      {blocked
        ? <div class="unblock">
            <Button testid="play-sound" kind="primary" large icon="speaker"
              onClick={play}>{t('call.play-sound')}</Button>
          </div> : null}
    </>
  );
}
