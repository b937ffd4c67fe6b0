import type { Style } from './typeset.ts'

/** A4, in points. */
export const page = { width: 595.28, height: 841.89 } as const
export const left = 48
export const right = page.width - left
/** Where rows begin on a page that has no heading, and where they must end on every page. */
export const top = 48
export const bottom = page.height - 64

const ink = '#1c2024'
const pale = '#5c6670'
export const accent = '#0a4d68'
export const hairline = '#d3d9df'
export const shade = '#eef3f6'
/** For what must not be missed: a document that is only a test. */
export const warning = '#b3261e'

export const styles = {
  title: { size: 24, weight: 'semiBold', color: accent },
  badge: { size: 12, weight: 'semiBold', color: '#ffffff' },
  warning: { size: 9, weight: 'semiBold', color: warning },
  footerMark: { size: 7.5, weight: 'semiBold', color: warning },
  label: { size: 7.5, weight: 'regular', color: pale },
  body: { size: 9, weight: 'regular', color: ink },
  strong: { size: 9, weight: 'semiBold', color: ink },
  head: { size: 7.5, weight: 'semiBold', color: pale },
  group: { size: 9, weight: 'semiBold', color: accent },
  small: { size: 6.8, weight: 'regular', color: pale },
  total: { size: 11, weight: 'semiBold', color: accent },
  toPay: { size: 17, weight: 'semiBold', color: accent },
} as const satisfies { readonly [name: string]: Style }

/** From one baseline to the next: enough for Chinese, whose characters fill their square. */
export function lineHeight(style: Style): number {
  return style.size * 1.4
}

/** From the top of a line to its baseline. */
export function ascent(style: Style): number {
  return style.size * 1.05
}
