import { createTheme, type MantineColorsTuple } from '@mantine/core'

/** Ink, from text on it to its depths: what Mantine paints in the dark theme. */
const dark: MantineColorsTuple = [
  '#e9ecf3',
  '#c5cde0',
  '#a3afc6',
  '#7d8bab',
  '#2a3753',
  '#233050',
  '#141e34',
  '#0d1424',
  '#0a101d',
  '#070b15',
]

const petrol: MantineColorsTuple = [
  '#e6f4f5',
  '#cfe6e8',
  '#a3cfd3',
  '#73b7bd',
  '#4aa1a9',
  '#2b8d95',
  '#0b6e75',
  '#095d63',
  '#074d52',
  '#053c40',
]

/** The tone of what needs somebody: white letters stand on it. */
const red: MantineColorsTuple = [
  '#fdecea',
  '#f9d3cf',
  '#f4b0a9',
  '#f49389',
  '#e26a5f',
  '#cf453a',
  '#b3261e',
  '#9a1f18',
  '#811913',
  '#67130e',
]

export const theme = createTheme({
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: 'ui-monospace, "SFMono-Regular", Menlo, monospace',
  colors: { dark, petrol, red },
  primaryColor: 'petrol',
  primaryShade: 6,
  defaultRadius: 10,
  fontSizes: { xs: '13px', sm: '15px', md: '15px', lg: '18px', xl: '24px' },
  headings: {
    fontFamily: "'Inter Variable', system-ui, sans-serif",
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '24px', lineHeight: '1.3' },
      h2: { fontSize: '18px', lineHeight: '1.35' },
      h3: { fontSize: '15px', lineHeight: '1.4' },
    },
  },
  components: {
    Button: { defaultProps: { size: 'sm' } },
    Table: { defaultProps: { verticalSpacing: 'xs' } },
  },
})
