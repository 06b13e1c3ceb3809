/** `npm run build`: the console as files that the box serves, in dist/web. */
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  root: here('.'),
  // The console stands at the root of its own address, and loads nothing from elsewhere.
  base: '/',
  plugins: [react()],
  resolve: { alias: { '#text/web': here('../text/web/index.ts') } },
  build: {
    outDir: here('../../dist/web'),
    emptyOutDir: true,
    // The policy of the page takes no `data:` address but pictures.
    assetsInlineLimit: 0,
    target: 'es2024',
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1000,
  },
})
