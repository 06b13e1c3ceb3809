/** The console's icons: 24 × 24, strokes of 2, drawn for Datis. */
import type { CSSProperties } from 'react'

const PATHS = {
  AlertTriangle: 'M12 4 L21.5 20 H2.5 Z M12 10 V14 M12 17 V17.01',
  Archive: 'M4 4 H20 V8 H4 Z M5.5 8 V20 H18.5 V8 M10 12 H14',
  ChevronLeft: 'M15 6 L9 12 L15 18',
  ChevronRight: 'M9 6 L15 12 L9 18',
  CircleCheck: 'M12 3 A9 9 0 1 1 11.99 3 M8 12 L11 15 L16 9.5',
  CircleDashed:
    'M12 3 A9 9 0 0 1 18 5.3 M20.4 9 A9 9 0 0 1 20.4 15 M18 18.7 A9 9 0 0 1 12 21 M6 18.7 A9 9 0 0 1 3.6 15 M3.6 9 A9 9 0 0 1 6 5.3',
  CircleMinus: 'M12 3 A9 9 0 1 1 11.99 3 M8 12 H16',
  CircleX: 'M12 3 A9 9 0 1 1 11.99 3 M9 9 L15 15 M15 9 L9 15',
  Database: 'M4 6 A8 3 0 0 1 20 6 A8 3 0 0 1 4 6 V18 A8 3 0 0 0 20 18 V6 M4 12 A8 3 0 0 0 20 12',
  Dots: 'M5 12 H5.01 M12 12 H12.01 M19 12 H19.01',
  Download: 'M12 4 V15 M7 10.5 L12 15.5 L17 10.5 M4 20 H20',
  File: 'M6 3 H14 L19 8 V21 H6 Z M14 3 V8 H19',
  Flask: 'M9 3 H15 M10 3 V9 L4.5 19.5 A1 1 0 0 0 5.5 21 H18.5 A1 1 0 0 0 19.5 19.5 L14 9 V3 M7.5 15 H16.5',
  Folder: 'M3 6 H9.5 L12 8.5 H21 V19 H3 Z',
  FolderDown: 'M11 19 H3 V6 H9.5 L12 8.5 H21 V12 M18 14 V21 M15 18.5 L18 21.5 L21 18.5',
  History: 'M4 12 A8 8 0 1 0 6.5 6.2 L4 8.5 M4 4 V8.5 H8.5 M12 8 V12.5 L15 14',
  LayoutDashboard: 'M4 4 H10 V12 H4 Z M14 4 H20 V8 H14 Z M14 12 H20 V20 H14 Z M4 16 H10 V20 H4 Z',
  Link: 'M10 14 A4 4 0 0 0 15.5 14.2 L19 10.7 A4 4 0 0 0 13.3 5 L12 6.3 M14 10 A4 4 0 0 0 8.5 9.8 L5 13.3 A4 4 0 0 0 10.7 19 L12 17.7',
  ListCheck:
    'M4 6 L5.5 7.5 L8.5 4.5 M4 12.5 L5.5 14 L8.5 11 M4 19 L5.5 20.5 L8.5 17.5 M12 6 H20 M12 12.5 H20 M12 19 H20',
  Loader:
    'M12 3 V7 M12 17 V21 M3 12 H7 M17 12 H21 M5.6 5.6 L8.5 8.5 M15.5 15.5 L18.4 18.4 M5.6 18.4 L8.5 15.5 M15.5 8.5 L18.4 5.6',
  Moon: 'M20 14.5 A8.5 8.5 0 1 1 9.5 4 A7 7 0 0 0 20 14.5 Z',
  Plus: 'M12 5 V19 M5 12 H19',
  Printer: 'M7 8 V3 H17 V8 M7 17 H4 V8 H20 V17 H17 M7 14 H17 V21 H7 Z',
  Refresh: 'M20 11 A8 8 0 0 0 5.5 7 L4 9 M4 4 V9 H9 M4 13 A8 8 0 0 0 18.5 17 L20 15 M20 20 V15 H15',
  Search: 'M10.5 4 A6.5 6.5 0 1 1 10.49 4 M15.5 15.5 L20.5 20.5',
  Shield: 'M12 3 L20 6 V11 C20 16 16.5 19.5 12 21 C7.5 19.5 4 16 4 11 V6 Z',
  ShieldCheck: 'M12 3 L20 6 V11 C20 16 16.5 19.5 12 21 C7.5 19.5 4 16 4 11 V6 Z M8.5 11.5 L11 14 L15.5 9',
  Star: 'M12 9.5 A2.5 2.5 0 1 1 11.99 9.5 M12 9.5 V5 M14.2 13.2 L18 15.5 M9.8 13.2 L6 15.5 M12 2.5 A1.5 1.5 0 1 1 11.99 2.5 M19.5 15 A1.5 1.5 0 1 1 19.49 15 M4.5 15 A1.5 1.5 0 1 1 4.49 15',
  Sun: 'M12 8 A4 4 0 1 1 11.99 8 M12 2 V4 M12 20 V22 M2 12 H4 M20 12 H22 M4.9 4.9 L6.3 6.3 M17.7 17.7 L19.1 19.1 M4.9 19.1 L6.3 17.7 M17.7 6.3 L19.1 4.9',
  Urgent: 'M6 18 V13 A6 6 0 0 1 18 13 V18 M4 20.5 H20 M12 2 V4 M4 6 L5.5 7.5 M20 6 L18.5 7.5',
  User: 'M12 4 A4 4 0 1 1 11.99 4 M5 21 C5 16.5 8 14.5 12 14.5 C16 14.5 19 16.5 19 21',
  Users:
    'M9 5 A3.5 3.5 0 1 1 8.99 5 M3 20 C3 16 5.5 14.5 9 14.5 C12.5 14.5 15 16 15 20 M16 5.2 A3.5 3.5 0 0 1 16 11.8 M18 15 C20 15.8 21 17.5 21 20',
  X: 'M6 6 L18 18 M18 6 L6 18',
} as const

export type IconName = keyof typeof PATHS

interface IconProps {
  readonly of: IconName
  readonly size?: number
  readonly isFilled?: boolean
  readonly style?: CSSProperties
}

/** Said by the words beside it: whoever hears the screen hears no icon. */
export function Icon({ of, size = 18, isFilled = false, style }: IconProps) {
  return (
    <svg
      viewBox="0 0 24 24"
      width={size}
      height={size}
      fill={isFilled ? 'currentColor' : 'none'}
      stroke="currentColor"
      strokeWidth={2}
      strokeLinecap="round"
      strokeLinejoin="round"
      style={style}
      aria-hidden
    >
      <path d={PATHS[of]} />
    </svg>
  )
}
