import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { defineConfig, type Plugin } from 'vite'
import adonisjs from '@adonisjs/vite/client'

/* Below this a compressed file is no smaller on the wire, in bytes. */
const WORTH_IT = 1_000

/** Writes a brotli and a gzip copy beside each file that is worth it, once for all visitors. */
function compressedCopies(): Plugin {
  return {
    name: 'compressed-copies',
    apply: 'build',
    writeBundle({ dir }) {
      for (const name of readdirSync(dir!)) {
        if (!/\.(?:css|js|svg)$/.test(name)) continue
        const file = join(dir!, name)
        const content = readFileSync(file)
        if (content.length < WORTH_IT) continue
        const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }
        writeFileSync(`${file}.br`, brotliCompressSync(content, { params }))
        writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }))
      }
    },
  }
}

export default defineConfig({
  plugins: [
    adonisjs({
      entryPoints: ['resources/css/app.css', 'resources/js/app.js'],
      reload: ['resources/views/**/*.edge'],
    }),
    compressedCopies(),
  ],
})
