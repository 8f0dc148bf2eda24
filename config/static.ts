import { defineConfig } from '@adonisjs/static'
import app from '@adonisjs/core/services/app'

const ASSETS = app.publicPath('assets/')

const staticServerConfig = defineConfig({
  enabled: true,
  etag: true,
  lastModified: true,
  dotFiles: 'ignore',
  /* Files that the build names by their contents never change; others are requested again. */
  headers: (path) =>
    path.startsWith(ASSETS)
      ? { 'Cache-Control': 'public, max-age=31536000, immutable' }
      : { 'Cache-Control': 'public, max-age=0' },
})

export default staticServerConfig
