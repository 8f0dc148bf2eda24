/*
 * Lists whose rows are moved with buttons can also be dragged. They are saved without
 * reloading the page, so that focus stays where it is. The form is the one that works
 * without this script.
 */
import { showCopyButtons } from './copy.js'

const news = document.createElement('p')
news.className = 'visually-hidden'
news.setAttribute('role', 'status')

let isSaving = false

const rowsOf = (list) => [...list.querySelectorAll('[data-sortable-row]')]

/** Makes a list that has just been added to the page draggable. */
function prepare() {
  const parts = document.querySelectorAll('[data-sortable-handle], [data-sortable-note]')
  for (const part of parts) part.hidden = false
}

/** Sends the order as it is on the page, and shows the page that comes back. */
async function save(form, button) {
  if (isSaving) return
  isSaving = true
  try {
    const answer = await fetch(form.action, {
      method: 'POST',
      body: new URLSearchParams(new FormData(form, button)),
    })
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    if (!page.querySelector('[data-sortable]')) {
      location.assign(answer.url)
      return
    }
    document.querySelector('main').replaceChildren(...page.querySelector('main').childNodes)
    prepare()
    showCopyButtons(document)
    const same = button && document.getElementById(button.id)
    const next = same?.disabled ? same.parentElement.querySelector('button:enabled') : same
    next?.focus()
    news.textContent = document.querySelector(
      'main [role="alert"], main [role="status"]'
    )?.textContent
  } catch {
    location.reload()
  } finally {
    isSaving = false
  }
}

document.addEventListener(
  'submit',
  (event) => {
    if (!document.querySelector(`[data-sortable="${event.target.id}"]`)) return
    event.preventDefault()
    event.stopPropagation()
    save(event.target, event.submitter)
  },
  true
)

document.addEventListener('pointerdown', (event) => {
  const handle = event.target.closest('[data-sortable-handle]')
  if (!handle || isSaving || event.button !== 0) return
  event.preventDefault()

  const list = handle.closest('[data-sortable]')
  const row = handle.closest('[data-sortable-row]')
  const before = rowsOf(list)
  row.dataset.dragged = 'true'
  /* Not the handle: an element that is moved in the page loses the pointer. */
  list.setPointerCapture(event.pointerId)

  const move = ({ clientY }) => {
    const others = rowsOf(list).filter((other) => other !== row)
    const next = others.find((other) => {
      const { top, height } = other.getBoundingClientRect()
      return clientY < top + height / 2
    })
    if (next !== row.nextElementSibling) list.insertBefore(row, next ?? null)
  }
  const end = ({ type }) => {
    list.removeEventListener('pointermove', move)
    list.removeEventListener('pointerup', end)
    list.removeEventListener('pointercancel', end)
    delete row.dataset.dragged
    if (type === 'pointercancel') list.append(...before)
    else if (rowsOf(list).some((other, index) => other !== before[index])) {
      save(document.getElementById(list.dataset.sortable))
    }
  }
  list.addEventListener('pointermove', move)
  list.addEventListener('pointerup', end)
  list.addEventListener('pointercancel', end)
})

if (document.querySelector('[data-sortable]')) {
  document.body.append(news)
  prepare()
}
