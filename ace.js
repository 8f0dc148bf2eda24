/*
 * Entry point of `node ace.js …`. The production build puts its own, shorter
 * file in this place.
 */
if (Number(process.versions.node.split('.')[0]) < 24) {
  console.error(
    `Daemun needs Node 24, this is ${process.version}: run "npm run ace -- ${process.argv.slice(2).join(' ')}", which brings its own.`
  )
  process.exit(1)
}

await import('@poppinss/ts-exec')
await import('./bin/console.js')
