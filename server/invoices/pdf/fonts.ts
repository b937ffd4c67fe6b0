import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Font, create } from 'fontkit'

export type Weight = 'regular' | 'semiBold'

/** The fonts, first choice first: what none before has, the next one may. */
export const families = ['western', 'chinese'] as const
export type Family = (typeof families)[number]

/**
 * Static fonts, and whole ones: the library cannot take a part of a variable font or of WOFF2, and
 * slices by Unicode range lack characters that stand in names.
 */
const files: { readonly [F in Family]: { readonly [W in Weight]: string } } = {
  western: {
    regular: '@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf',
    semiBold: '@expo-google-fonts/noto-sans/600SemiBold/NotoSans_600SemiBold.ttf',
  },
  chinese: {
    regular: '@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf',
    semiBold: '@expo-google-fonts/noto-sans-sc/600SemiBold/NotoSansSC_600SemiBold.ttf',
  },
}

/** How far letters of a font without accents rise over the baseline, in parts of their size. */
export const capHeight = 0.714

/** Shown for what no font has. */
export const replacement = '\u{fffd}'

const require = createRequire(import.meta.url)
const bytesOf = new Map<string, Uint8Array>()
const coverageOf = new Map<Family, Font>()

/**
 * The bytes of a font file, read once and when first needed: documents without a Chinese character
 * never hold the 20 MB of the Chinese fonts.
 */
export function fontBytes(family: Family, weight: Weight): Uint8Array {
  const file = files[family][weight]
  const known = bytesOf.get(file)
  if (known !== undefined) return known
  const bytes = readFileSync(require.resolve(file))
  bytesOf.set(file, bytes)
  return bytes
}

/** The font that has all characters of a cluster; null: none. */
export function familyOf(cluster: string): Family | null {
  const needed = Array.from(cluster).filter((character) => !isInvisible.test(character))
  return families.find((family) => needed.every((character) => has(family, character))) ?? null
}

/** Joiners and variation selectors choose among shapes; without them the text is the same. */
const isInvisible = /^\p{Default_Ignorable_Code_Point}$/u

function has(family: Family, character: string): boolean {
  const known = coverageOf.get(family)
  const font = known ?? openFont(family)
  if (known === undefined) coverageOf.set(family, font)
  return font.hasGlyphForCodePoint(character.codePointAt(0) ?? 0)
}

/** Only asked which characters it has: all weights of a family have the same. */
function openFont(family: Family): Font {
  const font = create(fontBytes(family, 'regular') as Buffer)
  if ('fonts' in font) throw new TypeError(`a collection of fonts, not one: ${family}`)
  return font
}
