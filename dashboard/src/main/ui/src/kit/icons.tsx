import type { ReactNode } from 'react'

const paths = {
  overview: <path d="M2 5c5 0 5 3 12 3M2 11c5 0 5-3 12-3" />,
  corpora: <><path d="M3 4h10M3 8h10M3 12h6" /></>,
  cleaning: <path d="M2.5 3.5h11L9.5 8.5v4l-3 1.5V8.500z" />,
  review: <><path d="M3 8.500l3 3 7-7" /></>,
  training: <><path d="M2.5 2.500v11h11" /><path d="M5 5c1.5 5 4 5.5 8 6" /></>,
  checkpoints: <><path d="M4 2.500h8v11L8 10.5 4 13.500z" /></>,
  playground: <><path d="M2.5 3.500h11v7h-6l-3 2.500v-2.500h-2z" /></>,
  jobs: <><rect x="2.5" y="3" width="4" height="4" /><rect x="9.5" y="3" width="4" height="4" /><rect x="2.5" y="9.5" width="4" height="4" /><rect x="9.5" y="9.5" width="4" height="4" /></>,
  system: <><circle cx="8" cy="8" r="2.2" /><path d="M8 2v2M8 12v2M2 8h2M12 8h2M3.8 3.800l1.4 1.400M10.8 10.800l1.4 1.400M3.8 12.200l1.4-1.400M10.8 5.200l1.4-1.4" /></>,
  menu: <path d="M2.5 4.500h11M2.5 8h11M2.5 11.500h11" />,
  close: <path d="M4 4l8 8M12 4l-8 8" />,
  check: <path d="M3 8.500l3.5 3.500L13 4.5" />,
  cross: <path d="M4 4l8 8M12 4l-8 8" />,
  dots: <path d="M3 8h.01M8 8h.01M13 8h.01" />,
  spin: <path d="M8 2a6 6 0 1 1-6 6" />,
  pause: <path d="M5.5 3.500v9M10.5 3.500v9" />,
  bang: <path d="M8 2.500v7M8 13h.01" />,
  up: <path d="M8 13V3M4 7l4-4 4 4" />,
  down: <path d="M8 3v10M4 9l4 4 4-4" />,
  sun: <><circle cx="8" cy="8" r="3" /><path d="M8 1.500v1.500M8 13v1.500M1.5 8h1.500M13 8h1.500M3.4 3.400l1 1M11.6 11.600l1 1M3.4 12.600l1-1M11.6 4.400l1-1" /></>,
  moon: <path d="M13 9.500A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.5 6.500z" />,
  half: <><circle cx="8" cy="8" r="5.5" /><path d="M8 2.500v11M8 5h4M8 8h5.500M8 11h4" /></>,
  file: <path d="M4 2h5l3 3v9H4z" />,
  dot: <circle cx="8" cy="8" r="3" fill="currentColor" />,
} satisfies Record<string, ReactNode>

export type IconName = keyof typeof paths

export function Icon({ name, width = 1.6 }: { name: IconName; width?: number }) {
  return (
    <svg viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth={width} strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
      {paths[name]}
    </svg>
  )
}
