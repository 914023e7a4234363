const PATHS = {
  home: 'M3 11l9-8 9 8v10h-6v-6H9v6H3z',
  history: 'M12 3a9 9 0 1 1-8.5 6M3 4v5h5M12 8v5l3 2',
  settings: 'M4 7h10M18 7h2M4 17h2M10 17h10M14 4v6M6 14v6',
  microphone: 'M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3zM5 11a7'
    + ' 7 0 0 0 14 0M12 18v3',
  camera: 'M3 7h12v10H3zM15 11l6-4v10l-6-4',
  chat: 'M4 4h16v12H9l-5 4z',
  case: 'M6 3h9l4 4v14H6zM14 3v5h5M9 12h7M9 16h7',
  full: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5',
  phone: 'M5 3h4l2 5-3 2a12 12 0 0 0 6 6l2-3 5 2v4a2 2 0 0 1-2 2A16 16 0 0 1'
    + ' 3 5a2 2 0 0 1 2-2z',
  hangup: 'M2 14c5-6 15-6 20 0l-3 4-4-2v-3a10 10 0 0 0-6 0v3l-4 2z',
  alert: 'M12 3l10 18H2zM12 10v5M12 18v.5',
  check: 'M4 12l6 6L20 6',
  close: 'M5 5l14 14M19 5L5 19',
  person: 'M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM4 21c0-5 4-7 8-7s8 2 8 7',
  bell: 'M6 16V11a6 6 0 0 1 12 0v5l2 2H4zM10 21h4',
  print: 'M7 8V3h10v5M5 8h14v9h-2v4H7v-4H5zM8 15h8',
  back: 'M14 5l-7 7 7 7',
  devices: 'M4 5h16v11H4zM9 20h6M12 16v4',
  speaker: 'M4 9h4l6-5v16l-6-5H4zM17 9a4 4 0 0 1 0 6',
  search: 'M11 4a7 7 0 1 1 0 14 7 7 0 0 1 0-14zM16 16l5 5',
} as const;

export type IconName = keyof typeof PATHS;

/** Always beside a word, or inside a button that has a name of its own. */
export function Icon({ name, off }: { name: IconName; off?: boolean }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true"
      focusable="false">
      <path d={PATHS[name]} />
      {off ? <path d="M3 3l18 18" /> : null}
    </svg>
  );
}
