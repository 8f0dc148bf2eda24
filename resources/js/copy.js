/* Copy buttons are hidden by default, because they need this script and a clipboard. */

/** Shows the copy buttons in a part of the page. */
export function showCopyButtons(part) {
  if (!navigator.clipboard) return
  for (const button of part.querySelectorAll('[data-copy]')) button.hidden = false
}

document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-copy]')
  if (!button || button.dataset.label) return

  const field = document.getElementById(button.dataset.copy)
  try {
    await navigator.clipboard.writeText(field.value)
  } catch {
    field.select()
    return
  }
  button.dataset.label = button.textContent
  button.textContent = button.dataset.copied
  setTimeout(() => {
    button.textContent = button.dataset.label
    delete button.dataset.label
  }, 2000)
})
