/*
 * A preview beside a form follows what is typed. The server renders it, with the same
 * components as the page that it shows.
 */
import { showCopyButtons } from './copy.js'

const PAUSE_MS = 150

const box = document.querySelector('[data-preview]')
const fields = (box?.dataset.previewOf ?? '')
  .split(' ')
  .map((name) => document.querySelector(`form [name="${name}"]`))
  .filter(Boolean)
let waiting
let asking

const valueOf = (field) => (field.type === 'checkbox' ? String(field.checked) : field.value)

async function draw() {
  asking?.abort()
  asking = new AbortController()
  const typed = new URLSearchParams(fields.map((field) => [field.name, valueOf(field)]))
  try {
    const answer = await fetch(`${box.dataset.preview}?${typed}`, { signal: asking.signal })
    if (!answer.ok || answer.redirected) return
    box.innerHTML = await answer.text()
    showCopyButtons(box)
  } catch {
    /* Superseded by the next one, or offline: the preview stays as it is. */
  }
}

for (const field of fields) {
  field.addEventListener('input', () => {
    clearTimeout(waiting)
    waiting = setTimeout(draw, PAUSE_MS)
  })
}
